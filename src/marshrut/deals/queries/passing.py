"""Reads of funnels, deals and the board."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import kept
from marshrut.deals.models import Funnel, LossReason, Stage
from marshrut.deals.rules import StageFacts, place_of
from marshrut.journal.permissions import matters_in_reach
from marshrut.journal.queries import PlaceSum, sum_places


@dataclass(frozen=True, slots=True)
class StageCard:
    """A stage: the result reached, the task it sets, the facts it asks for."""

    id: int
    funnel: str
    slug: str
    name: str
    position: int
    task_title: str
    task_kind: str
    task_minutes: int
    required: tuple[str, ...]
    hint: str
    is_last: bool

    @property
    def place(self) -> str:
        return place_of(self.funnel, self.slug)

    @property
    def facts(self) -> StageFacts:
        return StageFacts(self.slug, self.position, self.required)


@dataclass(frozen=True, slots=True)
class FunnelCard:
    """A funnel with its stages in order."""

    slug: str
    name: str
    stages: tuple[StageCard, ...]

    def find(self, slug: str) -> StageCard | None:
        return next((stage for stage in self.stages if stage.slug == slug), None)

    def after(self, slug: str) -> StageCard | None:
        at = next((n for n, stage in enumerate(self.stages) if stage.slug == slug), len(self.stages))
        return self.stages[at + 1] if at + 1 < len(self.stages) else None


def _load_funnels() -> dict[str, FunnelCard]:
    stages: dict[int, list[StageCard]] = {}
    for s in Stage.objects.filter(is_active=True).select_related("funnel").order_by("position"):
        stages.setdefault(s.funnel_id, []).append(
            StageCard(
                s.id,
                s.funnel.slug,
                s.slug,
                s.name,
                s.position,
                s.task_title,
                s.task_kind,
                s.task_minutes,
                tuple(s.required_facts),
                s.hint,
                s.is_last,
            )
        )
    funnels = Funnel.objects.filter(is_active=True).order_by("position", "id")
    return {f.slug: FunnelCard(f.slug, f.name, tuple(stages[f.id])) for f in funnels if f.id in stages}


read_funnels: Callable[[int], dict[str, FunnelCard]] = kept(_load_funnels)


def loss_reasons() -> list[tuple[str, str]]:
    """Why deals are not realised, as (slug, name), in the agency's order."""
    return list(LossReason.objects.filter(is_active=True).order_by("position", "id").values_list("slug", "name"))


@dataclass(frozen=True, slots=True)
class DealCard:
    """One deal with where it stands, whose it is and what comes next."""

    id: int
    dossier_id: int
    inquiry_id: int | None
    funnel: str
    stage: str
    stage_entered_at: datetime
    title: str
    amount: Decimal | None
    currency: str
    facts: dict[str, Any]
    state: str
    close_reason: str
    opened_at: datetime
    closed_at: datetime | None
    person_id: int | None
    person: str | None
    owner_id: int | None
    owner: str | None
    queue_id: int | None
    queue: str | None
    office_id: int | None
    task_id: int | None
    task_title: str | None
    task_due_at: datetime | None
    margin: Decimal | None
    custom: dict[str, Any]


_DEAL = """
    select l.id, d.id, l.inquiry_id, f.slug, s.slug, l.stage_entered_at, l.title, l.amount, l.currency, l.facts, l.state, l.close_reason,
        l.opened_at, l.closed_at, p.id, p.display_name, d.owner_id, e.name, d.queue_id, q.name, d.office_id, t.id, t.title, t.due_at,
        l.margin, d.custom
    from deals_deal l
    join deals_stage s on s.id = l.stage_id join deals_funnel f on f.id = s.funnel_id
    join journal_dossier d on d.id = l.dossier_id
    left join clients_person p on p.id = d.person_id
    left join agency_employee e on e.id = d.owner_id
    left join agency_queue q on q.id = d.queue_id
    left join lateral (select id, title, due_at from journal_task where dossier_id = d.id and state = 'pending'
                       order by due_at, id limit 1) t on true """


