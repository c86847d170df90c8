"""What an agency's corrections have taught about words: how sure one may be of a class or a category by the message alone.

A model is plain data (JSON): for every stem and pair of stems, how much it speaks for each label. Learned by `word_learning`,
judged by `word_judging`; used where no criterion matches.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .conditions import RulesetError
from .facts import Reason
from .stems import terms_of

SUREST = 0.99
"""Nobody is surer than this by words alone."""
MOST_WORDS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Guess:
    """What the words say: the likeliest label, how sure (0 to 1), and the words that decided, as they were written."""

    label: str
    sure: float
    words: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For a stored reason."""
        return {"label": self.label, "sure": round(self.sure, 3), "words": list(self.words)}


@dataclass(frozen=True, slots=True)
class WordModel:
    """Coefficients by term, in the order of `labels`; `rarity` is how much a term counts in a message, the rarer the more."""

    labels: tuple[str, ...]
    usual: tuple[float, ...]
    rarity: Mapping[str, float]
    weights: Mapping[str, Sequence[float]]

    def guess(self, message: str) -> Guess | None:
        """What a message is by its words; None when it has none of those the model knows."""
        written = terms_of(message)
        known = [(term, self.rarity[term]) for term in written if term in self.weights]
        if not known:
            return None
        length = math.sqrt(sum(value * value for _term, value in known))
        scores = list(self.usual)
        for term, value in known:
            for place, weight in enumerate(self.weights[term]):
                scores[place] += weight * value / length
        chances = softmax(scores)
        best = max(range(len(chances)), key=chances.__getitem__)
        return Guess(self.labels[best], min(chances[best], SUREST), self._deciding(best, scores, known, written))

    def _deciding(
        self, best: int, scores: Sequence[float], known: Sequence[tuple[str, float]], written: Mapping[str, str]
    ) -> tuple[str, ...]:
        """The words that told the best label from the next one; a word within a pair that is shown is not shown again."""
        others = [place for place in range(len(scores)) if place != best]
        rival = max(others, key=scores.__getitem__, default=best)
        told = [((self.weights[term][best] - self.weights[term][rival]) * value, written[term]) for term, value in known]
        shown: list[str] = []
        for tells, words in sorted(told, reverse=True):
            if tells <= 0 or len(shown) == MOST_WORDS_SHOWN:
                break
            if not any(set(words.split()) & set(other.split()) for other in shown):
                shown.append(words)
        return tuple(shown)

    def as_json(self) -> dict[str, Any]:
        """For a jsonb column; `read_word_model` reads it."""
        terms = {term: [round(self.rarity[term], 3), *(round(one, 3) for one in weights)] for term, weights in self.weights.items()}
        return {"labels": list(self.labels), "usual": [round(one, 4) for one in self.usual], "terms": terms}


def read_word_model(kept: Mapping[str, Any]) -> WordModel:
    """A model from its stored form. Raises RulesetError."""
    try:
        labels = tuple(str(label) for label in kept["labels"])
        usual = tuple(float(one) for one in kept["usual"])
        terms = {str(term): [float(one) for one in row] for term, row in kept["terms"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RulesetError("words", f"cannot be read: {error}") from error
    if len(labels) < 2 or len(usual) != len(labels) or any(len(row) != len(labels) + 1 for row in terms.values()):
        raise RulesetError("words", "has rows of different lengths")
    return WordModel(labels, usual, {term: row[0] for term, row in terms.items()}, {term: row[1:] for term, row in terms.items()})


def softmax(scores: Sequence[float]) -> list[float]:
    """Chances that stand for scores, adding up to one."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def by_model(guess: Guess) -> Reason:
    """The stored reason of what the model decided."""
    return {"code": "model", "sure": round(guess.sure, 3), "words": list(guess.words)}
