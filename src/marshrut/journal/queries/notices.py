"""Reads of notices: how many a person has not seen, the newest, and when they want to be left alone."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice. `is_seen_matter` says whether its matter is (still) within reach: only then `person` is given."""

    id: int
    code: str
    data: dict[str, Any]
    at: datetime
    seen_at: datetime | None
    dossier_id: int | None
    is_seen_matter: bool
    person: str | None


def list_notices(actor: Actor, *, before_id: int | None = None, limit: int = 30, unseen_only: bool = False) -> list[NoticeLine]:
    """The actor's notices, the newest first; one statement."""
    reach, reached = matters_in_reach(actor, "d")
    only = "and n.seen_at is null" if unseen_only else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select n.id, n.code, n.data, n.at, n.seen_at, n.dossier_id, coalesce(d.seen, false), p.display_name
                from journal_notice n
                left join lateral (select true as seen, d.person_id from journal_dossier d
                                   where d.id = n.dossier_id and {reach}) d on true
                left join clients_person p on p.id = d.person_id
                where n.employee_id = %s and (%s::bigint is null or n.id < %s) {only}
                order by n.id desc limit {int(limit)}""",
            [*reached, actor.id, before_id, before_id],
        )
        return [NoticeLine(*(*row[:2], _json(row[2]), *row[3:])) for row in cursor.fetchall()]


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


MOST_UNSEEN = 100
"""The bell stands on every page and says no more than "99+"."""


@dataclass(frozen=True, slots=True)
class NoticeCount:
    """How many notices wait unseen (counted up to `MOST_UNSEEN`), the latest of them, and what the person wishes about them."""

    unseen: int
    newest_id: int | None
    quiet_from: time | None
    quiet_until: time | None
    muted: tuple[str, ...]


def count_notices(actor: Actor) -> NoticeCount:
    """Unseen notices of the actor, with their quiet hours and muted codes; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select (select count(*) from (select from journal_notice n where n.employee_id = e.id and n.seen_at is null
                                             limit {MOST_UNSEEN}) unseen),
                   (select n.id from journal_notice n where n.employee_id = e.id and n.seen_at is null
                    order by n.at desc, n.id desc limit 1),
                   e.quiet_from, e.quiet_until, e.muted
               from agency_employee e where e.id = %s""",
            [actor.id],
        )
        row = cursor.fetchone()
    return NoticeCount(*(*row[:4], tuple(row[4]))) if row else NoticeCount(0, None, None, None, ())
