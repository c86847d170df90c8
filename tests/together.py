"""Several callers at the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

MOST = 8


def at_once(calls: Sequence[Callable[[], Any]], most: int = MOST) -> list[Any]:
    """What each call answered; all of them are let go together, by at most so many threads."""
    from django.db import connections  # Django is set up after the tests' configuration is read

    gate = threading.Barrier(min(len(calls), most))

    def run(part: Sequence[Callable[[], Any]]) -> list[Any]:
        try:
            gate.wait(timeout=20)
            return [call() for call in part]
        finally:
            connections.close_all()

    parts = [calls[n :: gate.parties] for n in range(gate.parties)]
    with ThreadPoolExecutor(gate.parties) as pool:
        return [answer for answers in pool.map(run, parts) for answer in answers]
