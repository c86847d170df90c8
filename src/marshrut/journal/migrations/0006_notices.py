"""A notice is announced to the one person it is for, and what they have seen is known in their other tabs."""

from django.db import migrations

from marshrut.core.triggers import function

ANNOUNCE_NOTICE = """begin
    if current_setting('marshrut.quiet', true) = 'on' then return null; end if;
    perform pg_notify('marshrut_live', json_build_object('kind', 'notice', 'id', new.id, 'dossier', new.dossier_id,
        'for', new.employee_id, 'fresh', tg_op = 'INSERT')::text);
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0005_first_day_guards")]
    operations = [
        function("journal_announce_notice", ANNOUNCE_NOTICE),
        migrations.RunSQL(
            """create trigger journal_notice_live after insert on journal_notice
               for each row execute function journal_announce_notice();""",
            "drop trigger journal_notice_live on journal_notice;",
        ),
    ]
