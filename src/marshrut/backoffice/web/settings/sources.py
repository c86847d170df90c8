"""Where inquiries come from: names, use, prior chance of a sale; sources that came by themselves ask for a name."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.queries.saved_views import count_views_with
from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff, found
from marshrut.backoffice.web.settings.foreseen import (
    TEMPLATE,
    Figure,
    foreseen,
    in_a_month,
    inquiries_of_month,
    quoted,
    share_of,
    turned,
)
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    dialog_of,
    is_preview,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
    typed,
)
from marshrut.backoffice.web.settings.rolls import Ask, Choice, Item, Roll, active_ask
from marshrut.backoffice.web.settings.rule_pages import criterion_title
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.channels.queries.mail import list_doors
from marshrut.channels.queries.settings import list_site_forms
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.slugs import required_name
from marshrut.intake.queries.rule_lists import criteria_naming
from marshrut.intake.queries.uses import Use, all_of_source, month_of_sources
from marshrut.intake.services.source_merging import merge_sources, settle_merged_sources
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
        words=lazy("advertising channel utm chance conversion merge double"),
        along=(
            "channels_form", "channels_maildoor", "intake_criterion", "intake_categorycriterion", "intake_relevancecriterion",
            "agency_savedview",
        ),
        check=settle_merged_sources,
    )
)


def _percent(value: object) -> str:
    return f"{(Decimal(str(value)) * 100).normalize():f} %"


def _name_of(source_id: int, reader: Reader) -> str:
    return next((card.name for card in read_sources(reader.revision).values() if card.id == source_id), _("a source that is gone"))


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
            "merged_into_id": lazy("counts as"),
        },
        said={"chance": lambda value, _reader: _percent(value), "merged_into_id": lambda value, reader: _name_of(int(value), reader)},
    ),
)


def _read(reader: Reader) -> list[Item]:
    cards = sorted(read_sources(reader.revision).values(), key=lambda card: (card.is_named, not card.is_active, card.name.lower()))
    month = month_of_sources(reader.now)
    return [_item(card, month.get(card.id, Use())) for card in cards]


def _item(card: SourceCard, month: Use) -> Item:
    percent = f"{Decimal(str(card.chance)) * 100:.1f}".rstrip("0").rstrip(".")
    values = {"name": card.name, "chance": percent, "is_active": "yes" if card.is_active else "", "slug": card.slug}
    came = in_a_month(month.inquiries) if month.inquiries else ""
    notes = (card.slug, _("chance of a sale %(percent)s %%") % {"percent": percent}, came)
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


def _chance(values: Values) -> Decimal:
    """The chance as it was typed, 0 to 1. Invalid at its field."""
    try:
        chance = Decimal(values["chance"].replace(",", ".").replace("%", "").strip()) / 100
        is_number = chance.is_finite()
    except InvalidOperation:
        is_number = False
    if not is_number or not 0 < chance < 1:
        raise Invalid("bad_chance", _("Between 0 and 100 percent, for example 15."), field="chance")
    return chance


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    chance, is_active = _chance(values), bool(values["is_active"])
    save_source(source_id=pk, name=values["name"], chance=chance, is_active=is_active, by=reader.actor, now=reader.now)


def _try_out(values: Values, reader: Reader, item: Item | None) -> dict[str, Any]:
    """What came from it last month, which doors and rules go by it, what becomes of new inquiries."""
    required_name(values["name"])
    chance, said = _chance(values), []
    if item is None:
        return foreseen(_("It can be chosen at once. Own figures replace the chance once inquiries of it are closed."))
    if item.is_active and not values["is_active"]:
        said.append(_("It is not offered any more. What comes from it is still taken, counted and distributed as before."))
    if item.section:
        said.append(_("It came by itself; saving gives it its name in lists and reports."))
    before = _chance(item.values)
    use = month_of_sources(reader.now, [item.id]).get(item.id, Use())
    return foreseen(
        *said,
        figures=[
            Figure(_("Came from it"), inquiries_of_month(use.inquiries)),
            Figure(_("Became a sale"), share_of(use.won, use.closed)),
            Figure(_("Counted on for new inquiries"), _percent(chance), "" if before == chance else _percent(before)),
            *doors_of(item.values["slug"]),
        ],
    )


def doors_of(slug: str) -> list[Figure]:
    """Forms, mail folders and criteria that go by a source."""
    return [
        Figure(_("Forms of the site"), quoted([form.name for form in list_site_forms() if form.source_slug == slug])),
        Figure(_("Mail folders"), quoted([door.name for door in list_doors() if door.source_slug == slug])),
        Figure(_("Criteria that name it"), quoted([criterion_title(row) for row in criteria_naming("source", slug)])),
    ]


ROLL = Roll(
    page=PAGE,
    table="marketing_source",
    add_label=lazy("Add a source"),
    read=_read,
    asks=_asks,
    save=_save,
    fresh=lambda _reader: {"name": "", "chance": "15", "is_active": "yes"},
    try_out=_try_out,
    preview_template=TEMPLATE,
    help=lazy(
        "An inquiry from a source nobody knows is never refused: the source is kept under its address and asks here for a name."
    ),
    beside=("settings_source_merge", lazy("Merge…")),
    empty=(lazy("No sources yet"), lazy("Add the first one, or wait: whatever an inquiry names will appear here.")),
)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def merge(request: ReaderRequest, pk: int) -> HttpResponse:
    """A source that is another spelling of a second one: which, what would go over, and then it does."""
    reader, template = request.reader, "backoffice/settings/_merge_dialog.html"
    cards = list(read_sources(reader.revision).values())
    gone: SourceCard = found(next((card for card in cards if card.id == pk), None))
    others = [Choice(str(card.id), card.name) for card in cards if card.id != pk]
    context = {"source": gone, "others": others}
    if request.method == "GET":
        return dialog_of(request, PAGE, template, {**context, "values": {"into": ""}})
    values = typed(request, "into", longest=20)
    stays = next((card for card in cards if str(card.id) == values["into"] and card.id != pk), None)
    if is_preview(request):
        return preview_of(request, TEMPLATE, lambda: _try_merge(gone, stays, reader))
    try:
        if stays is None:
            raise Invalid("no_source_chosen", _("Choose the source that stays."), field="into")
        with saving(request, PAGE, {("marketing_source", gone.id), ("marketing_source", stays.id)}):
            merge_sources(source_id=gone.id, into_id=stays.id, by=reader.actor, now=reader.now)
    except DomainError as error:
        return refused(request, PAGE, template, context, values, error)
    return saved(PAGE, _("“%(gone)s” counts as “%(stays)s” from now on") % {"gone": gone.name, "stays": stays.name})


def _try_merge(gone: SourceCard, stays: SourceCard | None, reader: Reader) -> dict[str, Any]:
    """What would go over, and how the one that stays would stand afterwards."""
    if stays is None:
        return foreseen(_("Choose the source that stays: what would go over is shown here."))
    moving, there = all_of_source(gone.id), all_of_source(stays.id)
    together = share_of(moving.won + there.won, moving.closed + there.closed)
    return foreseen(
        _("Everything of “%(gone)s” goes over to “%(stays)s”, and whatever still names it counts for that one.")
        % {"gone": gone.name, "stays": stays.name},
        _("It can be taken back in the history of this page; inquiries that come meanwhile stay where they came."),
        figures=[
            Figure(_("Inquiries that go over"), str(moving.inquiries)),
            turned(_("Inquiries of “%(name)s”") % {"name": stays.name}, str(there.inquiries), str(moving.inquiries + there.inquiries)),
            turned(_("Became a sale"), share_of(there.won, there.closed), together),
            *doors_of(gone.slug),
            Figure(_("Saved views"), str(count_views_with("source", gone.slug))),
        ],
    )
