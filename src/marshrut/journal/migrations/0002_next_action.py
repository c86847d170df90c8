"""P07: an open matter without a pending task cannot be committed, whoever tries and however."""

from django.db import migrations

from marshrut.core.history import track
from marshrut.core.triggers import deferred, function, keep_from_truncate

# Under READ COMMITTED each statement of the check sees what others have committed while it waited for the lock.
# Under a stricter level it would look at an old snapshot and two people could both complete "not the last" task,
# so matters are changed under READ COMMITTED only.
REQUIRE = """
declare stands_open boolean;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '25001', message = 'matters are changed under READ COMMITTED only';
    end if;
    select is_open into stands_open from journal_dossier where id = matter for no key update;
    if stands_open and not exists (select from journal_task where dossier_id = matter and state = 'pending') then
        raise exception using errcode = '23514', constraint = 'journal_next_action', table = 'journal_dossier',
            message = format('dossier %s is open and would have no next action', matter);
    end if;
end"""

TASK = """begin
    if tg_op <> 'INSERT' then perform journal_require_next_action(old.dossier_id); end if;
    return null;
end"""

DOSSIER = """begin
    perform journal_require_next_action(new.id);
    return null;
end"""


def tally(event: str) -> migrations.RunSQL:
    """Statement trigger that adds what changed to the running sums of open dossiers."""
    columns = "place, owner_id, office_id, currency"
    rows = {
        "new": "select {c}, 1 as n, coalesce(worth, 0) as a from after_rows where is_open",
        "old": "select {c}, -1 as n, -coalesce(worth, 0) as a from before_rows where is_open",
    }
    used = {"insert": ["new"], "delete": ["old"], "update": ["new", "old"]}[event]
    union = " union all ".join(rows[u].format(c=columns) for u in used)
    tables = {
        "insert": "new table as after_rows",
        "delete": "old table as before_rows",
        "update": "old table as before_rows new table as after_rows",
    }[event]
    return migrations.RunSQL(
        f"""create function journal_tally_{event}() returns trigger language plpgsql set search_path from current as $t$
begin
    insert into journal_tally({columns}, number, amount)
    select {columns}, sum(n), sum(a) from ({union}) r group by {columns} having sum(n) <> 0 or sum(a) <> 0;
    return null;
end $t$;
create trigger journal_dossier_tally_{event} after {event} on journal_dossier referencing {tables}
for each statement execute function journal_tally_{event}();""",
        f"drop function journal_tally_{event}() cascade;",
    )


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("agency", "0002_guards")]
    operations = [
        function("journal_require_next_action", REQUIRE, arguments="matter bigint", returns="void"),
        function("journal_task_guard", TASK),
        function("journal_dossier_guard", DOSSIER),
        deferred("journal_task_next_action", "journal_task", "update of state, dossier_id or delete", "journal_task_guard()"),
        deferred("journal_dossier_next_action", "journal_dossier", "insert or update of is_open, id", "journal_dossier_guard()"),
        keep_from_truncate("journal_task", "journal_dossier", "journal_touch"),
        *(tally(event) for event in ("insert", "update", "delete")),
        track("journal_dossier"),
        track("journal_task"),
        track("journal_touch", inserts=False),
    ]
