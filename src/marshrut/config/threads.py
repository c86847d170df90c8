"""A fixed number of threads for a loop: whichever was busy last is asked first, so that its connections' caches are warm.

Why not a ThreadPoolExecutor: each call of it makes two futures with their locks and wakes the loop twice, which costs an
empty request as much as Django does. Here the loop alone knows who is idle, and nothing needs a lock.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be done, and who waits for it."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    future: asyncio.Future[Any]


Calls = SimpleQueue[Call | None]


class Threads:
    """Runs functions in at most `most` threads, begun when they are first needed. Belongs to one event loop."""

    def __init__(self, most: int, *, name: str) -> None:
        self._most, self._name = most, name
        self._threads: list[tuple[Thread, Calls]] = []
        self._idle: list[Calls] = []
        self._waiting: deque[Call] = deque()

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """What the function returns or raises, in one of the threads."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        call = Call(function, arguments, future)
        if self._idle:
            self._idle.pop().put(call)
        elif len(self._threads) < self._most:
            self._begin().put(call)
        else:
            self._waiting.append(call)
        return await future

    def close(self) -> None:
        """Let running calls end, for which the process waits; take no more."""
        for call in self._waiting:
            call.future.cancel()
        self._waiting.clear()
        for _thread, calls in self._threads:
            calls.put(None)
        Thread(target=self._wait, name=f"{self._name}-end").start()

    def _wait(self) -> None:
        for thread, _calls in self._threads:
            thread.join()

    def _begin(self) -> Calls:
        calls: Calls = SimpleQueue()
        thread = Thread(target=self._work, args=(calls,), name=f"{self._name}-{len(self._threads)}", daemon=True)
        self._threads.append((thread, calls))
        thread.start()
        return calls

    def _work(self, calls: Calls) -> None:
        """In a thread: one call after another."""
        while (call := calls.get()) is not None:
            result, error = None, None
            try:
                result = call.function(*call.arguments)
            except BaseException as raised:
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                call.future.get_loop().call_soon_threadsafe(self._end, calls, call.future, result, error)
            del call, result, error  # nothing of a request is held while none is there

    def _end(self, calls: Calls, future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        """In the loop: the thread takes what waits, or rests; the caller goes on."""
        if self._waiting:
            calls.put(self._waiting.popleft())
        else:
            self._idle.append(calls)
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
