"""Reads of the calendar: what is planned and was done between two moments, what is overdue, how full each day is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach

MOST = 600  # rows of one view: a week of an office


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """An action or a meeting. `at` is when it is due, or was done; `is_waiting`: its matter was put aside until then."""

    id: int
    dossier_id: int
    kind: str
    title: str
    at: datetime
    ends_at: datetime | None
    place: str
    is_done: bool
    assignee_id: int
    person: str | None
    is_waiting: bool


_ROW = """t.id, t.dossier_id, t.kind, t.title, {at}, t.ends_at, t.place, t.state = 'done', t.assignee_id, p.display_name,
    coalesce(d.waits_until is not null and t.due_at >= d.waits_until, false)"""
_FROM = "from journal_task t join journal_dossier d on d.id = t.dossier_id left join clients_person p on p.id = d.person_id"


def list_calendar(actor: Actor, people: Sequence[int], start: datetime, end: datetime) -> list[CalendarRow]:
    """Pending actions of these people that fall between two moments (a meeting may reach in from the day before), and
    what they completed then, in order; within reach. One statement."""
    reach, values = matters_in_reach(actor)
    done_by = [f"employee:{number}" for number in people]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""(select {_ROW.format(at="t.due_at")} {_FROM}
                 where t.state = 'pending' and t.assignee_id = any(%s) and t.due_at < %s and t.due_at >= %s - interval '1 day'
                     and (t.due_at >= %s or t.ends_at > %s) and {reach} order by t.due_at, t.id limit {MOST})
                union all
                (select {_ROW.format(at="case when t.kind = 'meeting' and t.ends_at is not null then t.due_at else t.done_at end")} {_FROM}
                 where t.state = 'done' and t.done_by = any(%s) and t.done_at >= %s and t.done_at < %s
                     and t.assignee_id = any(%s) and {reach} order by t.done_at, t.id limit {MOST})
                order by 5, 1""",
            [list(people), end, start, start, start, *values, done_by, start, end, list(people), *values],
        )
        return [CalendarRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """An action that should have been done before the day in sight; `total` is how many there are."""

    id: int
    dossier_id: int
    kind: str
    title: str
    due_at: datetime
    person: str | None
    total: int


def list_overdue(actor: Actor, people: Sequence[int], before: datetime, limit: int = 8) -> list[OverdueRow]:
    """Pending actions of these people due before a moment, the latest due first; within reach."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.id, t.dossier_id, t.kind, t.title, t.due_at, p.display_name, count(*) over () {_FROM}
                where t.state = 'pending' and t.assignee_id = any(%s) and t.due_at < %s and {reach}
                order by t.due_at desc, t.id limit {int(limit)}""",
            [list(people), before, *values],
        )
        return [OverdueRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class DayCount:
    """How much stands on one day: actions, meetings, returns of what waits."""

    day: date
    actions: int
    meetings: int
    returns: int


def count_days(actor: Actor, people: Sequence[int], start: datetime, end: datetime, zone: str) -> dict[date, DayCount]:
    """Pending actions of these people by local day; within reach. One statement."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select (t.due_at at time zone %s)::date,
                   count(*) filter (where t.kind <> 'meeting' and (d.waits_until is null or t.due_at < d.waits_until)),
                   count(*) filter (where t.kind = 'meeting'),
                   count(*) filter (where t.kind <> 'meeting' and t.due_at >= d.waits_until)
                {_FROM} where t.state = 'pending' and t.assignee_id = any(%s) and t.due_at >= %s and t.due_at < %s and {reach}
                group by 1""",
            [zone, list(people), start, end, *values],
        )
        return {row[0]: DayCount(*row) for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class MatterChoice:
    """An open matter an action can be planned on."""

    dossier_id: int
    person: str | None
    title: str | None
    place: str


def open_matters(actor: Actor, *, people: Sequence[int], number: int, mine: bool, limit: int = 8) -> list[MatterChoice]:
    """Open matters of these clients or with this number; with `mine` the actor's own, the newest first. Within reach."""
    reach, values = matters_in_reach(actor)
    where, found = "d.owner_id = %s", [actor.id]
    if not mine:
        where = """d.id in (select dossier_id from intake_inquiry where raw_id = %s union select dossier_id from deals_deal where id = %s
                            union select id from journal_dossier where person_id = any(%s) and is_open)"""
        found = [number, number, list(people)]  # type: ignore[list-item]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.id, p.display_name, l.title, d.place from (
                    select d.* from journal_dossier d where d.is_open and {where} and {reach}
                    order by d.opened_at desc limit {int(limit)}) d
                left join clients_person p on p.id = d.person_id
                left join lateral (select title from deals_deal where dossier_id = d.id order by id desc limit 1) l on true
                order by d.opened_at desc""",
            [*found, *values],
        )
        return [MatterChoice(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class TaskCard:
    """One action with all that a dialog about it says."""

    id: int
    dossier_id: int
    kind: str
    title: str
    due_at: datetime
    ends_at: datetime | None
    place: str
    state: str
    assignee_id: int | None
    assignee: str | None
    result: str
    person: str | None


def find_task_card(actor: Actor, task_id: int) -> TaskCard | None:
    """One action; None when absent or out of reach."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.id, t.dossier_id, t.kind, t.title, t.due_at, t.ends_at, t.place, t.state, t.assignee_id, e.name, t.result,
                   p.display_name
                {_FROM} left join agency_employee e on e.id = t.assignee_id where t.id = %s and {reach}""",
            [task_id, *values],
        )
        row = cursor.fetchone()
    return TaskCard(*row) if row else None
