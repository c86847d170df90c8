"""Reads of the calendar: what is planned and was done between two moments, what is overdue, a month day by day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach

MOST = 3000  # marks of one view, each of what is planned and of what is done: a day of eight people, or a week of one, with hundreds each
MOST_COUNTED = 1000
"""Up to here what is overdue is counted."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An action or a meeting as no more than its place in time: when it is due, or was done, and until when."""

    id: int
    assignee_id: int
    at: datetime
    ends_at: datetime | None


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
    person: str | None
    is_waiting: bool


_AT = "case when t.state = 'done' and (t.kind <> 'meeting' or t.ends_at is null) then t.done_at else t.due_at end"
_ROW = f"""t.id, t.dossier_id, t.kind, t.title, {_AT}, t.ends_at, t.place, t.state = 'done', p.display_name,
    coalesce(d.waits_until is not null and t.due_at >= d.waits_until, false)"""
_FROM = "from journal_task t join journal_dossier d on d.id = t.dossier_id left join clients_person p on p.id = d.person_id"
# Chosen and cut first; matter and client are looked up for what is left.
_CHOSEN = "select t.* from journal_task t left join journal_dossier d on d.id = t.dossier_id where"
_NAMED = "t join journal_dossier d on d.id = t.dossier_id left join clients_person p on p.id = d.person_id"


def list_marks(actor: Actor, people: Sequence[int], start: datetime, end: datetime) -> list[Mark]:
    """Pending actions of these people that fall between two moments (a meeting may reach in from the day before), and
    what they completed then, in order; within reach. One statement."""
    reach, values = matters_in_reach(actor)
    done_by = [f"employee:{number}" for number in people]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.id, t.assignee_id, {_AT}, t.ends_at from (
                    ({_CHOSEN} t.state = 'pending' and t.assignee_id = any(%s) and t.due_at < %s and t.due_at >= %s - interval '1 day'
                     and (t.due_at >= %s or t.ends_at > %s) and {reach} order by t.due_at, t.id limit {MOST})
                    union all
                    ({_CHOSEN} t.state = 'done' and t.done_by = any(%s) and t.done_at >= %s and t.done_at < %s
                     and t.assignee_id = any(%s) and {reach} order by t.done_at, t.id limit {MOST})) t
                order by 3, 1""",
            [list(people), end, start, start, start, *values, done_by, start, end, list(people), *values],
        )
        return [Mark(*row) for row in cursor.fetchall()]


def read_marked(ids: Sequence[int]) -> list[CalendarRow]:
    """These actions with their matters and clients, in the order of time. The caller has kept the reach. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {_ROW} {_FROM} where t.id = any(%s) order by 5, 1", [list(ids)])
        return [CalendarRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """An action that should have been done before the day in sight; `total` is how many there are, counted to `MOST_COUNTED` + 1."""

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
            f"""with late as materialized ({_CHOSEN} t.state = 'pending' and t.assignee_id = any(%s) and t.due_at < %s and {reach}
                    order by t.due_at desc, t.id limit {MOST_COUNTED + 1})
                select t.id, t.dossier_id, t.kind, t.title, t.due_at, p.display_name, (select count(*) from late)
                from (select * from late order by due_at desc, id limit {int(limit)}) {_NAMED}
                order by t.due_at desc, t.id""",
            [list(people), before, *values],
        )
        return [OverdueRow(*row) for row in cursor.fetchall()]


@dataclass(slots=True)
class MonthDay:
    """What stands on one day: how many actions, meetings and returns of what waits; and the first of all of them, in order."""

    actions: int
    meetings: int
    returns: int
    first: list[CalendarRow] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many there are beside the first."""
        return self.actions + self.meetings + self.returns - len(self.first)


def list_month(
    actor: Actor, people: Sequence[int], start: datetime, end: datetime, zone: str, most: int = 3
) -> dict[date, MonthDay]:
    """Pending actions of these people by local day, the `most` earliest of each day by themselves; within reach. One statement."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select o.day, o.actions, o.meetings, o.returns, {_ROW} from (
                    select w.*, row_number() over (partition by day order by due_at, id) as place,
                        count(*) filter (where kind <> 'meeting' and not is_back) over whole as actions,
                        count(*) filter (where kind = 'meeting') over whole as meetings,
                        count(*) filter (where kind <> 'meeting' and is_back) over whole as returns
                    from (select t.id, t.due_at, t.kind, (t.due_at at time zone %s)::date as day,
                              coalesce(t.due_at >= a.waits_until, false) as is_back
                          from journal_task t left join journal_dossier d on d.id = t.dossier_id
                          left join (select id, waits_until from journal_dossier where waits_until is not null) a on a.id = t.dossier_id
                          where t.state = 'pending' and t.assignee_id = any(%s) and t.due_at >= %s and t.due_at < %s and {reach}) w
                    window whole as (partition by day)) o
                join journal_task t on t.id = o.id join journal_dossier d on d.id = t.dossier_id
                left join clients_person p on p.id = d.person_id
                where o.place <= {int(most)} order by o.day, o.place""",
            [zone, list(people), start, end, *values],
        )
        found: dict[date, MonthDay] = {}
        for day, actions, meetings, returns, *row in cursor.fetchall():
            found.setdefault(day, MonthDay(actions, meetings, returns)).first.append(CalendarRow(*row))
    return found


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
