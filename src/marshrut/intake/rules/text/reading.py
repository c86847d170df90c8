"""Reading a request out of free text: what a manager would understand, and in which words it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from marshrut.core.money import CENT, Money

from ..facts import RequestFacts
from .budgets import Budget, read_budget
from .dates import When, read_when
from .directions import read_ways
from .gazetteer import Gazetteer
from .hotels import read_board, read_rooms, read_stars
from .line import Line, read_line
from .party import Party, read_party
from .scope import blot_past_trips, own_part
from .signs import SIGNS
from .stays import Stay, read_stay
from .trips import trips_of


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the text said this field of the request."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextRequest:
    """What a text asks for, and where in it each value was said."""

    request: RequestFacts
    spans: tuple[Span, ...] = ()


_OF_EVERYTHING = (
    "Хотим в Турцию с 5 по 12 июня или на майские, 2 взр + ребёнок 6 лет, 7-10 ночей, 5*, всё включено, до 300 тр на человека, "
    "вылет из Москвы, не Египет; были в Тунисе. А летом вдвоём с мамой в Сочи на две недели в начале июля, бюджет 100 тысяч рублей."
)
NOTHING = TextRequest(RequestFacts())
_delivered = Gazetteer()


def read_text(text: str, today: date, currency: str = "RUB", gazetteer: Gazetteer | None = None) -> TextRequest:
    """What is asked for in a message of `today`. `currency` is that of money without one; places are called as the
    gazetteer's catalogue calls them. Never raises; what is ambiguous is left out."""
    if not text:
        return NOTHING
    places = gazetteer or _delivered
    line = read_line(own_part(text), places)
    blot_past_trips(line)
    first, *others = (_read_trip(part, today, currency, places) for part in trips_of(line, today, places))
    if not others:
        return first
    spans = [span for one in others for span in one.spans if span.field == "directions"]
    told = (*first.spans, *(Span("other_trips", span.start, span.end) for span in spans))
    return TextRequest(replace(first.request, other_trips=tuple(one.request for one in others)), told)


def warm_up() -> None:
    """Load the words, the places and the patterns, so that the first message of a process does not wait for them."""
    read_text(_OF_EVERYTHING, date(2027, 1, 1))


def _read_trip(line: Line, today: date, currency: str, places: Gazetteer) -> TextRequest:
    """What is asked for in one part of a message that asks for one trip."""
    found: dict[str, Any] = {}
    spans: list[Span] = []

    def said(field: str, *where: tuple[int, int]) -> None:
        for start, end in where:
            last = end - 1 - (line.tokens[end - 1].sign == SIGNS["dot"] and end - 1 > start)  # the stop belongs to the sentence
            spans.append(Span(field, line.tokens[start].start, line.tokens[last].end))

    stay = read_stay(line)
    if stay:
        found |= {"nights_from": stay.least, "nights_to": stay.most}
        said("nights", stay.said)
    stars = read_stars(line)
    if stars:
        found |= {"stars_from": stars.least, "stars_to": stars.most}
        said("stars", *stars.said)
    rooms = read_rooms(line)
    if rooms:
        found["rooms"] = rooms[0]
        said("rooms", rooms[1])
    party = read_party(line, today)
    when = read_when(line, today)
    if when:
        found |= {"date_from": when.start, "date_to": when.end, "is_flexible": when.is_flexible}
        said("dates", when.said)
        if stay and when.start and when.end and not _fits(when, stay):
            found["is_flexible"] = True
    budget = read_budget(line, currency)
    _keep_party(party, found, said)
    if budget:
        _keep_budget(budget, party, found)
        said("budget", budget.said)
    board = read_board(line)
    if board:
        found["board"] = board.code
        said("board", board.said)
    ways = read_ways(line, places)
    if when and not (
        stay or stars or board or budget or ways.directions or party.adults or party.people or party.children or _says_trip(line)
    ):
        found = {name: value for name, value in found.items() if name not in ("date_from", "date_to", "is_flexible")}
        spans = [span for span in spans if span.field != "dates"]
    found |= {"directions": ways.directions, "resorts": ways.resorts, "excluded": ways.excluded, "departure": ways.departure}
    said("directions", *ways.said_directions)
    said("excluded", *ways.said_excluded)
    said("departure", *ways.said_departure)
    return TextRequest(RequestFacts(**found), tuple(sorted(set(spans), key=lambda one: (one.start, one.end, one.field))))


def _fits(when: When, stay: Stay) -> bool:
    """Whether the days named are those of a stay so long; else they are a window: «14–16 февраля, 10 ночей»."""
    nights = (when.end - when.start).days if when.start and when.end else 0
    return (stay.least or 0) - 1 <= nights <= (stay.most or 365) + 1


def _says_trip(line: Line) -> bool:
    """Whether anything speaks of travel: a date alone may be one of a call or a payment."""
    return line.first("<wish|flight|go|weekend>") is not None or any(
        {"stay", "shore", "trip"} & token.marks for token in line.tokens
    )


def _keep_party(party: Party, found: dict[str, Any], said: Any) -> None:
    found |= {"adults": party.adults, "children": party.children, "children_ages": tuple(party.ages)}
    if party.adults is None:
        found["people"] = party.people
    said("adults" if party.adults is not None else "people", *party.said_adults)
    said("children", *party.said_children)


def _keep_budget(budget: Budget, party: Party, found: dict[str, Any]) -> None:
    """A budget for each is also one for all, once it is known how many travel."""
    heads = party.people if party.adults is None else party.adults + max(party.children or 0, len(party.ages))
    if not budget.is_per_person:
        found |= {"budget": budget.amount, "budget_from": budget.least}
        return
    found |= {"budget": _times(budget.amount, heads or 1), "budget_per_person": budget.amount}
    if budget.least:
        found["budget_from"] = _times(budget.least, heads or 1)


def _times(money: Money, heads: int) -> Money:
    return Money((money.amount * Decimal(heads)).quantize(CENT), money.currency)
