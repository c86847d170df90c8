"""Shares of few cases, drawn to what is usual: two of three is not 67 %.

A share is the mean of a beta distribution that begins at a prior with the weight of so many cases. How many is read off the
groups themselves (empirical Bayes: the weight under which what was seen of all groups together is likeliest): groups that are
alike are drawn together hard, groups that truly differ are left where they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .chance import log_odds, logistic

USUAL_WEIGHT = 30.0
"""Cases a prior stands for while there are too few groups to read it off."""
WEIGHTS = (4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 250.0, 500.0)
_FEWEST_GROUPS, _FEWEST_CASES = 3, 5


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases of a group whose end is known, how many were won, and the share one would have guessed."""

    cases: int
    won: int
    prior: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A share after shrinking, with what it was made of. `prior` is the guess after the agency's own level was put in."""

    share: float
    cases: int
    won: int
    prior: float


def shrink(tallies: Mapping[str, Tally]) -> tuple[dict[str, Rate], float]:
    """Every group's share, and the weight of the prior in cases. Groups without cases get their prior at the agency's level."""
    shift = _level(tallies.values())
    priors = {name: logistic(log_odds(tally.prior) + shift) for name, tally in tallies.items()}
    weight = _weight([(tally, priors[name]) for name, tally in tallies.items() if tally.cases])
    rates = {
        name: Rate((tally.won + weight * priors[name]) / (tally.cases + weight), tally.cases, tally.won, priors[name])
        for name, tally in tallies.items()
    }
    return rates, weight


def _level(tallies: Iterable[Tally]) -> float:
    """How far, in log-odds, the agency as a whole lies from the guesses; itself drawn to them while cases are few."""
    rows = [tally for tally in tallies if tally.cases]
    cases = sum(tally.cases for tally in rows)
    if not cases:
        return 0.0
    guessed = sum(tally.cases * tally.prior for tally in rows) / cases
    seen = (sum(tally.won for tally in rows) + USUAL_WEIGHT * guessed) / (cases + USUAL_WEIGHT)
    return log_odds(seen) - log_odds(guessed)


def _weight(groups: Iterable[tuple[Tally, float]]) -> float:
    held = [(tally, prior) for tally, prior in groups if tally.cases >= _FEWEST_CASES]
    if len(held) < _FEWEST_GROUPS:
        return USUAL_WEIGHT
    return max(WEIGHTS, key=lambda weight: sum(_likelihood(tally, prior, weight) for tally, prior in held))


def _likelihood(tally: Tally, prior: float, weight: float) -> float:
    """The log-likelihood of a group's cases under a beta prior of that mean and weight."""
    won, lost = weight * prior, weight * (1 - prior)
    return _log_beta(won + tally.won, lost + tally.cases - tally.won) - _log_beta(won, lost)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
