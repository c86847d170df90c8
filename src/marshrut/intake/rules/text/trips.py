"""Two trips in one message: «в мае вдвоём в Стамбул, а летом всей семьёй в Крым».

A message is cut only where nothing else would explain it: on both sides of a full stop, a new line or «а» stands a wish for a
place of its own, and each side says when or for how long; «ещё», «отдельно» and a second number of a list need less. What is
joined by «или», or depends on «если», is a choice within one trip.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

from .dates import When, read_when
from .directions import read_ways
from .gazetteer import Gazetteer
from .line import Line
from .signs import SIGNS, pattern
from .stays import read_stay

MOST_TRIPS = 4
_MOST_CUTS = 12  # tried: whoever writes more asks for no trip
_LEAST_PLACES = 2
_TIMES = "month|month_short|date|season|holiday|vacation|night|night_short|day|week|beginning|middle|ending|through|dates"
_CUTS = pattern("<dot|end_mark|line|semicolon>+|<comma>")
_PLACE, _NOW, _COMMA = SIGNS["place"], SIGNS["now"], SIGNS["comma"]
_NUMBERED = "<number><close|dot>"
_BEGINNING = 4  # tokens in which a word says that another trip begins
_IF = ("если", "якщо", "либо", "иначе", "інакше", "лучше", "краще", "можно", "можна")
_OR = ("или", "либо", "або", "чи", "иль", "or")


def trips_of(line: Line, today: date, places: Gazetteer) -> list[Line]:
    """The message in as many parts as it asks for trips; usually one, which is the message itself."""
    if line.signs.count(_PLACE) < _LEAST_PLACES or not line.has(_TIMES):
        return [line]
    parts: list[tuple[int, int]] = []
    start = 0
    for cut in islice(_cuts(line), _MOST_CUTS):
        if len(parts) == MOST_TRIPS - 1:
            break
        if _is_cut(line.part(start, cut), line.part(cut, len(line.signs)), today, places):
            parts.append((start, cut))
            start = cut
    return [line.part(*ends) for ends in (*parts, (start, len(line.signs)))] if parts else [line]


def _cuts(line: Line) -> Iterator[int]:
    """Where a next trip may begin: at the sign after what parts them, with a place on either side."""
    first, last = line.signs.find(_PLACE), line.signs.rfind(_PLACE)
    for found in _CUTS.finditer(line.signs, first, last):
        is_stop = line.signs[found.start()] != _COMMA
        if is_stop or line.signs[found.end()] == _NOW or _says_further(line, found.end(), 2):
            yield found.end()


def _says_further(line: Line, at: int, within: int = _BEGINNING) -> bool:
    """«Ещё», «отдельно», or the next number of a list."""
    return any("further" in token.marks for token in line.tokens[at : at + within]) or line.follows(at, _NUMBERED) is not None


def _is_cut(before: Line, after: Line, today: date, places: Gazetteer) -> bool:
    if _is_choice(after):
        return False
    earlier, later = read_ways(before, places), read_ways(after, places)
    if not earlier.directions or not later.directions or set(earlier.directions) & set(later.directions):
        return False
    times = read_when(before, today), read_when(after, today)
    if _says_further(after, 0):
        return bool((times[0] or read_stay(before)) and (times[1] or read_stay(after)))
    return _are_apart(*times)


def _is_choice(after: Line) -> bool:
    """«Или Египет», «если дорого, то Сочи»: the same trip otherwise."""
    return any(token.word in _IF or (at < 2 and token.word in _OR) for at, token in enumerate(after.tokens[:6]))


def _are_apart(one: When | None, other: When | None) -> bool:
    """Whether the two are surely different times: they do not meet."""
    if one is None or other is None:
        return False
    ends = [(when.start or date.min, when.end or when.start or date.max) for when in (one, other)]
    return ends[0][1] < ends[1][0] or ends[1][1] < ends[0][0]
