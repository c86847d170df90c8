"""Reads about sessions: who acts, and where somebody is logged in."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import make_actor

# The hottest statement of the site: one look-up by the digest, one by the employee's id. A session nobody has used for
# two weeks has ended by itself.
_ACTOR = """select e.id, e.name, e.role, e.office_id, e.reach, e.unmasked, (select number from agency_revision),
        case when e.team_id is not null then array(select m.id from agency_employee m where m.team_id = e.team_id) end,
        case when s.seen_at < now() - interval '15 minutes' then s.id end
    from agency_loginsession s join agency_employee e on e.id = s.employee_id
    where s.digest = %s and s.ended_at is null and s.seen_at > now() - interval '14 days' and e.is_active"""


def digest_of_key(session_key: str) -> bytes:
    """SHA-256 of a session's key: all that is kept of it."""
    return hashlib.sha256(session_key.encode()).digest()


def actor_of_session_key(session_key: str) -> tuple[Actor | None, int | None]:
    """Who is logged in under this key, and the session's id when it is time to write down that it was seen. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTOR, [digest_of_key(session_key)])
        row = cursor.fetchone()
    return (make_actor(*row[:8]), row[8]) if row else (None, None)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A browser somebody is logged in with."""

    id: int
    started_at: datetime
    seen_at: datetime
    address: str
    browser: str
    is_this: bool


def sessions_of(employee_id: int, session_key: str = "") -> list[SessionLine]:
    """Sessions that have not ended, the one with this key first, then the latest."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select id, started_at, seen_at, address, browser, digest = %s as is_this from agency_loginsession
               where employee_id = %s and ended_at is null and seen_at > now() - interval '14 days'
               order by is_this desc, seen_at desc, id desc limit 100""",
            [digest_of_key(session_key), employee_id],
        )
        return [SessionLine(*row) for row in cursor.fetchall()]


def whose_session(session_id: int) -> tuple[int, str] | None:
    """Id and role of the employee a session belongs to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.id, e.role from agency_loginsession s join agency_employee e on e.id = s.employee_id where s.id = %s", [session_id]
        )
        row: Any = cursor.fetchone()
    return (row[0], row[1]) if row else None
