"""The order of work: what the agency lets stand before new inquiries, the new ones by priority, the rest by when it is due.

Today and the Inbox stand in it, so that everybody who picks the next client picks the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.queries.exceptions import ExceptionSql
from marshrut.intake.queries.lists import LINE, SHOWN, InquiryFilter, InquiryLine, conditions_of, new_sql

PRESSING, LATE, NEW, REST = range(4)
"""Parts of the list: trouble and what is due today, a few of what is past its longest wait, new inquiries, everything else."""

@dataclass(frozen=True, slots=True)
class Turn:
    """Where one stands in the list, and where a page goes on: the part, and within it a number, a moment and an id."""

    part: int
    number: int
    at: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class InTurn:
    """An inquiry with its turn."""

    line: InquiryLine
    turn: Turn


_FIRST = """(select x.id from journal_task x where x.dossier_id = t.dossier_id and x.state = 'pending'{of_kind}
        order by x.due_at, x.id limit 1)"""
"""The action by which a matter stands where it stands: its first one of that kind."""
# Actions are walked in their order, matter by matter, and no further than the page: hence offset 0. What presses is few, and has
# an index of its own.
_WALK = """(select dossier_id, id, due_at from journal_task t where t.state = 'pending' and {whose}{only}
        order by due_at, id offset 0) t
    join journal_dossier d on d.id = t.dossier_id join intake_inquiry i on i.dossier_id = d.id"""
_LIST = """
    with {asked}pressing as materialized (
        select distinct on (t.dossier_id) t.dossier_id, t.id, t.due_at, {rank} as rank
        from journal_task t join journal_dossier d on d.id = t.dossier_id join intake_inquiry i on i.dossier_id = d.id
        where t.state = 'pending' and {whose} and {pressing} and {where} order by t.dossier_id, rank, t.due_at, t.id),
    late as materialized (
        select t.dossier_id, t.id, t.due_at from {walk_late}
        where {where} and t.id = {first_late} and d.id not in (select dossier_id from pressing) order by t.due_at, t.id limit {most})
    select {columns}, n.part, n.number, n.at, n.id
    from (select * from ({parts}) p limit {limit}) n
    cross join lateral (select i.*, d.owner_id, d.queue_id, d.place, d.worth, d.currency as worth_currency, d.opened_at
        from intake_inquiry i join journal_dossier d on d.id = i.dossier_id where i.raw_id = n.raw_id) o
    {shown} order by n.part, n.number, n.at, n.id"""
_NEITHER = "d.id not in (select dossier_id from pressing) and d.id not in (select dossier_id from late)"
_PARTS = {
    PRESSING: """(select i.raw_id, 0 as part, t.rank as number, t.due_at as at, t.id
        from pressing t join intake_inquiry i on i.dossier_id = t.dossier_id and i.state = 'open' {after}
        order by number, at, id limit {limit})""",
    LATE: """(select i.raw_id, 1 as part, 2 as number, t.due_at as at, t.id
        from late t join intake_inquiry i on i.dossier_id = t.dossier_id and i.state = 'open' {after} order by at, id)""",
    NEW: """(select i.raw_id, 2 as part, i.number, null::timestamptz as at, i.raw_id as id
        from ({new_ones}) i join journal_dossier d on d.id = i.dossier_id
        where {where} and {neither} {after} order by i.number, i.raw_id limit {limit})""",
    REST: """(select i.raw_id, 3 as part, 0 as number, t.due_at as at, t.id from {rest}
        where {where} and not {new} and {neither} {after} order by at, id limit {limit})""",
}
_NEW_ONES = "select i.*, -i.priority::int as number from intake_inquiry i where {new}"
_NEW_OF_ALL = """select i.raw_id, i.dossier_id, i.state, -i.priority::int as number from intake_inquiry i where {new}
    order by number, i.raw_id offset 0"""
"""Everybody's are put in their order before it is looked up whose they are, and that no further than the page."""
_OF_FEW = """intake_inquiry i join journal_dossier d on d.id = i.dossier_id cross join lateral (
        select id, due_at from journal_task where dossier_id = d.id and state = 'pending' order by due_at, id limit 1) t"""
