"""Failed tries at a door, counted in the database, so that every process counts the same and a restart forgets nothing.

Nobody can lock a colleague out: a browser this person has logged in with before is counted by itself, and tries from
elsewhere do not touch it. From unknown browsers an account is tried at most ten times in a quarter of an hour from one
network address, and a hundred times from all of them together.
"""

import hashlib
from datetime import datetime, timedelta

from django.db import connection

MOST, MOST_FROM_ALL = 10, 100
SPAN = timedelta(minutes=15)


def keys_of(door: str, account: str, address: str, known_browser: str = "") -> list[tuple[bytes, int]]:
    """What a try is counted by, each with its limit. `known_browser` is a mark only this person's browser has."""
    if known_browser:
        return [(_digest(door, account, "browser", known_browser), MOST)]
    return [(_digest(door, account, "from", address), MOST), (_digest(door, account), MOST_FROM_ALL)]


def is_blocked(keys: list[tuple[bytes, int]], now: datetime) -> bool:
    """Whether one of the counts is full. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select key, count(*) from agency_loginattempt where key = any(%s) and at > %s group by key",
            [[key for key, _most in keys], now - SPAN],
        )
        counted = {bytes(key): number for key, number in cursor.fetchall()}
    return any(counted.get(key, 0) >= most for key, most in keys)


def note_failure(keys: list[tuple[bytes, int]], now: datetime) -> None:
    """One more failed try."""
    with connection.cursor() as cursor:
        cursor.execute("insert into agency_loginattempt(key, at) select unnest(%s::bytea[]), %s", [[key for key, _most in keys], now])


def forget_failures(keys: list[tuple[bytes, int]]) -> None:
    """The right password was given: what this browser or address did before is forgiven, what others did is not."""
    with connection.cursor() as cursor:
        cursor.execute("delete from agency_loginattempt where key = %s", [keys[0][0]])


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\x00".join(parts).encode(errors="replace")).digest()
