"""Reads of the catalogue, kept until reference data change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from marshrut.agency.queries import kept
from marshrut.catalog.models import Category, Direction, Skill
from marshrut.catalog.models import PriceFloor as PriceFloorRow
from marshrut.catalog.rules import PriceFloor, PriceFloors
from marshrut.core.money import Money
from marshrut.core.names import search_name
from marshrut.core.seasons import read_day


@dataclass(frozen=True)
class Catalogue:
    """What is sold, where to, at what least price, and by whom, of one revision. Keys are slugs."""

    categories: dict[str, str]
    directions: dict[str, str]
    spellings: dict[str, str]
    floors: PriceFloors
    skills: dict[int, frozenset[tuple[str | None, str | None]]]
    category_ids: Mapping[int, str] = field(default_factory=dict)
    direction_ids: Mapping[int, str] = field(default_factory=dict)
    """Names by id, for history."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Names and other spellings of the directions in use, as they are written, to their slug."""
    unused: frozenset[str] = frozenset()
    """Slugs of categories and directions that are not offered any more; what was recorded with them keeps its words."""

    @cached_property
    def category_of(self) -> dict[str, str]:
        """Folded names and slugs of categories to their slug."""
        used = {slug: name for slug, name in self.categories.items() if slug not in self.unused}
        return {search_name(key): slug for slug, name in used.items() for key in (slug, name)}

    @cached_property
    def offered_directions(self) -> dict[str, str]:
        """Directions to choose from."""
        return {slug: name for slug, name in self.directions.items() if slug not in self.unused}

    def find_direction(self, text: str) -> str | None:
        """The slug of a direction written in any known way, or None."""
        return self.spellings.get(search_name(text))

    def find_category(self, text: str) -> str | None:
        return self.category_of.get(search_name(text))


def _load() -> Catalogue:
    directions = list(Direction.objects.order_by("name"))
    categories = list(Category.objects.order_by("position", "id"))
    skills: dict[int, set[tuple[str | None, str | None]]] = {}
    for employee_id, category, direction in Skill.objects.values_list("employee_id", "category__slug", "direction__slug"):
        skills.setdefault(employee_id, set()).add((category, direction))
    return Catalogue(
        categories={c.slug: c.name for c in categories},
        directions={d.slug: d.name for d in directions},
        spellings={search_name(text): d.slug for d in directions if d.is_active for text in (d.slug, d.name, *d.aliases)},
        floors=PriceFloors({d.slug: Money(d.floor_price, d.currency) for d in directions if d.floor_price is not None}, _closer_floors()),
        skills={employee: frozenset(pairs) for employee, pairs in skills.items()},
        category_ids={c.pk: c.name for c in categories},
        direction_ids={d.pk: d.name for d in directions},
        written={text: d.slug for d in directions if d.is_active for text in (d.name, *d.aliases)},
        unused=frozenset({d.slug for d in directions if not d.is_active} | {c.slug for c in categories if not c.is_active}),
    )


def _closer_floors() -> dict[str, list[PriceFloor]]:
    found: dict[str, list[PriceFloor]] = {}
    for row in PriceFloorRow.objects.filter(is_active=True).select_related("direction").order_by("id"):
        season = (read_day(row.season_first), read_day(row.season_last)) if row.season_first else None
        found.setdefault(row.direction.slug, []).append(PriceFloor(Money(row.price, row.currency), season, row.stars))
    return found


@dataclass(frozen=True, slots=True)
class FloorLine:
    """A closer floor of a direction, as it is edited."""

    id: int
    direction_id: int
    direction: str
    season_first: str
    season_last: str
    stars: int | None
    price: Money
    is_active: bool


def list_floors() -> list[FloorLine]:
    """Every closer floor, by direction, those in use first."""
    rows = PriceFloorRow.objects.select_related("direction").order_by("-is_active", "direction__name", "season_first", "stars", "id")
    return [
        FloorLine(f.pk, f.direction_id, f.direction.name, f.season_first, f.season_last, f.stars, Money(f.price, f.currency), f.is_active)
        for f in rows
    ]


read_catalogue: Callable[[int], Catalogue] = kept(_load)


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category, used or not."""

    id: int
    slug: str
    name: str
    position: int
    is_active: bool


def list_categories() -> list[CategoryLine]:
    """Every category in its order, those in use first."""
    rows = Category.objects.order_by("-is_active", "position", "id").values_list("id", "slug", "name", "position", "is_active")
    return [CategoryLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class DirectionLine:
    """A direction, used or not."""

    id: int
    slug: str
    name: str
    aliases: tuple[str, ...]
    floor_price: Decimal | None
    currency: str
    is_active: bool


def list_directions() -> list[DirectionLine]:
    """Every direction by name, those in use first."""
    rows = Direction.objects.order_by("-is_active", "name")
    return [DirectionLine(d.id, d.slug, d.name, tuple(d.aliases), d.floor_price, d.currency, d.is_active) for d in rows]


def skills_by_ids() -> dict[int, set[tuple[int | None, int | None]]]:
    """Employee → pairs of category and direction ids."""
    found: dict[int, set[tuple[int | None, int | None]]] = {}
    for employee_id, category_id, direction_id in Skill.objects.values_list("employee_id", "category_id", "direction_id"):
        found.setdefault(employee_id, set()).add((category_id, direction_id))
    return found
