"""The outbox is emptied: each letter is claimed, handed over and marked, one after another.

A letter is claimed in a transaction of its own before it is handed over, and marked as sent in one after. A process
that dies in between leaves the claim: the letter is tried again when the claim has run out. So one window is left in
which it may go twice, between the server's "250" and our commit; SMTP knows no way to close it. Both copies carry the
same Message-ID, by which mailboxes tell that they are one letter.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.channels.models import Attachment, Letter
from marshrut.channels.queries.marks import reply_address
from marshrut.channels.queries.outbox import NO_SERVER, mail_server, server_password
from marshrut.channels.services.outbox import SEALED_FOR, SECRET_PURPOSES, make_message_id
from marshrut.channels.smtp import Connection, Enclosure, Outgoing, Server, Undelivered
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid
from marshrut.core.files import read_file
from marshrut.core.history import sign
from marshrut.core.vault import Unsealable, unseal
from marshrut.journal.services import notify

BY = system("outbox")
PAUSES = (1, 5, 15, 30, 60, 120, 240, 480, 720, 1440)  # minutes after each attempt
MOST_ATTEMPTS = len(PAUSES)
CLAIM = timedelta(minutes=10)  # longer than one letter can take: smtp.TIMEOUT for each step
MOST_AT_ONCE = 100
TO_CLIENTS = ("message", "auto")  # purposes of letters that clients answer


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: int
    purpose: str
    dossier_id: int | None
    to: str
    subject: str
    sealed_text: bytes
    message_id: str
    in_reply_to: str
    attempts: int
    created_by: str


def send_waiting(*, now: datetime) -> int:
    """Hand over every letter whose moment has come; how many went. Any number of processes may do it at once."""
    server = read_server()
    if server is None:
        _note_no_server()
        return 0
    talk, sent, begun = Connection(server), 0, time.monotonic()
    try:
        for _number in range(MOST_AT_ONCE):
            # A hundred slow letters take longer than one claim lasts: each claim begins at its own moment.
            moment = now + timedelta(seconds=time.monotonic() - begun)
            letter = _claim(moment)
            if letter is None:
                break
            try:
                talk.send(_outgoing(letter), moment)
            except Undelivered as error:
                _not_sent(letter, error, moment)
                if error.is_of_server:
                    break  # whoever takes nothing now is asked again at the next sweep
            else:
                _sent(letter, moment)
                sent += 1
    finally:
        talk.close()
    return sent


def read_server() -> Server | None:
    """The mail server with its password; None until somebody has said."""
    card = mail_server()
    return Server(card.host, card.port, card.security, card.user, server_password(), card.sender) if card else None


def try_server(*, to: str, subject: str, text: str, by: Actor, now: datetime) -> None:
    """Hand over one letter at once, past the outbox, to see whether the server takes it.

    Invalid says what the server answered, when no server is set, or that `to` is no address.
    """
    address, server = read_email(to), read_server()
    if address is None:
        raise Invalid("not_an_address", _("Write an e-mail address, such as name@example.com."), field="to")
    if server is None:
        raise Invalid("no_server", _("Name the mail server first."), field="to")
    talk = Connection(server)
    try:
        talk.send(Outgoing(make_message_id(), address, subject, text), now)
    except Undelivered as error:
        raise Invalid("not_taken", _("The server did not take it: %(reason)s") % {"reason": error.reason}, field="to") from error
    finally:
        talk.close()


@transaction.atomic
def _note_no_server() -> None:
    sign(BY.label)
    with connection.cursor() as cursor:
        cursor.execute("update channels_sending set problem = %s where state = 'waiting' and problem <> %s", [NO_SERVER, NO_SERVER])


@transaction.atomic
def _claim(now: datetime) -> _Claimed | None:
    """The next letter, ours for a while: others skip its locked row now and its claim later."""
    sign(BY.label)
    with connection.cursor() as cursor:
        cursor.execute(
            """update channels_sending set attempts = attempts + 1, claimed_until = %s, problem = '' where id = (
                   select id from channels_sending where state = 'waiting' and try_at <= %s
                       and (claimed_until is null or claimed_until <= %s)
                   order by try_at, id limit 1 for update skip locked)
               returning id, purpose, dossier_id, "to", subject, sealed_text, message_id, in_reply_to, attempts, created_by""",
            [now + CLAIM, now, now],
        )
        row = cursor.fetchone()
    return _Claimed(*(*row[:5], bytes(row[5]), *row[6:])) if row else None


def _outgoing(letter: _Claimed) -> Outgoing:
    """The letter opened, with its files. Undelivered when it cannot be opened any more."""
    try:
        text = unseal(letter.sealed_text, SEALED_FOR, letter.message_id.encode()).decode()
        files = Attachment.objects.filter(sending_id=letter.id).order_by("position", "id").select_related("file")
        enclosed = [Enclosure(file.name, file.file.media_type, b"".join(read_file(file.file_id))) for file in files]
    except Unsealable as error:
        raise Undelivered(f"sealed: {error}", is_final=True) from error
    before: list[str] = []
    if letter.in_reply_to:
        before = Letter.objects.filter(message_id=letter.in_reply_to).values_list("references", flat=True).first() or []
    return Outgoing(
        letter.message_id,
        letter.to,
        letter.subject,
        text,
        letter.in_reply_to,
        tuple(reversed(before)),
        enclosed,
        letter.purpose in ("notice", "auto"),
        _reply_to(letter),
    )


def _reply_to(letter: _Claimed) -> str:
    """What a client answers goes into its thread even when their program forgets what it answers."""
    if letter.dossier_id is None or letter.purpose not in TO_CLIENTS:
        return ""
    return reply_address(letter.dossier_id) or ""


@transaction.atomic
def _sent(letter: _Claimed, now: datetime) -> None:
    sign(BY.label)
    with connection.cursor() as cursor:
        cursor.execute(
            """update channels_sending set state = 'sent', sent_at = %s, problem = '', claimed_until = null,
                   sealed_text = case when purpose = any(%s) then ''::bytea else sealed_text end where id = %s""",
            [now, list(SECRET_PURPOSES), letter.id],
        )


@transaction.atomic
def _not_sent(letter: _Claimed, error: Undelivered, now: datetime) -> None:
    """Tried again after a pause that grows, until it is hopeless; then its author is told."""
    sign(BY.label)
    is_over = error.is_final or letter.attempts >= MOST_ATTEMPTS
    pause = timedelta(minutes=PAUSES[min(letter.attempts, MOST_ATTEMPTS) - 1])
    with connection.cursor() as cursor:
        cursor.execute(
            """update channels_sending set state = %s, problem = %s, try_at = %s, claimed_until = null,
                   sealed_text = case when %s and purpose = any(%s) then ''::bytea else sealed_text end
               where id = %s and state = 'waiting'""",
            ["failed" if is_over else "waiting", error.reason, now + pause, is_over, list(SECRET_PURPOSES), letter.id],
        )
    if is_over:
        tell_author(sending_id=letter.id, dossier_id=letter.dossier_id, author=letter.created_by, by=BY, now=now)


def tell_author(*, sending_id: int, dossier_id: int | None, author: str, by: Actor, now: datetime) -> None:
    """Whoever wrote a letter that could not be delivered is told, and whoever holds its matter now."""
    kind, _colon, number = author.partition(":")
    told = [int(number)] if kind == "employee" and number.isdecimal() else []
    if dossier_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("select owner_id from journal_dossier where id = %s", [dossier_id])
            row = cursor.fetchone()
        told += [row[0]] if row and row[0] else []
    notify(employee_ids=told, code="sending_failed", data={"sending": sending_id}, dossier_id=dossier_id, by=by, now=now)
