"""What a list is narrowed to: the query of its address, read into a typed description. Any query can be read.

What cannot be understood narrows nothing; it is named among the flaws, so that the page can say so.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from marshrut.core.history import Since
from marshrut.core.names import clean_text
from marshrut.core.typed_values import FieldSpec, UnreadableValue, read_day, read_value

MOST_VALUES = 60
LONGEST_QUERY = 200
_MOST = Decimal(10) ** 12
INQUIRY_STATES = ("open", "joined", "closed", "won", "lost", "no_sale", "all")
DEAL_STATES = ("open", "won", "lost", "closed", "all")
ENDED = ("closed", "won", "lost", "no_sale")


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included; an empty end is open."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """From one number to another, both included; an empty end is open."""

    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OwnField:
    """A filter by a field the agency made itself: one of these values, or a span of numbers or days (as kept)."""

    spec: FieldSpec
    values: tuple[Any, ...] = ()
    least: Any = None
    most: Any = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """A value of the address that narrows nothing, and the name it stood under."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list can be asked: names in its address by kind, the ways to sort it, the order it has by itself."""

    slug: str
    subject: str
    words: tuple[str, ...]
    days: tuple[str, ...]
    numbers: tuple[str, ...]
    flags: tuple[str, ...]
    sorts: tuple[str, ...]
    usual_sort: str
    states: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that narrows it, beside `state` and the agency's own fields."""
        ends = [f"{name}_{end}" for name in (*self.days, *self.numbers) for end in ("from", "to")]
        return ("q", *dict.fromkeys((*self.words, *ends, *self.flags)))

    def sort_of(self, state: str) -> str:
        """The order a list has by itself: the newest first, of what is closed the latest closed."""
        if state in ENDED:
            return "-closed"
        return "-number" if state == "all" and self.slug == "deals" else self.usual_sort


_OF_MATTERS = ("office", "owner", "queue", "source", "channel", "class", "category", "direction", "stage", "reason", "currency")
INQUIRIES = ListPage(
    "inquiries", "matter", (*_OF_MATTERS, "relevance", "clock", "disposition"), ("received", "closed"), ("priority", "budget"),
    ("overdue", "waiting", "missing"), ("received", "number", "priority", "budget", "due", "respond", "closed", "client"), "-received",
    INQUIRY_STATES,
)  # fmt: skip
DEALS = ListPage(
    "deals", "matter", (*_OF_MATTERS, "funnel"), ("opened", "closed"), ("amount",), ("overdue", "waiting", "stuck"),
    ("opened", "number", "amount", "due", "entered", "closed", "client"), "-opened", DEAL_STATES,
)  # fmt: skip
CLIENTS = ListPage(
    "clients", "person", ("office", "owner", "missing", "language"), ("created",), ("trips",), ("open",),
    ("added", "name", "trips"), "-added",
)  # fmt: skip
PAGES = {page.slug: page for page in (INQUIRIES, DEALS, CLIENTS)}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What one list is asked for. `sort` is a name of the page's sorts; `flaws` is what was left out of account.

    `since`, which programs ask for, keeps what was made or changed at that moment or later.
    """

    page: ListPage
    text: str = ""
    state: str = ""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: Mapping[str, Days] = field(default_factory=dict)
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    own: tuple[OwnField, ...] = ()
    sort: str = ""
    is_descending: bool = True
    flaws: tuple[Flaw, ...] = ()
    since: Since | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the usual state is asked for."""
        usual = self.state == (self.page.states[0] if self.page.states else "")
        return bool(self.text or self.words or self.days or self.numbers or self.flags or self.own) or not usual


Given = Mapping[str, Sequence[str]]


def read_list_query(page: ListPage, given: Given, known: Mapping[str, Container[str]], specs: Sequence[FieldSpec]) -> ListQuery:
    """The query of an address as a description. `known` names the values each choice may have (absent: anything short)."""
    flaws: list[Flaw] = []
    state = _state(page, given, flaws)
    sort, is_descending = _sort(page, state, given, flaws)
    return ListQuery(
        page=page,
        text=clean_text(_first(given, "q"), LONGEST_QUERY),
        state=state,
        words=_filled({name: _words(name, given, known.get(name), flaws) for name in page.words}),
        days=_filled({name: _days(name, given, flaws) for name in page.days}),
        numbers=_filled({name: _numbers(name, given, flaws) for name in page.numbers}),
        flags=frozenset(name for name in page.flags if _first(given, name) not in ("", "0")),
        own=tuple(found for spec in specs if spec.subject == page.subject and (found := _own(spec, given, flaws))),
        sort=sort,
        is_descending=is_descending,
        flaws=tuple(flaws),
    )


def _filled(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value}


def _texts(given: Given, name: str) -> list[str]:
    """The values under a name, clean and each once."""
    return list(dict.fromkeys(text for value in list(given.get(name, ()))[:MOST_VALUES] if (text := clean_text(value, LONGEST_QUERY))))


def _first(given: Given, name: str) -> str:
    return next(iter(_texts(given, name)), "")


def _state(page: ListPage, given: Given, flaws: list[Flaw]) -> str:
    asked = _first(given, "state")
    if asked in page.states:
        return asked
    if asked:
        flaws.append(Flaw("state", asked))
    return page.states[0] if page.states else ""


def _sort(page: ListPage, state: str, given: Given, flaws: list[Flaw]) -> tuple[str, bool]:
    asked = _first(given, "sort") or page.sort_of(state)
    if asked.removeprefix("-") not in page.sorts:
        flaws.append(Flaw("sort", asked))
        asked = page.sort_of(state)
    return asked.removeprefix("-"), asked.startswith("-")


def _words(name: str, given: Given, known: Container[str] | None, flaws: list[Flaw]) -> tuple[str, ...]:
    found = []
    for value in _texts(given, name):
        if known is None or value in known:
            found.append(value)
        else:
            flaws.append(Flaw(name, value))
    return tuple(found)


def _days(name: str, given: Given, flaws: list[Flaw]) -> Days | None:
    ends = []
    for end in (f"{name}_from", f"{name}_to"):
        text = _first(given, end)
        day = read_day(text) if text else None
        if text and day is None:
            flaws.append(Flaw(end, text))
        ends.append(day)
    return Days(*ends) if any(ends) else None


def _numbers(name: str, given: Given, flaws: list[Flaw]) -> Numbers | None:
    ends = [_number(end, _first(given, end), flaws) for end in (f"{name}_from", f"{name}_to")]
    return Numbers(*ends) if any(end is not None for end in ends) else None


def _number(name: str, text: str, flaws: list[Flaw]) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_finite() and abs(number) < _MOST:
        return number.quantize(Decimal("0.01"))
    flaws.append(Flaw(name, text))
    return None


def _own(spec: FieldSpec, given: Given, flaws: list[Flaw]) -> OwnField | None:
    name = f"custom.{spec.slug}"
    values = [_own_value(spec, name, text, flaws) for text in _texts(given, name)]
    least, most = (_own_value(spec, end, _first(given, end), flaws) for end in (f"{name}.from", f"{name}.to"))
    if spec.kind not in ("number", "date"):
        least = most = None
    kept = tuple(value for value in values if value is not None)
    return OwnField(spec, kept, least, most) if kept or least is not None or most is not None else None


def _own_value(spec: FieldSpec, name: str, text: str, flaws: list[Flaw]) -> Any:
    try:
        return read_value(spec, text)
    except UnreadableValue:
        flaws.append(Flaw(name, text))
        return None
