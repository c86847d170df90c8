"""Pairs that were suspected before stand once, the older record first; what was settled was settled as two people."""

from django.db import migrations

IN_ORDER = """
    update clients_suspect set person_id = other_id, other_id = person_id where other_id < person_id;
    delete from clients_suspect where other_id = person_id;
    delete from clients_suspect s using clients_suspect t
        where s.person_id = t.person_id and s.other_id = t.other_id and s.id < t.id;
    update clients_suspect set state = 'different' where settled_at is not null;
    update clients_suspect set kind = 'name' where other_id is null;
    set constraints all immediate;
    set constraints all deferred;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0006_people_once")]
    operations = [migrations.RunSQL(IN_ORDER, migrations.RunSQL.noop)]
