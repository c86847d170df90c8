"""Whose shift has ended, or who is away, answers nobody: clients who still wait for a first answer are handed on by the same
rules to those at work, their clock running on; with nobody at work they wait in the queue, where it stands until there is.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from marshrut.agency.permissions import Actor
from marshrut.core.history import sign
from marshrut.intake.models import ClockState as StoredClock
from marshrut.intake.models import Inquiry
from marshrut.intake.queries import demand_of
from marshrut.intake.reference import Reference
from marshrut.intake.rules import Demand, next_step_at
from marshrut.intake.services.clocks import BATCH, CLOCK, each_alone, keep_client, running_of, state_of
from marshrut.intake.services.distributing import Given, give_to_somebody
from marshrut.journal.queries import former_holders, held_since
from marshrut.journal.services import Matter, hand_over, lock_matter

BY_HAND = ("given_by_hand", "taken_by_hand", "taken_next")


def hand_on_open_clocks(*, reference: Reference, now: datetime, by: Actor = CLOCK, employee_id: int | None = None) -> int:
    """Hand on what nobody has answered of everybody who is gone (or of this one); how many inquiries changed hands."""
    gone = [number for number in reference.staff.colleagues if employee_id in (None, number) and _why_gone(reference, number, now)]
    if not gone:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """select i.raw_id from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
               where i.clock_state = 'running' and d.is_open and d.owner_id = any(%s) order by i.warn_at limit %s""",
            [gone, BATCH],
        )
        held = [row[0] for row in cursor.fetchall()]
    return each_alone(held, lambda inquiry_id: hand_on(inquiry_id=inquiry_id, reference=reference, now=now, by=by))


def _why_gone(reference: Reference, employee_id: int | None, now: datetime) -> str:
    """Why an employee answers nobody for a while; the end of a shift counts where the agency wants it."""
    colleague = reference.staff.colleagues.get(employee_id or 0)
    why = colleague.why_gone(now) if colleague else ""
    return why if why == "absent" or reference.rules.distribution.hands_over_at_shift_end else ""


@transaction.atomic
def hand_on(*, inquiry_id: int, reference: Reference, now: datetime, by: Actor) -> bool:
    """Hand one inquiry on; False when it has been answered, its holder is here, or a person gave it to them after their hours."""
    sign(by.label)
    inquiry = Inquiry.objects.get(pk=inquiry_id)
    matter = lock_matter(dossier_id=inquiry.dossier_id, by=CLOCK)
    inquiry.refresh_from_db()
    why = _why_gone(reference, matter.owner_id, now)
    if not why or inquiry.clock_state != StoredClock.RUNNING or not matter.is_open:
        return False
    if why == "shift_ended" and _was_given_afterwards(inquiry, matter, reference, now):
        return False
    holder = reference.staff.colleagues[matter.owner_id or 0]
    given = give_to_somebody(reference, _demand(inquiry, matter, is_away=why == "absent"), now)
    reason = {"code": "holder_away" if why == "absent" else "shift_ended", "name": holder.name}
    reasons = [reason, *(one for one in given.reasons if (one["code"], one.get("name")) != ("clients_manager_away", holder.name))]
    pass_on(inquiry, matter, given, reasons, reference, by, now)
    return True


def _was_given_afterwards(inquiry: Inquiry, matter: Matter, reference: Reference, now: datetime) -> bool:
    """Did a person give it to them when their shift had ended? Then it was meant so."""
    if not any(reason.get("code") in BY_HAND for reason in inquiry.owner_reason or ()):
        return False
    since, holder = held_since(matter.id), reference.staff.colleagues[matter.owner_id or 0]
    return since is not None and holder.calendar.working_minutes_between(since, now) <= 0


def _demand(inquiry: Inquiry, matter: Matter, *, is_away: bool) -> Demand:
    """What it asks of the next: never of those it was taken from. Whoever works for somebody away works also for new clients."""
    stored = demand_of(inquiry)
    keeper = matter.owner_id if is_away and stored.keeper_id in (None, matter.owner_id) else stored.keeper_id
    former = frozenset(former_holders(matter.id))
    return Demand(matter.office_id, stored.category, stored.directions, keeper, former - {matter.owner_id}, stored.language)


def pass_on(
    inquiry: Inquiry, matter: Matter, given: Given, reasons: list[dict[str, Any]], reference: Reference, by: Actor, now: datetime
) -> None:
    """The matter changes hands; the round goes on from where it began, by the hours of the new holder or of the queue."""
    passed = replace(matter, owner_id=given.holder.owner_id, queue_id=given.holder.queue_id, office_id=given.holder.office_id)
    state = state_of(running := running_of(inquiry, passed, reference))
    if given.holder.owner_id and "substitute" not in {reason["code"] for reason in reasons}:
        keep_client(inquiry, matter, given.holder)
    hand_over(matter=matter, holder=given.holder, reason=reasons[0], due_at=state.moments.breach_at, by=by, now=now)
    Inquiry.objects.filter(pk=inquiry.pk).update(
        owner_reason=reasons, respond_by=state.moments.breach_at, warn_at=next_step_at(running.policy, state)
    )
