"""Source × conversion: numbers, money and reasons of loss by source."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import Asked
from marshrut.insights.measures import ENDED
from marshrut.insights.queries.counting import choose, choose_measure, counted, rows_of, unit_of

CAME = ("inquiries", "joined", "open", "no_sale")
COUNTED = (*CAME, "closed", "won", "lost")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the inquiries of one source."""

    inquiries: int = 0
    joined: int = 0
    open: int = 0
    no_sale: int = 0
    closed: int = 0
    won: int = 0
    lost: int = 0

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(*(getattr(self, name) + getattr(other, name) for name in COUNTED))


@dataclass(frozen=True, slots=True)
class Sum:
    """Money of one currency: what so many were sold for, and the margin of those of them whose margin is known."""

    currency: str
    amount: Decimal
    margin: Decimal
    sold: int = 0
    known: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        """Two of the same currency."""
        return Sum(self.currency, self.amount + other.amount, self.margin + other.margin, self.sold + other.sold, self.known + other.known)


def outcomes_by_source(actor: Actor, asked: Asked, now: datetime) -> dict[int, Outcomes]:
    """Numbers by source id; two statements, for what came and what ended may be counted by different days."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for codes in (CAME, tuple(ENDED)):
        chosen = choose(actor, asked, unit_of(codes[0], asked))
        columns = ", ".join(counted(code, asked, now) for code in codes)
        for source_id, *numbers in rows_of(f"select i.source_id, {columns} {chosen.source} group by i.source_id", chosen.values):
            found[source_id].update(zip(codes, numbers, strict=True))
    return {source_id: Outcomes(**numbers) for source_id, numbers in found.items() if any(numbers.values())}


WON_DEAL = """left join deals_deal w on w.dossier_id = i.dossier_id and w.state = 'won' and not exists (
    select from deals_deal later where later.dossier_id = w.dossier_id and later.state = 'won' and later.id > w.id)"""
CURRENCY = "case when w.amount is not null then w.currency else d.currency end"
SUMS = f"{CURRENCY}, sum(coalesce(w.amount, d.worth)), coalesce(sum(w.margin), 0), count(*), count(w.margin)"
"""Columns of a `Sum`, over realised inquiries with their deals."""


def money_by_source(actor: Actor, asked: Asked, now: datetime) -> dict[int, list[Sum]]:
    """What the realised inquiries were sold for, by source id and currency."""
    chosen = choose_measure(actor, asked, "won", now)
    rows = rows_of(
        f"""select i.source_id, {SUMS}
            from {chosen.unit.base} join journal_dossier d on d.id = i.dossier_id {WON_DEAL}
            where {chosen.where} and coalesce(w.amount, d.worth) is not null
            group by 1, 2 order by 3 desc""",
        chosen.values,
    )
    found: dict[int, list[Sum]] = {}
    for source_id, *money in rows:
        found.setdefault(source_id, []).append(Sum(*money))
    return found


def reasons_by_source(actor: Actor, asked: Asked, now: datetime) -> dict[int, list[tuple[str, int]]]:
    """Reasons of loss by source id, the most frequent first."""
    chosen = choose_measure(actor, asked, "lost", now)
    rows = rows_of(f"select i.source_id, i.reason, count(*) {chosen.source} group by 1, 2 order by 3 desc, 2", chosen.values)
    found: dict[int, list[tuple[str, int]]] = {}
    for source_id, reason, count in rows:
        found.setdefault(source_id, []).append((reason, count))
    return found


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day on the office's wall."""

    day: date
    inquiries: int
    won: int


def outcomes_by_day(actor: Actor, asked: Asked, now: datetime) -> list[DayLine]:
    """Every day of the period, empty ones too; one statement."""
    parts, values = [], list[Any]()
    for code in ("inquiries", "won"):
        chosen = choose_measure(actor, asked, code, now)
        parts.append(f"(select ({chosen.unit.at} at time zone %s)::date as day, count(*) as n {chosen.source} group by 1)")
        values += [asked.zone, *chosen.values]
    rows = rows_of(
        f"""select g.day::date, coalesce(c.n, 0), coalesce(w.n, 0) from generate_series(%s::date, %s::date, interval '1 day') g(day)
            left join {parts[0]} c on c.day = g.day::date left join {parts[1]} w on w.day = g.day::date order by 1""",
        [asked.first, asked.last, *values],
    )
    return [DayLine(*row) for row in rows]
