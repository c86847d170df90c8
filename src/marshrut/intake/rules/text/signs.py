"""The alphabet of patterns: each kind of word is one sign, so that a message is a short line and a pattern a regular expression."""

from __future__ import annotations

import re
from functools import cache

_TOKENS, _WRITING, _WORDS, _PLACES = (
    # what a token is by itself
    "word noise number ordinal decimal date time stars break",
    # marks of writing
    "dash slash plus dot comma open close colon semicolon end_mark line other",
    # kinds of words; `words.json` has them
    "collective together half_million night night_short day week month_unit year year_short rouble_short aged "
    "aged_word month month_short season season_adjective holiday vacation weekend beginning middle ending half decade "
    "dates through aside tomorrow next this after adult child kin_child infant people relative companions family "
    "couple pair we me go alone star rated board supper lunch currency thousand thousand_short thousand_roubles "
    "budget till from since by on into out_of for at_most at_least about upward wish now not except without only must "
    "optional unsure was went last conditional or flight price",
    # places, once they are known
    "place adjective",
)
_NAMES = " ".join((_TOKENS, _WRITING, _WORDS, _PLACES)).split()
SIGNS = {name: chr(0xE000 + number) for number, name in enumerate(_NAMES)}
_NAMED = re.compile(r"(?<!\?P)<(!?)([a-z_|]+)>")


@cache
def signs_of(names: str) -> frozenset[str]:
    """The signs of names parted by |."""
    return frozenset(SIGNS[name] for name in names.split("|"))


@cache
def pattern(written: str) -> re.Pattern[str]:
    """A pattern over signs: `<night>` is one sign, `<night|day>` one of several, `<!night>` any other; spaces do not count."""
    return re.compile(_NAMED.sub(_signs_of, re.sub(r"\s+", "", written)))


@cache
def ending(written: str) -> re.Pattern[str]:
    """The pattern at the end of what is looked at."""
    return pattern(f"(?:{written})$")


def _signs_of(named: re.Match[str]) -> str:
    listed = "".join(SIGNS[name] for name in named.group(2).split("|"))
    return f"[{'^' if named.group(1) else ''}{listed}]"
