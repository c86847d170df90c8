"""The columns of lists: what each shows on the page, and what it is in a file.

A cell of a page is markup made here, word by word escaped: fifty rows of a dozen cells through templates were most of
a page's cost. A cell of a file is the bare value: a number, a day, a text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import pgettext_lazy
from markupsafe import Markup

from marshrut.core.typed_values import FieldSpec
from marshrut.deals.queries.list_rows import ClientLine, MatterLine
from marshrut.desk import wording
from marshrut.desk.lists.shown import Shown
from marshrut.desk.shapes import Named
from marshrut.desk.shaping import outcome_label
from marshrut.intake.wording import board_label, channel_label, class_label, disposition_label, missing_label
from marshrut.ui.jinja import url
from marshrut.ui.pieces import holder, tag
from marshrut.ui.wording import due, due_tone, money, when
from marshrut.ui.wording import phone as written_phone

Value = str | int | float | Decimal | bool | datetime | date | None
STATES = {"open": pgettext_lazy("state of a matter", "Open"), "joined": lazy("Joined"),
          "closed": pgettext_lazy("state of a matter", "Closed"),
          "won": lazy("Realised"), "lost": lazy("Not realised"), "no_sale": lazy("Not a sale"), "all": lazy("All")}
CLOCKS = {"running": noop("Running"), "met": noop("Kept"), "missed": noop("Missed"), "stopped": noop("Stopped"), "none": noop("None")}
_NOTHING = Markup("")
CLASS_TONES = {"new_sale": "info", "repeat": "accent", "trip_trouble": "bad", "spam": "warm"}


@dataclass(frozen=True)
class Column:
    """One column. `cell` makes the markup of a row, `plain` the value for a file; `sort` is the list's name for its order."""

    slug: str
    label: str
    cell: Callable[[Any, Shown], Markup | str]
    plain: Callable[[Any, Shown], Value]
    sort: str = ""
    css: str = ""
    is_usual: bool = False
    field: str = ""

    @property
    def heading(self) -> str:
        """Its name in the reader's language; the agency's own fields are named by the agency."""
        return _(self.label) if not self.slug.startswith("custom.") else self.label


def _moment(moment: datetime | None, shown: Shown) -> Value:
    """On the reader's clock, without the zone: what a table program understands."""
    return moment.astimezone(shown.zone).replace(tzinfo=None, microsecond=0) if moment else None


def _cut(text: str, title: str = "") -> Markup:
    if not text:
        return _NOTHING
    shown = escape(text)
    return Markup(f'<span class="cut" title="{escape(title) if title else shown}">{shown}</span>')


def _client(line: MatterLine, shown: Shown) -> Markup:
    return Markup(f'<a class="cut" data-open href="{url(kind_of(line), line.id)}">{escape(who(line, shown))}</a>')


def kind_of(line: MatterLine) -> str:
    """What the list's number is of: an inquiry or a deal."""
    return "deal" if line.id == line.deal_id and line.id != line.inquiry_id else "inquiry"


def who(line: MatterLine, shown: Shown) -> str:
    """Whose matter it is, as far as this reader may know."""
    if line.person:
        return written_phone(shown.desk.actor.named(line.person))
    number = shown.phone(line.phone)
    return written_phone(number) if number else shown.email(line.email) or _("Nobody identified yet")


def _phone(line: Any, shown: Shown) -> Markup | str:
    if not line.phone:
        return ""
    if not shown.sees_phones:
        return shown.phone(line.phone)
    return Markup(f'<a href="tel:{escape(line.phone)}">{escape(written_phone(line.phone))}</a>')


def _email(line: Any, shown: Shown) -> Markup | str:
    if not line.email or not shown.sees_phones:
        return _cut(shown.email(line.email))
    address = escape(line.email)
    return Markup(f'<a class="cut" href="mailto:{address}">{address}</a>')


def _owner(line: Any, shown: Shown) -> Markup:
    staff = shown.desk.staff
    if line.owner_id:
        return _person(line.owner_id, line.owner or "")
    queue = staff.queues.get(getattr(line, "queue_id", None) or 0)
    return Markup(f'<span class="warm cut">{escape(queue.name)}</span>') if queue else _NOTHING


@lru_cache(maxsize=1024)
def _person(id: int, name: str) -> Markup:
    return Markup(f'<span class="row">{holder(Named(id, name), None)}<span class="cut">{escape(name)}</span></span>')


def _holder_name(line: Any, shown: Shown) -> Value:
    queue = shown.desk.staff.queues.get(getattr(line, "queue_id", None) or 0)
    return line.owner or (queue.name if queue else "")


