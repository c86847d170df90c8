"""What a preview says of a row before it is saved: what changes, what hangs on it, what to beware of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

TEMPLATE = "backoffice/settings/_foreseen.html"
MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that is counted or named; `was` is said when saving would change it."""

    label: str
    value: str
    was: str = ""


def turned(label: str, before: str, after: str) -> Figure:
    """A figure that saving may change."""
    return Figure(label, after, "" if before == after else before)


def foreseen(
    *said: str, figures: Iterable[Figure] = (), cautions: Iterable[str] = (), examples: Sequence[int] = (), **sample: Any
) -> dict[str, Any]:
    """The context of a preview. Empty sentences are left out; `examples` are numbers of inquiries the reader may open."""
    return {
        "said": [one for one in said if one],
        "figures": list(figures),
        "cautions": [one for one in cautions if one],
        "examples": examples,
        **sample,
    }


def share_of(won: int, closed: int) -> str:
    """`2 of 14 closed: 14 %`, or that nothing is closed yet."""
    if not closed:
        return _("nothing is closed yet")
    return _("%(won)s of %(closed)s closed, %(percent)s %%") % {"won": won, "closed": closed, "percent": round(won * 100 / closed)}


def inquiries_of_month(number: int) -> str:
    return ngettext("%(num)s inquiry of the last thirty days", "%(num)s inquiries of the last thirty days", number) % {"num": number}


def in_a_month(number: int) -> str:
    """The same for the line of a list: `12 in thirty days`."""
    return _("%(num)s in thirty days") % {"num": number}


def names_of(names: Sequence[str]) -> str:
    """The first few names and how many more there are; a word for none."""
    if not names:
        return _("none")
    rest = len(names) - MOST_NAMES
    more = [ngettext("and %(num)s more", "and %(num)s more", rest) % {"num": rest}] if rest > 0 else []
    return ", ".join([*names[:MOST_NAMES], *more])


def quoted(names: Sequence[str]) -> str:
    return names_of([f"“{name}”" for name in names])
