"""A person writes to the client from the card: said, put into the outbox, and what comes next, all or nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.rules.templates import unfilled
from marshrut.channels.services import queue_message
from marshrut.core.errors import Invalid
from marshrut.core.history import sign
from marshrut.intake.reference import read_reference
from marshrut.intake.services.matters import stop_clock
from marshrut.intake.services.passing_over import note_passing
from marshrut.journal.services import NextAction, add_touch, complete_task, lock_matter


@transaction.atomic
def write_letter(
    *,
    dossier_id: int,
    to: str,
    subject: str,
    text: str,
    files: Sequence[int] = (),
    in_reply_to: str = "",
    task_id: int | None = None,
    following: NextAction | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Send the client a letter: a touch that answers (the response clock stops), and a message in the outbox; its id.

    With `task_id` the planned action is completed and `following` planned. NotFound out of reach; Invalid names the
    field: an address that is none, nothing to say, a place of a template that was left open.
    """
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    refuse_unfilled(subject, text)
    note_passing(dossier_id=matter.id, kind="email_out", reference=read_reference(by.revision), by=by, now=now)
    sending_id = queue_message(
        to=to,
        subject=subject,
        text=text,
        purpose="message",
        dossier_id=matter.id,
        in_reply_to=in_reply_to,
        files=files,
        by=by,
        now=now,
    )
    data = {"sending": sending_id, "subject": subject}
    add_touch(dossier_id=matter.id, kind="email_out", direction="out", body=text, data=data, is_answer=True, by=by, now=now)
    stop_clock(dossier_id=matter.id, at=now)
    if task_id is not None:
        complete_task(task_id=task_id, result="", following=following, by=by, now=now)
    return sending_id


def refuse_unfilled(*texts: str) -> None:
    """Nobody is to be greeted as “{name}”. Invalid names the places left open."""
    left = [place for text in texts for place in unfilled(text)]
    if left:
        named = ", ".join(f"{{{place}}}" for place in dict.fromkeys(left))
        raise Invalid("place_left_open", _("Fill in %(places)s, or take it out.") % {"places": named}, field="text")
