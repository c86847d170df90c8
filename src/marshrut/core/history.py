"""History of every change, kept by the database: bulk and raw writes are caught like any other.

`track` gives the SQL of the triggers of one table, used in that table's migration. `sign` says who acts in this
transaction; unsigned writes carry the database role instead. Statement triggers with transition tables are used,
so that a bulk write costs one trigger call; an insert is noted without its values, which the row itself holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.operations.special import RunSQL


def sign(label: str) -> None:
    """Say who acts for the rest of this transaction, e.g. 'employee:12' or 'token:3'."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('marshrut.by', %s, true)", [label])


def forget_values(rows: Mapping[str, Sequence[int]]) -> None:
    """Take the values out of the history of these rows, table by table: who changed something when stays, what it was does not."""
    with connection.cursor() as cursor:
        for table, ids in rows.items():
            if ids:
                cursor.execute("select core_forget_values(%s, %s::bigint[])", [table, list(ids)])


@dataclass(frozen=True, slots=True)
class Since:
    """A moment, and where the history of what came after it begins; `behind` is how many changes lie behind that at most."""

    moment: datetime
    first: int
    behind: int

    def rows(self, table: str) -> str:
        """The ids of this table's rows that were made, changed or deleted since, as a subselect."""
        return (
            f"(select row_id from core_change where id >= {self.first} and at >= timestamptz '{self.moment.isoformat()}'"
            f" and table_name = '{table}')"
        )


def read_since(moment: datetime) -> Since:
    """Where the history since a moment begins. It is not indexed by time, but its ids grow with it: found by halving, with
    a margin for transactions that were long under way."""
    with connection.cursor() as cursor:
        cursor.execute(_HALVING, [moment - LONGEST_UNDER_WAY])
        first, behind = cursor.fetchone()
    return Since(moment, first, behind)


LONGEST_UNDER_WAY = timedelta(minutes=10)
_HALVING = """
    with recursive halves(low, high, most) as (
        select coalesce(min(id), 0), coalesce(max(id), 0) + 1, coalesce(max(id), 0) + 1 from core_change
        union all
        select case when c.at < asked.moment then h.middle + 1 else h.low end,
            case when c.at < asked.moment then h.high else h.middle end, most
        from (select low, high, (low + high) / 2 as middle, most from halves where low < high) h
        cross join (select %s::timestamptz as moment) asked
        cross join lateral (select at from core_change where id >= h.middle order by id limit 1) c)
    select low, most - low from halves order by low desc, high limit 1"""


def track(table: str, *, pk: str = "id", skip: Sequence[str] = (), inserts: bool = True) -> RunSQL:
    """The migration operation that puts `table` under history. Columns in `skip` (secrets, bodies) never enter it."""
    hidden = "array[" + ",".join(f"'{name}'" for name in skip) + "]::text[]"
    events = {"update": "U", "delete": "D"} | ({"insert": "I"} if inserts else {})
    create, drop = [], []
    for event, op in events.items():
        name = f"{table}_history_{event}"
        create.append(_FUNCTION.format(name=name, body=_BODIES[op].format(table=table, pk=pk, hidden=hidden)))
        tables = {
            "I": "new table as after_rows",
            "D": "old table as before_rows",
            "U": "old table as before_rows new table as after_rows",
        }[op]
        create.append(
            f"create trigger {name} after {event} on {table} referencing {tables} for each statement execute function {name}();"
        )
        drop.append(f"drop function {name}() cascade;")
    return RunSQL("\n".join(create), "\n".join(drop))


_FUNCTION = """
create function {name}() returns trigger language plpgsql set search_path from current as $history$
declare who text := coalesce(nullif(current_setting('marshrut.by', true), ''), 'role:' || session_user);
begin
{body}
return null;
end $history$;
"""
_BODIES = {
    "I": """insert into core_change(by, table_name, row_id, op) select who, '{table}', r.{pk}, 'I' from after_rows r;""",
    "D": """insert into core_change(by, table_name, row_id, op, diff)
        select who, '{table}', r.{pk}, 'D', to_jsonb(r) - {hidden} from before_rows r;""",
    "U": """insert into core_change(by, table_name, row_id, op, diff)
        select who, '{table}', coalesce(b.{pk}, a.{pk}), 'U', d.diff
        from before_rows b full join after_rows a using ({pk})
        cross join lateral (
            select jsonb_object_agg(key, jsonb_build_array(o.value, n.value)) as diff
            from jsonb_each(to_jsonb(b) - {hidden}) o full join jsonb_each(to_jsonb(a) - {hidden}) n using (key)
            where o.value is distinct from n.value) d
        where d.diff is not null;""",
}