def _office(line: Any, shown: Shown) -> str:
    office = shown.desk.staff.offices.get(line.office_id or 0)
    return office.name if office else ""


def state_words(line: MatterLine) -> str:
    """Open, joined, or how it ended."""
    ended = outcome_label(line.outcome, line.disposition or "")
    return ended or str(STATES.get(line.state, line.state))


def _state(line: MatterLine, _shown: Shown) -> Markup:
    tone = {"won": "good", "lost": "warm"}.get(line.outcome or "", "info" if line.state == "open" else "neutral")
    return tag(state_words(line), tone)


def _money(line: MatterLine, _shown: Shown) -> str:
    return money(line.worth, line.currency or "RUB")


def _said(line: Any, shown: Shown, text: str | None) -> str:
    return shown.text(text, line.phone, line.email)


def _next(line: MatterLine, shown: Shown) -> Markup | str:
    if line.task_due_at is None:
        return ""
    now, title = shown.desk.now, escape(_said(line, shown, line.task_title))
    tone, by = due_tone(line.task_due_at, now), due(line.task_due_at, now)
    return Markup(f'<span class="due due-{tone}"><span class="cut">{title}</span> {by}</span>')


def _source(line: MatterLine, shown: Shown) -> str:
    card = shown.sources.get(line.source_id or 0)
    return card.name if card else ""


def _relevance(line: MatterLine, _shown: Shown) -> Markup | str:
    return tag(line.relevance, {"A": "good", "C": "warm"}.get(line.relevance, "neutral")) if line.relevance else ""


def _missing(line: MatterLine, _shown: Shown) -> str:
    return ", ".join(missing_label(name) for name in line.contact_missing or ())


def _respond(line: MatterLine, shown: Shown) -> Markup | str:
    if line.respond_by is None:
        return ""
    tone = {"missed": "bad", "met": "good", "running": ""}.get(line.clock_state or "", "muted")
    return Markup(f'<span class="{tone}">{due(line.respond_by, shown.desk.now)}</span>')


def _trip(line: MatterLine, shown: Shown) -> str:
    return _said(line, shown, wording.stored_trip(line.request_text, shown.desk.revision, line.title))


def _category(line: MatterLine, shown: Shown) -> str:
    slug = str(line.request.get("category") or "")
    return shown.reference.catalogue.categories.get(slug, slug)


def _listed(name: str) -> dict[str, Any]:
    return _text(lambda line, shown: _said(line, shown, ", ".join(map(str, line.request.get(name) or []))))


def _day_of(end: str) -> dict[str, Any]:
    def text(line: MatterLine) -> str:
        return str((line.request.get("dates") or {}).get(end) or "")

    def plain(line: MatterLine, _shown: Shown) -> Value:
        try:
            return date.fromisoformat(text(line))
        except ValueError:
            return None

    return {"cell": lambda line, _shown: wording.day(text(line)), "plain": plain, "css": "nowrap"}