def find_deal(actor: Actor, deal_id: int) -> DealCard | None:
    """One deal; None when absent or out of reach."""
    return next(iter(_deals(actor, "l.id = %s", [deal_id])), None)


def deals_of_person(actor: Actor, person_id: int) -> list[DealCard]:
    """Deals of one client within reach, the latest first."""
    return _deals(actor, "d.person_id = %s", [person_id])


def deal_of_inquiry(inquiry_id: int) -> tuple[int, str] | None:
    """Id and state of the deal born of an inquiry."""
    with connection.cursor() as cursor:
        cursor.execute("select id, state from deals_deal where inquiry_id = %s order by id desc limit 1", [inquiry_id])
        return cursor.fetchone()  # type: ignore[no-any-return]


def _deals(actor: Actor, where: str, values: list[Any]) -> list[DealCard]:
    reach, reached = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(f"{_DEAL} where {where} and {reach} order by l.id desc limit 100", [*values, *reached])
        rows: list[list[Any]] = [[*row[:9], _json(row[9]), *row[10:-1], _json(row[-1])] for row in cursor.fetchall()]
        return [DealCard(*row) for row in rows]


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long a deal stood at a stage; `left_at` is None where it stands now."""

    stage: str
    name: str
    entered_at: datetime
    left_at: datetime | None
    by: str


def stage_times(deal_id: int) -> list[StageTime]:
    """Where a deal has stood and since when, in order. The caller has checked the reach."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select s.slug, s.name, n.entered_at, n.left_at, n.by from deals_stageentry n join deals_stage s on s.id = n.stage_id
               where n.deal_id = %s order by n.entered_at, n.id""",
            [deal_id],
        )
        return [StageTime(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A card of the board: an inquiry that is not yet a deal, or a deal."""

    place: str
    dossier_id: int
    inquiry_id: int | None
    deal_id: int | None
    person_id: int | None
    person: str | None
    title: str | None
    request: Any
    message: str | None
    channel: str | None
    source: str | None
    inquiry_class: str | None
    priority: int | None
    priority_reasons: Any
    respond_by: datetime | None
    amount: Decimal | None
    currency: str
    since: datetime
    owner_id: int | None
    owner: str | None
    queue_id: int | None
    task_id: int | None
    task_title: str | None
    task_kind: str | None
    task_due_at: datetime | None
    past_deals: int | None


_CARDS = """
    select d.place, d.id, i.raw_id, l.id, p.id, p.display_name, l.title, i.request, left(i.message, 120), i.channel, s.name,
        i.inquiry_class, i.priority, i.priority_reasons, case when i.clock_state = 'running' then i.respond_by end,
        d.worth, d.currency, coalesce(l.stage_entered_at, d.opened_at), d.owner_id, e.name, d.queue_id, t.id, t.title, t.kind, t.due_at,
        p.past_deals
    from unnest(%s::text[]) with ordinality w(place, n)
    cross join lateral ({newest}) d
    left join deals_deal l on l.dossier_id = d.id and l.state = 'open'
    left join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
    left join marketing_source s on s.id = i.source_id
    left join clients_person p on p.id = d.person_id
    left join agency_employee e on e.id = d.owner_id
    left join lateral (select id, title, kind, due_at from journal_task where dossier_id = d.id and state = 'pending'
                       order by due_at, id limit 1) t on true
    order by w.n, d.opened_at desc"""
FEW = 2000
# The newest of a place are walked by their index; of a source with few open matters these are found first.
_NEWEST = """select * from journal_dossier d where d.is_open and d.place = w.place and d.waits_until is null and {where}
    order by d.opened_at desc limit {limit}"""
_OF_SOURCE = """with of_source as materialized (
        select d.* from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
        where i.state = 'open' and i.source_id = {source} and d.is_open and {where})"""