"""Whoever narrows the list to a source or a class looks those up, rather than walking past everybody else."""


Order = Callable[[str, Callable[[datetime], str]], ExceptionSql]
"""The agency's list of exceptions as it stands now, over an alias of journal_task and with moments put as the second says."""


@dataclass
class _Asked:
    """Values that a statement names in several places: they stand in a part of its own before all others.

    So the statement is the same at every look, and is planned once: planning it takes twice as long as running it.
    """

    values: list[tuple[str, Any]] = field(default_factory=list)

    def named(self, kind: str, value: Any) -> str:
        if (kind, value) not in self.values:
            self.values.append((kind, value))
        return f"(select a{self.values.index((kind, value))} from asked)"

    def moment(self, moment: datetime) -> str:
        return self.named("timestamptz", moment)

    @property
    def part(self) -> str:
        columns = ", ".join(f"%s::{kind} as a{n}" for n, (kind, _value) in enumerate(self.values))
        return f"asked as materialized (select {columns}), " if columns else ""


def list_in_turn(actor: Actor, wanted: InquiryFilter, order: Order, after: Turn | None = None) -> list[InTurn]:
    """Inquiries within reach in the order of work, in one statement."""
    where, values = conditions_of(actor, replace(wanted, after=None))
    parts = [part for part in _PARTS if after is None or part >= after.part]
    beyond = {part: _beyond(after) if after and part == after.part else "" for part in parts}
    asked = _Asked()
    words = _words(actor, wanted, order, where, beyond.get(REST, ""), asked)
    told = [_PARTS[part].format(**words, after=beyond[part]) for part in parts]
    statement = _LIST.format(**words, asked=asked.part, columns=LINE, parts=" union all ".join(told), shown=SHOWN)
    narrowed = values * (2 + len([part for part in parts if part in (NEW, REST)]))
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _kind, value in asked.values] + narrowed)
        return [InTurn(InquiryLine._make(row[:-4]), Turn(*row[-4:])) for row in cursor.fetchall()]


def _words(actor: Actor, wanted: InquiryFilter, order: Order, where: str, beyond: str, asked: _Asked) -> dict[str, Any]:
    """What the statement's places stand for; `beyond` says where the walk through the rest begins."""
    holder = wanted.owner_id or (actor.id if actor.reach == "own" else None)
    whose = f"t.assignee_id = {asked.named('bigint', holder)}" if holder else "true"
    listed, other = order("t", asked.moment), order("x", asked.moment)
    is_narrow = bool(wanted.sources or wanted.inquiry_class or wanted.narrowed)
    new_ones = (_NEW_ONES if holder or is_narrow else _NEW_OF_ALL).format(new=new_sql("i"))
    rest = _OF_FEW if is_narrow else f"{_WALK.format(whose=whose, only=beyond)} and t.id = {_FIRST.format(of_kind='')}"
    return {
        "where": where, "whose": whose, "rank": listed.rank, "pressing": listed.pressing, "new": new_sql("i"), "neither": _NEITHER,
        "walk_late": _WALK.format(whose=whose, only=f" and {listed.late}"), "first_late": _FIRST.format(of_kind=f" and {other.late}"),
        "new_ones": new_ones, "rest": rest, "most": int(listed.late_at_once), "limit": int(wanted.limit),
    }  # fmt: skip


def _beyond(turn: Turn) -> str:
    """What comes after this turn within its part; numbers and moments are written out, read as such from our own cursor."""
    if turn.part == NEW or turn.at is None:
        return f"and (i.number, i.raw_id) > ({int(turn.number)}, {int(turn.id)})"
    moment = f"timestamptz '{turn.at.isoformat()}'"
    if turn.part == PRESSING:
        return f"and (t.rank, t.due_at, t.id) > ({int(turn.number)}, {moment}, {int(turn.id)})"
    return f" and (t.due_at, t.id) > ({moment}, {int(turn.id)})"
