"""Shares: how sure one is, and whether two still differ when like is compared with like.

One source may close more of its inquiries only because the best manager gets them, or because they come at noon. The
Mantel–Haenszel risk difference compares the two within each stratum (one manager, one part of the day) and weighs the
strata by what they can tell; its variance is T. Sato's ("On the variance estimator for the Mantel–Haenszel risk
difference", Biometrics 45 (1989) 1323–1324), which holds for many small strata as for few large ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Stratum:
    """What was won of what was closed, of the one and of all the others, among the like."""

    won: int
    closed: int
    others_won: int
    others_closed: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two shares, −1 to 1, and its 95 % interval."""

    points: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Does the interval leave nought out?"""
        return self.low > 0 or self.high < 0


def level_difference(strata: Iterable[Stratum]) -> Difference | None:
    """The difference within the strata, taken together; None when no stratum has both to compare."""
    above = weight = spread_p = spread_q = 0.0
    for one in strata:
        n1, n0, all_of = one.closed, one.others_closed, one.closed + one.others_closed
        if not n1 or not n0:
            continue
        a, b = one.won, one.others_won
        above += (a * n0 - b * n1) / all_of
        weight += n1 * n0 / all_of
        spread_p += (n1 * n1 * b - n0 * n0 * a + n1 * n0 * (n0 - n1) / 2) / all_of**2
        spread_q += (a * (n0 - b) + b * (n1 - a)) / (2 * all_of)
    if not weight:
        return None
    points = above / weight
    spread = Z95 * sqrt(max(points * spread_p + spread_q, 0.0)) / weight
    return Difference(points, max(points - spread, -1.0), min(points + spread, 1.0))


def share_difference(won: int, closed: int, others_won: int, others_closed: int) -> Difference | None:
    """The difference of two plain shares; None without both."""
    return level_difference([Stratum(won, closed, others_won, others_closed)])


def crude_difference(strata: Iterable[Stratum]) -> Difference | None:
    """The difference of the plain shares: everything in one stratum."""
    kept = list(strata)
    return share_difference(
        sum(one.won for one in kept), sum(one.closed for one in kept),
        sum(one.others_won for one in kept), sum(one.others_closed for one in kept),
    )  # fmt: skip
