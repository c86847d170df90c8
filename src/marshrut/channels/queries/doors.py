"""Reads at the doors."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from marshrut.agency.queries import kept
from marshrut.channels.models import Form, RawMessage

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
    """A raw message in quarantine."""

    id: int
    channel: str
    source_slug: str
    received_at: datetime
    reason: str
    body: bytes


def list_quarantine(limit: int = 50) -> list[Waiting]:
    """What waits to be understood, the longest waiting first. For those whose reach is all or office."""
    rows = (
        RawMessage.objects.filter(state="quarantined")
        .order_by("id")
        .values_list("id", "channel", "source_slug", "received_at", "reason", "body")[:limit]
    )
    return [Waiting(*row[:5], bytes(row[5])) for row in rows]


def came_from(raw_id: int) -> str:
    """The label of whoever handed a message in."""
    return RawMessage.objects.values_list("by", flat=True).get(pk=raw_id)


def find_quarantined(raw_id: int) -> Waiting | None:
    """One message that waits in quarantine; None when it does not. The caller has checked the reach."""
    row = (
        RawMessage.objects.filter(pk=raw_id, state="quarantined")
        .values_list("id", "channel", "source_slug", "received_at", "reason", "body")
        .first()
    )
    return Waiting(*row[:5], bytes(row[5])) if row else None


def count_recent(by: str, since: datetime, among: int = 2000) -> int:
    """How many of the latest messages this sender has handed in since a moment; looks at the last `among` only."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) from (select by, received_at from channels_rawmessage order by id desc limit {int(among)}) latest
                where by = %s and received_at >= %s""",
            [by, since],
        )
        return int(cursor.fetchone()[0])
