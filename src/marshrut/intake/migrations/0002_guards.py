"""An open inquiry stands on an open dossier (which then has a next action); counters of sources; live news."""

from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import deferred, function, keep_from_truncate, raise_revision

# The dossier's own guard sees to the next action; here it is locked, so that nobody closes it meanwhile.
INQUIRY = """
declare stands_open boolean;
begin
    if new.state <> 'open' then return null; end if;
    select is_open into stands_open from journal_dossier where id = new.dossier_id for no key update;
    if not stands_open and (select state from intake_inquiry where raw_id = new.raw_id) = 'open' then
        raise exception using errcode = '23514', constraint = 'intake_open_inquiry', table = 'intake_inquiry',
            message = format('inquiry %s is open but its dossier is closed', new.raw_id);
    end if;
    return null;
end"""

DOSSIER = """begin
    if not new.is_open and not (select is_open from journal_dossier where id = new.id)
       and exists (select from intake_inquiry where dossier_id = new.id and state = 'open') then
        raise exception using errcode = '23514', constraint = 'intake_open_inquiry', table = 'journal_dossier',
            message = format('dossier %s cannot close: its inquiry is open', new.id);
    end if;
    return null;
end"""

ANNOUNCE = """
declare matter record;
begin
    if current_setting('marshrut.quiet', true) = 'on' then return null; end if;
    select office_id, owner_id into matter from journal_dossier where id = new.dossier_id;
    perform pg_notify('marshrut_live', json_build_object('kind', 'inquiry', 'id', new.raw_id, 'dossier', new.dossier_id,
        'owner', matter.owner_id, 'office', matter.office_id, 'fresh', tg_op = 'INSERT')::text);
    return null;
end"""


def tally(event: str) -> migrations.RunSQL:
    """Statement trigger that adds what changed to the running sums by source and day of receipt."""
    part = ("select (received_at at time zone 'UTC')::date as day, source_id, {s}1 as n, "
            "{s}(outcome is not null)::int as c, {s}(outcome is not distinct from 'won')::int as w "
            "from {t} where received_at is not null")
    used = {"insert": [("", "after_rows")], "delete": [("-", "before_rows")],
            "update": [("", "after_rows"), ("-", "before_rows")]}[event]
    union = " union all ".join(part.format(s=sign, t=table) for sign, table in used)
    tables = {"insert": "new table as after_rows", "delete": "old table as before_rows",
              "update": "old table as before_rows new table as after_rows"}[event]
    return migrations.RunSQL(
        f"""create function intake_tally_{event}() returns trigger language plpgsql set search_path from current as $t$
begin
    insert into intake_sourcetally(day, source_id, inquiries, closed, won)
    select day, source_id, sum(n), sum(c), sum(w) from ({union}) r group by day, source_id
    having sum(n) <> 0 or sum(c) <> 0 or sum(w) <> 0;
    return null;
end $t$;
create trigger intake_inquiry_tally_{event} after {event} on intake_inquiry referencing {tables}
for each statement execute function intake_tally_{event}();""",
        f"drop function intake_tally_{event}() cascade;",
    )


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("journal", "0003_live")]
    operations = [
        function("intake_inquiry_guard", INQUIRY),
        function("intake_dossier_guard", DOSSIER),
        function("intake_announce", ANNOUNCE),
        deferred("intake_inquiry_next_action", "intake_inquiry", "insert or update of state, dossier_id", "intake_inquiry_guard()"),
        deferred("intake_dossier_closes", "journal_dossier", "update of is_open", "intake_dossier_guard()"),
        keep_from_truncate("intake_inquiry"),
        *(tally(event) for event in ("insert", "update", "delete")),
        migrations.RunSQL(
            """create trigger intake_inquiry_live_new after insert on intake_inquiry for each row execute function intake_announce();
               create trigger intake_inquiry_live after update on intake_inquiry
               for each row when (old.* is distinct from new.*) execute function intake_announce();""",
            "drop trigger intake_inquiry_live_new on intake_inquiry; drop trigger intake_inquiry_live on intake_inquiry;",
        ),
        track("intake_inquiry", pk="raw_id"),
        *(operation(table) for table in ("intake_criterion", "intake_relevancecriterion", "intake_clockpolicy")
          for operation in (track, raise_revision)),
    ]
