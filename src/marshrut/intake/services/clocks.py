"""The response clock's own work: warn, tell the supervisor, re-route; and the queue is given out.

Run often by the worker, any number of times: what is due is a row with a moment, so nothing is missed while the
server was down, and a second run finds nothing left to do.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from marshrut.agency.permissions import Actor, system
from marshrut.clients.services import give_keeper
from marshrut.core.history import sign
from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.models import Breach, Inquiry
from marshrut.intake.models import ClockState as StoredClock
from marshrut.intake.queries import demand_of, find_answer, kind_of
from marshrut.intake.queries.queues import waiting_longest_first
from marshrut.intake.reference import Reference
from marshrut.intake.rules import ClockPolicy, ClockState, Demand, Step, due_steps, moments, next_step_at, shortlist
from marshrut.intake.services.distributing import Given, candidates, give_to_somebody
from marshrut.intake.services.matters import calendar_of, office_of, stop_clock
from marshrut.intake.services.reckoning import keep_cooled
from marshrut.journal.queries import former_holders
from marshrut.journal.services import Holder, Matter, add_touch, hand_over, lock_matter, notify

CLOCK = system("clock")
BATCH = 200
MOST_WAITING = 1000
"""So many of each office's queue are offered in one run; what nobody can take is not offered again for each of its like."""
Hopeless = Demand | tuple[str, int | None]
NOBODY_AT_ALL = ("everybody_full", "nobody_on_shift")

log = logging.getLogger(__name__)


