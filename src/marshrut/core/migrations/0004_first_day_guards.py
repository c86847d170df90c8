from django.db import migrations

from marshrut.core.history import track


class Migration(migrations.Migration):
    dependencies = [("core", "0003_first_day")]
    operations = [
        # Every change says which transaction it belongs to: what was saved together is undone together.
        migrations.RunSQL(
            "alter table core_change alter column transaction set default pg_current_xact_id()::text::bigint;",
            "alter table core_change alter column transaction drop default;",
        ),
        track("core_storedfile", skip=["digest"], inserts=False),
    ]
