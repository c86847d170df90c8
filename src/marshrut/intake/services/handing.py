"""A person gives a matter to another person: by hand, with a reason, told to both."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Colleague, Staff
from marshrut.clients.services import give_keeper
from marshrut.core.errors import Invalid, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.intake.models import Inquiry
from marshrut.journal.services import Holder, hand_over, lock_matter

HOLDERS = ("manager", "senior", "supervisor", "owner")
"""Roles that may hold a matter."""


def may_hand_over(actor: Actor) -> bool:
    """Whether this person gives matters to others: whoever answers for more than their own."""
    return actor.kind == "employee" and actor.reach in ("team", "office", "all") and actor.may("deals:write")


def receivers_of(actor: Actor, staff: Staff) -> list[Colleague]:
    """Whom this person may give a matter to: people who sell and are within the giver's own reach."""
    return [c for c in staff.colleagues.values() if c.role in HOLDERS and (actor.sees(c.id, c.office_id) or c.id == actor.id)]


@transaction.atomic
def hand_over_matter(*, dossier_id: int, to: int, reason: str, staff: Staff, by: Actor, now: datetime) -> None:
    """Give an open matter with its planned actions to a colleague. The response clock runs on: the client still waits.

    Whom nobody kept, or whose keeper gives the matter away while they are new, becomes the new holder's client.
    NotFound when the matter is absent or out of reach; Refused when it is closed or is theirs already;
    Invalid without a reason (field reason) or for somebody who cannot be given it (field to).
    """
    sign(by.label)
    if not may_hand_over(by):
        raise Refused("no_grabbing", _("Inquiries are given out by rule; ask the supervisor."))
    matter = lock_matter(dossier_id=dossier_id, by=by)
    receiver = next((c for c in receivers_of(by, staff) if c.id == to), None)
    said = clean_text(reason, 300)
    if receiver is None:
        raise Invalid("no_such_receiver", _("Choose a colleague who can take it."), field="to", missing=("to",))
    if not said:
        raise Invalid("reason_missing", _("Say why it is handed over."), field="reason", missing=("reason",))
    if not matter.is_open:
        raise Refused("matter_closed", _("The matter is closed; there is nothing to hand over."))
    if matter.owner_id == to:
        raise Refused("owned_already", _("It is %(name)s's already.") % {"name": receiver.name})
    why: dict[str, Any] = {"code": "given_by_hand", "name": by.name, "why": said}
    holder = Holder(receiver.id, None, receiver.office_id)
    hand_over(matter=matter, holder=holder, reason=why, due_at=None, by=by, now=now)
    if matter.person_id:
        former = matter.owner_id if Inquiry.objects.filter(dossier_id=matter.id, state="open", matched_by="new").exists() else None
        give_keeper(person_id=matter.person_id, owner_id=receiver.id, office_id=receiver.office_id, instead_of=former)
    Inquiry.objects.filter(dossier_id=matter.id, state="open").update(owner_reason=[why])
