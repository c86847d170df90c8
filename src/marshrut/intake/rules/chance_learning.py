"""Learning the chance of a sale: logistic regression with a penalty, in plain Python.

Every fact is a set of levels of which a case has exactly one, so the Hessian of one fact's levels is diagonal, and Newton's
step for a whole fact costs one pass over the cases: blocks of coordinates in turn, under weights that are reckoned anew every
few sweeps (Friedman, Hastie, Tibshirani, "Regularization paths for generalized linear models via coordinate descent", Journal of
Statistical Software 33 (2010) 1).
The penalty draws levels to the usual case: a level with ten cases says little. How strong it is, and whether chances are too
bold or too timid (Platt's line, folded into the coefficients), is found on cases that were left out of learning.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .chance import Arrival, ChanceModel, FactWeights, Value, level_of, log_odds, logistic, number_in

STRENGTHS = (3.0, 10.0, 30.0)
"""So many cases of an even chance stand against what a level says of itself."""
FOLDS = 4
LEAST_CASES = 60
LEAST_WON = 15
SPANS = 12
"""A number is cut into at most so many spans of as many cases each."""
_RARE = 12
_NUMERIC_FROM = 8  # distinct values below which a number is taken for a word
_TURNS, _SWEEPS, _STILL, _LONGEST_STEP = 25, 2, 4e-3, 2.0

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Case:
    """An inquiry whose outcome is final: what was known on arrival, and whether it ended in a sale."""

    arrival: Arrival
    is_won: bool


@dataclass(frozen=True, slots=True)
class LearnedChance:
    """A model with what is told of how it was learned: the penalty, and Platt's slope (1: chances were neither bold nor timid)."""

    model: ChanceModel
    strength: float
    slope: float
    cases: int
    won: int


class TooFewCases(ValueError):
    """There is not enough to learn from."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A fact as learning sees it: the level of every case as a number, and the levels' names ("" absent, None rare)."""

    name: str
    bounds: tuple[float, ...]
    names: Sequence[str | None]
    rows: Sequence[int]


def learn(cases: Sequence[Case], progress: Progress = lambda _share: None) -> LearnedChance:
    """The chance of a sale from cases in the order of their arrival. Raises TooFewCases."""
    won = sum(case.is_won for case in cases)
    if len(cases) < LEAST_CASES or min(won, len(cases) - won) < LEAST_WON:
        raise TooFewCases(f"{len(cases)} cases, {won} won")
    outcomes = [int(case.is_won) for case in cases]
    columns = [column for column in _columns(cases) if column is not None]
    steps = len(STRENGTHS) * FOLDS
    fit = _Fit(log_odds(won / len(cases)), [[0.0] * len(column.names) for column in columns])
    tried = []
    for place, strength in enumerate(sorted(STRENGTHS, reverse=True)):
        fit = _fit(columns, outcomes, range(len(cases)), strength, fit)
        left_out = _left_out(fit, columns, outcomes, strength, _Part(progress, place * FOLDS, steps))
        tried.append((_log_loss(left_out, outcomes), strength, left_out, fit))
    _loss, strength, left_out, fit = min(tried, key=lambda one: one[0])
    slope, shift = platt(left_out, outcomes)
    bold = [[weight * slope for weight in own] for own in fit.weights]
    return LearnedChance(_centred(columns, fit.usual * slope + shift, bold), strength, slope, len(cases), won)


def _columns(cases: Sequence[Case]) -> Iterator[_Column | None]:
    names = list(dict.fromkeys(name for case in cases for name in case.arrival))
    for name in names:
        yield _column(name, [case.arrival.get(name) for case in cases])


