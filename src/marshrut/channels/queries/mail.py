"""Reads of mail: doors and their health, letters and the threads they belong to, attachments within reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.channels.models import MailDoor
from marshrut.clients.queries import erased_among
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class DoorCard:
    """A mail door with its health."""

    id: int
    name: str
    kind: str
    path: str
    address: str
    source_slug: str
    office_id: int | None
    is_active: bool
    checked_at: datetime | None
    problem: str
    problem_since: datetime | None
    takes_subaddresses: bool = False


_DOOR = (
    "id", "name", "kind", "path", "address", "source_slug", "office_id", "is_active", "checked_at", "problem", "problem_since",
    "takes_subaddresses",
)  # fmt: skip


def list_doors(*, active_only: bool = False) -> list[DoorCard]:
    """All mail doors, by name."""
    rows = MailDoor.objects.filter(is_active=True) if active_only else MailDoor.objects.all()
    return [DoorCard(*row) for row in rows.order_by("name", "id").values_list(*_DOOR)]


def doors_in_trouble() -> list[DoorCard]:
    """Active doors that could not be read the last time, the longest troubled first."""
    rows = MailDoor.objects.filter(is_active=True).exclude(problem="").order_by("problem_since", "id")
    return [DoorCard(*row) for row in rows.values_list(*_DOOR)]


def own_addresses() -> frozenset[str]:
    """The agency's own mailboxes: of its doors, and the one it sends from."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select lower(address) from channels_maildoor where address <> ''
               union select lower(substring(sender from '[^<>[:space:]]+@[^<>[:space:]]+')) from channels_mailserver"""
        )
        return frozenset(row[0] for row in cursor.fetchall() if row[0])


@dataclass(frozen=True, slots=True)
class Thread:
    """The matter a letter belongs to, by the letters it answers; `sending_id` when it answers one of ours."""

    dossier_id: int | None
    sending_id: int | None


def find_thread(message_ids: Sequence[str]) -> Thread | None:
    """The matter of the nearest of these letters that is known here; None when none is."""
    if not message_ids:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """select known.dossier_id, known.sending_id from unnest(%s::text[]) with ordinality asked(message_id, place)
               cross join lateral (
                   select s.dossier_id, s.id sending_id from channels_sending s where s.message_id = asked.message_id
                   union all
                   (select l.dossier_id, null from channels_letter l
                    where l.message_id = asked.message_id and l.dossier_id is not null order by l.id desc limit 1)) known
               order by asked.place, known.sending_id nulls last limit 1""",
            [list(message_ids)],
        )
        row = cursor.fetchone()
    return Thread(*row) if row else None


def is_known_letter(message_id: str, digest: bytes) -> bool:
    """Whether this very letter has been kept before, be it that it was erased with whom it was about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from channels_letter where message_id = %s and digest = %s)", [message_id, digest]
        )
        is_kept = bool(cursor.fetchone()[0])
    return is_kept or bool(erased_among([digest]))


def find_namesakes(message_id: str, sender: str, subject: str, at: datetime | None) -> list[int]:
    """Files of letters kept before with the same id, sender, subject and moment: perhaps this one, come another way."""
    if not message_id or at is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """select r.file_id from channels_letter l join channels_rawmessage r on r.id = l.raw_id
               where l.message_id = %s and l.sender = %s and l.subject = %s and l.at = %s and r.file_id is not null
               order by l.id limit 5""",
            [message_id, sender, subject, at],
        )
        return [int(row[0]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class LetterCard:
    """A letter that came: where it lies and through which door."""

    id: int
    raw_id: int
    file_id: int | None
    kind: str
    sender: str
    subject: str
    at: datetime
    source_slug: str
    office_id: int | None


def find_letter(raw_id: int) -> LetterCard | None:
    """The letter of a raw message. The caller has checked the reach."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select l.id, r.id, r.file_id, l.kind, l.sender, l.subject, l.at, r.source_slug, r.office_id
               from channels_letter l join channels_rawmessage r on r.id = l.raw_id where r.id = %s""",
            [raw_id],
        )
        row = cursor.fetchone()
    return LetterCard(*row) if row else None


def last_letter_of(dossier_id: int) -> tuple[str, str, str] | None:
    """Message-ID, subject and sender of the client's latest letter in a matter, to be answered in its thread."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select message_id, subject, sender from channels_letter where dossier_id = %s and kind in ('inquiry', 'reply')
               order by id desc limit 1""",
            [dossier_id],
        )
        row = cursor.fetchone()
    return (row[0], row[1], row[2]) if row else None


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """A file of a matter, as its card lists it."""

    id: int
    file_id: int
    name: str
    media_type: str
    size: int
    is_private: bool
    is_ours: bool
    at: datetime
    dossier_id: int


_ATTACHMENT = """select a.id, a.file_id, a.name, f.media_type, f.size, a.is_private, a.letter_id is null, f.created_at, a.dossier_id
    from channels_attachment a join core_storedfile f on f.id = a.file_id join journal_dossier d on d.id = a.dossier_id"""


def attachments_of(actor: Actor, dossier_id: int) -> list[AttachmentLine]:
    """Files of a matter, the latest first; without those the actor may not open. The caller has checked the reach."""
    return _attachments("a.dossier_id = %s order by a.id desc limit 200", [dossier_id], actor)


def find_attachment(actor: Actor, attachment_id: int) -> AttachmentLine | None:
    """One file; None when absent, out of reach, or private and not for this actor."""
    reach, values = matters_in_reach(actor)
    return next(iter(_attachments(f"a.id = %s and {reach}", [attachment_id, *values], actor)), None)


def _attachments(where: str, values: list[Any], actor: Actor) -> list[AttachmentLine]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_ATTACHMENT} where {where}", values)
        lines = [AttachmentLine(*row) for row in cursor.fetchall()]
    return [line for line in lines if actor.shows("passport") or not line.is_private]
