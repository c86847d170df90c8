"""A letter comes in: kept raw and sealed, then an inquiry, a reply in its thread, or what must never be one.

Everything about one letter is one transaction: it is wholly kept or still lies in its folder. A letter is known by its
Message-ID and the digest of its bytes together, so that one which is read twice, or by two processes, is kept once.
"""

import hashlib
import io
import logging
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.channels.queries import (
    DoorCard,
    find_letter,
    find_marked,
    find_namesakes,
    find_thread,
    is_known_letter,
    own_addresses,
)
from marshrut.channels.rules import AUTO_REPLY, AUTOMATIC, BOUNCE, BULK, LARGEST, PERSONAL, ParsedLetter, own_words, parse_letter
from marshrut.channels.services import (
    Changed,
    add_letter,
    keep_attachments,
    mark_bounced,
    mark_repeat,
    place_letter,
    quarantine,
    queue_up,
    release,
    store_letter,
    tell_author,
    try_lock_letter,
)
from marshrut.clients.queries import find_by_contacts
from marshrut.core.conflicts import is_conflict
from marshrut.core.errors import DomainError, Invalid, NotFound, Refused
from marshrut.core.files import open_file
from marshrut.core.history import sign
from marshrut.intake.letter_reading import is_no_reply, submission_of
from marshrut.intake.queries import is_planned, standing_of
from marshrut.intake.reference import Reference
from marshrut.intake.rules import language_of
from marshrut.intake.rules.clock_policies import Kind
from marshrut.intake.services.accepting import understand
from marshrut.intake.services.matters import stop_clock
from marshrut.intake.services.next_answers import client_wrote
from marshrut.intake.services.quiet_replies import Written, reply_if_quiet
from marshrut.intake.wording import reply_title
from marshrut.journal.services import Matter, NextAction, add_task, add_touch, lock_matter, notify, wake_matter

log = logging.getLogger(__name__)
BY = system("mail")
KNOWN, BUSY, COPY, QUARANTINED = "known", "busy", "copy", "quarantined"
_START = 1 << 20  # bytes looked at of a letter that is too large


def take_letter(*, door: DoorCard, stream: BinaryIO, size: int, reference: Reference, now: datetime) -> str:
    """Keep one letter and do everything that follows; what it was: inquiry, reply, sent, auto_reply, bounce, bulk,
    quarantined, copy, known (kept before) or busy (another process holds it).

    Whatever goes wrong in understanding, the letter is not lost: it is kept in quarantine with the reason.

    Raises:
        Changed: somebody is still writing it.
    """
    digest = hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]
    letter, obstacle = read_letter(stream, size)
    try:
        return _take(door, stream, letter, digest, obstacle, reference, now)
    except Changed:
        raise
    except Exception as error:
        if is_conflict(error):
            raise
        log.exception("a letter could not be understood")
        told = error.sentence if isinstance(error, DomainError) else type(error).__name__
        reason = _("It could not be understood: %(error)s") % {"error": told}
        return _keep_for_a_person(door, stream, letter, digest, reason, reference, now)


def _keep_for_a_person(
    door: DoorCard, stream: BinaryIO, letter: ParsedLetter, digest: bytes, reason: str, reference: Reference, now: datetime
) -> str:
    """Keep a letter in quarantine: with what it says, or, where even that cannot be stored, its bytes alone."""
    try:
        return _take(door, stream, letter, digest, reason, reference, now)
    except (Changed, OSError):
        raise
    except Exception as error:
        if is_conflict(error):
            raise
        log.exception("what a letter says could not be stored")
        return _take(door, stream, _blank(), digest, reason, reference, now)


def _blank() -> ParsedLetter:
    return ParsedLetter(PERSONAL, "", (), "", "", "", (), "", None, "")


def read_letter(stream: BinaryIO, size: int) -> tuple[ParsedLetter, str]:
    """The letter, and why it must wait for a person if it must. Of one that is too large only the beginning is read."""
    try:
        if size <= LARGEST:
            return parse_letter(stream), ""
        stream.seek(0)
        letter = parse_letter(io.BytesIO(stream.read(_START)))
        letter.files = []
        return letter, _("It is larger than %(limit)s MB: its files are kept only in the letter itself.") % {"limit": LARGEST >> 20}
    except Exception as error:
        log.exception("a letter could not be parsed")
        return _blank(), _("It could not be read: %(error)s") % {"error": type(error).__name__}


