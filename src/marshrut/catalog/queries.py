"""Reads of the catalogue, kept until reference data change."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from marshrut.agency.queries import kept
from marshrut.catalog.models import Category, Direction, Skill
from marshrut.core.money import Money
from marshrut.core.names import search_name


@dataclass(frozen=True)
class Catalogue:
    """What is sold, where to, at what least price, and by whom, of one revision. Keys are slugs."""

    categories: dict[str, str]
    directions: dict[str, str]
    spellings: dict[str, str]
    floors: dict[str, Money]
    skills: dict[int, frozenset[tuple[str | None, str | None]]]

    @cached_property
    def category_of(self) -> dict[str, str]:
        """Folded names and slugs of categories to their slug."""
        return {search_name(key): slug for slug, name in self.categories.items() for key in (slug, name)}

    def find_direction(self, text: str) -> str | None:
        """The slug of a direction written in any known way, or None."""
        return self.spellings.get(search_name(text))

    def find_category(self, text: str) -> str | None:
        return self.category_of.get(search_name(text))


def _load() -> Catalogue:
    directions = list(Direction.objects.order_by("name"))
    skills: dict[int, set[tuple[str | None, str | None]]] = {}
    for employee_id, category, direction in Skill.objects.values_list("employee_id", "category__slug", "direction__slug"):
        skills.setdefault(employee_id, set()).add((category, direction))
    return Catalogue(
        categories=dict(Category.objects.order_by("position").values_list("slug", "name")),
        directions={d.slug: d.name for d in directions},
        spellings={search_name(text): d.slug for d in directions for text in (d.slug, d.name, *d.aliases)},
        floors={d.slug: Money(d.floor_price, d.currency) for d in directions if d.floor_price is not None},
        skills={employee: frozenset(pairs) for employee, pairs in skills.items()},
    )


read_catalogue: Callable[[int], Catalogue] = kept(_load)
