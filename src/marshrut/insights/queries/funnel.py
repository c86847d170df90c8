"""The funnel: how many stand where, with how much, how many came and went on, how long they stayed."""

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


def flow_through(actor: Actor, asked: Asked, now: datetime) -> dict[int, Flow]:
    """By position of the stage in the funnel `asked.funnel`. A stage that was skipped has been reached with the later one."""
    chosen = choose(actor, asked, UNITS["deal_flow"])
    since, until = literal(asked.since), literal(asked.until)
    rows = rows_of(
        f"""with entered as (
                select n.deal_id, z.position, min(n.entered_at) as at from deals_stageentry n join deals_stage z on z.id = n.stage_id
                join deals_funnel y on y.id = z.funnel_id
                where y.slug = %s and n.deal_id in (
                    select deal_id from deals_stageentry where entered_at >= {since} and entered_at < {until})
                group by 1, 2),
            top as (select deal_id, max(position) as position from entered group by 1),
            places as (select z.position from deals_stage z join deals_funnel y on y.id = z.funnel_id where y.slug = %s),
            reached as (
                select e.deal_id, p.position, min(e.at) as at from entered e join places p on p.position <= e.position group by 1, 2)
            select r.position, count(*), count(*) filter (where t.position > r.position),
                count(*) filter (where t.position = r.position and l.state = 'open'),
                count(*) filter (where t.position = r.position and l.state = 'won'),
                count(*) filter (where t.position = r.position and l.state = 'lost')
            from reached r join top t on t.deal_id = r.deal_id join ({_matters()}) l on l.id = r.deal_id
            join journal_dossier d on d.id = l.dossier_id
            where r.at >= {since} and r.at < {until} and {chosen.where.replace("f.slug = %s", "l.funnel = %s")}
            group by r.position""",
        [asked.funnel, asked.funnel, *chosen.values],
    )
    return {row[0]: Flow(*row[1:]) for row in rows}


def _matters() -> str:
    return """select l.id, l.dossier_id, l.state, l.close_reason, f.slug as funnel from deals_deal l
        join deals_stage s on s.id = l.stage_id join deals_funnel f on f.id = s.funnel_id"""


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