def _column(name: str, values: Sequence[Value]) -> _Column | None:
    """The fact cut into levels; None when it says the same of everybody, or something else of each (a number of the lead)."""
    if len(set(values)) == len(values) and all(number is None or number.is_integer() for number in map(number_in, values)):
        return None
    bounds = _spans(values)
    levels = [level_of(value, bounds or None) for value in values]
    often = Counter(levels)
    least = max(_RARE, len(values) // 500)
    names: list[str | None] = [level for level, number in often.most_common() if number >= least or level == ""]
    if len(names) < len(often):
        names.append(None)
    if len(names) < 2 or (not bounds and len(often) > len(values) / 2):
        return None
    places = {level: place for place, level in enumerate(names)}
    rare = places.get(None, 0)
    return _Column(name, bounds, names, [places.get(level, rare) for level in levels])


def _spans(values: Sequence[Value]) -> tuple[float, ...]:
    """The upper bounds of spans that hold about as many cases each; none for words. A value that many have is a span alone."""
    known = [value for value in values if value is not None and value != ""]
    read = [number for number in map(number_in, known) if number is not None]
    if not known or len(read) < 0.98 * len(known):
        return ()
    often = Counter(read)
    if len(often) < _NUMERIC_FROM:
        return ()
    ordered = sorted(often)
    bounds, held, share = list[float](), 0, len(read) / SPANS
    for value in ordered[:-1]:
        if held and held + often[value] > 1.5 * share:
            bounds.append(_before(bounds, value, ordered))
            held = 0
        held += often[value]
        if held >= share:
            bounds.append(value)
            held = 0
    return tuple(dict.fromkeys(bounds))


def _before(bounds: Sequence[float], value: float, ordered: Sequence[float]) -> float:
    """The greatest value below this one, so that this one begins a span."""
    below = ordered[ordered.index(value) - 1]
    return max(below, bounds[-1]) if bounds else below


def _left_out(
    fit: _Fit, columns: Sequence[_Column], outcomes: Sequence[int], strength: float, done: Callable[[int], None]
) -> list[float]:
    """The log-odds of every case by a model that has not seen it, nor its neighbours in time; begun from the one that has."""
    total = len(outcomes)
    made = [0.0] * total
    for fold in range(FOLDS):
        start, end = fold * total // FOLDS, (fold + 1) * total // FOLDS
        without = _fit(columns, outcomes, [*range(start), *range(end, total)], strength, fit)
        made[start:end] = [without.odds(columns, row) for row in range(start, end)]
        done(fold)
    return made


@dataclass(frozen=True, slots=True)
class _Part:
    """Says how far the whole is when so much of a part is done."""

    progress: Progress
    begun: int
    steps: int

    def __call__(self, fold: int) -> None:
        self.progress((self.begun + fold + 1) / self.steps)


@dataclass(frozen=True, slots=True)
class _Fit:
    """The intercept, and each level's weight by fact."""

    usual: float
    weights: Sequence[Sequence[float]]

    def odds(self, columns: Sequence[_Column], row: int) -> float:
        """The log-odds of one case."""
        return self.usual + sum(own[column.rows[row]] for own, column in zip(self.weights, columns, strict=True))


def _fit(columns: Sequence[_Column], outcomes: Sequence[int], rows: Sequence[int], strength: float, begin: _Fit) -> _Fit:
    """The weights that make the outcomes of these rows likeliest under the penalty, sought from `begin` on."""
    usual, weights = begin.usual, [list(own) for own in begin.weights]
    won = [outcomes[row] for row in rows]
    levels = [[column.rows[row] for row in rows] for column in columns]
    odds = [begin.odds(columns, row) for row in rows]
    for _turn in range(_TURNS):
        chances = [1 / (1 + math.exp(-one)) if one > -30 else 0.0 for one in odds]
        bends = [chance * (1 - chance) + 1e-4 for chance in chances]
        slopes = [outcome - chance for outcome, chance in zip(won, chances, strict=True)]
        before = [list(own) for own in weights]
        moved = 0.0
        for _sweep in range(_SWEEPS):
            for own, level in zip(weights, levels, strict=True):
                slopes = _newton(own, level, slopes, bends, strength / 4)
            step = sum(slopes) / sum(bends)
            moved += step
            slopes = [slope - bend * step for slope, bend in zip(slopes, bends, strict=True)]
        usual += moved
        steps = [[now - was for now, was in zip(own, old, strict=True)] for own, old in zip(weights, before, strict=True)]
        odds = [one + moved for one in odds]
        for step_of, level in zip(steps, levels, strict=True):
            odds = [one + step_of[place] for one, place in zip(odds, level, strict=True)]
        if max(abs(moved), max((abs(step) for one in steps for step in one), default=0.0)) < _STILL:
            break
    return _Fit(usual, weights)


def _newton(own: list[float], level: Sequence[int], slopes: Sequence[float], bends: Sequence[float], penalty: float) -> list[float]:
    """Newton's step for all levels of one fact: `own` is moved by it; the slopes that are left are given back."""
    slope, bend = [0.0] * len(own), [0.0] * len(own)
    for place, up, curve in zip(level, slopes, bends, strict=True):
        slope[place] += up
        bend[place] += curve
    steps = [(up - penalty * weight) / (curve + penalty) for up, curve, weight in zip(slope, bend, own, strict=True)]
    steps = [max(-_LONGEST_STEP, min(_LONGEST_STEP, step)) for step in steps]
    own[:] = [weight + step for weight, step in zip(own, steps, strict=True)]
    return [up - curve * steps[place] for up, curve, place in zip(slopes, bends, level, strict=True)]


def _log_loss(odds: Sequence[float], outcomes: Sequence[int]) -> float:
    return sum(math.log1p(math.exp(-one if outcome else one)) for one, outcome in zip(odds, outcomes, strict=True)) / len(odds)


def platt(odds: Sequence[float], outcomes: Sequence[int]) -> tuple[float, float]:
    """Slope and shift of log-odds that make chances true on cases a model has not seen (J. Platt, 1999); the slope stays
    between a half and one and a half."""
    slope, shift = 1.0, 0.0
    for _turn in range(30):
        g_slope = g_shift = h_ss = h_sh = h_hh = 1e-9
        for one, outcome in zip(odds, outcomes, strict=True):
            chance = logistic(slope * one + shift)
            error, bend = outcome - chance, chance * (1 - chance)
            g_slope += error * one
            g_shift += error
            h_ss += bend * one * one
            h_sh += bend * one
            h_hh += bend
        weight = h_ss * h_hh - h_sh * h_sh
        if weight < 1e-6:
            break
        step = (h_hh * g_slope - h_sh * g_shift) / weight
        slope, shift = slope + step, shift + (h_ss * g_shift - h_sh * g_slope) / weight
        if abs(step) < 1e-6:
            break
    return (slope, shift) if 0.5 <= slope <= 1.5 else (1.0, 0.0)


def _centred(columns: Sequence[_Column], usual: float, weights: Sequence[Sequence[float]]) -> ChanceModel:
    """The model whose additions average to nothing over the cases it was learned from."""
    facts = []
    for column, own in zip(columns, weights, strict=True):
        often = Counter(column.rows)
        middle = sum(own[place] * number for place, number in often.items()) / len(column.rows)
        usual += middle
        by_level: Mapping[str | None, float] = {name: own[place] - middle for place, name in enumerate(column.names)}
        facts.append(
            FactWeights(
                column.name,
                column.bounds,
                {name: adds for name, adds in by_level.items() if name},
                by_level.get("", 0.0),
                by_level.get(None, 0.0),
            )
        )
    return ChanceModel(usual, facts)
