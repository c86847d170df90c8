"""Reads of sources, kept until reference data change."""

from collections.abc import Callable
from dataclasses import dataclass

from marshrut.agency.queries import kept
from marshrut.marketing.models import Source


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A source of inquiries; `chance` is its prior chance of a sale, 0 to 1."""

    id: int
    slug: str
    name: str
    is_named: bool
    chance: float
    is_active: bool = True


def _load() -> dict[str, SourceCard]:
    rows = Source.objects.order_by("name").values_list("id", "slug", "name", "is_named", "chance", "is_active")
    return {row[1]: SourceCard(row[0], row[1], row[2], row[3], float(row[4]), row[5]) for row in rows}


read_sources: Callable[[int], dict[str, SourceCard]] = kept(_load)
