"""A process of its own that learns and goes: cases as JSON on its input, progress and the model as lines of JSON on its output.

Learning holds a processor for a minute and many cases in memory. Neither the worker's other jobs nor its memory see any of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import TextIO

from .chance import ChanceModel, read_chance_model
from .chance_learning import Case, Progress, TooFewCases, learn


class LearningStopped(Exception):
    """The process ended without a model."""


def learn_apart(cases: Sequence[Case], progress: Progress = lambda _share: None) -> ChanceModel:
    """The chance of a sale, learned in a process of its own. Raises TooFewCases, LearningStopped."""
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdin is not None, "it was asked for"
        assert process.stdout is not None, "it was asked for"
        json.dump([[dict(case.arrival), case.is_won] for case in cases], process.stdin)
        process.stdin.close()
        for line in process.stdout:
            said = json.loads(line)
            if "progress" in said:
                progress(said["progress"])
            elif "few" in said:
                raise TooFewCases(said["few"])
            else:
                return read_chance_model(said["model"])
    raise LearningStopped(f"exit code {process.returncode}")


def main(given: TextIO, out: TextIO) -> None:
    """Learn from what is on the input; say the model, or why there is none."""
    cases = [Case(arrival, is_won) for arrival, is_won in json.load(given)]

    def say(**said: object) -> None:
        print(json.dumps(said, ensure_ascii=False), file=out, flush=True)

    try:
        say(model=learn(cases, lambda share: say(progress=round(share, 3))).model.as_json())
    except TooFewCases as error:
        say(few=str(error))


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
