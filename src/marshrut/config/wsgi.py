"""Django's WSGI application, with built assets beside it, as the bridge runs it."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marshrut.config.settings")

from django.core.wsgi import get_wsgi_application
from django.db import connections
from whitenoise import WhiteNoise  # type: ignore[import-untyped]

_STATIC = Path(__file__).resolve().parent.parent / "ui" / "static"


def drop_dead_connections() -> None:
    """Close connections of this thread whose server is gone, so that the next request opens a new one.

    An idle connection has nothing to read; one that has was ended by the other side. Looking costs microseconds, where
    Django's own health check costs a statement per request.
    """
    for connection in connections.all(initialized_only=True):
        driver = connection.connection
        if driver is None:
            continue
        if driver.closed:
            connection.close()
            continue
        watched = select.poll()
        watched.register(driver.fileno(), select.POLLIN | select.POLLHUP)
        if watched.poll(0):
            connection.close()


def _with_live_connections(inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        drop_dead_connections()
        return inner(environ, start_response)

    return run


def _never_changes(_path: str, url: str) -> bool:
    """Built files carry a hash of their content in their names, under ``dist``."""
    return "/dist/" in url


application = WhiteNoise(
    _with_live_connections(get_wsgi_application()),
    root=_STATIC if _STATIC.is_dir() else None,
    prefix="static/",
    immutable_file_test=_never_changes,
)
