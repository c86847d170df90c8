"""What comes to wait in quarantine, and what leaves it, is said on the channel marshrut_live, for the office of its door.

What came through no office's door is every supervisor's: it is said once for each office.
"""

from django.db import migrations

from marshrut.core.triggers import function

ANNOUNCE = """begin
    if current_setting('marshrut.quiet', true) = 'on' then return null; end if;
    perform pg_notify('marshrut_live', json_build_object('kind', 'quarantine', 'id', new.id, 'owner', null, 'office', o.id)::text)
    from agency_office o where new.office_id is null or o.id = new.office_id;
    return null;
end"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0009_letters_named"), ("agency", "0009_language_guards")]
    operations = [
        function("channels_quarantine_announce", ANNOUNCE),
        migrations.RunSQL(
            """create trigger channels_quarantine_live after update of state on channels_rawmessage for each row
               when (old.state is distinct from new.state and 'quarantined' in (old.state, new.state))
               execute function channels_quarantine_announce();""",
            "drop trigger channels_quarantine_live on channels_rawmessage;",
        ),
    ]
