"""A process of its own that learns and goes: what it is given as JSON on its input, progress and the result as lines of JSON out.

Learning holds a processor for a while and many cases in memory. Neither the worker's other jobs nor its memory see any of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TextIO

Progress = Callable[[float], None]


class LearningStopped(Exception):
    """The process ended without a result."""


def run_apart(module: str, given: Any, progress: Progress) -> dict[str, Any]:
    """What a module, run as a program, says of what it is given. Raises LearningStopped."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdin is not None, "it was asked for"
        assert process.stdout is not None, "it was asked for"
        json.dump(given, process.stdin)
        process.stdin.close()
        for line in process.stdout:
            said: dict[str, Any] = json.loads(line)
            if "progress" not in said:
                return said
            progress(said["progress"])
    raise LearningStopped(f"exit code {process.returncode}")


def answer_apart(work: Callable[[Any, Progress], dict[str, Any]], given: TextIO, out: TextIO) -> None:
    """The other end: do the work with what is on the input, say how far it is and what came of it."""

    def say(**said: object) -> None:
        print(json.dumps(said, ensure_ascii=False), file=out, flush=True)

    say(**work(json.load(given), lambda share: say(progress=round(share, 3))))
