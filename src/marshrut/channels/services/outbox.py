"""The outbox: a message is put there in the transaction that wants it sent, and goes out when that has committed."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.models import Attachment, MailServer
from marshrut.channels.queries.outbox import RESTORED, SendingLine, find_sending
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.vault import seal

PURPOSES = ("message", "invitation", "reset", "notice", "auto", "test")
SECRET_PURPOSES = ("invitation", "reset")
"""What holds a secret: emptied once it is sent, failed for good or cancelled."""
SEALED_FOR = "outbox"
LONGEST_SUBJECT, LONGEST_TEXT = 300, 100_000  # characters
OWN_DOMAIN = "marshrut.invalid"  # of the ids of messages while no mail server says the agency's own


def queue_message(
    *,
    to: str,
    subject: str,
    text: str,
    purpose: str,
    by: Actor,
    now: datetime,
    dossier_id: int | None = None,
    in_reply_to: str = "",
    files: Sequence[int] = (),
) -> int:
    """Put a letter into the outbox, in the caller's transaction; its id. It goes out when that transaction has committed.

    `purpose` is one of PURPOSES; `in_reply_to` is the Message-ID, without brackets, of the letter this one answers;
    `files` are attachments kept by `keep_upload`. Invalid when `to` is no address or there is nothing to say.
    """
    address = read_email(to)
    if address is None:
        raise Invalid("not_an_address", _("Write an e-mail address, such as name@example.com."), field="to")
    said = clean_text(text, LONGEST_TEXT, keep_lines=True)
    if not said:
        raise Invalid("text_missing", _("Write what is to be said."), field="text", missing=("text",))
    if purpose not in PURPOSES:
        raise ValueError(f"no such purpose: {purpose}")
    sign(by.label)
    message_id = make_message_id()
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into channels_sending(channel, purpose, dossier_id, "to", subject, sealed_text, message_id, in_reply_to,
                   state, attempts, try_at, problem, created_at, created_by)
               values ('email', %s, %s, %s, %s, %s, %s, %s, 'waiting', 0, %s, '', %s, %s) returning id""",
            [
                purpose,
                dossier_id,
                address,
                clean_text(subject, LONGEST_SUBJECT),
                seal(said.encode(), SEALED_FOR, message_id.encode()),
                message_id,
                clean_text(in_reply_to, 900),
                now,
                now,
                by.label,
            ],
        )
        sending_id = int(cursor.fetchone()[0])
    if files:
        _take_files(sending_id, files)
    return sending_id


def _take_files(sending_id: int, files: Sequence[int]) -> None:
    """What was uploaded for this message goes with it; each attachment goes once."""
    taken = Attachment.objects.filter(pk__in=list(files), letter=None, sending=None).update(sending_id=sending_id)
    if taken != len(set(files)):
        raise Invalid("no_such_file", _("One of the files is not there any more: attach it again."), field="files")


def make_message_id() -> str:
    """A new Message-ID, without brackets, of the agency's own domain (RFC 5322, 3.6.4): nobody can guess one."""
    sender = MailServer.objects.values_list("sender", flat=True).first()
    address = read_email(sender or "")
    return f"m.{secrets.token_hex(16)}@{address.rpartition('@')[2] if address else OWN_DOMAIN}"


@transaction.atomic
def cancel_sending(*, sending_id: int, by: Actor, now: datetime) -> None:
    """What still waits does not go. Refused for what has gone or is on its way; a failed one is put away."""
    sign(by.label)
    line = _lock_sending(sending_id, by)
    if line.state not in ("waiting", "failed"):
        raise Refused("not_waiting", _("This message does not wait any more."))
    _require_unclaimed(line, now)
    with connection.cursor() as cursor:
        cursor.execute(
            """update channels_sending set state = 'cancelled',
                   sealed_text = case when purpose = any(%s) then ''::bytea else sealed_text end where id = %s""",
            [list(SECRET_PURPOSES), sending_id],
        )


@transaction.atomic
def repeat_sending(*, sending_id: int, by: Actor, now: datetime) -> None:
    """A message that failed, or was cancelled, is sent again from the first attempt; one that waits goes at once.

    Refused for what was sent, and for a secret that is not kept any more: a new invitation is made instead.
    """
    sign(by.label)
    line = _lock_sending(sending_id, by)
    if line.state == "sent":
        raise Refused("sent_already", _("This message was sent already."))
    _require_unclaimed(line, now)
    if not line.can_repeat:
        raise Refused("secret_gone", _("Its secret is not kept: make a new invitation or reset instead."))
    with connection.cursor() as cursor:
        cursor.execute(
            "update channels_sending set state = 'waiting', attempts = 0, try_at = %s, problem = '' where id = %s", [now, sending_id]
        )


@transaction.atomic
def hold_waiting(*, by: Actor, now: datetime) -> int:
    """What waits does not go by itself any more, since it may have gone after the archive was made; how many these are.

    They stand among what was not sent, each to be sent again or put away by a person. Links in them are not kept.
    """
    sign(by.label)
    with connection.cursor() as cursor:
        cursor.execute(
            """update channels_sending set state = 'failed', problem = %s,
                   sealed_text = case when purpose = any(%s) then ''::bytea else sealed_text end where state = 'waiting'""",
            [RESTORED, list(SECRET_PURPOSES)],
        )
        return int(cursor.rowcount)


def _require_unclaimed(line: SendingLine, now: datetime) -> None:
    if line.claimed_until is not None and line.claimed_until > now:
        raise Refused("on_its_way", _("This message is being handed over just now."))


def _lock_sending(sending_id: int, by: Actor) -> SendingLine:
    """The message as it is now, locked; NotFound when absent or out of reach."""
    with connection.cursor() as cursor:
        cursor.execute("select from channels_sending where id = %s for update", [sending_id])
    line = find_sending(by, sending_id)
    if line is None:
        raise NotFound("no_such_message", _("There is no such message within your reach."))
    return line
