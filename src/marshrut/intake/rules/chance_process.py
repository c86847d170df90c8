"""Learning the chance of a sale in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from .apart import Progress, answer_apart, run_apart
from .chance import ChanceModel, read_chance_model
from .chance_learning import Case, TooFewCases, learn


def learn_apart(cases: Sequence[Case], progress: Progress = lambda _share: None) -> ChanceModel:
    """The chance of a sale. Raises TooFewCases, LearningStopped."""
    said = run_apart(__name__, [[dict(case.arrival), case.is_won] for case in cases], progress)
    if "few" in said:
        raise TooFewCases(said["few"])
    return read_chance_model(said["model"])


def work(given: Any, progress: Progress) -> dict[str, Any]:
    """Learn from what was given; the model, or why there is none."""
    try:
        return {"model": learn([Case(arrival, is_won) for arrival, is_won in given], progress).model.as_json()}
    except TooFewCases as error:
        return {"few": str(error)}


if __name__ == "__main__":
    answer_apart(work, sys.stdin, sys.stdout)
