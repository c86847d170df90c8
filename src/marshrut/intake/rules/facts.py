"""What the rules know about an inquiry: plain values, nothing to look up and nothing to change."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any

from marshrut.core.money import Money

CHANNELS = ("site_form", "phone", "email", "messenger", "walk_in", "import", "api")
CLASSES = ("new_sale", "repeat", "open_matter", "booking_question", "trip_trouble", "partner", "job", "spam", "other")
CATEGORIES = (
    "package_tour",
    "hotel",
    "flight",
    "cruise",
    "excursion",
    "visa",
    "insurance",
    "transfer",
    "corporate",
    "real_estate",
    "other",
)
MOST_WORDS = 400  # a sales request says what it wants in the first page

_WORD = re.compile(r"\w+")
_APOSTROPHES = str.maketrans({"ё": "е"} | dict.fromkeys("'’ʼ`", ""))

Reason = dict[str, Any]
"""A stored reason: {"code": …, **parameters}; worded for its reader elsewhere."""


def words_of(text: str) -> tuple[str, ...]:
    """Words in lower case, ё as е, no apostrophes: the form in which rules compare words."""
    return tuple(_WORD.findall(text[:8000].lower().translate(_APOSTROPHES))[:MOST_WORDS])


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is already known of the person when the inquiry arrives."""

    is_known: bool = False
    owner_id: int | None = None
    has_open_matter: bool = False
    has_booking: bool = False
    is_on_trip: bool = False
    past_deals: int = 0
    is_vip: bool = False


STRANGER = PersonFacts()


@dataclass(frozen=True, kw_only=True)
class RequestFacts:
    """What is asked for. Absent is None or empty; dates are the earliest start and the latest end."""

    category: str | None = None
    directions: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    nights_from: int | None = None
    nights_to: int | None = None
    adults: int | None = None
    children_ages: tuple[int, ...] = ()
    rooms: int | None = None
    budget: Money | None = None

    def as_json(self) -> dict[str, Any]:
        """For jsonb, in the shape of the API's `request`; what is absent is left out."""
        shape = {
            "category": self.category,
            "directions": list(self.directions),
            "dates": _span(self.date_from and self.date_from.isoformat(), self.date_to and self.date_to.isoformat()),
            "nights": _span(self.nights_from, self.nights_to),
            "adults": self.adults,
            "children_ages": list(self.children_ages),
            "rooms": self.rooms,
            "budget": self.budget.as_json() if self.budget else None,
        }
        return {name: value for name, value in shape.items() if value is not None and value != [] and value != {}}

    @property
    def party(self) -> int | None:
        """How many people travel; None while the number of adults is unknown."""
        return None if self.adults is None else self.adults + len(self.children_ages)

    @property
    def nights(self) -> int | None:
        """The nights meant: the shortest stay named, else what the dates leave when they are one trip (to 30 days)."""
        if self.nights_from or self.nights_to:
            return self.nights_from or self.nights_to
        if self.date_from and self.date_to and 0 < (self.date_to - self.date_from).days <= 30:
            return (self.date_to - self.date_from).days
        return None

    @property
    def has_request(self) -> bool:
        """Does it name anything one could search for?"""
        return bool(
            self.category
            or self.directions
            or self.date_from
            or self.nights_from
            or self.nights_to
            or self.adults
            or self.budget
        )


_REQUEST_FIELDS = tuple(one.name for one in fields(RequestFacts))


@dataclass(frozen=True, kw_only=True)
class InquiryFacts(RequestFacts):
    """One inquiry as the rules see it. `today` is the date on the wall of its office; `flaws` names the fields whose
    values had to be dropped."""

    channel: str
    today: date
    source_slug: str = ""
    message: str = ""
    has_name: bool = False
    has_phone: bool = False
    has_email: bool = False
    has_messenger: bool = False
    person: PersonFacts = STRANGER
    flaws: tuple[str, ...] = field(default=())

    @classmethod
    def from_request(cls, request: RequestFacts, **about: Any) -> InquiryFacts:
        """The facts of an inquiry whose request has been read; `about` are the other fields."""
        return cls(**{name: getattr(request, name) for name in _REQUEST_FIELDS}, **about)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the message, see `words_of`."""
        return words_of(self.message)

    @cached_property
    def completeness(self) -> float:
        """The share, 0 to 1, of what a manager needs for a first selection: who, how to reach, what, when, how many,
        for how much."""
        known = (
            self.has_name,
            self.has_phone or self.has_messenger or self.has_email,
            bool(self.directions or (self.category and self.category != "other")),
            bool(self.date_from or self.nights),
            bool(self.adults),
            self.budget is not None,
        )
        return sum(known) / len(known)


def _span(start: Any, end: Any) -> dict[str, Any]:
    return {name: value for name, value in (("from", start), ("to", end)) if value is not None}
