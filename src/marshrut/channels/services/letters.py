"""Letters that came: kept raw and sealed first, with their files; then placed in a thread, or marked as what they are."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from django.db import connection, transaction

from marshrut.channels.models import Attachment, Letter, Sending
from marshrut.channels.queries.mail import DoorCard, own_addresses
from marshrut.channels.queries.naming import naming_digests
from marshrut.channels.rules import PERSONAL, ParsedLetter, Part, decoded, looks_private, media_type_of, parse_letter
from marshrut.channels.rules.parts import read_start
from marshrut.channels.rules.tnef import Enclosed, read_tnef
from marshrut.core.files import PIECE, open_file, store_file
from marshrut.core.names import clean_text

log = logging.getLogger(__name__)
MOST_WRAPPED = 32 << 20  # bytes of a winmail.dat that are unwrapped in memory; a larger one is kept as it is
_RAW_TYPE = "message/rfc822"


class Changed(Exception):
    """Somebody is still writing this file."""


def try_lock_letter(*, digest: bytes) -> bool:
    """Hold this letter until the end of the transaction; False when another process does. Signs nothing."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
        return bool(cursor.fetchone()[0])


def store_letter(*, door: DoorCard, stream: BinaryIO, digest: bytes, by: str, now: datetime) -> tuple[int, int]:
    """Keep a letter byte for byte, sealed; the ids of the raw message and of its file. The caller has signed.

    Raises:
        Changed: the file is no longer what it was when it was read.
    """
    stream.seek(0)
    hashed = hashlib.sha256()
    file_id = store_file(_pieces(stream, hashed), _RAW_TYPE)
    if hashed.digest() != digest:
        raise Changed
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into channels_rawmessage(channel, source_slug, external_id, body, body_digest, received_at, state, reason, by,
                   file_id, office_id)
               values ('email', %s, null, '', %s, %s, 'understood', '', %s, %s, %s) returning id""",
            [door.source_slug, digest, now, by, file_id, door.office_id],
        )
        return int(cursor.fetchone()[0]), file_id


def _pieces(stream: BinaryIO, hashed: "hashlib._Hash") -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        hashed.update(piece)
        yield piece


def add_letter(
    *,
    raw_id: int | None,
    kind: str,
    letter: ParsedLetter,
    digest: bytes,
    dossier_id: int | None,
    ours: frozenset[str],
    now: datetime,
) -> int:
    """Write down what threads a letter to others, and whom it is about; its id. `ours` are our own mailboxes."""
    return int(
        Letter.objects.create(
            raw_id=raw_id,
            kind=kind,
            message_id=letter.message_id,
            digest=digest,
            references=list(letter.references),
            sender=letter.sender,
            subject=letter.subject,
            dossier_id=dossier_id,
            named=naming_digests(letter.about(ours)),
            at=letter.at or now,
        ).pk
    )


@transaction.atomic
def look_through(*, most: int) -> int:
    """Note whom letters are about that were kept before this was noted, the latest first; how many were looked through.

    What cannot be opened any more names nobody, nor can anybody read in it.
    """
    unread = list(
        Letter.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(named=None)
        .order_by("-id")
        .values_list("id", "raw__file_id")[:most]
    )
    ours = own_addresses()
    for letter_id, file_id in unread:
        Letter.objects.filter(pk=letter_id).update(named=naming_digests(_opened(file_id).about(ours)) if file_id else [])
    return len(unread)


def _opened(file_id: int) -> ParsedLetter:
    try:
        return parse_letter(open_file(file_id))
    except Exception:
        log.exception("a letter that was kept cannot be read any more")
        return ParsedLetter(PERSONAL, "", (), "", "", "", (), "", None, "")


def place_letter(*, letter_id: int, kind: str, dossier_id: int | None) -> None:
    """Say what a letter turned out to be, and which matter it and its files belong to."""
    Letter.objects.filter(pk=letter_id).update(kind=kind, dossier_id=dossier_id)
    Attachment.objects.filter(letter_id=letter_id).update(dossier_id=dossier_id)


def keep_attachments(*, letter_id: int, letter: ParsedLetter, stream: BinaryIO, is_from_client: bool) -> int:
    """Store the files of a letter, sealed; how many. What Outlook wrapped into a winmail.dat is unwrapped."""
    kept = 0
    for part in letter.files:
        for name, start, pieces in _files_of(part, stream):
            media_type = media_type_of(start, name)
            Attachment.objects.create(
                file_id=store_file(pieces, media_type),
                letter_id=letter_id,
                name=name,
                is_private=looks_private(name, media_type, is_from_client=is_from_client),
                position=kept,
            )
            kept += 1
    return kept


def _files_of(part: Part, stream: BinaryIO) -> Iterator[tuple[str, bytes, Iterable[bytes]]]:
    """(name, first bytes, contents) of a part; of a winmail.dat those of what it wraps."""
    start = read_start(part, stream, 512)
    is_wrapped = part.media_type in ("application/ms-tnef", "application/vnd.ms-tnef") or part.name.lower() == "winmail.dat"
    for enclosed in _unwrapped(part, stream) if is_wrapped else ():
        yield clean_name(enclosed.name or "file"), enclosed.data[:512], [enclosed.data]
        is_wrapped = False
    if is_wrapped or (part.media_type not in ("application/ms-tnef", "application/vnd.ms-tnef") and part.name.lower() != "winmail.dat"):
        yield clean_name(part.name) or _usual_name(part.media_type), start, decoded(part, stream)


def _unwrapped(part: Part, stream: BinaryIO) -> Sequence[Enclosed]:
    if part.end - part.start > MOST_WRAPPED:
        return ()
    found = read_tnef(b"".join(decoded(part, stream)))
    return found.files if found else ()


def clean_name(name: str) -> str:
    """A file's name as it may be shown and saved: no folders, no control characters, not too long."""
    plain = clean_text(name.replace("\\", "/").rpartition("/")[2], 180).lstrip(". ")
    return "".join("_" if char in '<>:"|?*' else char for char in plain)


def _usual_name(media_type: str) -> str:
    ending = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "message/rfc822": "eml", "text/calendar": "ics"}
    return f"file.{ending.get(media_type, 'bin')}"


def keep_upload(*, name: str, pieces: Iterable[bytes], start: bytes, dossier_id: int | None) -> int:
    """Keep a file somebody here is about to send; the id to give to `queue_message`."""
    media_type, shown = media_type_of(start, name), clean_name(name) or "file"
    private = looks_private(shown, media_type, is_from_client=False)
    file_id = store_file(pieces, media_type)
    return int(Attachment.objects.create(file_id=file_id, dossier_id=dossier_id, name=shown, is_private=private).pk)


def mark_bounced(*, message_ids: Sequence[str], reason: str) -> tuple[int, int | None, str] | None:
    """The letter of ours that could not be delivered is failed from now on: its id, matter and author; None when none is ours."""
    found = Sending.objects.select_for_update(of=("self",)).filter(message_id__in=list(message_ids)).first()
    if found is None or found.state not in ("sent", "waiting"):
        return None
    found.state, found.sent_at, found.problem = "failed", None, reason[:500] or "bounced"
    found.save(update_fields=["state", "sent_at", "problem"])
    return found.pk, found.dossier_id, found.created_by
