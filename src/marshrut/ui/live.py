"""Live updates: what one transaction announces, every browser that may see it hears within a second.

Triggers of the tables announce on one channel (``{"kind", "id", "owner", "office", …}``: ids only, and a rolled-back
transaction says nothing). Each web process listens once and passes an announcement to those of its streams whose viewer
sees that owner and office; one with ``"for"`` goes to that employee alone. An upper room says who a session's viewer is
by registering a gate.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs

import psycopg
from django.db import connection

CHANNEL = "marshrut_live"
ACCESS_CHANGED = "access_changed"
HEARTBEAT_SECONDS = 15.0
VIEWER_AGE_SECONDS = 5.0  # nothing is shown to a viewer whose rights were asked longer ago
_RETRY_MILLISECONDS = 2000
_QUEUE_LENGTH = 200  # events a slow browser may lag behind before it is told to fetch everything anew
_GATHER_SECONDS = 0.05  # a burst of announcements wakes the process once, not once each
_REMEMBERED = 2000  # events kept to answer "did anything happen since the page was rendered?"
_log = logging.getLogger(__name__)


class Viewer(Protocol):
    """Whoever reads a stream."""

    @property
    def id(self) -> int | None: ...

    def sees(self, owner_id: int | None, office_id: int | None, /) -> bool:
        """Whether things of that owner and office may be known to this viewer."""


Gate = Callable[[str], Viewer | None]
_gates: list[Gate] = []


def register_gate(gate: Gate) -> None:
    """Say who may open a stream: `gate` takes a session key and gives the viewer, or None for nobody."""
    _gates[:] = [gate]


def authenticate(session_key: str) -> Viewer | None:
    """The viewer of a session, asked of the registered gate; without a gate, nobody."""
    return _gates[0](session_key) if _gates else None


def announce_access_changed(employee: int) -> None:
    """Announce at commit that this employee's session or rights changed: their streams are asked again at once."""
    payload = json.dumps({"kind": ACCESS_CHANGED, "id": employee})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


@dataclass(frozen=True)
class Event:
    """One announcement: whose it is, and the bytes every stream sends for it."""

    owner: int | None
    office: int | None
    at: float  # seconds since the epoch
    wire: bytes
    only: int | None = None  # for this employee alone

    def is_for(self, viewer: Viewer) -> bool:
        """Whether this viewer may know of it."""
        return viewer.id == self.only if self.only is not None else viewer.sees(self.owner, self.office)


def _wire(id: int, kind: str, payload: str) -> bytes:
    """An event in the text/event-stream format; JSON holds no line breaks, and a kind may not bring any."""
    return f"id: {id}\nevent: {kind if kind.isidentifier() else 'message'}\ndata: {payload}\n\n".encode()


def read_since(query: bytes) -> float | None:
    """The moment (seconds since the epoch) a page says it was rendered at, in ``?since=``."""
    with contextlib.suppress(ValueError, KeyError):
        return float(parse_qs(query.decode("latin-1"))["since"][0])
    return None