@transaction.atomic
def _take(
    door: DoorCard, stream: BinaryIO, letter: ParsedLetter, digest: bytes, obstacle: str, reference: Reference, now: datetime
) -> str:
    sign(BY.label)
    if not try_lock_letter(digest=digest):
        return BUSY
    if is_known_letter(letter.message_id, digest):
        return KNOWN
    is_repeat = is_copy(letter)
    raw_id, _file_id = store_letter(door=door, stream=stream, digest=digest, by=f"door:{door.id}", now=now)
    ours = own_addresses()
    letter_id = add_letter(raw_id=raw_id, kind="inquiry", letter=letter, digest=digest, dossier_id=None, ours=ours, now=now)
    if is_repeat:
        mark_repeat(raw_id=raw_id)
        return COPY
    is_own = letter.kind == PERSONAL and is_ours(letter, ours)
    keep_attachments(letter_id=letter_id, letter=letter, stream=stream, is_from_client=not is_own)
    if is_own and ours.issuperset(letter.recipients) and thread_of(letter) is None:
        obstacle = obstacle or _("It was sent from a mailbox of ours to ourselves: whose inquiry it is, a person must see")
    if obstacle:
        quarantine(raw_id=raw_id, reason=obstacle)
        return QUARANTINED
    kind, dossier_id = _understand(raw_id, letter_id, letter, door, reference, now, ours if is_own else None)
    place_letter(letter_id=letter_id, kind=kind if kind != QUARANTINED else "inquiry", dossier_id=dossier_id)
    return kind


def is_ours(letter: ParsedLetter, ours: frozenset[str]) -> bool:
    """Whether somebody here wrote it. A site's form often sends from our own mailbox, and names the client to reply to."""
    return letter.sender != "" and letter.sender in ours and (not letter.reply_to or letter.reply_to in ours)


def is_copy(letter: ParsedLetter) -> bool:
    """Whether this letter came before another way (another mailbox of ours): it says the same and brings the same files.

    Real programs repeat their ids, so an id alone makes no copy.
    """
    for file_id in find_namesakes(letter.message_id, letter.sender, letter.subject, letter.at):
        other = parse_letter(open_file(file_id))
        if other.text == letter.text and brought(other) == brought(letter):
            return True
    return False


def brought(letter: ParsedLetter) -> list[tuple[str, int]]:
    """The files of a letter by type and size: what two copies of one letter have in common."""
    return [(part.media_type, part.end - part.start) for part in letter.files]


def _understand(
    raw_id: int,
    letter_id: int,
    letter: ParsedLetter,
    door: DoorCard,
    reference: Reference,
    now: datetime,
    ours: frozenset[str] | None,
) -> tuple[str, int | None]:
    """What the letter is, and the matter it belongs to. `ours` are our own mailboxes when it was written from one of them."""
    if letter.kind == BOUNCE:
        return "bounce", _bounced(letter, now)
    dossier_id = thread_of(letter)
    if ours is not None:
        return "sent", _sent(letter, letter_id, dossier_id, ours, now)
    if letter.kind != PERSONAL:
        return _automatic(raw_id, letter_id, letter, dossier_id, now)
    if dossier_id is not None:
        matter = lock_matter(dossier_id=dossier_id, by=BY)
        if matter.is_open:
            _reply(matter, letter_id, letter, reference, now)
            return "reply", dossier_id
    submission = submission_of(letter, source_slug=door.source_slug, office_id=door.office_id, reference=reference, now=now)
    if submission.obstacle:
        quarantine(raw_id=raw_id, reason=submission.obstacle)
        return QUARANTINED, None
    queue_up(identities=submission.identities)
    card = understand(raw_id=raw_id, submission=submission, reference=reference, by=BY, now=now)
    return "inquiry", card.dossier_id


def thread_of(letter: ParsedLetter) -> int | None:
    """The matter a letter belongs to: by the letters it answers, else by the mark in the address it was sent to."""
    thread = find_thread(letter.references)
    if thread is None or thread.dossier_id is None:
        thread = find_marked(letter.recipients)
    return thread.dossier_id if thread else None


def _automatic(raw_id: int, letter_id: int, letter: ParsedLetter, dossier_id: int | None, now: datetime) -> tuple[str, int | None]:
    """A machine wrote: a quiet line in the thread it knows; else it is only kept, or a person looks."""
    kind = "bulk" if letter.kind == BULK else "auto_reply"
    if dossier_id is not None:
        body = own_words(letter.text)[:2000]
        data = {"letter": letter_id, "subject": letter.subject}
        add_touch(dossier_id=dossier_id, kind="email_auto", direction="in", body=body, data=data, by=BY, now=now)
        return kind, dossier_id
    if letter.kind == AUTO_REPLY:
        return kind, None
    reasons = {BULK: _("A mailing, not a person's letter"), AUTOMATIC: _("A program wrote it, and named nobody to reply to")}
    quarantine(raw_id=raw_id, reason=reasons[letter.kind])
    return QUARANTINED, None


