"""Closer floors of directions: what a night costs one person at least in a season, or for so many stars."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.foreseen import TEMPLATE, Figure, foreseen
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.catalog.queries import FloorLine, list_directions, list_floors, read_catalogue
from marshrut.catalog.services import FloorValues, save_floor, try_floor
from marshrut.core.errors import Invalid
from marshrut.core.money import Money, read_money
from marshrut.intake.queries.mentions import count_mentions
from marshrut.ui.wording import money

PAGE = register_settings(
    SettingsPage(
        slug="floors",
        group="sales",
        order=21,
        title=lazy("Price floors"),
        icon="coins",
        url_name="settings_floors",
        description=lazy("What a night costs one person at least: closer than the direction's usual price, by season and stars."),
        watches={"catalog_pricefloor": ()},
        words=lazy("least price direction season stars relevance budget"),
    )
)


def _direction_name(direction_id: object) -> str:
    return next((one.name for one in list_directions() if one.id == int(str(direction_id))), _("a direction that is gone"))


describe(
    "catalog_pricefloor",
    TableWords(
        noun=lazy("Floor"),
        named_by=("direction_id",),
        name_of=lambda row, _reader: _direction_name(row.get("direction_id") or 0),
        columns={
            "direction_id": lazy("direction"),
            "season_first": lazy("season from"),
            "season_last": lazy("season to"),
            "stars": lazy("stars"),
            "price": lazy("least price of a night"),
            "currency": lazy("currency"),
            "is_active": lazy("in use"),
        },
        said={"direction_id": lambda value, _reader: _direction_name(value)},
    ),
)


def _read(reader: Reader) -> list[Item]:
    floors = read_catalogue(reader.revision).floors.usual
    usual = {one.id: floors.get(one.slug) for one in list_directions()}
    return [_item(row, usual.get(row.direction_id)) for row in list_floors()]


def _item(row: FloorLine, usual: Money | None) -> Item:
    values = {
        "direction": str(row.direction_id),
        "season_first": row.season_first,
        "season_last": row.season_last,
        "stars": str(row.stars or ""),
        "price": f"{row.price.amount.normalize():f} {row.price.currency}",
        "is_active": "yes" if row.is_active else "",
    }
    season = f"{_dotted(row.season_first)} – {_dotted(row.season_last)}" if row.season_first else ""
    stars = _("from %(stars)s stars") % {"stars": row.stars} if row.stars else ""
    before = _("usually %(price)s") % {"price": money(usual.amount, usual.currency)} if usual else ""
    notes = (money(row.price.amount, row.price.currency), season, stars, before)
    return Item(row.id, row.direction, values, notes, is_active=row.is_active)


def _dotted(day: str) -> str:
    month, _dash, number = day.partition("-")
    return f"{number}.{month}"


def _asks(_reader: Reader, _item: Item | None) -> list[Ask]:
    directions = [Choice(str(one.id), one.name) for one in list_directions() if one.is_active]
    stars = [Choice("", _("any")), *(Choice(str(number), _("%(stars)s and more") % {"stars": number}) for number in range(1, 6))]
    return [
        Ask("direction", _("Direction"), "select", choices=directions, is_required=True),
        Ask(
            "price", _("A night costs one person at least"), hint=_("For example 6 500 or 90 $."), is_required=True, is_whole=False
        ),
        Ask("stars", _("Stars"), "select", choices=stars, is_whole=False),
        Ask("season_first", _("Season from"), hint=_("Month and day, such as 12-01. Empty: all the year."), is_whole=False),
        Ask("season_last", _("to"), hint=_("It may run over New Year."), is_whole=False),
        active_ask(_("In use"), _("Grades given before stay as they are.")),
    ]


def _values(values: Values, reader: Reader) -> FloorValues:
    price, flaw = read_money(values["price"], None, reader.staff.agency.currency)
    if flaw:
        raise Invalid("bad_price", _("Say what a night costs one person at least."), field="price")
    direction, stars = (
        values[name] if values[name].isascii() and values[name].isdigit() else "" for name in ("direction", "stars")
    )
    if not direction or len(direction) > 18:
        raise Invalid("no_such_direction", _("Choose the direction."), field="direction")
    return FloorValues(
        int(direction), values["season_first"].strip(), values["season_last"].strip(), int(stars[:9]) if stars else None, price,
        bool(values["is_active"]),
    )  # fmt: skip


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    save_floor(floor_id=pk, values=_values(values, reader), by=reader.actor, now=reader.now)


def _try_out(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """What it stands against: the direction's usual price, and how many asked for it last month."""
    typed = _values(values, reader)
    price = try_floor(item.id if item else None, typed)
    catalogue = read_catalogue(reader.revision)
    direction = next((one for one in list_directions() if one.id == typed.direction_id), None)
    if direction is None:
        raise Invalid("no_such_direction", _("Choose the direction."), field="direction")
    usual = catalogue.floors.usual.get(direction.slug)
    mentions = count_mentions([direction.slug, direction.name, *direction.aliases], reader.actor, reader.now)
    cautions = []
    if usual and usual.currency == price.currency and price.amount < usual.amount:
        cautions.append(_("It is below the usual price: such trips will look better off than the others."))
    season = _("The season's own price: nothing is added for the season.") if typed.season_first else ""
    figures = [Figure(_("Usual price of the direction"), money(usual.amount, usual.currency) if usual else _("as delivered"))]
    return foreseen(
        _("A night in “%(direction)s” costs one person at least %(price)s.")
        % {"direction": direction.name, "price": money(price.amount, price.currency)},
        season,
        figures=[*figures, Figure(_("Inquiries of the last thirty days"), str(mentions.found))],
        cautions=cautions,
        examples=mentions.examples,
    )


ROLL = Roll(
    page=PAGE,
    table="catalog_pricefloor",
    add_label=lazy("Add a floor"),
    read=_read,
    asks=_asks,
    save=_save,
    fresh=lambda _reader: {"direction": "", "price": "", "stars": "", "season_first": "", "season_last": "", "is_active": "yes"},
    try_out=_try_out,
    preview_template=TEMPLATE,
    help=lazy(
        "Relevance holds a budget against the closest floor: more stars before fewer, a season before none, else the usual price "
        "of the direction."
    ),
    empty=(lazy("No closer floors"), lazy("The usual prices of the directions count. Add what New Year or five stars cost.")),
)
