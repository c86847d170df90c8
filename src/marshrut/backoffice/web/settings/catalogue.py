"""What is sold and where to: categories and directions, each with what hangs on it and what a change would do."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.agency import CURRENCIES
from marshrut.backoffice.web.settings.foreseen import (
    TEMPLATE,
    Figure,
    foreseen,
    in_a_month,
    inquiries_of_month,
    names_of,
    quoted,
    share_of,
)
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.named_rows import describe_named, named_roll
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask
from marshrut.backoffice.web.settings.rule_pages import criterion_title
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.catalog.queries import CategoryLine, DirectionLine, list_categories, list_directions, read_catalogue
from marshrut.catalog.services import check_spellings, read_aliases, save_category, save_direction
from marshrut.core.errors import Invalid
from marshrut.core.slugs import required_name
from marshrut.intake.queries.mentions import Mentions, count_mentions
from marshrut.intake.queries.rule_lists import criteria_naming
from marshrut.intake.queries.uses import Use, month_of_categories
from marshrut.intake.services.criteria import relevance_settings
from marshrut.ui.wording import money

CATEGORIES = register_settings(
    SettingsPage(
        slug="categories",
        group="sales",
        order=10,
        title=lazy("Categories"),
        icon="list-details",
        url_name="settings_categories",
        description=lazy("What you sell: package tours, hotels, visas. Skills and reports go by them."),
        watches={"catalog_category": ()},
        words=lazy("products services kinds of trips"),
    )
)
DIRECTIONS = register_settings(
    SettingsPage(
        slug="directions",
        group="sales",
        order=20,
        title=lazy("Directions"),
        icon="world",
        url_name="settings_directions",
        description=lazy(
            "Countries and regions, all the ways people write them, and the least price that can be meant in earnest."
        ),
        watches={"catalog_direction": ()},
        words=lazy("countries regions resorts spelling floor price budget"),
    )
)
describe_named("catalog_category", lazy("Category"))
describe(
    "catalog_direction",
    TableWords(
        noun=lazy("Direction"),
        hidden=("id", "slug"),
        columns={
            "name": lazy("name"),
            "aliases": lazy("spellings"),
            "floor_price": lazy("least price"),
            "currency": lazy("currency"),
            "is_active": lazy("in use"),
        },
    ),
)


def _save_category(pk: int | None, name: str, position: int, is_active: bool, reader: Reader) -> None:
    save_category(category_id=pk, name=name, position=position, is_active=is_active, by=reader.actor, now=reader.now)


def _category_notes(reader: Reader) -> dict[str, str]:
    return {slug: in_a_month(use.inquiries) for slug, use in month_of_categories(reader.now).items()}


def _try_category(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """What asks for it, who sells it, which rules go by it; what renaming it or taking it out of use changes."""
    name = required_name(values["name"])
    if item is None:
        said = _("Inquiries that name “%(name)s” will be recognised as it. Nobody is skilled in it yet.") % {"name": name}
        return foreseen(said, cautions=[] if values["is_active"] else [_("It is not in use: nothing is recognised as it.")])
    slug, use = item.values["slug"], month_of_categories(reader.now).get(item.values["slug"], Use())
    least = relevance_settings()["categories"].get(slug)
    own_price = [Figure(_("Least price it is held against"), _price_of_category(least))] if least else []
    return foreseen(
        *_said_of_change(item, name, bool(values["is_active"])),
        figures=[Figure(_("Asked for it"), inquiries_of_month(use.inquiries)), Figure(_("Became a sale"), share_of(use.won, use.closed)),
                 *_hangs_on(reader, "category", slug), *own_price],
        cautions=_alone(list_categories(), item, values),
    )  # fmt: skip


def _said_of_change(item: Item, name: str, is_active: bool) -> list[str]:
    """What becomes of inquiries when the row is renamed, switched off or on."""
    old, said = item.values["name"], []
    if name != old:
        said.append(_("What was recorded with it is called “%(name)s” too.") % {"name": name})
    if item.is_active and not is_active:
        said.append(_("It is not offered and not recognised any more: who names it comes without it. What was recorded stays."))
    if not item.is_active and is_active:
        said.append(_("It is offered again, and new inquiries that name it are recognised."))
    return said


def _alone(lines: Sequence[CategoryLine], item: Item, values: Values) -> list[str]:
    others = any(line.is_active for line in lines if line.id != item.id)
    return [] if values["is_active"] or others else [_("At least one category has to be used.")]


def _hangs_on(reader: Reader, kind: str, slug: str) -> list[Figure]:
    """People skilled in it, and the criteria that name it."""
    place = 0 if kind == "category" else 1
    skills = read_catalogue(reader.revision).skills
    skilled = [one.name for one in reader.staff.colleagues.values() if any(pair[place] == slug for pair in skills.get(one.id, ()))]
    named = [criterion_title(row) for row in criteria_naming(kind, slug)]
    return [Figure(_("People skilled in it"), names_of(skilled)), Figure(_("Criteria that name it"), quoted(named))]


def _price_of_category(least: Mapping[str, Any]) -> str:
    per = {"person_night": _("a night for one"), "person": _("for one"), "request": _("for the whole request")}
    return f"{money(least['floor'], relevance_settings()['currency'])}, {per.get(str(least['per']), '')}"


CATEGORY_ROLL = named_roll(
    CATEGORIES,
    "catalog_category",
    add_label=lazy("Add a category"),
    rows=list_categories,
    save=_save_category,
    notes=_category_notes,
    try_out=_try_category,
)


def _directions(_reader: Reader) -> list[Item]:
    return [_direction(row) for row in list_directions()]


def _direction(row: DirectionLine) -> Item:
    price = f"{row.floor_price.normalize():f}" if row.floor_price is not None else ""
    values = {
        "name": row.name,
        "aliases": "\n".join(row.aliases),
        "floor_price": price,
        "currency": row.currency,
        "is_active": "yes" if row.is_active else "",
        "slug": row.slug,
    }
    said = _("from %(price)s a night") % {"price": money(row.floor_price, row.currency)} if row.floor_price is not None else ""
    return Item(row.id, row.name, values, (said, ", ".join(row.aliases)), (), row.is_active)


def _direction_asks(_reader: Reader, _item: Item | None) -> list[Ask]:
    return [
        Ask("name", _("Its name"), is_required=True),
        Ask(
            "aliases",
            _("How else people write it"),
            "area",
            _("One in a line: other languages, resorts, short forms. Case, ё and й do not matter."),
        ),
        Ask(
            "floor_price",
            _("Least price of a night for one"),
            is_whole=False,
            attrs={"inputmode": "decimal"},
            hint=_("A budget far below it makes an inquiry doubtful. Empty: not looked at."),
        ),
        Ask("currency", _("Currency"), "select", choices=[Choice(code, code) for code in CURRENCIES], is_whole=False),
        active_ask(),
    ]


def _price(values: Values) -> Decimal | None:
    text = "".join(values["floor_price"].replace(",", ".").split())
    if not text:
        return None
    try:
        price = Decimal(text)
        if not price.is_finite():
            raise InvalidOperation
        return price.quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Invalid("bad_price", _("A price above nothing, or an empty field."), field="floor_price") from error


def _save_direction(pk: int | None, values: Values, reader: Reader) -> None:
    save_direction(
        direction_id=pk,
        name=values["name"],
        aliases=values["aliases"].splitlines(),
        floor_price=_price(values),
        currency=values["currency"],
        is_active=bool(values["is_active"]),
        by=reader.actor,
        now=reader.now,
    )


def _try_direction(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """Which inquiries of the last month name it, with the old spellings and with these; what hangs on it."""
    name, spellings = required_name(values["name"]), read_aliases(values["aliases"].splitlines())
    check_spellings(item.id if item else None, [name, *spellings])
    price = _price(values)
    found = count_mentions([name, *spellings], reader.actor, reader.now)
    said = _("%(num)s of %(all)s of the last thirty days name it") % {"num": found.found, "all": found.looked_at}
    examples = found.examples if reader.actor.may("inquiries:read") else ()
    if item is None:
        return foreseen(said, examples=examples)
    old = [item.values["name"], *item.values["aliases"].splitlines()]
    before = found if {*old} == {name, *spellings} else count_mentions(old, reader.actor, reader.now)
    return foreseen(
        *_said_of_change(item, name, bool(values["is_active"])),
        figures=[
            Figure(_("Inquiries of the month that name it"), _of_all(found), "" if before.found == found.found else str(before.found)),
            *_hangs_on(reader, "direction", item.values["slug"]),
            Figure(_("Least price of a night for one"), _said_price(price, values["currency"]), _price_before(item, price, values)),
        ],
        examples=examples,
    )


def _of_all(found: Mentions) -> str:
    return _("%(num)s of %(all)s") % {"num": found.found, "all": found.looked_at}


def _said_price(price: Decimal | None, currency: str) -> str:
    return money(price, currency) if price is not None else _("not looked at")


def _price_before(item: Item, price: Decimal | None, values: Values) -> str:
    before, currency = _price(item.values), item.values["currency"]
    return "" if (before, currency) == (price, values["currency"]) else _said_price(before, currency)


DIRECTION_ROLL = Roll(
    page=DIRECTIONS,
    table="catalog_direction",
    add_label=lazy("Add a direction"),
    read=_directions,
    asks=_direction_asks,
    save=_save_direction,
    fresh=lambda reader: {
        "name": "",
        "aliases": "",
        "floor_price": "",
        "currency": reader.staff.agency.currency,
        "is_active": "yes",
    },
    try_out=_try_direction,
    preview_template=TEMPLATE,
)
