"""What kind of hotel and how much of it: stars, board and rooms."""

from __future__ import annotations

from dataclasses import dataclass

from .line import Line
from .signs import SIGNS

_RATING = (
    "(?P<low><number|decimal>)<plus>?(?:<star><plus>?)?"
    "(?:(?:<dash|slash|comma|or|till|by>|<comma><or>|<dash><dash>)(?P<high><number>))?<plus>?<dash>?<star>"
)
_NAMED = (  # «Звёзды: 4-5»
    "(?:<star><colon|dash>|(?<!<number>)<star>(?=<number><comma|dot|line|semicolon>|<number>$))"
    "(?P<named><number>)(?:<dash|slash|or|till>(?P<named_high><number>))?<plus>?"
)
_ROOMS = "<number|collective><word|noise|star|other>{1,3}"
MOST_ROOMS = 20
"""Above it a text speaks of the hotel: «отель на 500 номеров»."""
_NO_MATTER = "(?:<optional>|<not><must>)<word|into|wish>{0,2}"


_OF_SOMETHING = ("телефон", "тел", "рейс", "паспорт", "карт", "брон")


@dataclass(frozen=True, slots=True)
class Stars:
    """At least and at most; None is open."""

    least: int | None
    most: int | None
    said: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One of `facts.BOARDS`."""

    code: str
    said: tuple[int, int]


def read_stars(line: Line) -> Stars | None:
    """How many stars, or None."""
    if not line.has("star|stars|rated"):
        return None
    least: list[float] = []
    most: list[float] = []
    said: list[tuple[int, int]] = []
    is_open = False
    for found in line.find(f"{_RATING}|{_NAMED}|(?P<row><stars>)|(?P<word><rated>)"):
        start, end = found.span()
        at = next(found.start(name) for name in ("low", "named", "row", "word") if found.start(name) >= 0)
        low = float(line.tokens[at].value) if found.start("word") >= 0 else line.number(at)
        most_at = max(found.start("high"), found.start("named_high"))
        high = line.number(most_at) if most_at >= 0 else low
        if (
            not 1 <= low <= high <= 5
            or line.is_used(start, end)
            or line.before(start, _NO_MATTER)
            or line.follows(end, "<optional>|<not><must>")
        ):
            continue
        if line.before(start, "<not><word|into>?|<except>"):
            continue
        is_plus = SIGNS["plus"] in line.signs[start:end] or line.follows(end, "<plus>|<or><upward>")
        is_least = line.before(start, "<not>?<at_least><into>?|<from><into>?") is not None
        least.append(int(low))
        most.append(int(high))
        is_open = is_open or bool(is_plus or is_least)
        said.append((start, end))
        line.use(start, end)
    if not least:
        return None
    return Stars(int(min(least)), None if is_open and max(most) <= min(least) else int(max(most)), tuple(said))


def read_board(line: Line) -> Board | None:
    """Which meals, or None. Breakfast and supper together are half board; of several boards the first named counts."""
    if not line.has("board"):
        return None
    for found in line.find(
        "<board>(?:<plus|or|comma|slash|dash>{1,2}(?P<lunch><lunch>)?(?:<plus|or|comma|slash|dash>{0,2})(?P<supper><supper>))?"
    ):
        start, end = found.span()
        token = line.tokens[start]
        if (
            not _is_meant(token.text, str(token.value))
            or line.follows(end, "<other>?<not><wish|must>")
            or line.before(start, f"<not|without|except><into|wish|word>?|{_NO_MATTER}")
        ):
            continue
        code = str(token.value)
        if code == "BB" and found.start("supper") >= 0:
            code = "FB" if found.start("lunch") >= 0 else "HB"
        return Board(code, (start, end))
    return None


def _is_meant(written: str, code: str) -> bool:
    """Short codes that are also words or names (ro, fb) count only in capitals."""
    return written.lower() not in ("ro", "fb") or written.isupper()


def read_rooms(line: Line) -> tuple[int, tuple[int, int]] | None:
    """How many rooms and where it is said, or None. «Номер 12» and «2 номера телефона» are none."""
    for found in line.find(_ROOMS):
        start, count = found.start(), line.whole(found.start())
        at = next((at for at in range(start + 1, found.end()) if "room" in line.tokens[at].marks), None)
        if at is None or count is None or not 1 <= count <= MOST_ROOMS or line.is_used(start, at + 1):
            continue
        following = line.tokens[at + 1] if at + 1 < len(line.tokens) else None
        if following and (following.marks & {"order", "papers"} or following.word.startswith(_OF_SOMETHING)):
            continue
        line.use(start, at + 1)
        return count, (start, at + 1)
    return None
