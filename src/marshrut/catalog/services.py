"""Writes of the catalogue: categories, directions, who is skilled in what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from babel.core import get_global
from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision, read_staff
from marshrut.catalog.models import Category, Direction, PriceFloor, Skill
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.first_names import first_names
from marshrut.core.history import sign
from marshrut.core.money import Money
from marshrut.core.names import clean_text, search_name
from marshrut.core.seasons import read_day
from marshrut.core.slugs import required_name, slug_of

MOST_ALIASES = 60
HIGHEST_FLOOR = Decimal(10) ** 8
Pair = tuple[int | None, int | None]
M = TypeVar("M", Category, Direction, PriceFloor)


@transaction.atomic
def save_category(*, category_id: int | None, name: str, position: int, is_active: bool, by: Actor, now: datetime) -> int:
    """Add a category, or change one. The slug stays: reports and programs know it."""
    kept = required_name(name)
    row = _found(Category, category_id) if category_id else Category(slug=slug_of(kept, _slugs(Category)))
    if Category.objects.exclude(pk=row.pk).filter(name__iexact=kept).exists():
        raise Invalid("same_name", _("There is one of this name already."), field="name")
    if not is_active and not Category.objects.exclude(pk=row.pk).filter(is_active=True).exists():
        raise Refused("last_category", _("At least one category has to be used."))
    sign(by.label)
    row.name, row.position, row.is_active = kept, position, is_active
    row.save()
    return row.pk


@transaction.atomic
def save_direction(
    *,
    direction_id: int | None,
    name: str,
    aliases: Iterable[str],
    floor_price: Decimal | None,
    currency: str,
    is_active: bool,
    by: Actor,
    now: datetime,
) -> int:
    """Add a direction, or change one. A spelling belongs to one direction alone: Invalid says to which."""
    kept = required_name(name)
    row = _found(Direction, direction_id) if direction_id else Direction(slug=slug_of(kept, _slugs(Direction)))
    spelled = read_aliases(aliases)
    check_spellings(row.pk, [kept, *spelled])
    if floor_price is not None and not 0 < floor_price < HIGHEST_FLOOR:
        raise Invalid("bad_price", _("A price above nothing, or an empty field."), field="floor_price")
    if currency not in get_global("all_currencies"):
        raise Invalid("no_such_currency", _("There is no such currency: three letters, for example RUB."), field="currency")
    sign(by.label)
    row.name, row.aliases, row.floor_price, row.currency, row.is_active = kept, spelled, floor_price, currency, is_active
    row.save()
    return row.pk


def read_aliases(given: Iterable[str]) -> list[str]:
    """Spellings as they are kept: lower case, each once. Invalid when one is too short to mean anything."""
    spelled = list(dict.fromkeys(filter(None, (clean_text(one, 60).lower() for one in given))))
    short = [one for one in spelled if len(search_name(one)) < 2]
    if short:
        raise Invalid("short_alias", _("“%(text)s” is too short to be found in a message.") % {"text": short[0]}, field="aliases")
    if len(spelled) > MOST_ALIASES:
        raise Invalid("too_many_aliases", _("At most sixty spellings."), field="aliases")
    return spelled


def check_spellings(own_id: int | None, spellings: Iterable[str]) -> None:
    """Invalid when one of these already means another direction."""
    wanted = {search_name(text): text for text in spellings}
    for other in Direction.objects.exclude(pk=own_id or 0):
        for text in (other.name, *other.aliases):
            if search_name(text) in wanted:
                said = {"text": wanted[search_name(text)], "name": other.name}
                raise Invalid("alias_taken", _("“%(text)s” already means %(name)s.") % said, field="aliases")


@dataclass(frozen=True, slots=True)
class FloorValues:
    """A closer floor as it is edited; an empty season and no stars are not both possible."""

    direction_id: int
    season_first: str
    season_last: str
    stars: int | None
    price: Money | None
    is_active: bool


def try_floor(floor_id: int | None, values: FloorValues) -> Money:
    """The price of a closer floor that makes sense. Raises Invalid that names the field."""
    if values.price is None or values.price.amount <= 0:
        raise Invalid("bad_price", _("Say what a night costs one person at least."), field="price")
    if values.stars is not None and not 1 <= values.stars <= 5:
        raise Invalid("bad_stars", _("From one star to five."), field="stars")
    if not values.season_first and not values.season_last and values.stars is None:
        raise Invalid(
            "not_closer", _("Name a season, stars, or both: the usual price stands with the direction."), field="season_first"
        )
    for name, other in (("season_first", values.season_last), ("season_last", values.season_first)):
        text = getattr(values, name)
        if other and not text:
            raise Invalid("half_season", _("A season has a first and a last day."), field=name)
        try:
            if text:
                read_day(text)
        except ValueError as error:
            raise Invalid("not_a_day", _("A month and a day, such as 12-25."), field=name) from error
    same = PriceFloor.objects.filter(
        direction_id=values.direction_id,
        season_first=values.season_first,
        season_last=values.season_last,
        stars=values.stars,
        is_active=True,
    )
    if values.is_active and same.exclude(pk=floor_id or 0).exists():
        raise Invalid("second_floor", _("There is such a floor already."), field="direction")
    return values.price


@transaction.atomic
def save_floor(*, floor_id: int | None, values: FloorValues, by: Actor, now: datetime) -> int:
    """Add or change a closer floor of a direction."""
    price = try_floor(floor_id, values)
    if not Direction.objects.filter(pk=values.direction_id).exists():
        raise Invalid("no_such_direction", _("Choose the direction."), field="direction")
    sign(by.label)
    row = _found(PriceFloor, floor_id) if floor_id else PriceFloor()
    row.direction_id, row.season_first, row.season_last = values.direction_id, values.season_first, values.season_last
    row.stars, row.price, row.currency, row.is_active = values.stars, price.amount, price.currency, values.is_active
    row.save()
    return row.pk


@transaction.atomic
def set_skills(*, employee_id: int, pairs: Iterable[Pair], by: Actor, now: datetime) -> None:
    """What one person sells: pairs of category and direction ids, either of which may be None (any). What stays is not touched."""
    if employee_id not in read_staff(read_revision()).colleagues:
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    wanted = {pair for pair in pairs if pair != (None, None)}
    if any(c is not None and not Category.objects.filter(pk=c).exists() for c, _d in wanted):
        raise NotFound("no_such_category", _("There is no such category."))
    if any(d is not None and not Direction.objects.filter(pk=d).exists() for _c, d in wanted):
        raise NotFound("no_such_direction", _("There is no such direction."))
    sign(by.label)
    present = {(s.category_id, s.direction_id): s.pk for s in Skill.objects.filter(employee_id=employee_id)}
    Skill.objects.filter(pk__in=[number for pair, number in present.items() if pair not in wanted]).delete()
    Skill.objects.bulk_create(
        Skill(employee_id=employee_id, category_id=category, direction_id=direction)
        for category, direction in sorted(wanted - set(present), key=str)
    )


def _slugs(model: type[Category] | type[Direction]) -> set[str]:
    return set(model.objects.values_list("slug", flat=True))


def _found(model: type[M], pk: int) -> M:
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound("no_such_row", _("There is nothing like that."))
    return row


@transaction.atomic
def name_first_catalogue(*, language: str, by: Actor) -> None:
    """Say the categories and directions a home begins with in the agency's language."""
    sign(by.label)
    for kind, model in (("categories", Category), ("directions", Direction)):
        for slug, name in first_names("catalog", kind, language).items():
            model.objects.filter(slug=slug).update(name=name)
