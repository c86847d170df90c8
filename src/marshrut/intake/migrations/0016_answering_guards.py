"""What is said outside working time is reference data with a history; a clock of a following answer that starts or stops is told live."""

from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import function, raise_revision

ANNOUNCE = """
declare matter record;
begin
    if current_setting('marshrut.quiet', true) = 'on' then return null; end if;
    select office_id, owner_id into matter from journal_dossier where id = new.dossier_id;
    perform pg_notify('marshrut_live', json_build_object('kind', 'dossier', 'id', new.dossier_id, 'dossier', new.dossier_id,
        'owner', matter.owner_id, 'office', matter.office_id)::text);
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0015_answering")]
    operations = [
        track("intake_quietreply"),
        raise_revision("intake_quietreply"),
        function("intake_announce_next_answer", ANNOUNCE),
        migrations.RunSQL(
            """create trigger intake_nextanswer_live_new after insert on intake_nextanswer
               for each row execute function intake_announce_next_answer();
               create trigger intake_nextanswer_live after update on intake_nextanswer
               for each row when (old.* is distinct from new.*) execute function intake_announce_next_answer();""",
            """drop trigger intake_nextanswer_live on intake_nextanswer;
               drop trigger intake_nextanswer_live_new on intake_nextanswer;""",
        ),
    ]
