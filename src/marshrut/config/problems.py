"""Answers of the front itself, as problem+json (RFC 9457), for what never reaches Django."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any


async def send_problem(send: Any, status: int, detail: str) -> None:
    """Send a whole ASGI response that names a problem."""
    title = HTTPStatus(status).phrase
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
