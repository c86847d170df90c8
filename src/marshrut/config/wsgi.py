"""Django's WSGI application, with built assets beside it, as the bridge runs it."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marshrut.config.settings")

from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections, reset_queries
from whitenoise import WhiteNoise  # type: ignore[import-untyped]

_STATIC = Path(__file__).resolve().parent.parent / "ui" / "static"


def drop_dead_connections() -> None:
    """Close this thread's connection if its server is gone, so that the next request opens a new one.

    An idle connection has nothing to read; one that has was ended by the other side. Looking costs microseconds, where
    Django's own health check costs a statement per request.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    driver = connection.connection
    if driver is None:
        return
    if driver.closed:
        connection.close()
        return
    watched = select.poll()
    watched.register(driver.fileno(), select.POLLIN | select.POLLHUP)
    if watched.poll(0):
        connection.close()


def _leave_out_what_is_done_here() -> None:
    """Django looks connections over at the beginning and again at the end of each request, and caches, of which we have none."""
    request_started.disconnect(close_old_connections)
    request_started.disconnect(reset_queries)
    request_finished.disconnect(close_old_connections)
    request_finished.disconnect(close_caches)


def _with_live_connections(inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        connections[DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete()
        drop_dead_connections()
        return inner(environ, start_response)

    return run


def _never_changes(_path: str, url: str) -> bool:
    """Built files carry a hash of their content in their names, under ``dist``."""
    return "/dist/" in url


_leave_out_what_is_done_here()
application = WhiteNoise(
    _with_live_connections(get_wsgi_application()),
    root=_STATIC if _STATIC.is_dir() else None,
    prefix="static/",
    immutable_file_test=_never_changes,
)
