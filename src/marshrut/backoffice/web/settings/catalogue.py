"""What is sold and where to: categories and directions, with the inquiries a direction's spellings would find."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.agency import CURRENCIES
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask, place_ask, whole_number
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.catalog.queries import DirectionLine, list_categories, list_directions
from marshrut.catalog.services import check_spellings, read_aliases, save_category, save_direction
from marshrut.core.errors import Invalid
from marshrut.intake.queries.mentions import count_mentions
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
describe(
    "catalog_category",
    TableWords(
        noun=lazy("Category"),
        columns={"name": lazy("name"), "position": lazy("place in lists"), "is_active": lazy("in use")},
        hidden=("id", "slug"),
    ),
)
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


def _categories(_reader: Reader) -> list[Item]:
    return [
        Item(
            row.id,
            row.name,
            {"name": row.name, "position": row.position, "is_active": "yes" if row.is_active else ""},
            (),
            (),
            row.is_active,
        )
        for row in list_categories()
    ]


def _save_category(pk: int | None, values: Values, reader: Reader) -> None:
    position = whole_number(values, "position", default=0)
    save_category(
        category_id=pk, name=values["name"], position=position, is_active=bool(values["is_active"]), by=reader.actor, now=reader.now
    )


CATEGORY_ROLL = Roll(
    page=CATEGORIES,
    table="catalog_category",
    add_label=lazy("Add a category"),
    read=_categories,
    save=_save_category,
    asks=lambda _reader, _item: [Ask("name", _("Its name"), is_required=True), place_ask(), active_ask()],
    fresh=lambda _reader: {"name": "", "position": "100", "is_active": "yes"},
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
    """Which inquiries of the last month name this direction."""
    spellings = [values["name"], *read_aliases(values["aliases"].splitlines())]
    check_spellings(item.id if item else None, spellings)
    found = count_mentions(spellings, reader.actor, reader.now)
    said = ngettext(
        "%(num)s inquiry of the last thirty days names it", "%(num)s inquiries of the last thirty days name it", found.found
    )
    return {"mentions": found, "said": said % {"num": found.found}}


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
    preview_template="backoffice/settings/_mentions.html",
)
