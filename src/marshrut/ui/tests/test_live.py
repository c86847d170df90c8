"""Live streams: who hears what, and when a browser is told to fetch everything anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from marshrut.ui.live import Hub, Stream, read_since


@dataclass
class Employee:
    """A viewer who sees what is theirs, or all of an office."""

    id: int
    office: int | None = None

    def sees(self, owner_id: int | None, office_id: int | None) -> bool:
        return owner_id == self.id or (self.office is not None and office_id == self.office)


class Door:
    """The gate of these tests: sessions that may end and viewers that may change; counts how often it was asked."""

    def __init__(self) -> None:
        self.sessions: dict[str, Employee] = {"anna": Employee(1), "boris": Employee(2), "chief": Employee(3, office=7)}
        self.asked = 0

    async def ask(self, key: str) -> Employee | None:
        self.asked += 1
        return self.sessions.get(key)


class Browser:
    """The other end of one stream."""

    def __init__(self) -> None:
        self.received = b""
        self.is_over = False
        self.leaves = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        self.received += message.get("body", b"")
        self.is_over = message["type"] == "http.response.body" and not message.get("more_body", False)

    async def receive(self) -> dict[str, Any]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def hears(self, part: bytes) -> bool:
        return await within(lambda: part in self.received)


async def within(is_so: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Whether it comes true in time; the loop runs on meanwhile."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        await asyncio.sleep(0.005)
    return is_so()


@asynccontextmanager
async def listening(hub: Hub, door: Door, key: str, **how: Any) -> AsyncIterator[tuple[Browser, Stream]]:
    """A browser of this session with an open stream."""
    browser = Browser()
    stream = hub.open(key, door.sessions[key], since=how.get("since"), is_return=how.get("is_return", False))
    serving = asyncio.create_task(stream.serve(browser.receive, browser.send))
    await browser.hears(b"retry: ")
    yield browser, stream
    browser.leaves.set()
    await asyncio.wait_for(serving, 5)


def played(scene: Callable[[Hub, Door], Awaitable[None]]) -> None:
    """Play a scene with a hub and its door."""

    async def run() -> None:
        door = Door()
        await scene(Hub(door.ask), door)

    asyncio.run(run())


def test_an_announcement_reaches_its_owner_and_supervisor_and_no_stranger() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        async with (
            listening(hub, door, "anna") as (anna, _),
            listening(hub, door, "boris") as (boris, _),
            listening(hub, door, "chief") as (chief, _),
        ):
            hub.spread('{"kind":"inquiry","id":5,"owner":1,"office":7}')
            hub.spread('{"kind":"task","id":6,"owner":2,"office":8}')
            assert await anna.hears(b'event: inquiry\ndata: {"kind":"inquiry","id":5,"owner":1,"office":7}\n\n')
            assert await chief.hears(b'"id":5')
            assert await boris.hears(b'"id":6')
            assert b'"id":6' not in anna.received + chief.received
            assert b'"id":5' not in boris.received

    played(scene)


def test_a_browser_that_returns_is_told_to_fetch_everything_anew() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        async with listening(hub, door, "anna", is_return=True) as (anna, _):
            assert await anna.hears(b"event: resync\n")

    played(scene)


def test_a_page_older_than_something_it_should_show_resyncs_and_others_do_not() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        rendered_at = time.time()
        hub.spread('{"kind":"inquiry","id":5,"owner":1,"office":7}')
        async with (
            listening(hub, door, "anna", since=rendered_at) as (anna, _),
            listening(hub, door, "boris", since=rendered_at) as (boris, _),
            listening(hub, door, "chief", since=time.time() + 1) as (chief, _),
        ):
            assert await anna.hears(b"event: resync\n")
            assert b"resync" not in boris.received + chief.received
        async with listening(hub, door, "boris", since=rendered_at - 3600) as (boris, _):
            assert await boris.hears(b"event: resync\n")  # from before this process listened: nobody knows

    played(scene)


def test_a_browser_too_slow_for_its_events_gets_one_resync_instead() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        async with listening(hub, door, "anna") as (anna, _):
            for number in range(500):  # no pause: the stream has no turn to send between them
                hub.spread(f'{{"kind":"inquiry","id":{number},"owner":1,"office":7}}')
            assert await anna.hears(b"event: resync\n")
            assert anna.received.count(b"event: ") == 1

    played(scene)


def test_a_session_that_ended_ends_its_stream_before_anything_more_is_said() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        async with listening(hub, door, "anna") as (anna, stream):
            del door.sessions["anna"]
            stream.asked_at -= 6  # as if six seconds had gone by
            hub.spread('{"kind":"inquiry","id":5,"owner":1,"office":7}')
            assert await within(lambda: anna.is_over)
            assert b'"id":5' not in anna.received

    played(scene)


def test_a_changed_right_counts_at_once_when_it_is_announced() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        async with listening(hub, door, "chief") as (chief, _), listening(hub, door, "boris") as (boris, _):
            door.sessions["chief"] = Employee(3)
            hub.spread('{"kind":"access_changed","id":3}')
            hub.spread('{"kind":"inquiry","id":5,"owner":2,"office":7}')
            assert await boris.hears(b'"id":5')
            assert await within(lambda: door.asked > 0)
            assert b'"id":5' not in chief.received
            assert b"access_changed" not in chief.received

    played(scene)


def test_a_fresh_answer_about_the_viewer_is_not_asked_again() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        async with listening(hub, door, "anna") as (anna, _):
            for number in range(5):
                hub.spread(f'{{"kind":"inquiry","id":{number},"owner":1,"office":7}}')
                assert await anna.hears(b'"id":%d' % number)
        assert door.asked == 0

    played(scene)


def test_an_announcement_nobody_understands_harms_nobody() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        async with listening(hub, door, "anna") as (anna, _):
            for broken in ("", "5", "[]", '"x"', "{}", "{", '{"owner":1}'):
                hub.spread(broken)
            hub.spread('{"kind":"inquiry","id":5,"owner":1,"office":7}')
            assert await anna.hears(b'"id":5')

    played(scene)


def test_closing_the_hub_ends_every_stream() -> None:
    async def scene(hub: Hub, door: Door) -> None:
        async with listening(hub, door, "anna") as (anna, _), listening(hub, door, "boris") as (boris, _):
            hub.close()
            assert await within(lambda: anna.is_over and boris.is_over)

    played(scene)


def test_ids_of_events_only_rise() -> None:
    hub = Hub(Door().ask)
    ids = [hub.next_id() for _ in range(1000)]
    assert ids == sorted(set(ids))


def test_a_strangers_query_is_read_without_a_stumble() -> None:
    assert read_since(b"since=12.5") == 12.5
    for broken in (b"", b"since=", b"since=x", b"x=1", b"\xff=\xff"):
        assert read_since(broken) is None
