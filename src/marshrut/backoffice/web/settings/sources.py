"""Where inquiries come from: names, use, prior chance of a sale; sources that came by themselves ask for a name."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rolls import Ask, Item, Roll, active_ask
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import Invalid
from marshrut.marketing.queries import SourceCard, read_sources
from marshrut.marketing.services import save_source

PAGE = register_settings(
    SettingsPage(
        slug="sources",
        group="inquiries",
        order=10,
        title=lazy("Sources"),
        icon="antenna",
        url_name="settings_sources",
        description=lazy("Where clients come from: the site, a partner, a friend. Reports and priority count by them."),
        watches={"marketing_source": ()},
        words=lazy("advertising channel utm chance conversion"),
    )
)


def _percent(value: object) -> str:
    return f"{(Decimal(str(value)) * 100).normalize():f} %"


describe(
    "marketing_source",
    TableWords(
        noun=lazy("Source"),
        hidden=("id", "slug"),
        columns={
            "name": lazy("name"),
            "is_named": lazy("named by us"),
            "is_active": lazy("in use"),
            "chance": lazy("chance of a sale"),
        },
        said={"chance": lambda value, _reader: _percent(value)},
    ),
)


def _read(reader: Reader) -> list[Item]:
    cards = sorted(read_sources(reader.revision).values(), key=lambda card: (card.is_named, not card.is_active, card.name.lower()))
    return [_item(card) for card in cards]


def _item(card: SourceCard) -> Item:
    percent = f"{Decimal(str(card.chance)) * 100:.1f}".rstrip("0").rstrip(".")
    values = {"name": card.name, "chance": percent, "is_active": "yes" if card.is_active else ""}
    notes = (card.slug, _("chance of a sale %(percent)s %%") % {"percent": percent})
    tags = () if card.is_named else ((_("to be named"), "warm"),)
    return Item(
        card.id, card.name, values, notes, tags, card.is_active, "" if card.is_named else _("Came by themselves: give them a name")
    )


def _asks(_reader: Reader, _item: Item | None) -> list[Ask]:
    return [
        Ask("name", _("Its name"), is_required=True),
        Ask(
            "chance",
            _("Chance of a sale, %"),
            hint=_("How many of a hundred become a sale, as you see it. Own figures replace it with time."),
            is_whole=False,
            attrs={"inputmode": "decimal"},
        ),
        active_ask(),
    ]


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    try:
        chance = Decimal(values["chance"].replace(",", ".").replace("%", "").strip()) / 100
        is_number = chance.is_finite()
    except InvalidOperation:
        is_number = False
    if not is_number:
        raise Invalid("bad_chance", _("Between 0 and 100 percent, for example 15."), field="chance")
    save_source(
        source_id=pk, name=values["name"], chance=chance, is_active=bool(values["is_active"]), by=reader.actor, now=reader.now
    )


ROLL = Roll(
    page=PAGE,
    table="marketing_source",
    add_label=lazy("Add a source"),
    read=_read,
    asks=_asks,
    save=_save,
    fresh=lambda _reader: {"name": "", "chance": "15", "is_active": "yes"},
    help=lazy(
        "An inquiry from a source nobody knows is never refused: the source is kept under its address and asks here for a name."
    ),
    empty=(lazy("No sources yet"), lazy("Add the first one, or wait: whatever an inquiry names will appear here.")),
)
