"""How good a model of words is on later messages than it learned from: which labels it takes for which, and how far its own
certainty can be believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .word_learning import LEARNED_SHARE, Example, Progress, learn_words, learnable

CONFIDENCES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""What an agency may choose from; below a half words are a coin."""
MOST_JUDGED = 2000
USUAL_CONFIDENCE = 0.8


@dataclass(frozen=True, slots=True)
class Judged:
    """One later message: what a person said it is, what the model would have said ("" nothing), and how sure it was."""

    id: int
    truth: str
    guess: str
    sure: float

    @property
    def is_right(self) -> bool:
        return self.guess == self.truth


@dataclass(frozen=True, slots=True)
class AtConfidence:
    """What a confidence would have made of the later messages: so many of all decided, and so many of these right."""

    confidence: float
    all: int
    decided: int
    right: int

    @property
    def share(self) -> float:
        """Of all, how many would be decided, 0 to 1."""
        return self.decided / self.all if self.all else 0.0

    @property
    def rightness(self) -> float | None:
        """Of those decided, how many rightly, 0 to 1; None when none would be."""
        return self.right / self.decided if self.decided else None


def learn_and_judge(
    examples: Sequence[Example], progress: Progress = lambda _share: None
) -> tuple[dict[str, Any], dict[str, Any], list[Judged]]:
    """The model of all examples (in the order of time) as JSON, its figures, and how a model of the earlier ones judges the later.
    Raises TooFewExamples."""
    sound = learnable(examples)
    cut = int(len(sound) * LEARNED_SHARE)
    earlier = learn_words(sound[:cut], progress=lambda share: progress(share * 0.4), least=1)
    judged = [_judged(one, earlier.model.guess(one.message)) for one in sound[cut:][-MOST_JUDGED:]]
    learnt = learn_words(sound, progress=lambda share: progress(0.4 + share * 0.6))
    figures = {
        "examples": len(sound), "earlier": cut, "later": len(judged), "labels": dict(Counter(one.label for one in sound)),
        "right": sum(one.is_right for one in judged), "gap": round(gap(judged), 3), "strength": learnt.strength,
        "divisor": round(learnt.divisor, 3), "usual": usual_share([one.label for one in sound[:cut]], judged),
    }  # fmt: skip
    return learnt.model.as_json(), figures, judged


def _judged(example: Example, guess: Any) -> Judged:
    return Judged(example.id, example.label, guess.label if guess else "", guess.sure if guess else 0.0)


def usual_share(earlier: Sequence[str], judged: Sequence[Judged]) -> float:
    """How many would be right if the label most frequent earlier were said of every later one: what a model has to beat."""
    usual = Counter(earlier).most_common(1)[0][0] if earlier else ""
    return round(sum(one.truth == usual for one in judged) / len(judged), 3) if judged else 0.0


def gap(judged: Sequence[Judged], spans: int = 5) -> float:
    """How far certainty and truth lie apart on average, 0 to 1: in spans of certainty, each by its number of messages."""
    known = sorted((one for one in judged if one.guess), key=lambda one: one.sure)
    if not known:
        return 0.0
    size = max(1, -(-len(known) // spans))
    cuts = [known[start : start + size] for start in range(0, len(known), size)]
    return sum(abs(sum(one.sure for one in cut) - sum(one.is_right for one in cut)) for cut in cuts) / len(known)


def confusion(judged: Sequence[Judged]) -> Mapping[tuple[str, str], list[Judged]]:
    """The later messages by (what it was, what the model said)."""
    cells: dict[tuple[str, str], list[Judged]] = {}
    for one in judged:
        cells.setdefault((one.truth, one.guess), []).append(one)
    return cells


def at_confidence(judged: Sequence[Judged], confidence: float) -> AtConfidence:
    """What would be decided from this confidence on."""
    decided = [one for one in judged if one.guess and one.sure >= confidence]
    return AtConfidence(confidence, len(judged), len(decided), sum(one.is_right for one in decided))


def as_rows(judged: Sequence[Judged]) -> list[list[Any]]:
    """For a jsonb column; `read_judged` reads it."""
    return [[one.id, one.truth, one.guess, round(one.sure, 3)] for one in judged]


def read_judged(rows: Sequence[Sequence[Any]]) -> list[Judged]:
    """The judged messages from their stored form."""
    return [Judged(int(number), str(truth), str(guess), float(sure)) for number, truth, guess, sure in rows]