def run_clocks(*, reference: Reference, now: datetime) -> int:
    """Do what is due on running response clocks; how many inquiries were looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select raw_id from intake_inquiry where clock_state = 'running' and warn_at <= %s order by warn_at limit %s",
            [now, BATCH],
        )
        due = [row[0] for row in cursor.fetchall()]
    each_alone(due, lambda inquiry_id: run_clock(inquiry_id=inquiry_id, reference=reference, now=now))
    return len(due)


def each_alone(inquiry_ids: Iterable[int], do: Callable[[int], bool | None]) -> int:
    """Do it for every one, each in its own transaction: one that breaks is left for the next run and holds up nobody."""
    done = 0
    for inquiry_id in inquiry_ids:
        try:
            done += bool(do(inquiry_id))
        except Exception:
            log.exception("the clock of inquiry %s could not be run", inquiry_id)
    return done


@dataclass(frozen=True, slots=True)
class Running:
    """One running clock with everything its steps need."""

    inquiry: Inquiry
    matter: Matter
    policy: ClockPolicy
    calendar: WorkingCalendar


@transaction.atomic
def run_clock(*, inquiry_id: int, reference: Reference, now: datetime, by: Actor = CLOCK) -> None:
    """Do what is due on one clock. Whether the client was answered is read from the journal."""
    sign(by.label)
    dossier_id = Inquiry.objects.values_list("dossier_id", flat=True).get(pk=inquiry_id)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    inquiry = Inquiry.objects.get(pk=inquiry_id)
    if inquiry.clock_state != StoredClock.RUNNING or inquiry.warn_at is None or inquiry.warn_at > now:
        return
    answered_at = find_answer(matter.id)
    if answered_at is not None or not matter.is_open:
        stop_clock(dossier_id=matter.id, at=answered_at or now)
        return
    running = running_of(inquiry, matter, reference)
    keep_cooled(inquiry, running.calendar.working_minutes_between(inquiry.received_at or now, now), reference)
    for step in due_steps(running.policy, state_of(running), now):
        if _do(step, running, reference, now, by):
            return
    Inquiry.objects.filter(pk=inquiry_id).update(warn_at=next_step_at(running.policy, state_of(running)))


def running_of(inquiry: Inquiry, matter: Matter, reference: Reference) -> Running:
    """The clock of an inquiry by the hours of whoever holds its matter."""
    staff = reference.staff
    policy = reference.rules.clock_of(office_of(staff, matter.office_id).id, kind_of(inquiry))
    return Running(inquiry, matter, policy, calendar_of(staff, matter.owner_id, matter.office_id))


def state_of(running: Running) -> ClockState:
    """Where it stands: the moments of this round, and which of its steps were done."""
    inquiry = running.inquiry
    began_at = inquiry.clock_started_at or inquiry.received_at
    assert began_at is not None, "a running clock has begun at a known moment"
    round_moments = moments(running.policy, running.calendar, began_at)
    return ClockState(
        moments=round_moments,
        is_answered=False,
        is_warned=inquiry.clock_step >= 1,
        is_escalated=inquiry.clock_step >= 2,
        is_breached=inquiry.clock_step >= 3,
        reroutes=inquiry.reroutes,
        in_queue=running.matter.queue_id is not None,
    )


def _do(step: Step, running: Running, reference: Reference, now: datetime, by: Actor) -> bool:
    """Do one step; True when it began another round or ended the clock."""
    inquiry, matter = running.inquiry, running.matter
    if step in (Step.LEAVE_WITH_SUPERVISOR, Step.REROUTE):
        Breach.objects.create(raw_id=inquiry.pk, employee_id=matter.owner_id, at=now)
    if step == Step.LEAVE_WITH_SUPERVISOR:
        _leave_with_supervisor(running, reference, now, by)
        return True
    if step == Step.REROUTE:
        if not _give_again(running, reference, now, by, is_breach=True):
            _leave_with_supervisor(running, reference, now, by)
        return True
    if step == Step.TRY_DISTRIBUTION and _give_again(running, reference, now, by, is_breach=False):
        return True
    if step in (Step.WARN_OWNER, Step.TELL_SUPERVISOR):
        told = matter.owner_id if step == Step.WARN_OWNER else id_of_lead(reference, matter, now)
        _note(matter, {"code": str(step), "to": told}, now, by)
        code = "clock_warning" if step == Step.WARN_OWNER else "clock_escalation"
        notify(employee_ids=[told], code=code, dossier_id=matter.id, by=by, now=now)
    inquiry.clock_step = 2 if step == Step.TELL_SUPERVISOR else 1
    inquiry.save(update_fields=["clock_step"])
    return False


def _give_again(running: Running, reference: Reference, now: datetime, by: Actor, *, is_breach: bool) -> bool:
    """Give the inquiry to somebody who has not had it, with a new round of the clock; False when there is nobody."""
    inquiry, matter = running.inquiry, running.matter
    stored = demand_of(inquiry)
    excluded = frozenset(filter(None, (matter.owner_id, *former_holders(matter.id))))
    demand = Demand(matter.office_id, stored.category, stored.directions, stored.keeper_id, excluded, stored.language)
    given = give_to_somebody(reference, demand, now, kind_of(inquiry))
    if given.holder.owner_id is None:
        return False
    keep_client(inquiry, matter, given.holder)
    reasons = [{"code": "rerouted"}, *given.reasons] if is_breach else given.reasons
    hand_over(matter=matter, holder=given.holder, reason=reasons[0], due_at=given.moments.breach_at, by=by, now=now)
    _start_round(inquiry, given, reasons, now, reroutes=inquiry.reroutes + int(is_breach))
    return True


def keep_client(inquiry: Inquiry, matter: Matter, holder: Holder) -> None:
    """Whom nobody kept becomes the new holder's client; so does one who was new when the former holder got them."""
    if matter.person_id and holder.owner_id:
        former = matter.owner_id if inquiry.matched_by == "new" else None
        give_keeper(person_id=matter.person_id, owner_id=holder.owner_id, office_id=holder.office_id, instead_of=former)


def _start_round(inquiry: Inquiry, given: Given, reasons: list[dict[str, Any]], now: datetime, *, reroutes: int) -> None:
    Inquiry.objects.filter(pk=inquiry.pk).update(
        clock_state=StoredClock.RUNNING,
        owner_reason=reasons,
        respond_by=given.moments.breach_at,
        warn_at=given.moments.warn_at,
        clock_started_at=now,
        clock_step=0,
        reroutes=reroutes,
    )


