"""Reads of sources, kept until reference data change."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from marshrut.agency.queries import kept
from marshrut.marketing.models import Source, SourceCost
from marshrut.marketing.rules import EnteredCost


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A source of inquiries; `chance` is its prior chance of a sale, 0 to 1."""

    id: int
    slug: str
    name: str
    is_named: bool
    chance: float
    is_active: bool = True


class Sources(dict[str, SourceCard]):
    """Sources by slug. One that was merged into another is not among them; its slug still finds that other (`find`).

    `spelled` are the slugs and names of merged ones, by the slug of the merged one.
    """

    def __init__(self, cards: Iterable[SourceCard], merged: Mapping[str, tuple[str, int]]) -> None:
        super().__init__((card.slug, card) for card in cards)
        by_id = {card.id: card for card in self.values()}
        self._staying = {slug: by_id[number] for slug, (_name, number) in merged.items() if number in by_id}
        self.spelled = {slug: name for slug, (name, _number) in merged.items() if slug in self._staying}

    def find(self, slug: str) -> SourceCard | None:
        """The source of this slug, else the one it was merged into; None for one nobody knows."""
        return self.get(slug) or self._staying.get(slug)

    def staying(self, slug: str) -> str:
        """The slug under which what names this one counts."""
        card = self._staying.get(slug)
        return card.slug if card else slug


def _load() -> Sources:
    rows = list(
        Source.objects.order_by("name").values_list("id", "slug", "name", "is_named", "chance", "is_active", "merged_into_id")
    )
    cards = [SourceCard(row[0], row[1], row[2], row[3], float(row[4]), row[5]) for row in rows if row[6] is None]
    return Sources(cards, {row[1]: (row[2], row[6]) for row in rows if row[6] is not None})


read_sources: Callable[[int], Sources] = kept(_load)


@dataclass(frozen=True, slots=True)
class CostLine:
    """Money spent on a source from one day to another, both included."""

    id: int
    source_id: int
    first_day: date
    last_day: date
    amount: Decimal
    currency: str
    note: str
    is_active: bool


def list_costs() -> list[CostLine]:
    """Every cost, the latest first, those not counted last; of a merged source it is the other's."""
    rows = SourceCost.objects.select_related("source").order_by("-is_active", "-first_day", "-id")
    return [
        CostLine(r.pk, r.source.merged_into_id or r.source_id, r.first_day, r.last_day, r.amount, r.currency, r.note, r.is_active)
        for r in rows
    ]


def costs_entered() -> set[EnteredCost]:
    """Every cost that counts, by what makes it the same as another; one statement."""
    rows = SourceCost.objects.filter(is_active=True).values_list("source_id", "first_day", "last_day", "amount", "currency")
    return {EnteredCost(*row) for row in rows}


def costs_between(first: date, last: date) -> dict[int, dict[str, Decimal]]:
    """What each source cost from `first` to `last`, by source id and currency; of a longer cost the share of its days."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select coalesce(s.merged_into_id, s.id), c.currency, round(sum(c.amount * (least(c.last_day, %(last)s::date)
                      - greatest(c.first_day, %(first)s::date) + 1) / (c.last_day - c.first_day + 1)), 2)
               from marketing_sourcecost c join marketing_source s on s.id = c.source_id
               where c.is_active and c.first_day <= %(last)s and c.last_day >= %(first)s group by 1, 2 order by 1, 2""",
            {"first": first, "last": last},
        )
        found: dict[int, dict[str, Decimal]] = {}
        for source_id, currency, amount in cursor.fetchall():
            found.setdefault(source_id, {})[currency] = amount
    return found


def costs_by_month(first: date, last: date) -> dict[date, dict[int, dict[str, Decimal]]]:
    """The same month by month, by the first day of each; of the last month what falls on days until `last`. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select m.start, coalesce(s.merged_into_id, s.id), c.currency,
                      round(sum(c.amount * (least(c.last_day, m.finish) - greatest(c.first_day, m.start) + 1)
                            / (c.last_day - c.first_day + 1)), 2)
               from (select g::date as start, least((g + interval '1 month')::date - 1, %(last)s::date) as finish
                     from generate_series(date_trunc('month', %(first)s::date), %(last)s::date, interval '1 month') g) m
               join marketing_sourcecost c on c.is_active and c.first_day <= m.finish and c.last_day >= m.start
               join marketing_source s on s.id = c.source_id group by 1, 2, 3 order by 1, 2, 3""",
            {"first": first, "last": last},
        )
        found: dict[date, dict[int, dict[str, Decimal]]] = {}
        for month, source_id, currency, amount in cursor.fetchall():
            found.setdefault(month, {}).setdefault(source_id, {})[currency] = amount
    return found
