"""How fast chances cool: the share that is left after so many hours without an answer.

An agency's own answers are a weak witness: whoever is hot is answered sooner, so that speed looks better than it is, and most
agencies have few answers after many hours. The published curve therefore stands as a prior worth `PRIOR_CASES` cases in every
span; the agency's curve is the prior of each channel's. A curve never rises: waiting longer is never reckoned better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Points = Sequence[tuple[float, float]]
"""[(hours, share left)], from (0, 1) on; between the points even in ratio."""

SPANS = ((0.0, 5 / 60), (5 / 60, 15 / 60), (15 / 60, 30 / 60), (30 / 60, 1.0), (1.0, 4.0), (4.0, 24.0), (24.0, 720.0))
PRIOR_CASES = 40.0
LEAST_FOR_CHANNEL = 100
_LEAST_LEFT = 1e-4


@dataclass(frozen=True, slots=True)
class Answered:
    """An inquiry whose end is known: hours it waited for its answer, and whether it was won."""

    channel: str
    hours: float
    is_won: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Cases answered within a span of hours, how many were won, and what is left by the middle of it."""

    start: float
    end: float
    cases: int
    won: int
    left: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A cooling curve with what it was made of."""

    points: tuple[tuple[float, float], ...]
    spans: tuple[Span, ...]
    cases: int


def left_after(points: Points, hours: float) -> float:
    """The share of chances left after so many hours; beyond the last point it falls as one over time."""
    for (start, before), (end, after) in pairwise(points):
        if hours <= end:
            return float(before * (after / before) ** ((hours - start) / (end - start)))
    return points[-1][1] * points[-1][0] / hours


def learn_cooling(answers: Iterable[Answered], prior: Points) -> dict[str, Curve]:
    """The agency's curve under "", and one by channel where there are enough cases; each drawn to what stands above it."""
    rows = [answer for answer in answers if answer.hours >= 0]
    curves = {"": _curve(rows, prior)}
    for channel in sorted({answer.channel for answer in rows}):
        own = [answer for answer in rows if answer.channel == channel]
        if len(own) >= LEAST_FOR_CHANNEL:
            curves[channel] = _curve(own, curves[""].points)
    return curves


def _curve(rows: Sequence[Answered], prior: Points) -> Curve:
    counted = [(sum(start <= row.hours < end for row in rows), sum(start <= row.hours < end and row.is_won for row in rows))
               for start, end in SPANS]  # fmt: skip
    guessed = [left_after(prior, _middle(start, end)) for start, end in SPANS]
    level = _level(counted, guessed)
    shares = [
        (won + PRIOR_CASES * level * guess) / (cases + PRIOR_CASES) for (cases, won), guess in zip(counted, guessed, strict=True)
    ]
    falling = never_rising(shares, [cases + PRIOR_CASES for cases, _won in counted])
    # The first span's middle already has some of the fall behind it: the prior says how much.
    top = falling[0] / guessed[0]
    lefts = [max(_LEAST_LEFT, min(1.0, share / top)) for share in falling]
    points = [(0.0, 1.0), *((_middle(start, end), left) for (start, end), left in zip(SPANS, lefts, strict=True))]
    spans = tuple(
        Span(start, end, cases, won, left) for (start, end), (cases, won), left in zip(SPANS, counted, lefts, strict=True)
    )
    return Curve(tuple(points), spans, len(rows))


def _level(counted: Sequence[tuple[int, int]], guessed: Sequence[float]) -> float:
    """The chance of whoever is answered at once, under the prior's curve: what makes all cases together come out."""
    won = sum(won for _cases, won in counted)
    weight = sum(cases * guess for (cases, _won), guess in zip(counted, guessed, strict=True))
    return min(1.0, (won + 1.0) / (weight + 5.0))


def never_rising(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nearest series that never rises (pooling adjacent violators; weights are cases)."""
    pools: list[list[float]] = []  # value, weight, how many
    for value, weight in zip(values, weights, strict=True):
        pools.append([value, weight, 1])
        while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
            last = pools.pop()
            before = pools[-1]
            total = before[1] + last[1]
            pools[-1] = [(before[0] * before[1] + last[0] * last[1]) / total, total, before[2] + last[2]]
    return [value for value, _weight, times in pools for _time in range(int(times))]


def _middle(start: float, end: float) -> float:
    """The middle of a span, in ratio; of the first, in hours."""
    return end / 2 if start == 0 else float((start * end) ** 0.5)
