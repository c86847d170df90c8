"""Reads at the doors."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import kept
from marshrut.channels.models import Form, RawMessage
from marshrut.channels.permissions import quarantine_sql

KEY_AGE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KeyUse:
    """Which message an idempotency key brought in, and the digest of its body."""

    raw_id: int
    body_digest: bytes


def find_key(token_id: int, key: str, now: datetime) -> KeyUse | None:
    """What this token's idempotency key brought in within the last day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select raw_id, body_digest from channels_idempotencykey where token_id = %s and key = %s and created_at > %s",
            [token_id, key, now - KEY_AGE],
        )
        row = cursor.fetchone()
    return KeyUse(int(row[0]), bytes(row[1])) if row else None


@dataclass(frozen=True, slots=True)
class FormCard:
    """A public form that is in use."""

    key: str
    name: str
    source_slug: str
    office_id: int | None
    consent_text: str
    consent_version: str


def _load_forms() -> dict[str, FormCard]:
    rows = (
        Form.objects.filter(is_active=True)
        .order_by("id")
        .values_list("key", "name", "source_slug", "office_id", "consent_text", "consent_version")
    )
    return {row[0]: FormCard(*row) for row in rows}


read_forms: Callable[[int], dict[str, FormCard]] = kept(_load_forms)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A raw message in quarantine. Of a letter the body is kept apart, sealed: `sender` and `subject` say what it is."""

    id: int
    channel: str
    source_slug: str
    received_at: datetime
    reason: str
    body: bytes
    sender: str = ""
    subject: str = ""
    is_letter: bool = False
    office_id: int | None = None
    verdict: str = ""


_WAITING = """select r.id, r.channel, r.source_slug, r.received_at, r.reason, r.body, coalesce(l.sender, ''), coalesce(l.subject, ''),
    l.id is not null, r.office_id, r.verdict from channels_rawmessage r left join channels_letter l on l.raw_id = r.id"""


def list_quarantine(actor: Actor, limit: int = 50) -> list[Waiting]:
    """What waits to be understood, the longest waiting first: of the actor's offices, and what came through no office's door."""
    seen, values = quarantine_sql(actor, "r")
    return _waiting(f"r.state = 'quarantined' and {seen} order by r.id limit {int(limit)}", values)


def list_discarded(actor: Actor, limit: int = 20) -> list[Waiting]:
    """What was discarded, the latest come first; `verdict` says why. It can be put back."""
    seen, values = quarantine_sql(actor, "r")
    return _waiting(f"r.state = 'discarded' and {seen} order by r.id desc limit {int(limit)}", values)


def find_quarantined(actor: Actor, raw_id: int) -> Waiting | None:
    """One message that waits in quarantine; None when it does not, or is not for this actor."""
    seen, values = quarantine_sql(actor, "r")
    return next(iter(_waiting(f"r.state = 'quarantined' and {seen} and r.id = %s", [*values, raw_id])), None)


def find_discarded(actor: Actor, raw_id: int) -> Waiting | None:
    """One message that was discarded; None when it was not, or is not for this actor."""
    seen, values = quarantine_sql(actor, "r")
    return next(iter(_waiting(f"r.state = 'discarded' and {seen} and r.id = %s", [*values, raw_id])), None)


def _waiting(where: str, values: list[Any]) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_WAITING} where {where}", values)
        return [Waiting(*(*row[:5], bytes(row[5]), *row[6:])) for row in cursor.fetchall()]


def office_of_source(slug: str) -> int | None:
    """The office a source belongs to: the one whose are all the forms and mail doors that bring it; None when they differ."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select min(office_id) from (
                   select office_id from channels_form where is_active and source_slug = %s
                   union all select office_id from channels_maildoor where is_active and source_slug = %s) doors
               having count(distinct office_id) = 1 and count(*) = count(office_id)""",
            [slug, slug],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def came_from(raw_id: int) -> str:
    """The label of whoever handed a message in."""
    return RawMessage.objects.values_list("by", flat=True).get(pk=raw_id)


def count_recent(by: str, since: datetime, among: int = 2000) -> int:
    """How many of the latest messages this sender has handed in since a moment; looks at the last `among` only."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) from (select by, received_at from channels_rawmessage order by id desc limit {int(among)}) latest
                where by = %s and received_at >= %s""",
            [by, since],
        )
        return int(cursor.fetchone()[0])
