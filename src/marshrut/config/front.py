"""The front: one ASGI application on one port. Event streams are served here; everything else goes to Django whole."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from django.conf import settings
from django.http.cookie import parse_cookie

from marshrut.intake.rules.text import warm_up
from marshrut.ui import live

from .bridge import Bridge
from .problems import send_problem
from .wsgi import application, drop_dead_connections

log = logging.getLogger(__name__)
THREADS = 5  # for each web process; each holds one database connection


class Front:
    """Routes by path; owns the bridge to Django and the hub of live streams."""

    def __init__(self) -> None:
        self.bridge = Bridge(application, threads=THREADS, is_known=_is_logged_in)
        self.hub = live.Hub(self._ask)
        self._listening: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif scope["path"] == "/events":
            await self._events(scope, receive, send)
        else:
            await self.bridge(scope, receive, send)

    def end_streams(self) -> None:
        """Called when the process is told to stop: a server waits for open answers, and a stream never ends itself."""
        self.hub.close()

    async def _events(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["method"] != "GET":
            return await send_problem(send, 405, "Events can only be read.")
        headers, key = dict(scope["headers"]), _session_key(scope)
        if not key or (viewer := await self._ask(key)) is None:
            return await send_problem(send, 401, "Log in first.")
        stream = self.hub.open(
            key, viewer, since=live.read_since(scope["query_string"]), is_return=b"last-event-id" in headers
        )
        return await stream.serve(receive, send)

    async def _ask(self, session_key: str) -> live.Viewer | None:
        return await self.bridge.run(_authenticate, session_key)

    async def _live_and_die(self, receive: Any, send: Any) -> None:
        await receive()
        self._listening = asyncio.create_task(self.hub.listen(settings.DATABASES["default"]))
        self._warming = asyncio.create_task(self.bridge.run(_warm_up))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._listening.cancel()
        self.bridge.close()
        await send({"type": "lifespan.shutdown.complete"})


def _warm_up() -> None:
    """Load what the first inquiry would wait half a second for. Whatever goes wrong is told to the log: the first then loads it."""
    from marshrut.intake.reference import read_reference  # models: only once Django is ready

    try:
        warm_up()
        read_reference().gazetteer  # noqa: B018 - made once, and kept
    except Exception as error:
        log.warning("words and places were not loaded beforehand: %s", error)


def _session_key(scope: dict[str, Any]) -> str:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


def _is_logged_in(scope: dict[str, Any]) -> bool:
    key = _session_key(scope)
    return bool(key) and _authenticate(key) is not None


def _authenticate(session_key: str) -> live.Viewer | None:
    drop_dead_connections()
    return live.authenticate(session_key)


front = Front()
