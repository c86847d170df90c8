"""Clocks that run follow what they run by: the minutes an agency asks for, the hours and days off of whoever holds the matter.

By when a client is to be answered is written with the clock. Whoever changes the minutes or the hours, or hands a matter to
somebody with other hours, would leave it behind: it is reckoned anew, from when the clock began.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from marshrut.agency.permissions import Actor
from marshrut.core.history import sign
from marshrut.intake.models import ClockState as StoredClock
from marshrut.intake.models import Inquiry, NextAnswer
from marshrut.intake.reference import Reference
from marshrut.intake.rules import next_step_at
from marshrut.intake.services.clocks import CLOCK, running_of, state_of
from marshrut.intake.services.next_answers import running_answer
from marshrut.journal.services import Matter

_followed: Reference | None = None


def follow_changes(*, reference: Reference, now: datetime) -> int:
    """Settle all clocks once after the rules, the hours or the people have changed, and once in each worker; how many moved."""
    global _followed
    if _followed is reference:
        return 0
    moved = settle_clocks(reference=reference)
    _followed = reference
    return moved


def settle_clocks(*, reference: Reference, dossiers: Collection[int] | None = None, by: Actor = CLOCK) -> int:
    """Reckon anew by when clients are to be answered, and when each clock looks next; of these matters, or of all. How many moved.

    What a clock has done already it does not do again.
    """
    running: dict[str, Any] = {"warn_at__isnull": False, **({} if dossiers is None else {"dossier_id__in": list(dossiers)})}
    moved = 0
    for inquiry in Inquiry.objects.filter(clock_state=StoredClock.RUNNING, **running).select_related("dossier").order_by("pk"):
        first = running_of(inquiry, _matter_of(inquiry.dossier), reference)
        state = state_of(first)
        same = {"clock_step": inquiry.clock_step, "clock_started_at": inquiry.clock_started_at, "clock_state": StoredClock.RUNNING}
        moved += _keep(inquiry, same, state.moments.breach_at, next_step_at(first.policy, state), by)
    for clock in NextAnswer.objects.filter(state=StoredClock.RUNNING, **running).select_related("dossier").order_by("pk"):
        following = running_answer(clock, _matter_of(clock.dossier), reference)
        same = {"step": clock.step, "started_at": clock.started_at, "state": StoredClock.RUNNING}
        moved += _keep(clock, same, following.moments.breach_at, next_step_at(following.policy, following.state), by)
    return moved


def _keep(row: Inquiry | NextAnswer, unchanged: dict[str, Any], respond_by: datetime, warn_at: datetime | None, by: Actor) -> int:
    """Write the moments where they have moved and the clock has done nothing meanwhile; whether they were written."""
    if (row.respond_by, row.warn_at) == (respond_by, warn_at):
        return 0
    with transaction.atomic():
        sign(by.label)
        return int(type(row)._default_manager.filter(pk=row.pk, **unchanged).update(respond_by=respond_by, warn_at=warn_at))


def _matter_of(dossier: Any) -> Matter:
    return Matter(
        dossier.pk, dossier.person_id, dossier.owner_id, dossier.queue_id, dossier.office_id, dossier.phase, dossier.place, dossier.is_open
    )