def _leave_with_supervisor(running: Running, reference: Reference, now: datetime, by: Actor) -> None:
    """Nobody answered: the matter stays with whoever answers for the office, and the clock is missed. With none of them at work
    either, what waits in a queue stays there, so that the first who comes gets it."""
    inquiry, matter = running.inquiry, running.matter
    staff = reference.staff
    lead = staff.lead_at(matter.office_id, now) if matter.queue_id else staff.told_at(matter.office_id, now)
    reason = {"code": "left_with_supervisor", "name": lead.name} if lead else {"code": "left_in_queue"}
    if lead is not None:
        hand_over(matter=matter, holder=Holder(lead.id, None, matter.office_id), reason=reason, due_at=None, by=by, now=now)
    else:
        _note(matter, reason, now, by)
    Inquiry.objects.filter(pk=inquiry.pk).update(clock_state=StoredClock.MISSED, warn_at=None, owner_reason=[reason])


def _note(matter: Matter, data: dict[str, Any], now: datetime, by: Actor) -> None:
    add_touch(dossier_id=matter.id, kind="clock", direction="none", body="", data=data, by=by, now=now)


def id_of_lead(reference: Reference, matter: Matter, now: datetime) -> int | None:
    """Who is told of a matter whose client waits too long."""
    lead = reference.staff.told_at(matter.office_id, now)
    return lead.id if lead else None


def give_out_queue(*, reference: Reference, now: datetime, by: Actor = CLOCK) -> int:
    """Give waiting inquiries to managers who can take them now, the longest waiting first; how many were given."""
    if not any(c.is_at_work(now) for c in reference.staff.sellers):
        return 0
    given, hopeless = 0, set[Hopeless]()
    for one in waiting_longest_first(MOST_WAITING):
        if hopeless.isdisjoint(_kinds_of(one.demand)):
            offered = each_alone([one.inquiry_id], lambda number: give_from_queue(inquiry_id=number, reference=reference, now=now, by=by))
            given += offered
            hopeless |= set() if offered else _hopeless_now(one.demand, reference, now)
    return given


def _kinds_of(demand: Demand) -> set[Hopeless]:
    """By what an inquiry may be known to find nobody. A client's own manager gets it also when full: those are always asked for."""
    return {demand} if demand.owner_id else {demand, ("office", demand.office_id)}


def _hopeless_now(demand: Demand, reference: Reference, now: datetime) -> set[Hopeless]:
    """What need not be asked again in this run: its like, and where everybody of the office is full or away, all of the office."""
    choice = shortlist(demand, candidates(reference, now, demand, alone=False), reference.rules.distribution)
    of_office = choice.queue_reason in NOBODY_AT_ALL and "office" in reference.rules.distribution.steps
    return ({demand} if choice.queue_reason else set()) | ({("office", demand.office_id)} if of_office else set())


@transaction.atomic
def give_from_queue(*, inquiry_id: int, reference: Reference, now: datetime, by: Actor) -> bool:
    """Give one waiting inquiry to a manager; False when nobody can take it or somebody has it already."""
    sign(by.label)
    inquiry = Inquiry.objects.get(pk=inquiry_id)
    matter = lock_matter(dossier_id=inquiry.dossier_id, by=by)
    if matter.queue_id is None or not matter.is_open:
        return False
    stored = demand_of(inquiry)
    demand = Demand(matter.office_id, stored.category, stored.directions, stored.keeper_id, language=stored.language)
    given = give_to_somebody(reference, demand, now, kind_of(inquiry))
    if given.holder.owner_id is None:
        return False
    keep_client(inquiry, matter, given.holder)
    hand_over(matter=matter, holder=given.holder, reason=given.reasons[0], due_at=given.moments.breach_at, by=by, now=now)
    if inquiry.answered_at is None and inquiry.clock_state in (StoredClock.RUNNING, StoredClock.MISSED):
        is_missed = inquiry.clock_state == StoredClock.MISSED  # it broke in the queue: no later answer is in time
        _start_round(inquiry, given, given.reasons, now, reroutes=max(inquiry.reroutes, int(is_missed)))
    return True
