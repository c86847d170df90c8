"""For how long: nights, days and weeks.

The field sells nights: «7 ночей / 8 дней». Whoever says days may count either way, so 10 days are 9 to 10 nights; a week
is what is sold as a week, 7 nights, and nights named beside days are believed before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .line import Line
from .signs import SIGNS

_NUMBER = "<number|collective|pair>"
_UNIT = "(?:<night|day|week>|<night_short>)"
_RANGE = (
    f"(?P<first>{_NUMBER})(?:(?:<dash|slash|or|comma|till|by>|<dash><dash>|<comma><or>)(?P<second>{_NUMBER}))?<dash>?(?P<unit>{_UNIT})"
    "|(?P<unit2><night|day|week>)(?:<dot>?(?:<on|colon|dash>|<about>|<on><about>)?)"
    f"(?P<first2>{_NUMBER})(?:<dash|or|slash>(?P<second2>{_NUMBER}))?"
)
_AGO = "<aside>"
_WEEK = (
    "(?:<on>(?P<unit><week>)|(?<!<next>)(?<!<this>)(?<!<number>)(?<!<into>)(?<!<through>)(?<!<aside>)<week>(?=<into|on|till><place>)"
    "|(?<=<comma|line|semicolon>)(?P<alone><week>)(?=<comma|dot|line|semicolon|end_mark>|$))"
    "(?:<dash>(?P<more><number><week>?))?"
)


@dataclass(frozen=True, slots=True)
class Stay:
    """Nights at least and at most; None is open. `said` is where: first token and after the last."""

    least: int | None
    most: int | None
    said: tuple[int, int]


def read_stay(line: Line) -> Stay | None:
    """How long, or None."""
    if not line.has("night|night_short|day|week"):
        return None
    found = [stay for one in line.find(_RANGE) if (stay := _of_match(line, one))]
    found += [stay for one in line.find(_WEEK) if (stay := _one_week(line, one))]
    if not found:
        return None
    best = min(found, key=lambda one: (one[0], one[1].said))
    line.use(*best[1].said)
    return best[1]


def _of_match(line: Line, found: re.Match[str]) -> tuple[int, Stay] | None:
    group = "" if found.group("unit") else "2"
    first, second, unit = (found.start(name + group) for name in ("first", "second", "unit"))
    kind = _unit(line, unit)
    least, most = line.number(first), line.number(second) if second >= 0 else line.number(first)
    start, end = found.span()
    if not 0 < least <= most <= 200 or _is_elsewhere(line, start, end, kind):
        return None
    is_list = second >= 0 and line.signs[second - 1] == SIGNS["comma"]
    if is_list and (kind != "night" or least < 3 or line.signs[first] != SIGNS["number"] or line.before(first, "<plus>")):
        first, least, start = second, most, second  # «2+1, 7 ночей»: what stands before the comma is something else
    low, high = _in_nights(least, most, kind)
    if not 1 <= high <= 180:
        return None
    start, open_low, open_high = _bounds(line, start) if second < 0 else (start, False, False)
    stay = Stay(None if open_low else low, None if open_high else high, (start, end))
    return (0 if kind == "night" else 1 if kind == "day" else 2, stay)


def _one_week(line: Line, found: re.Match[str]) -> tuple[int, Stay] | None:
    more = found.start("more")
    most = 14.0 if more >= 0 and line.number(more) >= 2 else 10.0 if more >= 0 else 7.0
    after = line.tokens[found.end()].word if found.end() < len(line.tokens) else ""
    if most == 7.0 and after.startswith(("полтор", "півтор")):
        most = 10.0
    return (2, Stay(7, int(most), found.span()))


def _unit(line: Line, at: int) -> str:
    sign = line.signs[at]
    names = {SIGNS[name]: name for name in ("night", "day", "week")}
    return names.get(sign, "night")


def _in_nights(least: float, most: float, kind: str) -> tuple[int, int]:
    if kind == "week":
        return int(least * 7), int(most * 7)
    if kind == "day":
        return max(1, int(least) - 1), int(most)
    return int(least), int(most)


def _bounds(line: Line, start: int) -> tuple[int, bool, bool]:
    """«До 10 ночей», «не меньше недели»: one end is open. Answers where the words begin, and which end is."""
    if said := line.before(start, "<on>?(?:<not>?<at_most>|<till>)(?:<about>)?"):
        return start - len(said.group()), True, False
    if said := line.before(start, "<on>?(?:<not>?<at_least>|<from|since>)"):
        return start - len(said.group()), False, True
    return start, False, False


def _is_elsewhere(line: Line, start: int, end: int, kind: str) -> bool:
    """In ten days, three days ago, within two days: no stay."""
    if line.before(start, "<through|after>(?:<about>)?") or line.follows(end, _AGO):
        return True
    if kind == "night":
        return False
    return bool(
        line.before(start, "<aside>(?:<number>)?")
        or line.follows(end, "<till><word|flight>")
        or line.before(start, "<into><aside>")
    )
