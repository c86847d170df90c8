"""A person gives a matter or a client to another person, or a matter to a queue: by hand, with a reason, told to both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Colleague, QueueCard, Staff
from marshrut.clients.services import Keeper, change_keeper, give_keeper, lock_keeper_of
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.intake.models import Inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services.clock_settling import settle_clocks
from marshrut.intake.services.putting_back import changed_since, hand_matter_back, keeper_after, matter_before
from marshrut.journal.queries import open_matters_with
from marshrut.journal.services import Holder, Matter, hand_over, lock_matter

HOLDERS = ("manager", "senior", "supervisor", "owner")
"""Roles that may hold a matter."""


def may_hand_over(actor: Actor) -> bool:
    """Whether this person gives matters to others: whoever answers for more than their own."""
    return actor.kind == "employee" and actor.reach in ("team", "office", "all") and actor.may("deals:write")


def receivers_of(actor: Actor, staff: Staff) -> list[Colleague]:
    """Whom this person may give a matter to: people who sell and are within the giver's own reach."""
    return [c for c in staff.colleagues.values() if c.role in HOLDERS and (actor.sees(c.id, c.office_id) or c.id == actor.id)]


def queues_to_give(actor: Actor, staff: Staff) -> list[QueueCard]:
    """Queues this person may put a matter into: those within reach, so that it does not leave their sight."""
    return [queue for queue in staff.queues.values() if actor.sees(None, queue.office_id)] if may_hand_over(actor) else []


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is given a matter or a client: a colleague, or a queue (which keeps no client)."""

    name: str
    owner_id: int | None
    queue_id: int | None
    office_id: int | None


def find_receiver(actor: Actor, staff: Staff, *, to: int | None = None, queue: int | None = None) -> Receiver:
    """The colleague or the queue of this number. Refused without the right to hand over; Invalid (field to) for whoever
    cannot be given anything."""
    if not may_hand_over(actor):
        raise Refused("no_grabbing", _("Inquiries are given out by rule; ask the supervisor."))
    for colleague in receivers_of(actor, staff):
        if colleague.id == to:
            return Receiver(colleague.name, colleague.id, None, colleague.office_id)
    for card in queues_to_give(actor, staff):
        if card.id == queue:
            return Receiver(card.name, None, card.id, card.office_id)
    raise Invalid("no_such_receiver", _("Choose a colleague who can take it."), field="to", missing=("to",))


def clean_reason(reason: Any) -> str:
    """Why something is handed over. Invalid (field reason) when nothing is said."""
    said = clean_text(reason, 300)
    if not said:
        raise Invalid("reason_missing", _("Say why it is handed over."), field="reason", missing=("reason",))
    return said


@transaction.atomic
def hand_over_matter(
    *, dossier_id: int, to: int | None = None, queue: int | None = None, reason: str, staff: Staff, by: Actor, now: datetime
) -> dict[str, Any]:
    """Give an open matter with its planned actions to a colleague or a queue; what takes it back (`hand_matter_back`).

    The response clock runs on, by the hours of whoever has it now: the client still waits. Whom nobody kept, or whose keeper
    gives the matter away while they are new, becomes the new holder's client. NotFound when the matter is absent or out of
    reach; Refused when it is closed or is theirs already; Invalid without a reason (field reason) or for somebody who cannot
    be given it (field to).
    """
    sign(by.label)
    if not may_hand_over(by):
        raise Refused("no_grabbing", _("Inquiries are given out by rule; ask the supervisor."))
    matter = lock_matter(dossier_id=dossier_id, by=by)
    receiver, said = find_receiver(by, staff, to=to, queue=queue), clean_reason(reason)
    if not matter.is_open:
        raise Refused("matter_closed", _("The matter is closed; there is nothing to hand over."))
    if (matter.owner_id, matter.queue_id) == (receiver.owner_id, receiver.queue_id):
        raise Refused("owned_already", _("It is %(name)s's already.") % {"name": receiver.name})
    return _give(matter, receiver, said, by, now)


def _give(matter: Matter, receiver: Receiver, said: str, by: Actor, now: datetime) -> dict[str, Any]:
    """The matter changes hands; what it was like before, and what it has become."""
    before = matter_before(matter=matter)
    why: dict[str, Any] = {"code": "given_by_hand", "name": by.name, "why": said}
    holder = Holder(receiver.owner_id, receiver.queue_id, receiver.office_id or matter.office_id)
    hand_over(matter=matter, holder=holder, reason=why, due_at=None, by=by, now=now)
    if matter.person_id and receiver.owner_id:
        former = matter.owner_id if Inquiry.objects.filter(dossier_id=matter.id, state="open", matched_by="new").exists() else None
        give_keeper(person_id=matter.person_id, owner_id=receiver.owner_id, office_id=receiver.office_id, instead_of=former)
    Inquiry.objects.filter(dossier_id=matter.id, state="open").update(owner_reason=[why])
    settle_clocks(reference=read_reference(by.revision), dossiers=[matter.id], by=by)
    return {**before, "to": [receiver.owner_id, receiver.queue_id], "kept": keeper_after(matter=matter)}


@transaction.atomic
def hand_over_client(
    *, person_id: int, to: int, with_matters: bool, reason: str, staff: Staff, by: Actor, now: datetime
) -> dict[str, Any]:
    """A client gets another manager, with every open matter within reach if asked; what takes it back (`hand_client_back`).

    NotFound when the client is absent or out of reach; Refused when all of it is theirs already.
    """
    sign(by.label)
    receiver, said = find_receiver(by, staff, to=to), clean_reason(reason)
    matters = [lock_matter(dossier_id=id, by=by) for id in open_matters_with(by, person_id)] if with_matters else []
    keeper = lock_keeper_of(person_id=person_id, by=by)
    if keeper is None:
        raise NotFound("no_such_person", _("There is no such client within your reach."))
    given = [matter for matter in matters if matter.is_open and matter.owner_id != receiver.owner_id]
    if keeper.owner_id == receiver.owner_id and not given:
        raise Refused("owned_already", _("%(name)s is their manager already.") % {"name": receiver.name})
    new = Keeper(receiver.owner_id, receiver.office_id)
    change_keeper(person_id=person_id, keeper=new)
    done = {str(matter.id): _give(matter, receiver, said, by, now) for matter in given}
    return {"keeper": [keeper.owner_id, keeper.office_id], "kept": [new.owner_id, new.office_id], "matters": done}


@transaction.atomic
def hand_client_back(*, person_id: int, before: Mapping[str, Any], staff: Staff, by: Actor, now: datetime) -> None:
    """Take the handing over of a client back, matters and all. Refused, as a whole, where somebody has gone on from it."""
    sign(by.label)
    for dossier_id, kept in sorted(before["matters"].items(), key=lambda pair: int(pair[0])):
        hand_matter_back(dossier_id=int(dossier_id), before=kept, staff=staff, by=by, now=now)
    keeper = lock_keeper_of(person_id=person_id, by=by)
    former = before["keeper"][0]
    if (
        keeper is None
        or [keeper.owner_id, keeper.office_id] != before["kept"]
        or (former is not None and former not in staff.colleagues)
    ):
        raise changed_since()
    change_keeper(person_id=person_id, keeper=Keeper(*before["keeper"]))