class Hub:
    """All open streams of one web process, and its one listening connection."""

    def __init__(self, ask: Callable[[str], Awaitable[Viewer | None]]) -> None:
        self.ask = ask
        self.is_closed = False
        self._streams: set[Stream] = set()
        self._recent: deque[Event] = deque(maxlen=_REMEMBERED)
        self._heard_from = time.time()  # since when nothing was missed
        self._ids = _rising_ids()

    def next_id(self) -> int:
        return next(self._ids)

    def open(self, session_key: str, viewer: Viewer, *, since: float | None, is_return: bool) -> Stream:
        """A stream for a viewer; one that returns, or whose page is older than something it should show, resyncs."""
        stream = Stream(self, session_key, viewer)
        stream.is_behind = is_return or (since is not None and self._was_missed(viewer, since))
        self._streams.add(stream)
        return stream

    def _was_missed(self, viewer: Viewer, since: float) -> bool:
        if since < self._heard_from:
            return True
        return any(event.at >= since and event.is_for(viewer) for event in self._recent)

    def leave(self, stream: Stream) -> None:
        self._streams.discard(stream)

    def close(self) -> None:
        """End all streams; browsers come back by themselves."""
        self.is_closed = True
        for stream in self._streams:
            stream.woken.set()

    async def listen(self, database: dict[str, Any]) -> None:
        """Listen until cancelled, with Django's connection settings; after a lost connection all streams resync."""
        parameters = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        known = {name: database[key] for name, key in parameters.items() if database.get(key)}
        pause = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**known, autocommit=True) as listener:
                    await listener.execute(f"LISTEN {CHANNEL}")
                    pause = 0.1
                    self._begin_anew()
                    while True:
                        async for notification in listener.notifies(stop_after=1):
                            self.hear(notification.payload)
                        await asyncio.sleep(_GATHER_SECONDS)
            except psycopg.Error as problem:
                _log.warning("Live updates lost their connection: %s", problem)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    def _begin_anew(self) -> None:
        self._heard_from = time.time()
        self._recent.clear()
        for stream in self._streams:
            stream.fall_behind()

    def hear(self, payload: str) -> None:
        """One announcement. While nobody looks it is not even read: whoever comes later resyncs once."""
        if self._streams:
            self.spread(payload)
        else:
            self._heard_from = time.time()

    def spread(self, payload: str) -> None:
        """Pass one announcement to the streams whose viewer sees it."""
        try:
            said = json.loads(payload)
            kind, owner, office = str(said["kind"]), said.get("owner"), said.get("office")
        except (ValueError, KeyError, TypeError, AttributeError):
            _log.warning("An announcement on %s is not understood: %.80s", CHANNEL, payload)
            return
        if kind == ACCESS_CHANGED:
            for stream in self._streams:
                if stream.viewer.id == said.get("id"):
                    stream.doubt()
            return
        event = Event(owner, office, time.time(), _wire(self.next_id(), kind, payload), said.get("for"))
        self._recent.append(event)
        for stream in self._streams:
            if event.is_for(stream.viewer):
                stream.offer(event)


def _rising_ids() -> Iterator[int]:
    """Ids that rise within a process and over its restarts: microseconds of the clock, each given once."""
    last = 0
    while True:
        last = max(last + 1, time.time_ns() // 1000)
        yield last


@dataclass(eq=False)
class Stream:
    """One browser's open connection."""

    hub: Hub
    session_key: str
    viewer: Viewer
    is_behind: bool = False
    asked_at: float = field(default_factory=time.monotonic)
    waiting: deque[Event] = field(default_factory=deque)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, event: Event) -> None:
        if len(self.waiting) >= _QUEUE_LENGTH:
            self.fall_behind()
        elif not self.is_behind:
            self.waiting.append(event)
            self.woken.set()

    def fall_behind(self) -> None:
        """Forget what waits and tell the page to fetch everything anew."""
        self.waiting.clear()
        self.is_behind = True
        self.woken.set()

    def doubt(self) -> None:
        """Ask who the viewer is before anything else is said."""
        self.asked_at = float("-inf")
        self.woken.set()

    async def serve(self, receive: Any, send: Any) -> None:
        """Send events until the browser leaves, its session ends or the process stops."""
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        leaving = asyncio.create_task(self._notice_leaving(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send(_body(b"retry: %d\n\n" % _RETRY_MILLISECONDS))
            while not self.hub.is_closed and not leaving.done() and await self._is_still_welcome():
                if wire := self._take():
                    await send(_body(wire))
                    continue
                await self._rest(send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.hub.leave(self)
            leaving.cancel()

    async def _notice_leaving(self, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.woken.set()

    async def _is_still_welcome(self) -> bool:
        """Ask again who the viewer is when something is to be said or the last answer is a heartbeat old."""
        age = time.monotonic() - self.asked_at
        is_due = age > VIEWER_AGE_SECONDS if self.waiting or self.is_behind else age >= HEARTBEAT_SECONDS
        if not is_due:
            return True
        viewer = await self.hub.ask(self.session_key)
        if viewer is None:
            return False
        self.viewer, self.asked_at = viewer, time.monotonic()
        return True

    def _take(self) -> bytes:
        """All that waits, as bytes to send; empty when nothing does."""
        self.woken.clear()
        if self.is_behind:
            self.is_behind = False
            return _wire(self.hub.next_id(), "resync", '{"kind":"resync"}')
        events = [event.wire for event in self.waiting if event.is_for(self.viewer)]
        self.waiting.clear()
        return b"".join(events)

    async def _rest(self, send: Any) -> None:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self.woken.wait()
        except TimeoutError:
            await send(_body(b": still here\n\n"))


def _body(data: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": True}
