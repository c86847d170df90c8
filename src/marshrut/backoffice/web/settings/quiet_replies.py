"""What clients who write outside working time are told at once: by office, channel and class, a text in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.agency import LANGUAGES
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    dialog_of,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
    typed,
)
from marshrut.backoffice.web.settings.rule_pages import Choice, class_choices, month_of, whole
from marshrut.backoffice.web.settings.story import TableWords, describe, office_name
from marshrut.backoffice.web.settings.templates import sample_client
from marshrut.channels.queries import TemplateCard, list_templates
from marshrut.channels.rules.templates import fill
from marshrut.core.errors import DomainError
from marshrut.intake.queries.rule_lists import QuietRow, read_quiet_replies
from marshrut.intake.queries.rule_samples import Sampled
from marshrut.intake.rules.quiet import QUIET_CHANNELS, SILENT_CLASSES, QuietPlace
from marshrut.intake.services.clock_settings import TEXTS, drop_quiet_reply, save_quiet_reply, take_ready_texts, try_quiet_reply
from marshrut.intake.wording import channel_label, class_label, say_opening

PAGE = register_settings(
    SettingsPage(
        slug="quiet-replies",
        group="inquiries",
        title=lazy("Outside working time"),
        icon="hourglass",
        order=65,
        url_name="settings_quiet",
        description=lazy(
            "Whoever writes at night, on a day off or during a break is told at once when they are answered, in their own language."
        ),
        watches={"intake_quietreply": ()},
        words=lazy("quiet hours night automatic reply autoresponder weekend"),
    )
)


def _template_name(value: Any, _reader: Reader) -> str:
    return next((card.name for card in list_templates() if str(card.id) == str(value)), _("a text that is not used any more"))


def place_name(place: QuietPlace, reader: Reader) -> str:
    """Where a row counts, in words; what is left open is not said."""
    office = reader.staff.offices.get(place.office_id or 0)
    parts = [
        office.name if office else _("another office") if place.office_id else "",
        channel_label(place.channel) if place.channel else "",
        class_label(place.inquiry_class) if place.inquiry_class else "",
    ]
    return " · ".join(filter(None, parts)) or _("All offices and channels")


def _row_name(row: Mapping[str, Any], reader: Reader) -> str:
    office = row.get("office_id")
    office_id = int(office) if office not in (None, "", "None") else None
    return place_name(QuietPlace(office_id, str(row.get("channel") or ""), str(row.get("inquiry_class") or "")), reader)


describe(
    "intake_quietreply",
    TableWords(
        noun=lazy("Outside working time"),
        named_by=("office_id", "channel", "inquiry_class"),
        name_of=_row_name,
        columns={
            "office_id": lazy("Office"),
            "channel": lazy("channel"),
            "inquiry_class": lazy("class"),
            "in_russian_id": lazy("in Russian"),
            "in_ukrainian_id": lazy("in Ukrainian"),
            "in_english_id": lazy("in English"),
            "is_active": lazy("said"),
        },
        said={
            "office_id": office_name,
            "channel": lambda value, _reader: channel_label(str(value)) if value else _("any channel"),
            "inquiry_class": lambda value, _reader: class_label(str(value)) if value else _("any class"),
            **dict.fromkeys((f"{column}_id" for column in TEXTS.values()), _template_name),
        },
    ),
)


@dataclass(frozen=True)
class ReplyRow:
    """One row of the page."""

    id: int
    title: str
    said: str
    is_active: bool


@require_safe
@for_staff("settings:write")
def quiet_replies(request: ReaderRequest) -> HttpResponse:
    """All rows."""
    names = {card.id: card.name for card in list_templates()}
    rows = [_row(row, names, request.reader) for row in read_quiet_replies()]
    return page_of(request, PAGE, "backoffice/settings/quiet_replies.html", {"rows": rows, "has_templates": bool(names)})


def _row(row: QuietRow, names: Mapping[int, str], reader: Reader) -> ReplyRow:
    said = [f"{LANGUAGES[language]}: {names[number]}" for language, number in row.texts.items() if number is not None and number in names]
    words = " · ".join(said) or _("its texts are not used any more: nothing is said")
    words = words if row.is_active else _("nothing is said here")
    return ReplyRow(row.id, place_name(_place(row), reader), words, row.is_active)


def _place(row: QuietRow) -> QuietPlace:
    return QuietPlace(row.office_id, row.channel, row.inquiry_class)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def quiet_new(request: ReaderRequest) -> HttpResponse:
    """A new row in a dialog."""
    return _dialog(request, None)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def quiet_one(request: ReaderRequest, pk: int) -> HttpResponse:
    """One row in a dialog."""
    row = next((one for one in read_quiet_replies() if one.id == pk), None)
    if row is None:
        raise Http404
    return _dialog(request, row)


@require_http_methods(["POST"])
@for_staff("settings:write")
def quiet_ready(request: ReaderRequest) -> HttpResponse:
    """Begin with the delivered texts."""
    take_ready_texts(by=request.reader.actor, now=request.reader.now)
    return saved(PAGE)


@require_http_methods(["POST"])
@for_staff("settings:write")
def quiet_drop(request: ReaderRequest, pk: int) -> HttpResponse:
    """A row counts no more."""
    drop_quiet_reply(reply_id=pk, by=request.reader.actor, now=request.reader.now)
    return saved(PAGE, _("Removed"))


def _dialog(request: ReaderRequest, row: QuietRow | None) -> HttpResponse:
    reader, cards = request.reader, list_templates()
    context = {
        "address": reverse("settings_quiet_one", args=[row.id]) if row else reverse("settings_quiet_new"),
        "offices": [Choice(str(office.id), office.name) for office in reader.staff.offices.values()],
        "channels": [Choice(slug, channel_label(slug)) for slug in QUIET_CHANNELS],
        "classes": [choice for choice in class_choices() if choice.value not in SILENT_CLASSES],
        "texts": [
            (language, LANGUAGES[language], [Choice(str(card.id), card.name) for card in cards if card.language == language])
            for language in TEXTS
        ],
    }
    template = "backoffice/settings/_quiet_dialog.html"
    if request.method == "GET":
        return dialog_of(request, PAGE, template, {**context, "values": _values_of(row)})
    values = typed(request, "office", "channel", "inquiry_class", *TEXTS, "is_active", longest=20)
    asked: dict[str, Any] = {
        "place": QuietPlace(whole(values["office"]), values["channel"], values["inquiry_class"]),
        "texts": {language: whole(values[language]) for language in TEXTS},
        "is_active": bool(values["is_active"]),
    }
    if is_preview(request):
        return preview_of(request, "backoffice/settings/_quiet_preview.html", lambda: _preview(request, asked, cards))
    try:
        with saving(request, PAGE, {("intake_quietreply", row.id)} if row else set()):
            save_quiet_reply(reply_id=row.id if row else None, **asked, by=reader.actor, now=reader.now)
    except DomainError as error:
        return refused(request, PAGE, template, context, values, error, TEXTS)
    return saved(PAGE)


def _values_of(row: QuietRow | None) -> Values:
    if row is None:
        return {"office": "", "channel": "", "inquiry_class": "", **dict.fromkeys(TEXTS, ""), "is_active": "yes"}
    texts = {language: str(number or "") for language, number in row.texts.items()}
    place = {"office": str(row.office_id or ""), "channel": row.channel, "inquiry_class": row.inquiry_class}
    return {**place, **texts, "is_active": "yes" if row.is_active else ""}


def _preview(request: ReaderRequest, asked: Mapping[str, Any], cards: list[TemplateCard]) -> dict[str, Any]:
    """The letters as a client would read them, and how many clients of last month."""
    reader = request.reader
    try_quiet_reply(**asked)
    office = reader.staff.offices.get(asked["place"].office_id or 0) or reader.office
    letters = []
    for card in cards:
        if asked["texts"].get(card.language) == card.id:
            known = {**sample_client(reader), "opens": say_opening(office.calendar, reader.now, card.language)}
            letters.append({
                "language": LANGUAGES[card.language], "subject": fill(card.subject, known).text, "text": fill(card.text, known).text
            })  # fmt: skip
    sample = month_of(request) if asked["is_active"] else []
    quiet = [one for one in sample if _came_quietly(one, asked["place"], reader)]
    by_letter = sum(one.facts.has_email for one in quiet)
    return {"letters": letters, "month": by_letter, "by_hand": len(quiet) - by_letter}


def _came_quietly(one: Sampled, place: QuietPlace, reader: Reader) -> bool:
    """Whether an inquiry of the month falls under this row and came outside working time."""
    came = QuietPlace(one.office_id, one.facts.channel, one.inquiry_class)
    if any(named and named != its for named, its in zip(place, came, strict=True)):
        return False
    owner = reader.staff.colleagues.get(one.owner_id or 0)
    office = reader.staff.offices.get(one.office_id or 0) or reader.staff.first_office
    calendar = owner.response_calendar if owner else office.calendar
    is_answered = one.facts.channel in QUIET_CHANNELS and one.inquiry_class not in SILENT_CLASSES
    return is_answered and not calendar.is_open(one.received_at)
