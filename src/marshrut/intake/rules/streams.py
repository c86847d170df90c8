"""Streams of inquiries made up from an agency's own week: as many at each hour of it as usual, and no two weeks alike."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

HOURS_OF_WEEK = 168
HOUR = 60.0


def weekly_profile(hours: Sequence[int], weeks: float) -> list[float]:
    """How many come in each hour of a week (0 is Monday's first), out of the hours in which some came over so many weeks."""
    counted = [0] * HOURS_OF_WEEK
    for hour in hours:
        counted[hour] += 1
    return [count / max(weeks, 1 / 7) for count in counted]


def generated(profile: Sequence[float], weeks: int, volume: float, seed: int) -> list[float]:
    """Moments, in minutes from a Monday's first, of a Poisson stream whose rate is the profile's times `volume`; the same for
    the same seed."""
    chance = Random(seed)
    moments: list[float] = []
    for hour in range(weeks * HOURS_OF_WEEK):
        rate, passed = profile[hour % HOURS_OF_WEEK] * volume, 0.0
        while rate > 0 and (passed := passed + chance.expovariate(rate)) < 1:
            moments.append((hour + passed) * HOUR)
    return moments
