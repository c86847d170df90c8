"""Reads that combine several rooms on one page: each a single statement, whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor, reach_sql
from marshrut.channels.permissions import quarantine_sql
from marshrut.intake.queries.exceptions import ExceptionSql
from marshrut.intake.queries.lists import new_sql
from marshrut.journal.permissions import matters_in_reach

FIRST, NEW, OVERDUE, TODAY, LATER = range(5)
"""Parts of a day's work in their order; `FIRST` is what the agency lets stand before new inquiries."""
AT_ONCE, OF_EACH = 30, 6
"""A day begins with so many rows in the order of work, and shows the first so many of each part; a part has pages of its own."""
PAGE = 50


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter with its leading inquiry, its latest deal, its client and its next action.

    `priority_reasons` and `request` are the stored text of their jsonb values.
    """

    dossier_id: int
    is_open: bool
    place: str
    opened_at: datetime
    closed_at: datetime | None
    worth: Decimal | None
    currency: str
    owner_id: int | None
    queue_id: int | None
    person_id: int | None
    person: str | None
    past_deals: int | None
    phone: str | None
    email: str | None
    inquiry_id: int | None
    channel: str | None
    inquiry_class: str | None
    relevance: str | None
    priority: int | None
    priority_reasons: str | None
    request: str | None
    respond_by: datetime | None
    next_respond_by: datetime | None
    outcome: str | None
    disposition: str | None
    inquiry_close_reason: str | None
    deal_id: int | None
    deal_title: str | None
    deal_state: str | None
    deal_close_reason: str | None
    stage_entered_at: datetime | None
    task_id: int | None
    task_title: str | None
    task_kind: str | None
    task_due_at: datetime | None
    task_postponed: int | None
    is_missed_call: bool | None
    group: int | None
    group_count: int | None


_COLUMNS = f"""
    d.id, d.is_open, d.place, d.opened_at, d.closed_at, d.worth, d.currency, d.owner_id, d.queue_id,
    p.id, p.display_name, p.past_deals, ph.normal, em.normal,
    i.raw_id, i.channel, i.inquiry_class, i.relevance, i.priority, i.priority_reasons, i.request,
    case when {new_sql("i")} then i.respond_by end,
    (select n.respond_by from intake_nextanswer n where n.dossier_id = d.id and n.state = 'running'),
    i.outcome, i.disposition, i.close_reason,
    l.id, l.title, l.state, l.close_reason, l.stage_entered_at,
    t.id, t.title, t.kind, t.due_at, t.postponed, i.is_missed_call"""
_JOINS = """
    left join clients_person p on p.id = d.person_id
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'phone' order by id limit 1) ph on true
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'email' order by id limit 1) em on true
    left join lateral (select * from intake_inquiry where dossier_id = d.id and joined_to_id is null order by raw_id limit 1) i on true
    left join lateral (select * from deals_deal where dossier_id = d.id order by id desc limit 1) l on true"""
_NEXT_TASK = """
    left join lateral (select * from journal_task where dossier_id = d.id and state = 'pending' order by due_at, id limit 1) t on true"""
_TODAY = f"""
    with mine as (
        select distinct on (t.dossier_id) t.dossier_id, t.id, t.due_at, i.raw_id, i.priority, {new_sql("i")} as is_new,
            {{exceptions.rank}} as exception
        from journal_task t join journal_dossier d on d.id = t.dossier_id and d.is_open and d.waits_until is null
        left join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
        where t.state = 'pending' and {{whose}}
        order by t.dossier_id, {{exceptions.rank}}, t.due_at, t.id),
    turns as (select m.*, row_number() over (partition by exception order by due_at, id) as turn from mine m),
    placed as (
        select m.*, case when exception < 2 or exception = 2 and turn <= {{exceptions.late_at_once}} then {FIRST} when is_new then {NEW}
            when due_at < %s then {OVERDUE} when due_at < %s then {TODAY} else {LATER} end as part
        from turns m),
    ordered as (
        select m.*, row_number() over (order by part, case part when {NEW} then -priority when {FIRST} then exception end,
            case part when {NEW} then raw_id end, due_at, id) as place
        from placed m),
    ranked as (
        select m.*, count(*) over (partition by part) as total, row_number() over (partition by part order by place) as rank
        from ordered m)
    select {_COLUMNS}, r.part, r.total
    from ranked r join journal_dossier d on d.id = r.dossier_id join journal_task t on t.id = r.id {_JOINS}
    where {{shown}} order by r.place"""


def list_today(
    actor: Actor, now: datetime, day_end: datetime, exceptions: ExceptionSql, *, part: int | None = None, first: int = 0
) -> list[MatterRow]:
    """What the actor has to do, in the order of work: exceptions, new inquiries, overdue, today, later.

    Whoever answers for an office (or all) also sees what waits in its queues. `group_count` is the whole number of the
    row's group; of a long day only the beginning and the first of each group are given, of one `part` a page from `first` on.
    """
    whose, values = "t.assignee_id = %s", list[Any]([actor.id])
    if actor.reach in ("office", "all"):
        reach, reached = matters_in_reach(actor)
        whose, values = f"(t.assignee_id = %s or (t.queue_id is not null and {reach}))", [actor.id, *reached]
    shown = f"r.rank <= {OF_EACH} or r.place <= {AT_ONCE} and r.part < {LATER}"
    if part is not None:
        shown = f"r.part = {int(part)} and r.rank > {int(first)} and r.rank <= {int(first) + PAGE}"
    return _rows(_TODAY.format(whose=whose, exceptions=exceptions, shown=shown), [*values, now, day_end])


def matters_of(actor: Actor, person_ids: Sequence[int], *, open_only: bool = False, limit: int = 60) -> list[MatterRow]:
    """Matters of these people within reach, open ones first, then the latest."""
    only = "and d.is_open" if open_only else ""
    return _matters(actor, f"d.person_id = any(%s) {only}", [list(person_ids)], limit)


def matters_numbered(actor: Actor, number: int, people: Sequence[int], limit: int = 12) -> list[MatterRow]:
    """The matter whose inquiry or deal has this number, and the open matters of these people; within reach."""
    where = """d.id in (select dossier_id from intake_inquiry where raw_id = %s union select dossier_id from deals_deal where id = %s
                        union select id from journal_dossier where person_id = any(%s) and is_open)"""
    return _matters(actor, where, [number, number, list(people)], limit)


def find_matter(actor: Actor, dossier_id: int) -> MatterRow | None:
    """One matter by its dossier; None when absent or out of reach."""
    return next(iter(_matters(actor, "d.id = %s", [dossier_id], 1)), None)


def _matters(actor: Actor, where: str, values: list[Any], limit: int) -> list[MatterRow]:
    reach, reached = matters_in_reach(actor)
    return _rows(f"""select {_COLUMNS}, null::int, null::int from journal_dossier d {_JOINS} {_NEXT_TASK}
                     where {where} and {reach} order by d.is_open desc, d.id desc limit {int(limit)}""",
                 [*values, *reached])


def ranked_matters(ranked: str, values: list[Any]) -> list[MatterRow]:
    """Matters in a given order: `ranked` is SQL that yields dossier_id, part, rank and the total of the part.

    The caller has kept the reach in it.
    """
    return _rows(f"""with ranked as ({ranked})
                     select {_COLUMNS}, r.part, r.total from ranked r join journal_dossier d on d.id = r.dossier_id {_JOINS} {_NEXT_TASK}
                     order by r.part, r.rank""", values)


def matters_in_order(dossier_ids: Sequence[int]) -> list[MatterRow]:
    """These matters, in this order. The caller has kept the reach."""
    return ranked_matters(
        "select o.id as dossier_id, 0 as part, o.n as rank, 0::bigint as total from unnest(%s::bigint[]) with ordinality o(id, n)",
        [list(dossier_ids)],
    )


def _rows(statement: str, values: list[Any]) -> list[MatterRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [MatterRow(*row) for row in cursor.fetchall()]


def loaded(value: Any) -> Any:
    """A jsonb value as Python: raw cursors give it as text."""
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


def count_done(actor: Actor, since: datetime) -> int:
    """How many actions the actor has completed since a moment."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from journal_task where state = 'done' and done_by = %s and done_at >= %s", [actor.label, since])
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class SidebarCounts:
    """The figures beside the pages' names."""

    to_do: int
    mine: int
    inquiries: int
    nobody: int
    deals: int
    quarantine: int


