"""Texts people send often: places in braces are filled with what is known of a matter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLACES = ("name", "full_name", "manager", "agency", "office", "phone", "trip", "sum", "opens")
"""What may stand in braces; anything else in braces is the writer's own."""
_PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its places filled; `missing` are those nothing is known for, which stay as they are."""

    text: str
    missing: tuple[str, ...]


def fill(text: str, known: Mapping[str, str]) -> Filled:
    """Fill the places of a text. A value is put in as it is: braces in it are not filled again."""
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        given = known.get(found[1], "")
        if not given and found[1] not in missing:
            missing.append(found[1])
        return given or found[0]

    return Filled(_PLACE.sub(value, text), tuple(missing))


def unfilled(text: str) -> tuple[str, ...]:
    """Places that still stand open in a text about to be sent."""
    return tuple(dict.fromkeys(_PLACE.findall(text)))
