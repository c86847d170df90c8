"""The arithmetic of the reports: how sure a share is, the middle of a list, working minutes by the thousand."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from math import sqrt

Z95 = 1.959964
"""The normal quantile of a 95 % interval."""


def wilson(won: int, closed: int) -> tuple[float, float] | None:
    """The 95 % interval (Wilson's) of a share of `won` in `closed`, each 0 to 1; None when nothing is closed.

    Two of three are somewhere between 21 and 94 %: that is what a reader should be told, not 67 %.
    """
    if closed <= 0:
        return None
    share, z2 = won / closed, Z95 * Z95
    middle = (share + z2 / (2 * closed)) / (1 + z2 / closed)
    spread = Z95 * sqrt(share * (1 - share) / closed + z2 / (4 * closed * closed)) / (1 + z2 / closed)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` (0 to 1) of these lies, between neighbours when it falls there; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Sequence[float]) -> float | None:
    """The middle value; None of nothing."""
    return percentile(values, 0.5)


class WorkedTime:
    """Working minutes between two moments, fast: the spans of one calendar with what had been worked before each.

    Moments are seconds since the epoch, as the database gives them; outside the spans no time is worked.
    """

    __slots__ = ("_before", "_closes", "_opens")

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        self._opens = [opens.timestamp() for opens, _closes in spans]
        self._closes = [closes.timestamp() for _opens, closes in spans]
        self._before, worked = [], 0.0
        for opens, closes in zip(self._opens, self._closes, strict=True):
            self._before.append(worked)
            worked += closes - opens

    def _until(self, at: float) -> float:
        place = bisect_right(self._opens, at) - 1
        return self._before[place] + min(at, self._closes[place]) - self._opens[place] if place >= 0 else 0.0

    def minutes(self, a: float, b: float) -> float:
        """Working minutes from `a` to `b`; none when `b` comes first."""
        return max(0.0, self._until(b) - self._until(a)) / 60
