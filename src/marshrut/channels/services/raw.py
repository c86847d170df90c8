"""What came in is kept raw, before anything else."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a raw message: its id, or that of the first one with the same source and external id."""

    id: int
    is_new: bool
    is_same_body: bool = True


def digest_of(body: bytes) -> bytes:
    """SHA-256 of a body, to tell whether two are the same."""
    return hashlib.sha256(body).digest()


def store_raw(
    *, channel: str, source_slug: str, external_id: str | None, body: bytes, identities: Sequence[str], by: str, now: datetime
) -> Stored:
    """Keep what came in, byte for byte, unless its source and external id are known already.

    The same statement signs the transaction as `by` and queues up behind every other message that names one of the
    same `identities` (phones, addresses), so that two first inquiries of one person cannot make two people of them.
    """
    digest = digest_of(body)
    with connection.cursor() as cursor:
        cursor.execute(
            """with signed as (select set_config('marshrut.by', %s, true)),
               queued as (select count(pg_advisory_xact_lock(hashtextextended(i, 7))) from
                          (select i from unnest(%s::text[]) i order by i) s)
               insert into channels_rawmessage(channel, source_slug, external_id, body, body_digest, received_at, state, by)
               select %s, %s, %s, %s, %s, %s, 'understood', %s from signed, queued
               on conflict do nothing returning id""",
            [by, list(identities), channel, source_slug, external_id, body, digest, now, by],
        )
        row = cursor.fetchone()
        if row is not None:
            return Stored(int(row[0]), is_new=True)
        cursor.execute(
            """select id, body_digest from channels_rawmessage
               where source_slug = %s and external_id = %s and state <> 'repeat'""",
            [source_slug, external_id],
        )
        first_id, first_digest = cursor.fetchone()
        return Stored(int(first_id), is_new=False, is_same_body=bytes(first_digest) == digest)


def keep_repeat(*, channel: str, source_slug: str, external_id: str | None, body: bytes, by: str, now: datetime) -> bool:
    """Keep another body for a known external id; False when this very body has been kept before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into channels_rawmessage(channel, source_slug, external_id, body, body_digest, received_at, state, by)
               select %s, %s, %s, %s, %s, %s, 'repeat', %s where not exists (
                   select from channels_rawmessage where source_slug = %s and external_id = %s and body_digest = %s)
               returning id""",
            [channel, source_slug, external_id, body, digest_of(body), now, by, source_slug, external_id, digest_of(body)],
        )
        return cursor.fetchone() is not None


def quarantine(*, raw_id: int, reason: str, office_id: int | None = None) -> None:
    """It could be stored but not understood: it waits for a person of this office (or of its door's), with the reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update channels_rawmessage set state = 'quarantined', reason = %s, office_id = coalesce(office_id, %s::bigint)
               where id = %s""",
            [reason, office_id, raw_id],
        )


def release(*, raw_id: int) -> bool:
    """It is understood now; False when it did not wait in quarantine. Of two at once, one gets True."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update channels_rawmessage set state = 'understood', reason = '' where id = %s and state = 'quarantined'", [raw_id]
        )
        return bool(cursor.rowcount)


def discard(*, raw_id: int, reason: str) -> bool:
    """A person has looked at what waits in quarantine: it is nothing of ours. It stays kept; False when it did not wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update channels_rawmessage set state = 'discarded', verdict = %s where id = %s and state = 'quarantined'", [reason, raw_id]
        )
        return bool(cursor.rowcount)


def put_back(*, raw_id: int) -> bool:
    """What was discarded waits in quarantine again, for the reason it waited for; False when it was not discarded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update channels_rawmessage set state = 'quarantined', verdict = '' where id = %s and state = 'discarded'", [raw_id]
        )
        return bool(cursor.rowcount)


def mark_repeat(*, raw_id: int) -> None:
    """It is another copy of what came before: kept, and nothing more."""
    with connection.cursor() as cursor:
        cursor.execute("update channels_rawmessage set state = 'repeat' where id = %s", [raw_id])


def remember_key(*, token_id: int, key: str, body: bytes, raw_id: int, now: datetime) -> None:
    """Remember which message an idempotency key brought in."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into channels_idempotencykey(token_id, key, body_digest, raw_id, created_at) values (%s, %s, %s, %s, %s)
               on conflict (token_id, key) do update set body_digest = excluded.body_digest, raw_id = excluded.raw_id,
                   created_at = excluded.created_at""",
            [token_id, key, digest_of(body), raw_id, now],
        )


def lock_key(*, token_id: int, key: str) -> None:
    """Two requests with one key wait for one another."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"{token_id} {key}"])


def queue_up(*, identities: Sequence[str]) -> None:
    """Wait for everybody else who is about to make somebody known by one of these ways to reach them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(pg_advisory_xact_lock(hashtextextended(i, 7))) from (select i from unnest(%s::text[]) i order by i) s",
            [list(identities)],
        )


def forget_old_keys(*, before: datetime) -> int:
    """Delete idempotency keys made before this moment; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("delete from channels_idempotencykey where created_at < %s", [before])
        return int(cursor.rowcount)
