"""Who holds an open matter of somebody else's client finds that client too, for as long as they hold it."""

from django.db import migrations

from marshrut.core.triggers import function

OF_DOSSIER = """begin
    if tg_op = 'UPDATE' then
        delete from clients_holding where dossier_id = new.id;
    end if;
    insert into clients_holding(person_id, owner_id, office_id, dossier_id)
    select new.person_id, new.owner_id, new.office_id, new.id from clients_person p
    where new.is_open and p.id = new.person_id
        and (p.owner_id is distinct from new.owner_id or p.office_id is distinct from new.office_id);
    return null;
end"""

OF_PERSON = """begin
    delete from clients_holding where person_id = new.id;
    insert into clients_holding(person_id, owner_id, office_id, dossier_id)
    select new.id, d.owner_id, d.office_id, d.id from journal_dossier d
    where d.person_id = new.id and d.is_open
        and (new.owner_id is distinct from d.owner_id or new.office_id is distinct from d.office_id);
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_first_day"), ("clients", "0004_first_day_guards"), ("core", "0004_first_day_guards")]
    operations = [
        function("journal_hold_person", OF_DOSSIER),
        function("journal_hold_again", OF_PERSON),
        migrations.RunSQL(
            """create trigger journal_dossier_holding after insert or update of person_id, owner_id, office_id, is_open
               on journal_dossier for each row execute function journal_hold_person();
               create trigger journal_person_holding after update of owner_id, office_id on clients_person
               for each row when (old.owner_id is distinct from new.owner_id or old.office_id is distinct from new.office_id)
               execute function journal_hold_again();
               insert into clients_holding(person_id, owner_id, office_id, dossier_id)
               select p.id, d.owner_id, d.office_id, d.id from journal_dossier d join clients_person p on p.id = d.person_id
               where d.is_open and (p.owner_id is distinct from d.owner_id or p.office_id is distinct from d.office_id);""",
            """drop trigger journal_dossier_holding on journal_dossier; drop trigger journal_person_holding on clients_person;
               delete from clients_holding;""",
        ),
    ]
