"""Exceptions in SQL, and how often new inquiries were passed over: by whom, under which exception, over which inquiry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.rules.exceptions import DUE_KINDS, DUE_TODAY, LONGEST_WAIT, TRIP_TROUBLE, TROUBLE, ExceptionRules
from marshrut.journal.permissions import matters_in_reach

NOTHING = "1 = 0"
"""A condition under which nothing stands; a bare `false` is no order."""


def exception_sql(rules: ExceptionRules, now: datetime, day_end: datetime, task: str = "t") -> str:
    """A condition over a planned action: does it stand under an exception now? The same as `ExceptionRules.of_task`."""
    parts = []
    if TRIP_TROUBLE in rules.on:
        parts.append(f"{task}.kind = '{TROUBLE}'")
    if DUE_TODAY in rules.on:
        kinds = ", ".join(f"'{kind}'" for kind in DUE_KINDS)
        parts.append(f"({task}.kind in ({kinds}) and {task}.due_at < timestamptz '{day_end.isoformat()}')")
    if LONGEST_WAIT in rules.on:
        by_kind = " ".join(
            f"when '{kind}' then timestamptz '{(now - rules.longest(kind)).isoformat()}'" for kind in rules.longest_hours if kind
        )
        parts.append(f"{task}.due_at < case {task}.kind {by_kind} else timestamptz '{(now - rules.longest('')).isoformat()}' end")
    return f"({' or '.join(parts)})" if parts else NOTHING


def count_standing(rules: ExceptionRules, now: datetime, day_end: datetime) -> dict[str, int]:
    """How many planned actions of open matters stand under each exception now; one statement."""
    due = ", ".join(f"'{kind}'" for kind in DUE_KINDS)
    today = f"t.kind in ({due}) and t.due_at < timestamptz '{day_end.isoformat()}'"
    rows = _rows(
        f"""select case when t.kind = '{TROUBLE}' then '{TRIP_TROUBLE}' when {today} then '{DUE_TODAY}' else '{LONGEST_WAIT}' end, count(*)
            from journal_task t join journal_dossier d on d.id = t.dossier_id
            where t.state = 'pending' and d.is_open and d.waits_until is null and {exception_sql(rules, now, day_end)} group by 1""",
        [],
    )
    return dict(rows)


class Passing(NamedTuple):
    """One time somebody worked on another matter while a new inquiry of theirs waited."""

    at: datetime
    employee_id: int
    employee: str
    exception: str
    dossier_id: int
    worked_on: str | None
    inquiry_id: int
    waited: str | None


@dataclass(frozen=True, slots=True)
class PassedCount:
    """How often somebody did so under one exception (empty: none covered it), and over how many inquiries."""

    employee_id: int
    employee: str
    exception: str
    times: int
    inquiries: int


_FROM = """from intake_passedover o join agency_employee e on e.id = o.employee_id
    join intake_inquiry i on i.raw_id = o.raw_id join journal_dossier d on d.id = i.dossier_id
    left join clients_person p on p.id = i.person_id"""


def count_passed(actor: Actor, since: datetime) -> list[PassedCount]:
    """By person and exception since a moment, over inquiries within reach; one statement."""
    reach, reached = matters_in_reach(actor)
    return [
        PassedCount(*row)
        for row in _rows(
            f"""select e.id, e.name, o.exception, count(*), count(distinct o.raw_id) {_FROM}
                where o.at > timestamptz '{since.isoformat()}' and {reach} group by 1, 2, 3 order by 2, 3""",
            reached,
        )
    ]


def list_passed(actor: Actor, since: datetime, most: int = 60) -> list[Passing]:
    """The newest such times, over inquiries within reach; one statement."""
    reach, reached = matters_in_reach(actor)
    rows = _rows(
        f"""select o.at, e.id, e.name, o.exception, o.dossier_id,
                (select w.display_name from journal_dossier x join clients_person w on w.id = x.person_id where x.id = o.dossier_id),
                o.raw_id, p.display_name {_FROM}
            where o.at > timestamptz '{since.isoformat()}' and {reach} order by o.at desc, o.id desc limit {int(most)}""",
        reached,
    )
    return [Passing._make(row) for row in rows]


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
