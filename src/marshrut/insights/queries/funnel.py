"""The funnel: how many stand where, with how much, how many came and went on, how long they stayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import Asked
from marshrut.insights.measures import UNITS
from marshrut.insights.queries.counting import choose, condition, literal, rows_of


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

    One pass over the entries of the deals that moved in the period: for each position the first moment at it or past it.
    """
    if not positions:
        return {}
    chosen = choose(actor, asked, UNITS["deal_flow"])
    since, until = literal(asked.since), literal(asked.until)
    first = ", ".join(f"min(n.entered_at) filter (where z.position >= {int(p)}) as at_{int(p)}" for p in positions)
    counts = ", ".join(_fates(int(p), f"t.at_{int(p)} >= {since} and t.at_{int(p)} < {until}") for p in positions)
    rows = rows_of(
        f"""with moved as materialized (
                select distinct deal_id from deals_stageentry where entered_at >= {since} and entered_at < {until})
            select {counts} from (
                select n.deal_id, max(z.position) as top, {first} from moved m join deals_stageentry n on n.deal_id = m.deal_id
                join deals_stage z on z.id = n.stage_id join deals_funnel y on y.id = z.funnel_id
                where y.slug = %s group by n.deal_id) t
            join (deals_deal l join journal_dossier d on d.id = l.dossier_id join deals_stage s on s.id = l.stage_id
                join deals_funnel f on f.id = s.funnel_id) on l.id = t.deal_id where {chosen.where}""",
        [asked.funnel, *chosen.values],
    )
    numbers = iter(rows[0])
    return {position: Flow(*(next(numbers) for _fate in range(5))) for position in positions}


def _fates(position: int, reached: str) -> str:
    """Columns: reached, went on, and of those that came no further open, won and lost ones."""
    ends = ", ".join(
        f"count(*) filter (where {reached} and t.top = {position} and l.state = '{state}')" for state in ("open", "won", "lost")
    )
    return f"count(*) filter (where {reached}), count(*) filter (where {reached} and t.top > {position}), {ends}"


def median_stays(actor: Actor, asked: Asked) -> dict[int, float]:
    """Median days at a stage, by stage id, of the stays that ended in the period."""
    chosen = choose(actor, asked, UNITS["deal_flow"])
    since, until = literal(asked.since), literal(asked.until)
    rows = rows_of(
        f"""select n.stage_id,
                percentile_cont(0.5) within group (order by extract(epoch from coalesce(n.left_at, l.closed_at) - n.entered_at))
            from {chosen.unit.base} join deals_stageentry n on n.deal_id = l.id
            where coalesce(n.left_at, l.closed_at) >= {since} and coalesce(n.left_at, l.closed_at) < {until} and {chosen.where}
            group by n.stage_id""",
        chosen.values,
    )
    return {row[0]: float(row[1]) / 86400 for row in rows}
