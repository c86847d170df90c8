"""Learning which words speak for which label: multinomial logistic regression with a penalty, in plain Python.

A message is its stems and pairs of stems, each once, the rarer the weightier, all together of length one, so that a long letter
speaks no louder than a short one. The penalty's strength and how bold the chances are (one divisor for all scores: Guo, Pleiss,
Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017) are found on examples later than those learned from;
time goes one way, so no split is random.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from .stems import terms_of
from .word_model import WordModel, softmax

LEAST_EXAMPLES = 40
LEAST_OF_LABEL = 5
"""A label met less often is not learned: its few examples would be guessed, not known."""
LEARNED_SHARE = 0.7
"""The first so much is learned from when a model is judged, the rest is what it is judged on."""
STRENGTHS = (0.03, 0.1, 0.3, 1.0)
MOST_TERMS = 20_000
_TURNS, _REMEMBERED, _STILL = 60, 7, 1e-4

Progress = Callable[[float], None]
Row = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A message, and what a person said it is."""

    message: str
    label: str
    id: int = 0


class TooFewExamples(ValueError):
    """There is not enough to learn from: how many there are, and how many labels have enough."""

    def __init__(self, examples: int, labels: int) -> None:
        super().__init__(f"{examples} examples of {labels} labels")
        self.examples, self.labels = examples, labels


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model, with the penalty and the divisor that were found."""

    model: WordModel
    strength: float
    divisor: float


def learn_words(examples: Sequence[Example], *, progress: Progress = lambda _share: None, least: int = LEAST_EXAMPLES) -> Learnt:
    """A model of at least so many examples, in the order of time. Raises TooFewExamples."""
    sound = learnable(examples, least)
    labels = sorted({one.label for one in sound})
    tried = []
    for place, strength in enumerate(STRENGTHS):
        scored = [pair for earlier, later in _folds(sound) for pair in _scored(_fit(earlier, labels, strength), later)]
        divisor = _divisor(scored)
        tried.append((_loss_of(scored, divisor), strength, divisor))
        progress((place + 1) / (len(STRENGTHS) + 1))
    _least, strength, divisor = min(tried)
    return Learnt(_cooled(_fit(sound, labels, strength), divisor), strength, divisor)


def _folds(examples: Sequence[Example]) -> list[tuple[Sequence[Example], Sequence[Example]]]:
    """Twice the earlier ones to learn from, and the quarter that came next to try it on."""
    half, last = len(examples) // 2, len(examples) * 3 // 4
    return [(examples[:half], examples[half:last]), (examples[:last], examples[last:])]


def learnable(examples: Sequence[Example], least: int = LEAST_EXAMPLES) -> list[Example]:
    """Those with words, of labels met often enough. Raises TooFewExamples."""
    worded = [one for one in examples if terms_of(one.message)]
    counted = Counter(one.label for one in worded)
    often = {label for label, number in counted.items() if number >= LEAST_OF_LABEL}
    sound = [one for one in worded if one.label in often]
    if len(sound) < least or len(often) < 2:
        raise TooFewExamples(len(worded), len(often))
    return sound


def _fit(examples: Sequence[Example], labels: Sequence[str], strength: float) -> WordModel:
    """The coefficients of one penalty, by L-BFGS."""
    bags = [terms_of(one.message).keys() for one in examples]
    places, rarity = _terms(bags)
    rows = [_row(bag, places, rarity) for bag in bags]
    truth = [labels.index(one.label) for one in examples]
    number = len(labels)
    found = _minimise(lambda at: _loss_and_slope(at, rows, truth, number, strength), [0.0] * (number * (len(places) + 1)))
    weights = {term: found[number * place : number * (place + 1)] for term, place in places.items()}
    return WordModel(tuple(labels), tuple(found[-number:]), dict(rarity), weights)


def _terms(bags: Sequence[Iterable[str]]) -> tuple[dict[str, int], dict[str, float]]:
    """The terms of more than one message, with their places and how much they count: a word of one message alone may be a name,
    and says nothing of others."""
    met = Counter(term for bag in bags for term in bag)
    least = {False: 2, True: 3}
    kept = [term for term, number in met.most_common(MOST_TERMS) if number >= least[" " in term]]
    return {term: place for place, term in enumerate(kept)}, {
        term: math.log((1 + len(bags)) / (1 + met[term])) + 1 for term in kept
    }


def _row(bag: Iterable[str], places: Mapping[str, int], rarity: Mapping[str, float]) -> Row:
    known = [term for term in bag if term in places]
    length = math.sqrt(sum(rarity[term] ** 2 for term in known)) or 1.0
    return tuple((places[term], rarity[term] / length) for term in known)


def _loss_and_slope(
    at: list[float], rows: Sequence[Row], truth: Sequence[int], number: int, strength: float
) -> tuple[float, list[float]]:
    """The penalised log loss summed over the examples, and its slope; the last `number` places are the usual scores, unpenalised."""
    last = len(at) - number
    slope = [strength * one for one in at[:last]] + [0.0] * number
    loss = strength / 2 * sum(one * one for one in at[:last])
    for row, true in zip(rows, truth, strict=True):
        scores = at[last:]
        for place, value in row:
            start = place * number
            for step in range(number):
                scores[step] += at[start + step] * value
        chances = softmax(scores)
        loss -= math.log(max(chances[true], 1e-12))
        chances[true] -= 1.0
        for place, value in row:
            start = place * number
            for step in range(number):
                slope[start + step] += chances[step] * value
        for step in range(number):
            slope[last + step] += chances[step]
    return loss, slope


def _minimise(function: Callable[[list[float]], tuple[float, list[float]]], at: list[float]) -> list[float]:
    """L-BFGS with halved steps until the loss falls (Nocedal, Wright, "Numerical Optimization", ch. 7)."""
    loss, slope = function(at)
    remembered: deque[tuple[list[float], list[float], float]] = deque(maxlen=_REMEMBERED)
    for _turn in range(_TURNS):
        way = _downhill(slope, remembered)
        steepness = _dot(way, slope)
        step = 1.0 if remembered else 1.0 / (1.0 + math.sqrt(_dot(slope, slope)))
        for _halving in range(20):
            there = [a + step * b for a, b in zip(at, way, strict=True)]
            next_loss, next_slope = function(there)
            if next_loss <= loss + 1e-4 * step * steepness:
                break
            step /= 2
        else:
            return at
        moved = [a - b for a, b in zip(there, at, strict=True)]
        turned = [a - b for a, b in zip(next_slope, slope, strict=True)]
        curve = _dot(moved, turned)
        if curve > 1e-12:
            remembered.append((moved, turned, 1.0 / curve))
        is_still = loss - next_loss < _STILL * max(1.0, loss)
        at, loss, slope = there, next_loss, next_slope
        if is_still:
            break
    return at


def _downhill(slope: list[float], remembered: Sequence[tuple[list[float], list[float], float]]) -> list[float]:
    way = [-one for one in slope]
    held = []
    for moved, turned, over in reversed(remembered):
        share = over * _dot(moved, way)
        way = [a - share * b for a, b in zip(way, turned, strict=True)]
        held.append(share)
    if remembered:
        moved, turned, over = remembered[-1]
        scale = 1.0 / (over * _dot(turned, turned))
        way = [scale * one for one in way]
    for (moved, turned, over), share in zip(remembered, reversed(held), strict=True):
        back = over * _dot(turned, way)
        way = [a + (share - back) * b for a, b in zip(way, moved, strict=True)]
    return way


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return float(sum(map(mul, one, other)))


def _scores(model: WordModel, message: str) -> list[float]:
    """The scores of a message, before they become chances."""
    known = [term for term in terms_of(message) if term in model.weights]
    length = math.sqrt(sum(model.rarity[term] ** 2 for term in known)) or 1.0
    scores = list(model.usual)
    for term in known:
        for place, weight in enumerate(model.weights[term]):
            scores[place] += weight * model.rarity[term] / length
    return scores


def _divisor(scored: Sequence[tuple[list[float], int]]) -> float:
    """By how much all scores are divided so that the chances come true on later examples: above 1 when they were too bold."""
    if len(scored) < LEAST_OF_LABEL:
        return 1.0
    low, high = math.log(0.2), math.log(5.0)
    for _turn in range(30):
        third = (high - low) / 3
        if _loss_of(scored, math.exp(low + third)) < _loss_of(scored, math.exp(high - third)):
            high -= third
        else:
            low += third
    return math.exp((low + high) / 2)


def _scored(model: WordModel, later: Sequence[Example]) -> list[tuple[list[float], int]]:
    return [(_scores(model, one.message), model.labels.index(one.label)) for one in later]


def _loss_of(scored: Sequence[tuple[list[float], int]], divisor: float) -> float:
    return -sum(math.log(max(softmax([one / divisor for one in scores])[true], 1e-12)) for scores, true in scored)


def _cooled(model: WordModel, divisor: float) -> WordModel:
    weights = {term: [one / divisor for one in row] for term, row in model.weights.items()}
    return WordModel(model.labels, tuple(one / divisor for one in model.usual), model.rarity, weights)
