"""Reads of the dossier: its story, its next actions, and who has what to do."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A planned action and whose it is."""

    id: int
    dossier_id: int
    kind: str
    title: str
    due_at: datetime
    state: str
    assignee_id: int | None
    assignee: str | None
    queue_id: int | None
    postponed: int
    ends_at: datetime | None = None
    place: str = ""


_TASK = """select t.id, t.dossier_id, t.kind, t.title, t.due_at, t.state, t.assignee_id, e.name, t.queue_id, t.postponed, t.ends_at, t.place
    from journal_task t join journal_dossier d on d.id = t.dossier_id left join agency_employee e on e.id = t.assignee_id """


def pending_tasks(dossier_id: int) -> list[TaskLine]:
    """What is planned for a matter, the next action first. The caller has checked the reach."""
    return _tasks("t.dossier_id = %s and t.state = 'pending' order by t.due_at, t.id", [dossier_id])


def closed_when(dossier_id: int) -> datetime | None:
    """When a matter was closed the last time; None while it is open. The caller has checked the reach."""
    with connection.cursor() as cursor:
        cursor.execute("select closed_at from journal_dossier where id = %s and not is_open", [dossier_id])
        row = cursor.fetchone()
    return row[0] if row else None


def find_task(actor: Actor, task_id: int) -> TaskLine | None:
    """One action; None when absent or out of reach."""
    reach, values = matters_in_reach(actor)
    return next(iter(_tasks(f"t.id = %s and {reach}", [task_id, *values])), None)


def list_tasks(actor: Actor, *, owner_id: int | None, due_before: datetime | None, limit: int = 100) -> list[TaskLine]:
    """Pending actions within reach, the earliest first; of one manager and due before a moment, if these are given."""
    reach, values = matters_in_reach(actor)
    where = f"t.state = 'pending' and {reach}"
    if owner_id is not None:
        where, values = f"{where} and t.assignee_id = %s", [*values, owner_id]
    found: list[Any] = list(values)
    if due_before is not None:
        where, found = f"{where} and t.due_at < %s", [*found, due_before]
    return _tasks(f"{where} order by t.due_at, t.id limit {int(limit)}", found)


def _tasks(where: str, values: list[Any]) -> list[TaskLine]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_TASK} where {where}", values)
        return [TaskLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class TouchLine:
    """One thing said, done or noted; `by` is the actor's label, `who` their name if known."""

    id: int
    kind: str
    direction: str
    at: datetime
    by: str
    who: str | None
    body: str
    data: dict[str, Any] | None
    is_answer: bool


def read_story(dossier_ids: list[int], limit: int = 100) -> list[TouchLine]:
    """Everything said about these matters, the latest first. The caller has checked the reach."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select t.id, t.kind, t.direction, t.at, t.by, coalesce(e.name, k.name), t.body, t.data, t.is_answer
               from journal_touch t
               left join agency_employee e on t.by = 'employee:' || e.id
               left join agency_apitoken k on t.by = 'token:' || k.id
               where t.dossier_id = any(%s) order by t.at desc, t.id desc limit %s""",
            [dossier_ids, limit],
        )
        return [TouchLine(*(*row[:7], _json(row[7]), row[8])) for row in cursor.fetchall()]


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


def former_holders(dossier_id: int) -> list[int]:
    """Employees this matter was taken from."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select distinct (data->>'from')::bigint from journal_touch
                          where dossier_id = %s and kind = 'owner' and data->>'from' is not null""",
            [dossier_id],
        )
        return [row[0] for row in cursor.fetchall()]


def held_since(dossier_id: int) -> datetime | None:
    """When this matter last changed hands; None when it never did."""
    with connection.cursor() as cursor:
        cursor.execute("select max(at) from journal_touch where dossier_id = %s and kind = 'owner'", [dossier_id])
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def open_matters_with(actor: Actor, person_id: int) -> list[int]:
    """Open matters of a client within reach, in the order of their ids."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select d.id from journal_dossier d where d.person_id = %s and d.is_open and {reach} order by d.id", [person_id, *values]
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class PlaceSum:
    """How many open matters stand at a place, and their worth in one currency; of these, how many wait for later."""

    place: str
    currency: str
    number: int
    amount: Decimal
    waiting: int = 0


def sum_places(actor: Actor, owner_id: int | None = None) -> list[PlaceSum]:
    """Numbers and sums of open matters within reach by place and currency, from the running sums.

    What waits for later is counted apart, in `waiting`, and is in neither number nor amount.
    """
    reach, values = matters_in_reach(actor, "t")
    waits, waiting_values = matters_in_reach(actor, "d")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select y.place, y.currency, sum(y.number)::int, sum(y.amount), sum(y.waiting)::int from (
                    select t.place, t.currency, t.number, t.amount, 0 as waiting from journal_tally t
                    where {reach} and (%s::bigint is null or t.owner_id = %s)
                    union all
                    select d.place, d.currency, -1, -coalesce(d.worth, 0), 1 from journal_dossier d
                    where d.waits_until is not null and {waits} and (%s::bigint is null or d.owner_id = %s)) y
                group by y.place, y.currency having sum(y.number) <> 0 or sum(y.waiting) <> 0""",
            [*values, owner_id, owner_id, *waiting_values, owner_id, owner_id],
        )
        return [PlaceSum(*row) for row in cursor.fetchall()]


def read_history(table: str, row_id: int, limit: int = 50) -> list[dict[str, Any]]:
    """Changes of one row, the latest first: at, by, op, diff."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select at, by, op, diff from core_change where table_name = %s and row_id = %s order by id desc limit %s",
            [table, row_id, limit],
        )
        return [{"at": at, "by": by, "op": op, "diff": _json(diff)} for at, by, op, diff in cursor.fetchall()]