def _bounced(letter: ParsedLetter, now: datetime) -> int | None:
    """A letter of ours came back: it is failed, its author is told. A warning about a delay changes nothing."""
    failure = letter.failure
    if failure is None or not failure.is_final:
        return None
    found = mark_bounced(message_ids=failure.message_ids, reason=failure.reason)
    if found is None:
        return None
    sending_id, dossier_id, author = found
    tell_author(sending_id=sending_id, dossier_id=dossier_id, author=author, by=BY, now=now)
    return dossier_id


def _sent(letter: ParsedLetter, letter_id: int, dossier_id: int | None, ours: frozenset[str], now: datetime) -> int | None:
    """Somebody here wrote from the mailbox itself: the client has been answered. A copy of what the outbox sent is no news.

    What was delivered to ourselves as well could have been sent by anybody in our name: it is shown, and answers nothing.
    """
    known = find_thread([letter.message_id])
    if known and known.sending_id:
        return known.dossier_id
    if dossier_id is None:
        match = next(iter(find_by_contacts(list(letter.recipients))), None)
        leading = standing_of(match.person_id).leading if match else None
        if leading is None:
            return None
        dossier_id = leading.dossier_id
    is_answer = ours.isdisjoint(letter.recipients)
    data = {"letter": letter_id, "subject": letter.subject}
    add_touch(
        dossier_id=dossier_id,
        kind="email_out",
        direction="out",
        body=own_words(letter.text),
        data=data,
        is_answer=is_answer,
        by=BY,
        now=now,
    )
    if is_answer:
        stop_clock(dossier_id=dossier_id, at=now)
    return dossier_id


def _reply(matter: Matter, letter_id: int, letter: ParsedLetter, reference: Reference, now: datetime) -> None:
    """The client answered: it stands in the story, and whoever holds the matter is to answer in the usual time."""
    data = {"letter": letter_id, "subject": letter.subject}
    body = own_words(letter.text) or letter.subject
    add_touch(dossier_id=matter.id, kind="email_in", direction="in", body=body, data=data, by=BY, now=now)
    if matter.waits_until is not None:
        wake_matter(matter=matter, how="inquiry", by=BY, now=now)
        matter = replace(matter, waits_until=None)
    title = reply_title(reference.staff.agency.language)
    due_at = client_wrote(matter=matter, kind=Kind("email", "open_matter"), since=now, reference=reference, now=now)
    if not is_planned(matter.id, title):
        add_task(matter=matter, action=NextAction(title, due_at, "write"), by=BY, now=now)
    reply_if_quiet(matter=matter, written=_as_written(letter, body, now), reference=reference, now=now)
    notify(employee_ids=[matter.owner_id], code="reply_came", data={"letter": letter_id}, dossier_id=matter.id, by=BY, now=now)


def _as_written(letter: ParsedLetter, body: str, now: datetime) -> Written:
    """A letter as an automatic reply answers it: to whom a person would."""
    written_at = letter.at if letter.at and letter.at < now else now
    address = "" if is_no_reply(letter.answers_to) else letter.answers_to
    language = language_of(body) or ""
    return Written("email", "open_matter", language, address, letter.sender_name, written_at, letter.subject, letter.message_id)


@transaction.atomic
def understand_letter_again(*, raw_id: int, reference: Reference, by: Actor, now: datetime) -> int:
    """A person has looked at a letter in quarantine: it is an inquiry; its id stays.

    NotFound when it is no letter; Refused when it does not wait any more; Invalid when there is nobody to answer.
    """
    sign(by.label)
    card = find_letter(raw_id)
    if card is None or card.file_id is None:
        raise NotFound("no_such_letter", _("There is no such letter."))
    if not release(raw_id=raw_id):
        raise Refused("understood_already", _("This message does not wait in quarantine any more."))
    letter = parse_letter(open_file(card.file_id))
    submission = submission_of(letter, source_slug=card.source_slug, office_id=card.office_id, reference=reference, now=now)
    if submission.obstacle:
        raise Invalid("unreadable", submission.obstacle)
    queue_up(identities=submission.identities)
    inquiry = understand(raw_id=raw_id, submission=submission, reference=reference, by=by, now=now)
    place_letter(letter_id=card.id, kind="inquiry", dossier_id=inquiry.dossier_id)
    return inquiry.id
