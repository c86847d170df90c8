"""The funnel: how many stand where, with how much, how many came and went on, how long they stayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import Asked
from marshrut.insights.measures import UNITS
from marshrut.insights.queries.counting import choose, condition, literal, rows_of

SHORT_DAYS = 120
ENDS = ("open", "won", "lost")


@dataclass(frozen=True, slots=True)
class Standing:
    """Deals that stand at a stage now in one currency."""

    stage_id: int
    currency: str
    number: int
    amount: Decimal
    stuck: int


def standing_now(actor: Actor, asked: Asked, now: datetime) -> list[Standing]:
    """Open deals by stage and currency, whatever the period."""
    chosen = choose(actor, asked, UNITS["deal_now"])
    rows = rows_of(
        f"""select s.id, d.currency, count(*), coalesce(sum(d.worth), 0), count(*) filter (where {condition("stuck", asked, now)})
            {chosen.source} group by 1, 2 order by 4 desc""",
        chosen.values,
    )
    return [Standing(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Flow:
    """Of the deals that reached a stage in the period: how many, and what became of them."""

    reached: int = 0
    further: int = 0
    here: int = 0
    sold: int = 0
    lost: int = 0


def flow_through(actor: Actor, asked: Asked, positions: Sequence[int]) -> dict[int, Flow]:
    """By position of the stage in the funnel `asked.funnel`. A stage that was skipped has been reached with the later one.

    Of each deal three furthest positions say it all: before the period, until its end, and by now. What lies past the first
    and not past the second was reached in the period. In a short period only the deals that moved in it are looked at.
    """
    chosen = choose(actor, asked, UNITS["deal_flow"])
    since, until = literal(asked.since), literal(asked.until)
    moved = f"and n.deal_id in (select deal_id from deals_stageentry where entered_at >= {since} and entered_at < {until})"
    rows = rows_of(
        f"""select t.before, t.within, t.top, l.state, count(*) from (
                select n.deal_id, coalesce(max(z.position) filter (where n.entered_at < {since}), -1) as before,
                    max(z.position) filter (where n.entered_at < {until}) as within, max(z.position) as top
                from deals_stageentry n join deals_stage z on z.id = n.stage_id
                where z.funnel_id = (select id from deals_funnel where slug = %s) {moved if asked.days <= SHORT_DAYS else ""}
                group by n.deal_id) t
            join ({chosen.unit.base}) on l.id = t.deal_id where t.within > t.before and {chosen.where} group by 1, 2, 3, 4""",
        [asked.funnel, *chosen.values],
    )
    return {position: _flow_at(position, rows) for position in positions}


def _flow_at(position: int, rows: Sequence[tuple[int, int, int, str, int]]) -> Flow:
    """What became of the deals that reached a position; `rows`: before, within, by now, state, how many."""
    reached = [(top, state, number) for before, within, top, state, number in rows if before < position <= within]
    ends = {state: sum(number for top, ended, number in reached if top == position and ended == state) for state in ENDS}
    further = sum(number for top, _state, number in reached if top > position)
    return Flow(sum(number for _top, _state, number in reached), further, *ends.values())


def median_stays(actor: Actor, asked: Asked) -> dict[int, float]:
    """Median days at a stage, by stage id, of the stays that ended in the period."""
    chosen = choose(actor, asked, UNITS["deal_flow"])
    since, until = literal(asked.since), literal(asked.until)
    rows = rows_of(
        f"""select n.stage_id,
                percentile_cont(0.5) within group (order by date_part('epoch', coalesce(n.left_at, l.closed_at) - n.entered_at))
            from {chosen.unit.base} join deals_stageentry n on n.deal_id = l.id
            where coalesce(n.left_at, l.closed_at) >= {since} and coalesce(n.left_at, l.closed_at) < {until} and {chosen.where}
            group by n.stage_id""",
        chosen.values,
    )
    return {row[0]: float(row[1]) / 86400 for row in rows}
