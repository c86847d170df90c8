"""A matter is put aside for later: not before the client was answered."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Refused
from marshrut.intake.models import ClockState, Inquiry, NextAnswer
from marshrut.journal.services import lock_matter, put_aside


@transaction.atomic
def put_matter_aside(*, dossier_id: int, until: datetime, why: str, by: Actor, now: datetime) -> None:
    """Let a matter wait until a moment, with what it waits for. Refused while its client waits for an answer."""
    matter = lock_matter(dossier_id=dossier_id, by=by)
    waits = (
        Inquiry.objects.filter(dossier_id=matter.id, clock_state=ClockState.RUNNING).exists()
        or NextAnswer.objects.filter(dossier_id=matter.id, state=ClockState.RUNNING).exists()
    )
    if waits:
        raise Refused("answer_first", _("The client waits for an answer: answer first, then put it aside."))
    put_aside(dossier_id=dossier_id, until=until, why=why, by=by, now=now)
