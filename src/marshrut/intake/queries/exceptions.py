"""Exceptions in SQL, and how often new inquiries were passed over: by whom, under which exception, over which inquiry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.rules.exceptions import DUE_KINDS, DUE_TODAY, LONGEST_WAIT, TRIP_TROUBLE, TROUBLE, ExceptionRules
from marshrut.journal.permissions import matters_in_reach

NOTHING = "1 = 0"
"""A condition under which nothing stands; a bare `false` is no order."""
RANKED = (TRIP_TROUBLE, DUE_TODAY, LONGEST_WAIT)
"""Exceptions that planned actions may stand under, the most pressing first; a call on the line is no planned action."""


@dataclass(frozen=True, slots=True)
class ExceptionSql:
    """Conditions over a planned action, one for each of `RANKED`: does it stand under that exception now? `may_press` holds for all
    of the kinds that the first two speak of."""

    trouble: str = NOTHING
    due: str = NOTHING
    late: str = NOTHING
    late_at_once: int = 1
    may_press: str = NOTHING

    @property
    def pressing(self) -> str:
        """Everything but what is merely late."""
        return f"({self.may_press} and ({self.trouble} or {self.due}))"

    @property
    def covered(self) -> str:
        """Does it stand under any? The same as `ExceptionRules.of_task`."""
        return f"({self.trouble} or {self.due} or {self.late})"

    @property
    def rank(self) -> str:
        """An expression: the place of its exception in `RANKED`, null where it waits its turn."""
        return f"case when {self.trouble} then 0 when {self.due} then 1 when {self.late} then 2 end"


def written(moment: datetime) -> str:
    """A moment as it stands in a statement."""
    return f"timestamptz '{moment.isoformat()}'"


def exception_sql(
    rules: ExceptionRules, now: datetime, day_end: datetime, task: str = "t", said: Callable[[datetime], str] = written
) -> ExceptionSql:
    """The agency's list in SQL, each moment as `said` puts it; written out unless the statement's plan is good for any."""
    kinds = ", ".join(f"'{kind}'" for kind in DUE_KINDS)
    # What is due today comes first as such: left out here, the walk through what is late begins further back.
    others = {kind: now - rules.longest(kind) for kind in rules.longest_hours if DUE_TODAY not in rules.on or kind not in DUE_KINDS}
    by_kind = " ".join(f"when '{kind}' then {said(moment)}" for kind, moment in others.items() if kind)
    late = f"""({task}.due_at < {said(max(others.values()))} and {task}.due_at <
        case {task}.kind {by_kind} else {said(others[""])} end)"""
    due = f"({task}.kind in ({kinds}) and {task}.due_at < {said(day_end)})"
    return ExceptionSql(
        f"{task}.kind = '{TROUBLE}'" if TRIP_TROUBLE in rules.on else NOTHING,
        due if DUE_TODAY in rules.on else NOTHING,
        late if LONGEST_WAIT in rules.on else NOTHING,
        rules.late_at_once,
        f"{task}.kind in ('{TROUBLE}', {kinds})",  # as the index of such actions has it
    )


def count_standing(rules: ExceptionRules, now: datetime, day_end: datetime) -> dict[str, int]:
    """How many planned actions of open matters stand under each exception now; one statement."""
    listed = exception_sql(rules, now, day_end)
    rows = _rows(
        f"""select {listed.rank}, count(*) from journal_task t join journal_dossier d on d.id = t.dossier_id
            where t.state = 'pending' and d.is_open and d.waits_until is null and {listed.covered} group by 1""",
        [],
    )
    return {RANKED[rank]: number for rank, number in rows}


class Passing(NamedTuple):
    """One time somebody worked on another matter while a new inquiry of theirs waited. `worked_on` is None where that matter is out
    of the reader's reach or gone, empty where nobody is known yet."""

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
    """How often somebody did so under one exception (empty: none covered it), and over how many inquiries: one turn to a client
    passes over everything new that waits, and counts once."""

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
            f"""select e.id, e.name, o.exception, count(distinct (o.dossier_id, o.at)), count(distinct o.raw_id) {_FROM}
                where o.at > timestamptz '{since.isoformat()}' and {reach} group by 1, 2, 3 order by 2, 3""",
            reached,
        )
    ]


def list_passed(actor: Actor, since: datetime, most: int = 60) -> list[Passing]:
    """The newest such times, over inquiries within reach; one statement."""
    reach, reached = matters_in_reach(actor)
    there, seen = matters_in_reach(actor, "x")
    rows = _rows(
        f"""select o.at, e.id, e.name, o.exception, o.dossier_id,
                (select coalesce(w.display_name, '') from journal_dossier x left join clients_person w on w.id = x.person_id
                 where x.id = o.dossier_id and {there}),
                o.raw_id, p.display_name {_FROM}
            where o.at > timestamptz '{since.isoformat()}' and {reach} order by o.at desc, o.id desc limit {int(most)}""",
        [*seen, *reached],
    )
    return [Passing._make(row) for row in rows]


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
