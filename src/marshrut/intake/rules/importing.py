"""One row of a file of leads, understood by its mapping: values trimmed, read leniently, flaws named by column."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshrut.core.emails import read_email
from marshrut.core.messengers import read_messenger
from marshrut.core.names import PersonName, clean_text, split_name
from marshrut.core.phones import read_phone

from .facts import RequestFacts
from .import_columns import PLACEHOLDERS, UTM, WAYS, outcome_of
from .requests import read_request
from .text import board_of, stars_of

MOST_CONTACTS = 10  # of one kind in a row
LONGEST_MESSAGE = 20_000
_EARLIEST = 1990  # no agency's leads are older
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)  # day 0 of spreadsheets
_LIST = re.compile(r"[,;/\n]|\s+и\s+|\s+та\s+")
_SEVERAL = re.compile(r"[,;\n|]|/(?=\s*[+\d(])")
_SPAN = re.compile(r"(\d{1,3})(?:\s*(?:-|–|—|\.\.)\s*(\d{1,3}))?\D*")
_DAY = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[T,\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap]m)?)?\.?", re.IGNORECASE)
_WORDS = re.compile(r"(\d{1,2})\s+([^\W\d]{3,})\.?\s+(\d{4})(?:\s*г\.?|\s*р\.?)?(?:,?\s+(\d{1,2}):(\d{2}))?", re.IGNORECASE)
_NAMES = (
    "янв фев мар апр май мая июн июл авг сен окт ноя дек січ лют бер кві тра чер лип сер вер жов лис гру "
    "jan feb mar apr may jun jul aug sep oct nov dec"
)
_MONTHS = dict(zip(_NAMES.split(), [1, 2, 3, 4, 5, 5, *range(6, 13), *range(1, 13), *range(1, 13)], strict=True))


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is understood. `targets` by column; `words` are the agency's own for sources and outcomes.

    `own` reads a value of one of the agency's fields: it is given the target and the text, and raises ValueError.
    """

    headings: tuple[str, ...]
    targets: tuple[str, ...]
    day_first: bool = True
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    currency: str = "RUB"
    zone: str = "Europe/Moscow"
    regions: tuple[str, ...] = ("RU", "UA", "KZ", "BY")
    own: Any = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach somebody, as `clients` keeps it."""

    kind: str
    written: str
    normal: str
    tail: str = ""
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class RowFlaw:
    """A value that could not be used."""

    column: str
    code: str
    value: str


@dataclass(slots=True)
class Lead:
    """One row as it was understood."""

    number: int
    digest: str
    raw: dict[str, str]
    name: PersonName | None = None
    ways: tuple[Way, ...] = ()
    source: str = ""
    external_id: str = ""
    received_at: datetime | None = None
    closed_at: datetime | None = None
    message: str = ""
    request: RequestFacts = field(default_factory=RequestFacts)
    outcome: str = ""
    close_reason: str = ""
    manager: str = ""
    utm: dict[str, str] = field(default_factory=dict)
    of_person: dict[str, Any] = field(default_factory=dict)
    of_matter: dict[str, Any] = field(default_factory=dict)
    flaws: list[RowFlaw] = field(default_factory=list)
    is_foreign: bool = False  # of a client of another office than the importer's: nothing is added to them

    @property
    def says_something(self) -> bool:
        """Whether anything of what was mapped stands in the row."""
        return bool(self.name or self.ways or self.message or self.external_id or self.outcome or self.request.has_request)

    @property
    def identities(self) -> tuple[str, ...]:
        """The normal forms that identify somebody."""
        return tuple(way.normal for way in self.ways if not way.is_shared)


def read_lead(number: int, texts: Sequence[str], cells: Sequence[Any], layout: Layout, now: datetime) -> Lead:
    """Understand one row. `texts` are its cells as text, `cells` as they were typed in the file."""
    headings = layout.headings
    raw = {headings[place] if place < len(headings) else f"+{place}": text for place, text in enumerate(texts) if text}
    lead = Lead(number, row_digest(raw), raw)
    if len(texts) > len(headings) and any(texts[len(headings):]):
        lead.flaws.append(RowFlaw("", "extra_cells", clean_text(texts[len(headings)], 80)))
    values: dict[str, list[tuple[str, str, Any]]] = {}
    for place, target in enumerate(layout.targets):
        text = texts[place] if place < len(texts) else ""
        if target and text and text.lower() not in PLACEHOLDERS:
            values.setdefault(target, []).append((headings[place], text, cells[place]))
    reading = _Reading(lead, values, layout, now)
    reading.whole_row()
    return lead


def row_digest(raw: Mapping[str, str]) -> str:
    """What makes two rows the same: their headings and values, whatever the order of columns."""
    return hashlib.sha256(json.dumps(sorted(raw.items()), ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:32]


class _Reading:
    """Fills a lead, naming flaws on the way."""

    def __init__(self, lead: Lead, values: dict[str, list[tuple[str, str, Any]]], layout: Layout, now: datetime) -> None:
        self.lead, self.values, self.layout, self.now = lead, values, layout, now

    def whole_row(self) -> None:
        lead = self.lead
        lead.name = self.name()
        lead.ways = self.ways()
        lead.source = self.word("source", 120)
        lead.external_id = self.word("external_id", 500)
        lead.received_at = self.moment("received_at")
        lead.closed_at = self.moment("closed_at")
        lead.manager = self.word("manager", 200)
        lead.close_reason = self.word("close_reason", 1000)
        lead.outcome = self.outcome()
        lead.message = self.message()
        lead.utm = {name.removeprefix("utm_"): text for name in UTM if (text := self.word(name, 300))}
        lead.request = self.request()
        self.own_fields()

    def first(self, target: str) -> tuple[str, str, Any] | None:
        found = self.values.get(target)
        return found[0] if found else None

    def word(self, target: str, limit: int) -> str:
        found = self.first(target)
        return clean_text(found[1], limit) if found else ""

    def flaw(self, column: str, code: str, value: str) -> None:
        self.lead.flaws.append(RowFlaw(column, code, clean_text(value, 80)))

    def name(self) -> PersonName | None:
        surname, given, patronymic = (self.word(part, 100) for part in ("surname", "given_name", "patronymic"))
        display = " ".join(filter(None, (surname, given, patronymic)))
        if display:
            return PersonName(surname, given, patronymic, display) if any(char.isalpha() for char in display) else None
        whole = self.word("name", 200)
        return split_name(whole) if any(char.isalnum() for char in whole) else None

    def ways(self) -> tuple[Way, ...]:
        found: dict[tuple[str, str], Way] = {}
        for column, text, _cell in self.values.get("phone", ()):
            for part in self.parts(text):
                phone = read_phone(part, self.layout.regions)
                if phone is None:
                    self.flaw(column, "not_a_phone", part)
                else:
                    normal = phone.e164 or phone.tail
                    found.setdefault(("phone", normal), Way("phone", phone.written, normal, phone.tail, phone.is_junk))
        for column, text, _cell in self.values.get("email", ()):
            for part in self.parts(text):
                email = read_email(part)
                if email is None:
                    self.flaw(column, "not_an_address", part)
                else:
                    found.setdefault(("email", email), Way("email", clean_text(part, 300), email))
        for kind in WAYS:
            for column, text, _cell in self.values.get(kind, ()):
                account = read_messenger("other" if kind == "messenger" else kind, text, self.layout.regions)
                if account is None:
                    self.flaw(column, "unreadable", text)
                else:
                    found.setdefault(("messenger", account.normal), Way("messenger", account.written, account.normal))
        return tuple(found.values())

    @staticmethod
    def parts(text: str) -> list[str]:
        return [part for one in _SEVERAL.split(text[:2000]) if (part := one.strip())][:MOST_CONTACTS]

    def moment(self, target: str) -> datetime | None:
        found = self.first(target)
        if found is None:
            return None
        column, text, cell = found
        try:
            at = read_moment(cell if isinstance(cell, (datetime, date, int, float)) else text, self.layout.day_first, self.layout.zone)
        except (ValueError, OverflowError):
            self.flaw(column, "not_a_date", text)
            return None
        if at.year < _EARLIEST or at > self.now + timedelta(days=1):
            self.flaw(column, "not_a_past_moment", text)
            return None
        return min(at, self.now)

    def outcome(self) -> str:
        found = self.first("outcome")
        if found is None:
            return ""
        column, text, _cell = found
        meaning = self.layout.words.get("outcome", {}).get(text.lower()[:120])
        if meaning is None:
            meaning = outcome_of(text)
            if not meaning:
                self.flaw(column, "unknown_outcome", text)
        return meaning if meaning in ("won", "lost") else ""

    def message(self) -> str:
        said = [text for _column, text, _cell in self.values.get("message", ())]
        said += [f"{column}: {text}" for column, text, _cell in self.values.get("note", ())]
        whole = "\n".join(said)
        if len(whole) > LONGEST_MESSAGE:
            column = (self.first("message") or self.first("note") or ("",))[0]
            self.flaw(column, "cut_short", whole[:80])
        return clean_text(whole, LONGEST_MESSAGE, keep_lines=True)

    def request(self) -> RequestFacts:
        asked: dict[str, Any] = {}
        for name in ("category", "adults", "people", "rooms", "departure"):
            if text := self.word(name, 100):
                asked[name] = text
        if text := self.word("child_count", 100):
            asked["children"] = text
        for name in ("directions", "resorts", "excluded"):
            if text := self.word(name, 500):
                asked[name] = [part.strip() for part in _LIST.split(text) if part.strip()]
        self.hotel(asked)
        for name in ("from", "to"):
            if (day := self.day(f"date_{name}")) is not None:
                asked.setdefault("dates", {})[name] = day.isoformat()
        if (found := self.first("nights")) and (span := _SPAN.fullmatch(found[1])):
            asked["nights"] = {"from": int(span[1]), **({"to": int(span[2])} if span[2] else {})}
        elif found:
            self.flaw(found[0], "not_a_number", found[1])
        if text := self.word("children", 200):
            asked["children_ages"] = [int(age) for age in re.findall(r"\d{1,2}", text)]
        if (found := self.first("budget")) is not None:
            amount = found[2] if isinstance(found[2], (int, float)) and not isinstance(found[2], bool) else found[1]
            if amount not in (0, "0", "0.0", "0,00", "0.00"):
                asked["budget"] = {"amount": amount, "currency": self.word("currency", 20) or None}
        return self.checked(asked)

    def hotel(self, asked: dict[str, Any]) -> None:
        """Stars and board as they are written: “4-5*”, “пять звёзд”, “AI”, “завтраки”."""
        if found := self.first("stars"):
            stars = stars_of(found[1])
            if stars is None:
                self.flaw(found[0], "not_a_number", found[1])
            else:
                asked["stars"] = {"from": stars.least, "to": stars.most}
        if found := self.first("board"):
            asked["board"] = board_of(found[1]) or found[1]

    def checked(self, asked: dict[str, Any]) -> RequestFacts:
        if not asked:
            return RequestFacts()
        category = asked.pop("category", None)
        request, flaws = read_request(asked, (self.lead.received_at or self.now).date(), self.layout.currency)
        for one in flaws:
            name = one.field.removeprefix("request.").split(".")[0]
            column = self.column_of(name)
            typed = next((text for rows in self.values.values() for heading, text, _cell in rows if heading == column), one.value)
            self.flaw(column, one.code, typed)
        if category is None:
            return request
        return RequestFacts(**{name: getattr(request, name) for name in RequestFacts.__dataclass_fields__} | {"category": category})

    def column_of(self, name: str) -> str:
        targets = {"dates": ("date_from", "date_to"), "children_ages": ("children",), "children": ("child_count",)}.get(name, (name,))
        return next((found[0] for target in targets if (found := self.first(target))), name)

    def day(self, target: str) -> date | None:
        found = self.first(target)
        if found is None:
            return None
        try:
            given = found[2] if isinstance(found[2], (datetime, date, int, float)) else found[1]
            return read_moment(given, self.layout.day_first, "UTC").date()
        except (ValueError, OverflowError):
            self.flaw(found[0], "not_a_date", found[1])
            return None

    def own_fields(self) -> None:
        for target, found in self.values.items():
            subject, _dot, slug = target.partition(".")
            if not slug or self.layout.own is None:
                continue
            column, text, cell = found[0]
            try:
                value = self.layout.own(target, cell if isinstance(cell, (bool, int, float)) else text)
            except ValueError:
                self.flaw(column, "value_unreadable", text)
                continue
            if value is not None:
                (self.lead.of_person if subject == "person" else self.lead.of_matter)[slug] = value


def read_moment(value: object, day_first: bool, zone: str) -> datetime:
    """A moment written in any usual way: ISO, 31.12.2024 14:05, 12/31/24, “5 мая 2024”, a spreadsheet's number, Unix time.

    Without a zone of its own it is of `zone`. ValueError when it is none.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))
    if isinstance(value, date):
        return datetime.combine(value, time(), ZoneInfo(zone))
    text = str(value).strip()
    number = _as_number(text)
    if number is not None:
        return _of_number(number, zone)
    if found := _DAY.fullmatch(text):
        return _of_parts(found, day_first, zone)
    if (found := _WORDS.fullmatch(text)) and (month := _MONTHS.get(found[2].lower()[:3])):
        hour, minute = int(found[4] or 0), int(found[5] or 0)
        return datetime(int(found[3]), month, int(found[1]), hour, minute, tzinfo=ZoneInfo(zone))
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _as_number(text: str) -> float | None:
    try:
        return float(text) if len(text) < 20 else None
    except ValueError:
        return None


