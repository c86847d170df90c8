"""The bridge from ASGI to Django's WSGI handler: a fixed pool of threads, each with its persistent connections.

Why not Django's own ASGI handler: with synchronous views it costs several times as much and opens a database connection
for every thread it happens to use.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from typing import IO, Any, TypeVar
from urllib.parse import unquote_to_bytes

from marshrut.ui.errors import REFUSED_BODY

from .problems import send_problem
from .threads import Threads

BODY_LIMIT = 11 * 1024 * 1024  # bytes; the doors' own limit is 10 MB, answered by the doors themselves
UPLOADS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"/dossiers/\d+/write"), 27 * 1024 * 1024),  # a letter with its files
    (re.compile(r"/imports"), 202 * 1024 * 1024),  # a file of leads
)
"""Addresses that take more than the usual body, and how much, from whoever has logged in."""
_LARGE_AT_ONCE = 4  # such bodies in one process; the next ones wait unread
_SPOOL_AT = 1024 * 1024  # bytes of a request kept in memory; the rest of it goes to a temporary file
_BLOCK = 1024 * 1024  # bytes of a response handed over at once
_PATIENCE_SECONDS = 5.0
_BODYLESS = {204, 304}
_log = logging.getLogger(__name__)
T = TypeVar("T")


class BodyTooLarge(Exception):
    """The request's body is longer than its address takes."""


class Disconnected(Exception):
    """The client left before its request was whole."""


class Bridge:
    """An ASGI application that runs a WSGI one in `threads` threads.

    `is_known` says, in one of the threads, whether a request comes from somebody who has logged in: asked before more
    than the usual is read.
    """

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        threads: int,
        is_known: Callable[[dict[str, Any]], bool] = lambda _scope: False,
    ) -> None:
        self._application = application
        self._is_known = is_known
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._threads = Threads(threads, name="django")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        limit = limit_of(scope)
        if limit > BODY_LIMIT and await self.run(self._is_known, scope):
            async with self._large:
                return await self._serve(scope, receive, send, limit)
        return await self._serve(scope, receive, send, BODY_LIMIT)

    async def _serve(self, scope: dict[str, Any], receive: Any, send: Any, limit: int) -> None:
        try:
            body = await read_body(scope, receive, limit)
        except BodyTooLarge:
            if all(name != b"expect" for name, _ in scope["headers"]):
                await discard_body(receive)
            if wants_page(scope):
                refused = {**make_environ(scope, io.BytesIO()), "CONTENT_LENGTH": "0", REFUSED_BODY: limit}
                said = await self.run(self._respond, refused, asyncio.get_running_loop(), send)
                return await _send_all(send, said or [])
            return await send_problem(send, 413, f"The request body may have at most {limit} bytes.")
        except Disconnected:
            return None
        with body:
            messages = await self.run(self._respond, make_environ(scope, body), asyncio.get_running_loop(), send)
        if messages is None:
            return await send_problem(send, 500, "Something went wrong here.")
        return await _send_all(send, messages)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function in a thread of the pool, where Django's connections are."""
        return await self._threads.run(function, *arguments)

    def close(self) -> None:
        """Let running requests end; take no more."""
        self._threads.close()

    def _respond(self, environ: dict[str, Any], loop: asyncio.AbstractEventLoop, send: Any) -> list[dict[str, Any]] | None:
        """In a thread: ask the application. The answer, or the end of a large one, for the loop to send; None when it failed."""
        start: list[Any] = []
        try:
            chunks = self._application(environ, lambda status, headers, _=None: start.extend((status, headers)))
        except Exception:
            _log.exception("The application failed on %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return None
        try:
            return self._hand_over(chunks, start[0], start[1], loop, send)
        finally:
            if close := getattr(chunks, "close", None):
                close()

    def _hand_over(
        self, chunks: Iterable[bytes], status: str, headers: list[Any], loop: asyncio.AbstractEventLoop, send: Any
    ) -> list[dict[str, Any]]:
        code = int(status[:3])
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        head = {"type": "http.response.start", "status": code, "headers": raw}
        block: list[bytes] = []
        size = 0
        is_begun = False
        for chunk in chunks:
            block.append(chunk)
            size += len(chunk)
            if size >= _BLOCK:  # more than fits into buffers: wait for the client, block by block
                messages = [] if is_begun else [head]
                messages.append({"type": "http.response.body", "body": b"".join(block), "more_body": True})
                asyncio.run_coroutine_threadsafe(_send_all(send, messages), loop).result()
                block, size, is_begun = [], 0, True
        if not is_begun and code not in _BODYLESS and all(name != b"content-length" for name, _ in raw):
            raw.append((b"content-length", b"%d" % size))
        messages = [] if is_begun else [head]
        messages.append({"type": "http.response.body", "body": b"".join(block)})
        return messages


async def _send_all(send: Any, messages: list[dict[str, Any]]) -> None:
    for message in messages:
        await send(message)


def limit_of(scope: dict[str, Any]) -> int:
    """How many bytes a request to this address may have from somebody who has logged in; the usual if it says it is short."""
    said = next((int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()), None)
    if scope["method"] != "POST" or (said is not None and said <= BODY_LIMIT):
        return BODY_LIMIT
    return next((limit for address, limit in UPLOADS if address.fullmatch(scope["path"])), BODY_LIMIT)


def wants_page(scope: dict[str, Any]) -> bool:
    """Whether a browser asks, that shows its person a page, and not a program."""
    accepted = (value for name, value in scope["headers"] if name == b"accept")
    return not scope["path"].startswith("/api/") and any(b"text/html" in value for value in accepted)


async def read_body(scope: dict[str, Any], receive: Any, limit: int) -> IO[bytes]:
    """The whole body of a request as a file: in memory while small, in a temporary file beyond.

    Raises:
        BodyTooLarge: it is announced as, or grows, longer than `limit` bytes.
        Disconnected: the client left first.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > limit:
            raise BodyTooLarge
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return io.BytesIO(message.get("body", b""))
    body = tempfile.SpooledTemporaryFile(_SPOOL_AT)  # noqa: SIM115 - the caller closes it
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            body.close()
            raise Disconnected
        size += len(message.get("body", b""))
        if size > limit:
            body.close()
            raise BodyTooLarge
        body.write(message.get("body", b""))
        if not message.get("more_body"):
            body.seek(0)
            return body
        message = await receive()


async def discard_body(receive: Any) -> None:
    """Read on for a few seconds without keeping: a client that is cut off while sending never sees the answer."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                pass


def make_environ(scope: dict[str, Any], body: IO[bytes]) -> dict[str, Any]:
    """The WSGI environment (PEP 3333): text is bytes read as Latin-1, broken UTF-8 in a path left to Django."""
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": (unquote_to_bytes(raw_path) if b"%" in raw_path else raw_path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    if "HTTP_TRANSFER_ENCODING" in environ:  # the body was read whole: tell its true length
        environ["CONTENT_LENGTH"] = str(body.seek(0, io.SEEK_END))
        body.seek(0)
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    if "_" in name:  # would pass for the same header with a hyphen: an old way to forge one
        return
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    if key in environ:
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value
