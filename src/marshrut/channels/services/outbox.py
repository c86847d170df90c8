"""The outbox: a message is put there in the transaction that wants it sent, and goes out when that has committed."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.models import Attachment, MailServer
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid
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
