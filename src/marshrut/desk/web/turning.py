"""Long lists in pages: which of how many stand here, and the ways to those before and after."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marshrut.ui.wording import figure


@dataclass(frozen=True, slots=True)
class Turning:
    """`1–50 of 412`, and the addresses of the pages before and after; None where there is none."""

    words: str
    before: str | None
    after: str | None


def first_of(text: str, size: int) -> int:
    """Where a page of so many begins, by its address: at the beginning when that says nothing of use."""
    return int(text) // size * size if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def turning(first: int, shown: int, count: int, size: int, address: Callable[[int], str]) -> Turning | None:
    """The page of `shown` rows from `first` on among `count`; None when all of them stand on it."""
    if count <= shown:
        return None
    last = first + shown
    words = _("%(first)s–%(last)s of %(count)s") % {"first": figure(first + 1), "last": figure(last), "count": figure(count)}
    return Turning(words, address(max(0, first - size)) if first else None, address(last) if last < count else None)
