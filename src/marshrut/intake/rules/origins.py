"""What of a request was stated and what was read out of the message: filling the one from the other, and saying which is which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from marshrut.core.money import CENT, Money

from .facts import InquiryFacts, RequestFacts
from .languages import Spoken

STATED, READ = "stated", "read"

GROUPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "directions": (("directions", "resorts"), ("directions", "resorts")),
    "excluded": (("excluded",), ("excluded",)),
    "departure": (("departure",), ("departure",)),
    "dates": (("date_from", "date_to", "is_flexible"), ("dates",)),
    "nights": (("nights_from", "nights_to"), ("nights",)),
    "adults": (("adults", "people"), ("adults", "people")),
    "children": (("children", "children_ages"), ("children", "children_ages")),
    "rooms": (("rooms",), ("rooms",)),
    "stars": (("stars_from", "stars_to"), ("stars",)),
    "board": (("board",), ("board",)),
    "budget": (("budget", "budget_from", "budget_per_person"), ("budget",)),
    "other_trips": (("other_trips",), ("other_trips",)),
}
"""What is stated or read as one: its fields of the facts, its names in the request."""


EDITED = frozenset(name for _fields, names in GROUPS.values() for name in names)
"""Names in the request that a person writes down, or leaves standing, on the card."""


def filled_in(stated: RequestFacts, read: RequestFacts) -> tuple[RequestFacts, frozenset[str]]:
    """The stated request, with what was read where nothing was stated; and the names in the request that were read."""
    found: dict[str, Any] = {}
    names: set[str] = set()
    for fields, of_request in GROUPS.values():
        if any(_is_said(getattr(stated, field)) for field in fields):
            continue
        given = {field: value for field in fields if _is_said(value := getattr(read, field))}
        if given:
            found |= given
            names.update(of_request)
    if not found:
        return stated, frozenset()
    request = replace(stated, **found)
    if "budget" in names and request.budget_per_person and request.party:
        request = _for_all(request, read)
    return request, frozenset(names)


def _for_all(request: RequestFacts, read: RequestFacts) -> RequestFacts:
    """A budget read for one, for as many as are stated to travel."""
    heads = Decimal(request.party or 1)
    read_heads = Decimal(read.party or 1)
    each, least = request.budget_per_person, request.budget_from
    budget = Money((each.amount * heads).quantize(CENT), each.currency) if each else request.budget
    lowest = Money((least.amount / read_heads * heads).quantize(CENT), least.currency) if least else None
    return replace(request, budget=budget, budget_from=lowest)


def _is_said(value: Any) -> bool:
    return value is not None and value != () and value is not False


def as_kept(facts: InquiryFacts, *, is_category_stated: bool, language: Spoken | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The request as an inquiry keeps it, and the word for every value of it."""
    request = {**facts.as_json(), "category": facts.category, "directions": list(facts.directions)}
    read = set(facts.read)
    if not is_category_stated:
        read.add("category")
    if language:
        request |= {"language": language.language, "language_seen_in": language.seen_in}
        read |= {"language", "language_seen_in"} if language.seen_in == "message" else set()
    return request, origin_of(request, read)


def names_of(groups: Collection[str]) -> frozenset[str]:
    """The names in the request that belong to these groups."""
    return frozenset(name for group in groups for name in GROUPS[group][1])


def origin_of(request: Mapping[str, Any], read: Collection[str]) -> dict[str, Any]:
    """The request again with a word for every value: `read` for the names given, `stated` for the others. A list has one word."""
    return {name: _said(value, READ if name in read else STATED) for name, value in request.items() if value not in (None, [], {})}


def _said(value: Any, word: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _said(one, word) for name, one in value.items() if one is not None}
    return word


def read_names(origin: object) -> frozenset[str]:
    """The names of a stored origin that were read."""
    if not isinstance(origin, Mapping):
        return frozenset()
    return frozenset(name for name, word in origin.items() if word == READ or (isinstance(word, Mapping) and READ in word.values()))
