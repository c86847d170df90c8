"""Inquiries by the month they came in, and what has become of each month's until now."""

from dataclasses import dataclass
from datetime import date, datetime

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import Asked
from marshrut.insights.measures import LED, UNITS
from marshrut.insights.queries.counting import choose, rows_of
from marshrut.insights.queries.sources import SUMS, WON_DEAL, Sum


@dataclass(frozen=True, slots=True)
class Cohort:
    """What came in one month. `by_age` are the realised ones by whole months from receipt to the end."""

    month: date
    inquiries: int
    open: int
    no_sale: int
    closed: int
    won: int
    by_age: dict[int, int]


def read_cohorts(actor: Actor, asked: Asked, now: datetime) -> list[Cohort]:
    """Each month of the question's days, on the office's wall; one statement."""
    chosen = choose(actor, asked, UNITS["inquiry"])
    rows = rows_of(
        f"""select date_trunc('month', i.received_at at time zone %s)::date, i.outcome,
                case when i.outcome is not null then greatest(0, (extract(year from i.closed_at at time zone %s)
                    - extract(year from i.received_at at time zone %s)) * 12 + extract(month from i.closed_at at time zone %s)
                    - extract(month from i.received_at at time zone %s))::int end,
                count(*) filter (where i.outcome is not null or i.disposition = ''), count(*)
            {chosen.source} and {LED} group by 1, 2, 3 order by 1""",
        [asked.zone] * 5 + chosen.values,
    )
    found: dict[date, dict[str, int]] = {}
    ages: dict[date, dict[int, int]] = {}
    for month, outcome, age, meant, number in rows:
        counts = found.setdefault(month, dict.fromkeys(("inquiries", "open", "no_sale", "closed", "won"), 0))
        counts["inquiries"] += number
        if outcome is None:
            counts["open"] += meant
            counts["no_sale"] += number - meant
            continue
        counts["closed"] += number
        if outcome == "won":
            counts["won"] += number
            of_month = ages.setdefault(month, {})
            of_month[age or 0] = of_month.get(age or 0, 0) + number
    return [Cohort(month, by_age=ages.get(month, {}), **counts) for month, counts in found.items()]


def money_by_month(actor: Actor, asked: Asked) -> dict[date, list[Sum]]:
    """What the inquiries of each month have been sold for until now, by the first day of the month and currency; one statement."""
    chosen = choose(actor, asked, UNITS["inquiry"])
    rows = rows_of(
        f"""select date_trunc('month', i.received_at at time zone %s)::date, {SUMS}
            from {chosen.unit.base} join journal_dossier d on d.id = i.dossier_id {WON_DEAL}
            where {chosen.where} and {LED} and i.outcome = 'won' and coalesce(w.amount, d.worth) is not null
            group by 1, 2 order by 1, 3 desc""",
        [asked.zone, *chosen.values],
    )
    found: dict[date, list[Sum]] = {}
    for month, *money in rows:
        found.setdefault(month, []).append(Sum(*money))
    return found
