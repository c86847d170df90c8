"""One at a time in the whole home: work that two workers must not do at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

HEAVY = 0x6D727431
"""Of work that takes minutes, such as an import: one at a time, and the worker's other hand stays free for the clocks."""


@contextmanager
def alone(number: int) -> Iterator[bool]:
    """Hold the one lock of this number on this connection, or find that somebody else does: when the process is killed, the
    connection and the lock go too."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [number])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [number])
