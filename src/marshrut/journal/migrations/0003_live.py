"""What changed is said on the channel marshrut_live: ids, owner and office only. A rolled-back change says nothing."""

from django.db import migrations

from marshrut.core.triggers import function

ANNOUNCE_TASK = """
declare matter record;
begin
    if current_setting('marshrut.quiet', true) = 'on' then return null; end if;
    select office_id, owner_id, xmin into matter from journal_dossier where id = new.dossier_id;
    -- The first action of a matter opened in this very transaction is told with its inquiry.
    if tg_op = 'INSERT' and matter.xmin = pg_current_xact_id()::xid then return null; end if;
    perform pg_notify('marshrut_live', json_build_object('kind', 'task', 'id', new.id, 'dossier', new.dossier_id,
        'owner', coalesce(new.assignee_id, matter.owner_id), 'office', matter.office_id)::text);
    return null;
end"""

ANNOUNCE_DOSSIER = """begin
    if current_setting('marshrut.quiet', true) = 'on' then return null; end if;
    if old.owner_id is distinct from new.owner_id then
        perform pg_notify('marshrut_live', json_build_object('kind', 'dossier', 'id', new.id, 'dossier', new.id,
            'owner', old.owner_id, 'office', old.office_id)::text);
    end if;
    perform pg_notify('marshrut_live', json_build_object('kind', 'dossier', 'id', new.id, 'dossier', new.id,
        'owner', new.owner_id, 'office', new.office_id, 'fresh', old.owner_id is distinct from new.owner_id)::text);
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_next_action")]
    operations = [
        function("journal_announce_task", ANNOUNCE_TASK),
        function("journal_announce_dossier", ANNOUNCE_DOSSIER),
        migrations.RunSQL(
            """create trigger journal_task_live after update on journal_task
               for each row when (old.* is distinct from new.*) execute function journal_announce_task();
               create trigger journal_task_live_new after insert on journal_task
               for each row execute function journal_announce_task();
               create trigger journal_dossier_live after update on journal_dossier
               for each row when (old.* is distinct from new.*) execute function journal_announce_dossier();""",
            """drop trigger journal_task_live on journal_task; drop trigger journal_task_live_new on journal_task;
               drop trigger journal_dossier_live on journal_dossier;""",
        ),
    ]