_NEWEST_OF_SOURCE = "select * from of_source d where d.place = w.place and d.waits_until is null order by d.opened_at desc limit {limit}"


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One place of the board: its name, its numbers and sums, its newest cards."""

    place: str
    slug: str
    name: str
    sums: tuple[PlaceSum, ...]
    cards: tuple[BoardCard, ...]

    @property
    def count(self) -> int:
        return sum(s.number for s in self.sums)

    @property
    def waiting(self) -> int:
        """How many more were put aside for later; they are not among the cards."""
        return sum(s.waiting for s in self.sums)


def read_board(
    actor: Actor,
    funnel: FunnelCard,
    *,
    inquiries_name: str,
    owner_id: int | None = None,
    cards: int = 100,
    in_all: int | None = None,
    source_id: int | None = None,
) -> list[BoardColumn]:
    """The columns of a funnel, first the inquiries that are not yet deals: numbers and sums of all, the newest cards.

    A column has at most so many `cards`; where there are more than `in_all` of them, short columns are whole and the long ones
    share the rest. Two statements; with cards=0 one. Of one source only, sums are counted from the matters themselves.
    """
    sums = sum_places(actor, owner_id) if source_id is None else _sums_of_source(actor, owner_id, source_id)
    columns = [("inquiry", "inquiry", inquiries_name), *((s.place, s.slug, s.name) for s in funnel.stages)]
    is_few = source_id is not None and sum(s.number for s in sums) < FEW
    if in_all is not None:
        cards = share_evenly([sum(s.number for s in sums if s.place == place) for place, _, _ in columns], cards, in_all)
    rows = _cards(actor, [place for place, _, _ in columns], owner_id, cards, source_id, is_few=is_few) if cards else []
    return [
        BoardColumn(place, slug, name, tuple(s for s in sums if s.place == place), tuple(c for c in rows if c.place == place))
        for place, slug, name in columns
    ]


def share_evenly(counts: list[int], most: int, in_all: int) -> int:
    """How many each may show, at most `most`, so that together they show no more than `in_all`: whoever has few shows them all."""
    left = in_all
    for place, count in enumerate(sorted(counts)):
        share = left // (len(counts) - place)
        if count > share:
            return min(most, share)
        left -= count
    return most


def _narrowed(actor: Actor, owner_id: int | None) -> tuple[str, list[Any]]:
    """Reach and owner as a condition over d."""
    reach, values = matters_in_reach(actor)
    return (reach, list(values)) if owner_id is None else (f"{reach} and d.owner_id = %s", [*values, owner_id])


def _sums_of_source(actor: Actor, owner_id: int | None, source_id: int) -> list[PlaceSum]:
    where, values = _narrowed(actor, owner_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{_OF_SOURCE.format(source=int(source_id), where=where)}
                select d.place, d.currency, (count(*) filter (where d.waits_until is null))::int,
                    coalesce(sum(d.worth) filter (where d.waits_until is null), 0),
                    (count(*) filter (where d.waits_until is not null))::int from of_source d group by d.place, d.currency""",
            values,
        )
        return [PlaceSum(*row) for row in cursor.fetchall()]


def _cards(
    actor: Actor, places: list[str], owner_id: int | None, limit: int, source_id: int | None, *, is_few: bool
) -> list[BoardCard]:
    where, found = _narrowed(actor, owner_id)
    if not is_few:
        if source_id is not None:
            where += f" and exists (select from intake_inquiry where dossier_id = d.id and state = 'open' and source_id = {int(source_id)})"
        statement = _CARDS.format(newest=_NEWEST.format(where=where, limit=int(limit)))
        values = [places, *found]
    else:
        chosen = _OF_SOURCE.format(source=int(source_id or 0), where=where)
        statement = f"{chosen} {_CARDS.format(newest=_NEWEST_OF_SOURCE.format(limit=int(limit)))}"
        values = [*found, places]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [BoardCard(*row) for row in cursor.fetchall()]
