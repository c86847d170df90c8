"""Inquiries by the month they came in, and what has become of each month's until now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import Asked, midnight
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


def _months_until(asked: Asked, now: datetime) -> list[date]:
    """The first days of the months from the question's first until now."""
    zone, months = ZoneInfo(asked.zone), [asked.first.replace(day=1)]
    while (following := (months[-1] + timedelta(days=32)).replace(day=1)) <= now.astimezone(zone).date():
        months.append(following)
    return months


def _place_of(moment: str, months: list[date], asked: Asked) -> str:
    """SQL: in which of these months a moment falls on the office's wall, the first being 1; nothing is reckoned row by row."""
    begins = ",".join(f'"{midnight(month, asked.zone).isoformat()}"' for month in months)
    return f"width_bucket({moment}, '{{{begins}}}'::timestamptz[])"


def read_cohorts(actor: Actor, asked: Asked, now: datetime) -> list[Cohort]:
    """Each month of the question's days, on the office's wall; one statement."""
    chosen, months = choose(actor, asked, UNITS["inquiry"]), _months_until(asked, now)
    came, ended = (_place_of(moment, months, asked) for moment in ("i.received_at", "i.closed_at"))
    rows = rows_of(
        f"""select {came}, i.outcome, case when i.outcome = 'won' then greatest(0, {ended} - {came}) end,
                count(*) filter (where i.outcome is not null or i.disposition = ''), count(*)
            {chosen.source} and {LED} group by 1, 2, 3 order by 1""",
        chosen.values,
    )
    found: dict[date, dict[str, int]] = {}
    ages: dict[date, dict[int, int]] = {}
    for place, outcome, age, meant, number in rows:
        month = months[place - 1]
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


def money_by_month(actor: Actor, asked: Asked, now: datetime) -> dict[date, list[Sum]]:
    """What the inquiries of each month have been sold for until now, by the first day of the month and currency; one statement."""
    chosen, months = choose(actor, asked, UNITS["inquiry"]), _months_until(asked, now)
    rows = rows_of(
        f"""select {_place_of("i.received_at", months, asked)}, {SUMS}
            from {chosen.unit.base} join journal_dossier d on d.id = i.dossier_id {WON_DEAL}
            where {chosen.where} and {LED} and i.outcome = 'won' and coalesce(w.amount, d.worth) is not null
            group by 1, 2 order by 1, 3 desc""",
        chosen.values,
    )
    found: dict[date, list[Sum]] = {}
    for place, *money in rows:
        found.setdefault(months[place - 1], []).append(Sum(*money))
    return found