def _of_number(number: float, zone: str) -> datetime:
    if 10_000 <= number < 100_000:  # days of a spreadsheet: 1927 to 2173
        wall = _EPOCH + timedelta(days=number)
        return wall.replace(tzinfo=ZoneInfo(zone), microsecond=0)
    if 500_000_000 <= number < 10_000_000_000:
        return datetime.fromtimestamp(number, UTC)
    if 500_000_000_000 <= number < 10_000_000_000_000:
        return datetime.fromtimestamp(number / 1000, UTC)
    raise ValueError(number)


def _of_parts(found: re.Match[str], day_first: bool, zone: str) -> datetime:
    one, two, three = int(found[1]), int(found[2]), int(found[3])
    if len(found[1]) == 4:
        year, month, day = one, two, three
    else:
        day, month, year = (one, two, three) if day_first or one > 12 else (two, one, three)
        if month > 12 >= day:  # the other order, whatever was said
            day, month = month, day
        year += 2000 if year < 70 and len(found[3]) <= 2 else 1900 if year < 100 and len(found[3]) <= 2 else 0
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7].lower() == "pm" else 0)
    return datetime(year, month, day, hour, int(found[5] or 0), int(found[6] or 0), tzinfo=ZoneInfo(zone))


def is_day_first(texts: Sequence[str]) -> bool:
    """Which of the two numbers is the day, told by those above twelve; the day comes first unless they say otherwise."""
    second = first = 0
    for text in texts:
        found = _DAY.fullmatch(text.strip())
        if found and len(found[1]) <= 2:
            first += int(found[1]) > 12
            second += int(found[2]) > 12
    return not second > first
