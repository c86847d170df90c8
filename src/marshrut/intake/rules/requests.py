"""Reading the `request` of an inquiry from a stranger's program: what can be used is used, the rest is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from marshrut.core.money import Money, read_money
from marshrut.core.names import clean_text

from .facts import BOARDS, CATEGORIES, RequestFacts
from .text import Gazetteer, budget_of

MOST_DIRECTIONS, MOST_CHILDREN, MOST_TRIPS = 20, 30, 4
FARTHEST = timedelta(days=5 * 366)

_DOTTED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


@dataclass(frozen=True, slots=True)
class Flaw:
    """A value that could not be used: `field` as in the request ("request.adults"), a code, and the value cut short."""

    field: str
    code: str
    value: str

    def as_json(self) -> dict[str, str]:
        """For the answer and the stored inquiry."""
        return {"field": self.field, "code": self.code, "value": self.value}


def read_request(raw: object, today: date, currency: str = "RUB") -> tuple[RequestFacts, tuple[Flaw, ...]]:
    """The request in `raw` (the API's object) and what had to be dropped from it. Never raises: codes of flaws are
    not_an_object, not_a_number, not_a_text, not_a_list, out_of_range, not_a_date, too_far, reversed, unknown_category, unknown_board
    and those of
    `core.money.read_money`. `currency` stands in where a budget has none."""
    if raw is None:
        return RequestFacts(), ()
    reading = _Reading()
    if not isinstance(raw, Mapping):
        reading.flaw("", "not_an_object", raw)
        return RequestFacts(), tuple(reading.flaws)
    stars_from, stars_to = reading.span(raw, "stars", lambda value, name: reading.whole(value, name, 1, 5))
    date_from, date_to = reading.span(raw, "dates", lambda value, name: reading.day(value, name, today))
    nights_from, nights_to = reading.span(raw, "nights", lambda value, name: reading.whole(value, name, 1, 365))
    request = RequestFacts(
        category=reading.category(raw.get("category")),
        directions=reading.names(raw.get("directions"), "directions"),
        date_from=date_from,
        date_to=date_to,
        nights_from=nights_from,
        nights_to=nights_to,
        adults=reading.whole(raw.get("adults"), "adults", 0, 99),
        children_ages=reading.ages(raw.get("children_ages")),
        rooms=reading.whole(raw.get("rooms"), "rooms", 1, 99),
        budget=reading.budget(raw.get("budget"), currency),
        is_flexible=isinstance(dates := raw.get("dates"), Mapping) and dates.get("flexible") is True,
        children=reading.whole(raw.get("children"), "children", 0, 30),
        people=reading.whole(raw.get("people"), "people", 1, 999),
        stars_from=stars_from,
        stars_to=stars_to,
        board=reading.board(raw.get("board")),
        departure=reading.name(raw.get("departure"), "departure"),
        resorts=reading.names(raw.get("resorts"), "resorts"),
        budget_from=reading.further(raw.get("budget"), "from", currency),
        budget_per_person=reading.further(raw.get("budget"), "per_person", currency),
        excluded=reading.names(raw.get("excluded"), "excluded"),
        other_trips=reading.trips(raw.get("other_trips"), today, currency),
    )
    return request, tuple(reading.flaws)


def with_places_of(request: RequestFacts, places: Gazetteer) -> RequestFacts:
    """The request with its places called as the catalogue calls them. A town named as a direction lies in one: «Кемер» is Turkey
    and a resort of it."""
    directions: dict[str, None] = {}
    resorts = dict.fromkeys(request.resorts)
    for name in request.directions:
        place, ukrainian = places.place_of(name), any(letter in "іїєґ" for letter in name.lower())
        slug = places.resolve(place, ukrainian=ukrainian) if place else places.slug_of(name) or name
        directions.setdefault(slug)
        if place and not place.is_country and (town := places.called(place, ukrainian=ukrainian)) != slug:
            resorts.setdefault(town)
    excluded = dict.fromkeys(
        places.called(place) if (place := places.place_of(one)) else places.slug_of(one) or one for one in request.excluded
    )
    others = tuple(with_places_of(one, places) for one in request.other_trips)
    return replace(
        request, directions=tuple(directions), resorts=tuple(resorts), excluded=tuple(excluded), other_trips=others
    )


class _Reading:
    """Collects flaws on the way."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []

    def flaw(self, name: str, code: str, value: object) -> None:
        self.flaws.append(Flaw(f"request.{name}".rstrip("."), code, clean_text(_shown(value), 80)))

    def whole(self, value: object, name: str, least: int, most: int) -> int | None:
        if value is None or value == "":
            return None
        if isinstance(value, str) and len(value) < 10 and value.strip().isdecimal():
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.flaw(name, "not_a_number", value)
        elif not least <= value <= most:
            self.flaw(name, "out_of_range", value)
        else:
            return value
        return None

    def span(self, raw: Mapping[str, Any], name: str, read: Any) -> tuple[Any, Any]:
        """A {"from", "to"} object or one value for both; put in order when reversed."""
        value = raw.get(name)
        if value is None or value == "":
            return None, None
        if not isinstance(value, Mapping):
            only = read(value, name)
            return only, None
        start, end = read(value.get("from"), f"{name}.from"), read(value.get("to"), f"{name}.to")
        if start is not None and end is not None and end < start:
            self.flaw(name, "reversed", f"{start} – {end}")
            start, end = end, start
        return start, end

    def day(self, value: object, name: str, today: date) -> date | None:
        if value is None or value == "":
            return None
        day = _day(value) if isinstance(value, str) else None
        if day is None:
            self.flaw(name, "not_a_date", value)
        elif abs(day - today) > FARTHEST:
            self.flaw(name, "too_far", value)
        else:
            return day
        return None

    def category(self, value: object) -> str | None:
        if value is None or value == "":
            return None
        slug = value.strip().lower() if isinstance(value, str) else ""
        if slug in CATEGORIES:
            return slug
        self.flaw("category", "unknown_category", value)
        return None

    def board(self, value: object) -> str | None:
        """A code of board, in letters of any size."""
        if value is None or value == "":
            return None
        code = value.strip().upper() if isinstance(value, str) else ""
        if code in BOARDS:
            return code
        self.flaw("board", "unknown_board", value)
        return None

    def name(self, value: object, field: str) -> str | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            self.flaw(field, "not_a_text", value)
            return None
        return clean_text(value, 100) or None

    def further(self, budget: object, name: str, currency: str) -> Money | None:
        """Another amount beside the budget, in its currency; one that cannot be read is no flaw of the budget."""
        if not isinstance(budget, Mapping) or budget.get(name) in (None, ""):
            return None
        money, flaw = read_money(budget[name], budget.get("currency"), currency)
        if flaw:
            self.flaw(f"budget.{name}", flaw, budget[name])
        return money

    def names(self, value: object, field: str) -> tuple[str, ...]:
        if value is None:
            return ()
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple):
            self.flaw(field, "not_a_list", value)
            return ()
        texts = (clean_text(one, 100) for one in values[:MOST_DIRECTIONS] if isinstance(one, str))
        return tuple(dict.fromkeys(filter(None, texts)))

    def trips(self, value: object, today: date, currency: str) -> tuple[RequestFacts, ...]:
        """Further trips, each a request by itself; one within another is none."""
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.flaw("other_trips", "not_a_list", value)
            return ()
        found = []
        for place, one in enumerate(value[:MOST_TRIPS]):
            inner = {name: said for name, said in one.items() if name != "other_trips"} if isinstance(one, Mapping) else one
            request, flaws = read_request(inner, today, currency)
            where = f"request.other_trips.{place}"
            self.flaws += [Flaw(where + flaw.field.removeprefix("request"), flaw.code, flaw.value) for flaw in flaws]
            found += [request] if request != RequestFacts() else []
        return tuple(found)

    def ages(self, value: object) -> tuple[int, ...]:
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.flaw("children_ages", "not_a_list", value)
            return ()
        read = (self.whole(age, f"children_ages.{place}", 0, 17) for place, age in enumerate(value[:MOST_CHILDREN]))
        return tuple(age for age in read if age is not None)

    def budget(self, value: object, currency: str) -> Money | None:
        amount, given = (value.get("amount"), value.get("currency")) if isinstance(value, Mapping) else (value, None)
        money, flaw = read_money(amount, given, currency)
        if flaw == "not_a_number" and isinstance(amount, str):  # in words, as people type it into a form
            code = given.strip().upper() if isinstance(given, str) and len(given.strip()) == 3 else currency
            money = budget_of(amount, code)
        if flaw and money is None:
            self.flaw("budget", flaw, value)
        return money


def _day(text: str) -> date | None:
    try:
        if dotted := _DOTTED.fullmatch(text.strip()):
            day, month, year = map(int, dotted.groups())
            return date(year, month, day)
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _shown(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of thousands of digits has no text
        return "…"
