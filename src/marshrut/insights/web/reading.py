"""What is asked in the address: a period on the office's wall and filters. What cannot be read is left out, and said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import OfficeCard, Staff
from marshrut.agency.web.pages import Reader, ReaderRequest
from marshrut.catalog.queries import read_catalogue
from marshrut.core.names import clean_text
from marshrut.deals.queries import read_funnels
from marshrut.insights.asked import LONGEST_DAYS, NEVER, QUEUE, Asked, period_of
from marshrut.insights.reports.shapes import Question
from marshrut.intake.wording import CHANNELS, channel_label, merged_words
from marshrut.marketing.queries import read_sources
from marshrut.ui.wording import language

PRESETS = (
    ("today", lazy("Today")),
    ("yesterday", lazy("Yesterday")),
    ("7d", lazy("7 days")),
    ("30d", lazy("30 days")),
    ("90d", lazy("90 days")),
    ("month", lazy("This month")),
    ("last_month", lazy("Last month")),
    ("year", lazy("This year")),
    ("365d", lazy("365 days")),
)
USUAL = "30d"
BASES = ("each", "received")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter above a report, as the filter macro draws it."""

    name: str
    label: str
    value: str
    value_label: str
    options: list[Choice]


@dataclass(frozen=True)
class Reading:
    """The question, and what of the address could not be read."""

    question: Question
    notes: list[str]
    reader: Reader | None = None


def read_question(request: ReaderRequest) -> Reading:
    """The question of a page's address."""
    reader = request.reader
    asked, notes = read_asked(request, reader.staff, reader.office, reader.revision, reader.now)
    return Reading(Question(reader.actor, reader.staff, reader.revision, asked, reader.now), notes, reader)


def read_asked(request: HttpRequest, staff: Staff, office: OfficeCard, revision: int, now: Any) -> tuple[Asked, list[str]]:
    """Days are those of the chosen office's wall, else of the reader's own."""
    notes: list[str] = []
    given = {name: clean_text(request.GET.get(name), 200) for name in request.GET}
    chosen = staff.offices.get(_number(given.get("office", "")) or 0)
    zone = (chosen or office).time_zone
    first, last, preset = _period(given, (chosen or office).calendar.local_date(now), notes)
    sources, catalogue = read_sources(revision), read_catalogue(revision)
    source = sources.find(given.get("source", ""))
    if moved := merged_words(sources, given.get("source", "")):
        notes.append(moved)
    manager = given.get("manager", "")
    funnel = read_funnels(revision).get(given.get("funnel", ""))
    stage = funnel.find(given.get("stage", "")) if funnel else None
    return Asked(
        first,
        last,
        zone,
        preset,
        basis=given["basis"] if given.get("basis") in BASES else "each",
        office_id=chosen.id if chosen else None,
        owner_id=QUEUE if manager == "queue" else _number(manager),
        source_id=source.id if source else None,
        source=source.slug if source else "",
        channel=given.get("channel", "") if given.get("channel") in CHANNELS else "",
        category=given.get("category", "") if given.get("category") in catalogue.categories else "",
        funnel=funnel.slug if funnel else "",
        stage=stage.slug if stage else "",
        reason=given.get("reason", ""),
        weekday=_within(given.get("weekday", ""), 7),
        speed=_within(given.get("speed", ""), NEVER + 1),
        hour=_within(given.get("hour", ""), 24),
    ), notes


def _period(given: dict[str, str], today: date, notes: list[str]) -> tuple[date, date, str]:
    """First and last day; the usual period with a note when the days make none."""
    usual = period_of(USUAL, today)
    assert usual is not None
    preset = given.get("period", "")
    named = period_of(preset, today)
    if named:
        return (*named, preset)
    if given.get("from") or given.get("to"):
        try:
            first = date.fromisoformat(given.get("from") or given["to"])
            last = date.fromisoformat(given.get("to") or today.isoformat())
        except ValueError:
            notes.append(_("These days cannot be read; the last thirty days are shown."))
            return (*usual, USUAL)
        if first > last or not date(1990, 1, 1) <= first or last > date(2200, 1, 1):
            notes.append(_("The first day must not come after the last; the last thirty days are shown."))
            return (*usual, USUAL)
        if (last - first).days >= LONGEST_DAYS:
            notes.append(_("At most three years can be looked at at once; the last thirty days are shown."))
            return (*usual, USUAL)
        return first, last, ""
    return (*usual, USUAL)


def days_in_words(asked: Asked) -> str:
    """`24 окт. – 22 нояб. 2026`: the period as a reader says it."""
    first, last = (format_date(day, "d MMM y", locale=language()) for day in (asked.first, asked.last))
    if asked.first == asked.last:
        return last
    return (
        f"{format_date(asked.first, 'd MMM', locale=language())} – {last}"
        if asked.first.year == asked.last.year
        else f"{first} – {last}"
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and 0 < int(text[:19]) < 2**63 and len(text) < 19 else None


def _within(text: str, limit: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 and int(text) < limit else None


def chips_of(reading: Reading, *names: str) -> list[Chip]:
    """The filters a page offers, of those the reader may choose from."""
    question = reading.question
    asked = question.asked
    offered: dict[str, tuple[str, str, Iterable[tuple[str, str]]]] = {
        "office": (_("Office"), str(asked.office_id or ""), _offices(question.actor, question.staff)),
        "manager": (
            _("Manager"),
            "queue" if asked.owner_id == QUEUE else str(asked.owner_id or ""),
            _people(question),
        ),
        "source": (_("Source"), asked.source, ((card.slug, card.name) for card in question.sources.values())),
        "channel": (_("Channel"), asked.channel, ((slug, channel_label(slug)) for slug in CHANNELS)),
        "category": (_("Category"), asked.category, read_catalogue(question.revision).categories.items()),
    }
    chips = []
    for name in names:
        label, value, options = offered[name]
        choices = [Choice(option, str(said)) for option, said in options]
        if len(choices) > 1 or value:
            said = next((choice.label for choice in choices if choice.value == value), value)
            chips.append(Chip(name, label, value, said, choices))
    return chips


def _offices(actor: Actor, staff: Staff) -> list[tuple[str, str]]:
    return [(str(office.id), office.name) for office in staff.offices.values() if actor.reach == "all"]


def _people(question: Question) -> list[tuple[str, str]]:
    """Colleagues within reach; a manager has only their own figures, so nobody to choose but whom a number led here by. Whoever
    left stands here while they are asked for."""
    actor, staff, asked = question.actor, question.staff, question.asked.owner_id
    led = [(str(asked), question.person(asked))] if asked and (asked == actor.id or asked not in staff.colleagues) else []
    if actor.reach not in ("team", "office", "all"):
        return led
    people = [(str(c.id), c.name) for c in staff.colleagues.values() if actor.sees(c.id, c.office_id) and c.role != "administrator"]
    people += [one for one in led if one not in people]
    return [*people, ("queue", _("Queues"))] if actor.reach != "team" else people


def periods(asked: Asked) -> list[Choice]:
    """The named periods."""
    return [Choice(code, str(label)) for code, label in PRESETS]
