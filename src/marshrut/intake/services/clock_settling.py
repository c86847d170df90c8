"""Clocks that run follow what they run by: the minutes an agency asks for, the hours and days off of whoever holds the matter.

By when a client is to be answered is written with the clock. Whoever changes the minutes or the hours, or hands a matter to
somebody with other hours, would leave it behind: it is reckoned anew, from when the clock began.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from marshrut.agency.permissions import Actor
from marshrut.core.history import sign
from marshrut.intake.models import ClockState as StoredClock
from marshrut.intake.models import Inquiry, NextAnswer
from marshrut.intake.reference import Reference
from marshrut.intake.rules import next_step_at
from marshrut.intake.services.clocks import CLOCK, running_of, state_of
from marshrut.intake.services.next_answers import running_answer
from marshrut.journal.services import Matter

_AT_ONCE = 500
"""So many are held in memory: an agency may have thousands of clocks."""
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
    first = Inquiry.objects.filter(clock_state=StoredClock.RUNNING, **running).select_related("dossier").order_by("pk")
    following = NextAnswer.objects.filter(state=StoredClock.RUNNING, **running).select_related("dossier").order_by("pk")
    answers = (_first(inquiry, reference) for inquiry in first.iterator(_AT_ONCE))
    again = (_following(clock, reference) for clock in following.iterator(_AT_ONCE))
    return _keep(_INQUIRIES, [one for one in answers if one.has_moved], by) + _keep(_NEXT, [one for one in again if one.has_moved], by)


@dataclass(frozen=True, slots=True)
class _Settled:
    """A clock as it was read, and its moments reckoned anew."""

    pk: int
    step: int
    started_at: datetime | None
    was: tuple[datetime | None, datetime | None]
    respond_by: datetime
    warn_at: datetime | None

    @property
    def has_moved(self) -> bool:
        return self.was != (self.respond_by, self.warn_at)


def _first(inquiry: Inquiry, reference: Reference) -> _Settled:
    running = running_of(inquiry, _matter_of(inquiry.dossier), reference)
    state = state_of(running)
    was = (inquiry.respond_by, inquiry.warn_at)
    return _Settled(
        inquiry.pk, inquiry.clock_step, inquiry.clock_started_at, was, state.moments.breach_at, next_step_at(running.policy, state)
    )


def _following(clock: NextAnswer, reference: Reference) -> _Settled:
    running = running_answer(clock, _matter_of(clock.dossier), reference)
    was = (clock.respond_by, clock.warn_at)
    return _Settled(clock.pk, clock.step, clock.started_at, was, running.moments.breach_at, next_step_at(running.policy, running.state))


# Only where the clock has done nothing meanwhile: what it did last counts.
_ROWS = "unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[]) r(id, step, began, answer, look)"
_INQUIRIES = f"""update intake_inquiry i set respond_by = r.answer, warn_at = r.look from {_ROWS} where i.raw_id = r.id
    and i.clock_state = 'running' and i.clock_step = r.step and i.clock_started_at is not distinct from r.began"""
_NEXT = f"""update intake_nextanswer n set respond_by = r.answer, warn_at = r.look from {_ROWS} where n.id = r.id
    and n.state = 'running' and n.step = r.step and n.started_at = r.began"""


def _keep(statement: str, moved: list[_Settled], by: Actor) -> int:
    """Write the moments that have moved; one statement, none for none. How many were written."""
    if not moved:
        return 0
    columns: list[list[Any]] = [[one.pk for one in moved], [one.step for one in moved], [one.started_at for one in moved],
                                [one.respond_by for one in moved], [one.warn_at for one in moved]]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        sign(by.label)
        cursor.execute(statement, columns)
        return int(cursor.rowcount)


def _matter_of(dossier: Any) -> Matter:
    return Matter(
        dossier.pk, dossier.person_id, dossier.owner_id, dossier.queue_id, dossier.office_id, dossier.phase, dossier.place, dossier.is_open
    )
