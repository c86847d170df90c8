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
BOARDS = ("RO", "BB", "HB", "FB", "AI", "UAI")
MOST_WORDS = 400  # a sales request says what it wants in the first page

_WORD = re.compile(r"\w+")
_APOSTROPHES = str.maketrans({"ё": "е"} | dict.fromkeys("'’ʼ`", ""))

Reason = dict[str, Any]
"""A stored reason: {"code": …, **parameters}; worded for its reader elsewhere."""


VIP_FROM = 4
"""So many realised deals make a client a VIP."""


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

    @property
    def is_vip(self) -> bool:
        """Whoever has bought so often that losing them would cost more than one sale."""
        return self.past_deals >= VIP_FROM


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
    is_flexible: bool = False  # the dates are a window the trip should lie in, not its first and last day
    children: int | None = None  # how many, where their ages are not all known
    people: int | None = None  # how many travel, where nobody said how many of them are children
    stars_from: int | None = None
    stars_to: int | None = None
    board: str | None = None  # one of BOARDS
    departure: str | None = None  # the city one leaves from, as it is called
    resorts: tuple[str, ...] = ()  # places within the directions, by name
    budget_from: Money | None = None  # the least meant, where a range was said; `budget` is the most
    budget_per_person: Money | None = None  # where it was said for one; `budget` is for all, as far as their number is known
    excluded: tuple[str, ...] = ()  # where they do not want to go: as directions are called, places within them by name
    other_trips: tuple[RequestFacts, ...] = ()  # asked for beside this one, each with a place and a time of its own

    def as_json(self) -> dict[str, Any]:
        """For jsonb, in the shape of the API's `request`; what is absent is left out."""
        dates = _span(self.date_from and self.date_from.isoformat(), self.date_to and self.date_to.isoformat())
        shape = {
            "category": self.category,
            "directions": list(self.directions),
            "resorts": list(self.resorts),
            "excluded": list(self.excluded),
            "departure": self.departure,
            "dates": {**dates, "flexible": True} if dates and self.is_flexible else dates,
            "nights": _span(self.nights_from, self.nights_to),
            "adults": self.adults,
            "children": self.children if self.children != len(self.children_ages) or not self.children else None,
            "children_ages": list(self.children_ages),
            "people": self.people,
            "rooms": self.rooms,
            "stars": _span(self.stars_from, self.stars_to),
            "board": self.board,
            "budget": self._budget_as_json(),
            "other_trips": [one.as_json() for one in self.other_trips],
        }
        return {name: value for name, value in shape.items() if value is not None and value != [] and value != {}}

    def _budget_as_json(self) -> dict[str, str] | None:
        if self.budget is None:
            return None
        shape = self.budget.as_json()
        if self.budget_from:
            shape["from"] = self.budget_from.as_json()["amount"]
        if self.budget_per_person:
            shape["per_person"] = self.budget_per_person.as_json()["amount"]
        return shape

    @property
    def children_count(self) -> int:
        """How many children are known of."""
        return max(self.children or 0, len(self.children_ages))

    @property
    def party(self) -> int | None:
        """How many people travel; None while neither that nor the number of adults is known."""
        return self.people if self.adults is None else self.adults + self.children_count

    @property
    def nights(self) -> int | None:
        """The nights meant: the shortest stay named, else what the dates leave when they are one trip (to 30 days)."""
        if self.nights_from or self.nights_to:
            return self.nights_from or self.nights_to
        if self.date_from and self.date_to and not self.is_flexible and 0 < (self.date_to - self.date_from).days <= 30:
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
            or self.people
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
    read: frozenset[str] = frozenset()  # names in the request that were read out of the message, not stated

    @classmethod
    def from_request(cls, request: RequestFacts, **about: Any) -> InquiryFacts:
        """The facts of an inquiry whose request has been read; `about` are the other fields."""
        return cls(**{name: getattr(request, name) for name in _REQUEST_FIELDS}, **about)

    @property
    def has_request(self) -> bool:
        """Does it name anything one could search for? What was only read counts once it says where to and for how many or
        how long: an advertisement names money too, and who looks for work a country."""
        asked = {
            "category": self.category, "directions": self.directions, "dates": self.date_from, "nights": self.nights_from or self.nights_to,
            "adults": self.adults or self.people, "budget": self.budget,
        }  # fmt: skip
        if any(value and name not in self.read for name, value in asked.items()):
            return True
        return bool(asked["directions"] and (asked["nights"] or asked["adults"]))

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