def count_sidebar(actor: Actor, day_end: datetime) -> SidebarCounts:
    """What waits for the actor today, their inquiries, all and nobody's inquiries within reach, open deals, the quarantine.

    What was put aside for later is in none of these: it is not many, and its index holds nothing else.
    """
    reach, reached = reach_sql(actor, "y")
    waiting, waited = quarantine_sql(actor, "r")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select (select count(*) from journal_task t where t.assignee_id = %s and t.state = 'pending' and t.due_at < %s),
                   coalesce(sum(y.number) filter (where y.place = 'inquiry' and y.owner_id = %s), 0),
                   coalesce(sum(y.number) filter (where y.place = 'inquiry'), 0),
                   coalesce(sum(y.number) filter (where y.place = 'inquiry' and y.owner_id is null), 0),
                   coalesce(sum(y.number) filter (where y.place <> 'inquiry'), 0),
                   (select count(*) from channels_rawmessage r where r.state = 'quarantined' and {waiting})
                from (select place, owner_id, office_id, number from journal_tally
                      union all select place, owner_id, office_id, -1 from journal_dossier where waits_until is not null) y
                where {reach}""",
            [actor.id, day_end, actor.id, *waited, *reached],
        )
        return SidebarCounts(*(int(number) for number in cursor.fetchone()))


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody a phone number identifies, and who keeps them."""

    id: int
    name: str
    owner_id: int | None
    owner: str | None
    office_id: int | None


def known_by(normals: Sequence[str]) -> list[Known]:
    """People one of these normal forms identifies, within reach or not: the caller says only what may be said."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select p.id, p.display_name, p.owner_id, e.name, p.office_id from clients_person p
               left join agency_employee e on e.id = p.owner_id
               where p.id in (select person_id from clients_contactpoint where normal = any(%s) and not is_shared)
               order by p.id desc limit 5""",
            [list(normals)],
        )
        return [Known(*row) for row in cursor.fetchall()]
