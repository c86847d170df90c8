"""Learning of words in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from .apart import Progress, answer_apart, run_apart
from .word_judging import Judged, as_rows, learn_and_judge, read_judged
from .word_learning import Example, TooFewExamples


def learn_words_apart(
    examples: Sequence[Example], progress: Progress = lambda _share: None
) -> tuple[dict[str, Any], dict[str, Any], list[Judged]]:
    """As `learn_and_judge`. Raises TooFewExamples, LearningStopped."""
    said = run_apart(__name__, [[one.message, one.label, one.id] for one in examples], progress)
    if "few" in said:
        raise TooFewExamples(*said["few"])
    return said["model"], said["figures"], read_judged(said["judged"])


def work(given: Any, progress: Progress) -> dict[str, Any]:
    """Learn from what was given; the model with its figures, or how much there was when it was too little."""
    try:
        model, figures, judged = learn_and_judge([Example(*row) for row in given], progress)
    except TooFewExamples as error:
        return {"few": [error.examples, error.labels]}
    return {"model": model, "figures": figures, "judged": as_rows(judged)}


if __name__ == "__main__":
    answer_apart(work, sys.stdin, sys.stdout)
