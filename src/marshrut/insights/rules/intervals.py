"""How sure a share is."""

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
