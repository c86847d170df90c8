"""The threads that requests are answered in."""

from __future__ import annotations

import asyncio
import threading
from threading import current_thread

import pytest

from marshrut.config.threads import Threads


def name_of_thread() -> str:
    return current_thread().name


def test_no_more_run_at_once_than_there_are_threads_and_the_rest_wait_their_turn() -> None:
    async def ask() -> None:
        threads, gate, met = Threads(2, name="few"), threading.Event(), threading.Barrier(3)

        def hold(number: int) -> int:
            if not gate.is_set():
                met.wait(5)
            gate.wait(5)
            return number

        calls = [asyncio.create_task(threads.run(hold, number)) for number in range(5)]
        await asyncio.to_thread(met.wait, 5)
        assert [call.done() for call in calls] == [False] * 5
        gate.set()
        assert await asyncio.gather(*calls) == [0, 1, 2, 3, 4]
        threads.close()

    asyncio.run(ask())


def test_whoever_was_busy_last_is_asked_first() -> None:
    async def ask() -> None:
        threads, both = Threads(2, name="warm"), threading.Barrier(2)
        await asyncio.gather(threads.run(both.wait, 5), threads.run(both.wait, 5))
        last = await threads.run(name_of_thread)
        assert {await threads.run(name_of_thread) for _ in range(5)} == {last}
        threads.close()

    asyncio.run(ask())


def test_an_error_is_its_callers_and_the_thread_goes_on() -> None:
    async def ask() -> None:
        threads = Threads(1, name="brave")
        with pytest.raises(ValueError, match="nothing"):
            await threads.run(int, "nothing")
        assert await threads.run(int, "7") == 7
        threads.close()

    asyncio.run(ask())


def test_at_the_end_what_runs_is_finished_and_what_waits_is_given_up() -> None:
    done: list[str] = []

    async def ask() -> None:
        threads, begun, gate = Threads(1, name="last"), threading.Event(), threading.Event()

        def work() -> None:
            begun.set()
            gate.wait(5)
            done.append("finished")

        running = asyncio.create_task(threads.run(work))
        waiting = asyncio.create_task(threads.run(done.append, "never"))
        await asyncio.to_thread(begun.wait, 5)
        threads.close()
        gate.set()
        await running
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(ask())
    assert done == ["finished"]