def _number_of(read: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    def plain(line: MatterLine, _shown: Shown) -> Value:
        value = read(line.request)
        return value if isinstance(value, int) else None

    return {"cell": lambda line, shown: "" if (value := plain(line, shown)) is None else str(value), "plain": plain, "css": "num"}


def _span_of(name: str) -> dict[str, Any]:
    """`7–10`, `4`; an open end is left open: `4+`, `–10`."""

    def read(line: MatterLine, _shown: Shown) -> str:
        span = line.request.get(name) or {}
        least, most = span.get("from"), span.get("to")
        if least and most:
            return str(least) if least == most else f"{least}–{most}"
        return f"{least}+" if least else f"–{most}" if most else ""

    return {"cell": read, "plain": read, "css": "nowrap"}


def _children(request: dict[str, Any]) -> int | None:
    return max(int(request.get("children") or 0), len(request.get("children_ages") or [])) or request.get("children")


def _waits(line: MatterLine, shown: Shown) -> Markup | str:
    if line.waits_until is None:
        return ""
    return Markup(f'<span class="cut">{escape(_said(line, shown, line.waits_for))}</span> {due(line.waits_until, shown.desk.now)}')


def _reason(line: MatterLine, shown: Shown) -> str:
    return _said(line, shown, line.close_reason) or (disposition_label(line.disposition) if line.disposition else "")


def _text(read: Callable[[Any, Shown], str]) -> dict[str, Any]:
    return {"cell": lambda line, shown: _cut(read(line, shown)), "plain": read}


def _when(name: str) -> dict[str, Any]:
    return {"cell": lambda line, shown: when(getattr(line, name), shown.desk.now),
            "plain": lambda line, shown: _moment(getattr(line, name), shown)}


_CLIENT = Column("client", noop("Client"), _client, who, "client", "cell-main", True)
_PHONE = Column("phone", noop("Phone"), _phone, lambda line, shown: shown.phone(line.phone), css="nowrap")
_EMAIL = Column("email", noop("E-mail"), _email, lambda line, shown: shown.email(line.email))
_OWNER = Column("owner", noop("Manager"), _owner, _holder_name, is_usual=True)
_OFFICE = Column("office", noop("Office"), **_text(_office))
_NUMBER = Column("number", noop("No."), lambda line, _shown: str(line.id), lambda line, _shown: line.id, "number", "num muted")
_NEXT = Column("next", noop("Next action"), _next, lambda line, shown: _said(line, shown, line.task_title), "due", "cell-wide", True)
_NEXT_AT = Column("next_at", noop("Due"), **_when("task_due_at"))
_STATE = Column("state", noop("State"), _state, lambda line, _shown: state_words(line))
_SOURCE = Column("source", noop("Source"), **_text(_source))
_CHANNEL = Column("channel", noop("Channel"), lambda line, _shown: channel_label(line.channel) if line.channel else "",
                  lambda line, _shown: channel_label(line.channel) if line.channel else "")
_TRIP = Column("trip", noop("Trip"), **_text(_trip), is_usual=True)
_CATEGORY = Column("category", noop("Category"), **_text(_category))
_CURRENCY = Column("currency", noop("Currency"), lambda line, _shown: line.currency if line.worth is not None else "",
                   lambda line, _shown: line.currency if line.worth is not None else "")
_WAITS = Column("waits", noop("Waiting"), _waits, lambda line, shown: _said(line, shown, line.waits_for))
_CLOSED = Column("closed", noop("Closed"), **_when("closed_at"), sort="closed", css="nowrap muted")
_REASON = Column("reason", noop("Reason"), **_text(_reason))
_REQUEST = (
    Column("directions", noop("Where to"), **_text(lambda line, shown: wording.directions(line.request, shown.reference.catalogue))),
    Column("resorts", noop("Resorts"), **_listed("resorts")),
    Column("excluded", noop("Not to"), **_text(lambda line, shown: wording.excluded(line.request, shown.reference.catalogue))),
    Column("departure", noop("Leaving from the city"),
           **_text(lambda line, shown: _said(line, shown, str(line.request.get("departure") or "")))),
    Column("leaves", noop("Departure"), **_day_of("from")), Column("returns", noop("Return"), **_day_of("to")),
    Column("nights", noop("Nights"), **_span_of("nights")),
    Column("adults", noop("Adults"), **_number_of(lambda request: request.get("adults"))),
    Column("children", noop("How many children"), **_number_of(_children)),
    Column("ages", noop("Children's ages"), **_listed("children_ages")),
    Column("people", noop("How many in all"), **_number_of(lambda request: request.get("people"))),
    Column("stars", noop("Stars of the hotel"), **_span_of("stars")),
    Column("board", noop("Board"), **_text(lambda line, _shown: board_label(str(line.request.get("board") or "")))),
)  # fmt: skip
_INQUIRIES = (
    _NUMBER, _CLIENT, _PHONE, _EMAIL,
    Column("received", noop("Came in"), **_when("received_at"), sort="received", css="nowrap muted", is_usual=True),
    _STATE,
    _TRIP, _CATEGORY, *_REQUEST,
    Column("budget", noop("Budget"), _money, lambda line, _s: line.worth, "budget", "num nowrap", True), _CURRENCY,
    Column("relevance", noop("Relevance"), _relevance, lambda line, _s: line.relevance, is_usual=True),
    Column("priority", noop("Priority"), lambda line, _s: str(line.priority), lambda line, _s: line.priority, "priority", "num", True),
    _OWNER, _NEXT, _NEXT_AT, Column("source", noop("Source"), **_text(_source), is_usual=True),
    Column("class", noop("Class"), lambda line, _s: tag(class_label(line.inquiry_class), CLASS_TONES.get(line.inquiry_class, "neutral")),
           lambda line, _s: class_label(line.inquiry_class), is_usual=True),
    _CHANNEL, _OFFICE,
    Column("respond", noop("Answer by"), _respond, lambda line, shown: _moment(line.respond_by, shown), "respond", "nowrap"),
    Column("answered", noop("Answered"), **_when("answered_at"), css="nowrap muted"),
    Column("stage", noop("Stage"), **_text(lambda line, shown: shown.place(line.place))),
    Column("missing", noop("Still to ask"), **_text(_missing)),
    Column("message", noop("Their words"), **_text(lambda line, shown: _said(line, shown, " ".join((line.message or "").split())))),
    _WAITS, _CLOSED, _REASON,
)  # fmt: skip
_DEALS = (
    _NUMBER, _CLIENT, _PHONE, _EMAIL,
    Column("title", noop("Trip"), **_text(_trip), is_usual=True), _CATEGORY, *_REQUEST,
    Column("stage", noop("Stage"), **_text(lambda line, shown: shown.place(line.place)), is_usual=True),
    Column("entered", noop("At the stage"), **_when("stage_entered_at"), sort="entered", css="nowrap muted", is_usual=True),
    _STATE,
    Column("amount", noop("Amount"), _money, lambda line, _s: line.worth, "amount", "num nowrap", True), _CURRENCY,
    Column("margin", noop("Margin"), lambda line, _s: money(line.margin, line.currency or "RUB"), lambda line, _s: line.margin,
           css="num nowrap", field="margin"),
    _OWNER, _OFFICE, _NEXT, _NEXT_AT, _SOURCE, _CHANNEL,
    Column("opened", noop("Opened"), **_when("opened_at"), sort="opened", css="nowrap muted", is_usual=True),
    _WAITS, _CLOSED, _REASON,
)  # fmt: skip


def _name(line: ClientLine, shown: Shown) -> Markup:
    return Markup(f'<a class="cut" data-open href="{url("person", line.id)}">{escape(_person_name(line, shown))}</a>')


def _person_name(line: ClientLine, shown: Shown) -> str:
    return written_phone(shown.desk.actor.named(line.name))


_CLIENTS = (
    Column("number", noop("No."), lambda line, _s: str(line.id), lambda line, _s: line.id, css="num muted"),
    Column("name", noop("Client"), _name, _person_name, "name", "cell-main", True),
    Column("phone", noop("Phone"), _phone, lambda line, shown: shown.phone(line.phone), css="nowrap", is_usual=True),
    Column("email", noop("E-mail"), _email, lambda line, shown: shown.email(line.email), is_usual=True),
    Column("open", noop("Open matters"), lambda line, _s: str(line.open_count or ""), lambda line, _s: line.open_count, css="num",
           is_usual=True),
    Column("trips", noop("Trips with us"), lambda line, _s: str(line.past_deals or ""), lambda line, _s: line.past_deals, "trips", "num",
           True),
    Column("owner", noop("Manager"), _owner, _holder_name, is_usual=True), _OFFICE,
    Column("last", noop("Last touch"), **_when("last_at"), css="nowrap muted", is_usual=True),
    Column("added", noop("Since"), **_when("created_at"), sort="added", css="nowrap muted"),
    Column("language", noop("Language"), lambda line, _s: line.language, lambda line, _s: line.language),
)  # fmt: skip
_OF_PAGE = {"inquiries": _INQUIRIES, "deals": _DEALS, "clients": _CLIENTS}


def columns_of(page: str, subject: str, shown: Shown) -> tuple[Column, ...]:
    """Every column this reader may see; the agency's own fields come last, those meant for lists among the usual ones."""
    fixed = tuple(column for column in _OF_PAGE[page] if not column.field or shown.desk.actor.shows(column.field))
    return fixed + tuple(_own_column(spec) for spec in shown.reference.specs_of(subject))


def _own_column(spec: FieldSpec) -> Column:
    return Column(
        f"custom.{spec.slug}", spec.name, lambda line, shown: _cut(_said(line, shown, shown.own_value(spec, line.custom))),
        lambda line, shown: _own_plain(spec, line.custom.get(spec.slug), shown),
        css="num" if spec.kind == "number" else "", is_usual=spec.in_list)  # fmt: skip


def _own_plain(spec: FieldSpec, value: Any, shown: Shown) -> Value:
    if spec.kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, bool):
        return shown.own_value(spec, {spec.slug: value})
    return shown.text(value) if isinstance(value, str) else value


def chosen_columns(available: Sequence[Column], asked: Sequence[str]) -> list[Column]:
    """The columns the address names, in their usual order, else the usual ones. The client always stands among them."""
    wanted = {slug for text in asked for slug in text.split(",")} & {column.slug for column in available}
    if not wanted:
        return [column for column in available if column.is_usual]
    return [column for column in available if column.slug in wanted or column.css == "cell-main"]

