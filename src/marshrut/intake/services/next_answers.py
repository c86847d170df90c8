"""The clock of a following answer: a client who writes on an open matter waits until a person turns to them.

It runs by minutes of its own, from their first unanswered words; the first answer's clock, while it runs, stands for both.
The owner is warned, the supervisor told, and where the agency wants it the matter is given to somebody else; else it stays
with its manager, whose client it is, and the clock is missed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from marshrut.agency.permissions import Actor
from marshrut.core.history import sign
from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.models import ClockState as StoredClock
from marshrut.intake.models import Inquiry, NextAnswer
from marshrut.intake.queries import demand_of
from marshrut.intake.queries.matters import answered_since
from marshrut.intake.reference import Reference
from marshrut.intake.rules import ClockPolicy, ClockState, Demand, Moments, Step, due_steps, moments, next_step_at
from marshrut.intake.rules.clock_policies import Kind
from marshrut.intake.services.clocks import BATCH, CLOCK, each_alone, id_of_lead
from marshrut.intake.services.distributing import give_to_somebody
from marshrut.intake.services.matters import calendar_of, office_of, stop_clock
from marshrut.journal.queries import former_holders
from marshrut.journal.services import Matter, add_touch, hand_over, lock_matter, notify


def client_wrote(*, matter: Matter, kind: Kind, since: datetime, reference: Reference, now: datetime) -> datetime:
    """A client has written on an open matter, which the caller has locked: by when a person is to answer.

    A clock that runs already is left running: they wait since their first words.
    """
    policy = reference.rules.next_clock_of(office_of(reference.staff, matter.office_id).id, kind)
    due = moments(policy, calendar_of(reference.staff, matter.owner_id, matter.office_id), now)
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into intake_nextanswer(dossier_id, channel, inquiry_class, since, started_at, respond_by, warn_at, state)
               select %s, %s, %s, %s, %s, %s, %s, 'running'
               where not exists (select from intake_inquiry where dossier_id = %s and clock_state = 'running')
               on conflict (dossier_id) where state = 'running' do nothing""",
            [matter.id, kind.channel, kind.inquiry_class, min(since, now), now, due.breach_at, due.warn_at, matter.id],
        )
    return due.breach_at


def run_next_answers(*, reference: Reference, now: datetime) -> int:
    """Do what is due on running clocks of following answers; how many were looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from intake_nextanswer where state = 'running' and warn_at <= %s order by warn_at limit %s", [now, BATCH]
        )
        due = [row[0] for row in cursor.fetchall()]
    each_alone(due, lambda clock_id: run_next_answer(clock_id=clock_id, reference=reference, now=now))
    return len(due)


@dataclass(frozen=True, slots=True)
class RunningAnswer:
    """One running clock with everything its steps need."""

    clock: NextAnswer
    matter: Matter
    policy: ClockPolicy
    calendar: WorkingCalendar

    @property
    def moments(self) -> Moments:
        return moments(self.policy, self.calendar, self.clock.started_at)

    @property
    def state(self) -> ClockState:
        """Where it stands. Whoever looks after a queue is told; nobody there can be warned."""
        clock = self.clock
        return ClockState(
            self.moments, is_warned=clock.step >= 1, is_escalated=clock.step >= 2, is_breached=clock.step >= 3, reroutes=clock.reroutes
        )


@transaction.atomic
def run_next_answer(*, clock_id: int, reference: Reference, now: datetime, by: Actor = CLOCK) -> None:
    """Do what is due on one clock. Whether the client was answered is read from the journal."""
    sign(by.label)
    dossier_id = NextAnswer.objects.values_list("dossier_id", flat=True).get(pk=clock_id)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    clock = NextAnswer.objects.get(pk=clock_id)
    if clock.state != StoredClock.RUNNING or clock.warn_at is None or clock.warn_at > now:
        return
    if not matter.is_open:
        NextAnswer.objects.filter(pk=clock_id).update(state=StoredClock.STOPPED, warn_at=None)
        return
    answered_at = answered_since(matter.id, clock.since)
    if answered_at is not None:
        stop_clock(dossier_id=matter.id, at=answered_at)
        return
    running = running_answer(clock, matter, reference)
    for step in due_steps(running.policy, running.state, now):
        if _do(step, running, reference, now, by):
            return
    NextAnswer.objects.filter(pk=clock_id).update(
        warn_at=next_step_at(running.policy, running.state), respond_by=running.moments.breach_at, step=clock.step
    )


def running_answer(clock: NextAnswer, matter: Matter, reference: Reference) -> RunningAnswer:
    """The clock of a following answer by the hours of whoever holds its matter."""
    office = office_of(reference.staff, matter.office_id)
    policy = reference.rules.next_clock_of(office.id, Kind(clock.channel, clock.inquiry_class))
    return RunningAnswer(clock, matter, policy, calendar_of(reference.staff, matter.owner_id, matter.office_id))


def _do(step: Step, running: RunningAnswer, reference: Reference, now: datetime, by: Actor) -> bool:
    """Do one step; True when it began another round or ended the clock."""
    clock, matter = running.clock, running.matter
    if step in (Step.REROUTE, Step.LEAVE_WITH_SUPERVISOR):
        if step == Step.LEAVE_WITH_SUPERVISOR or not _give_again(running, reference, now, by):
            _miss(running, now, by)
        return True
    told = whom_to_warn(reference, matter, now) if step == Step.WARN_OWNER else id_of_lead(reference, matter, now)
    if told is not None:
        _note(matter, {"code": f"next_{step}", "to": told}, now, by)
        code = "clock_warning" if step == Step.WARN_OWNER else "clock_escalation"
        notify(employee_ids=[told], code=code, data={"next": True}, dossier_id=matter.id, by=by, now=now)
    clock.step = 2 if step == Step.TELL_SUPERVISOR else 1
    return False


def whom_to_warn(reference: Reference, matter: Matter, now: datetime) -> int | None:
    """Who is to answer: the holder, or whoever works for them while they are absent; nobody of a queue."""
    owner = reference.staff.colleagues.get(matter.owner_id or 0)
    return (owner.substitute_at(now) or owner.id) if owner else None


def _give_again(running: RunningAnswer, reference: Reference, now: datetime, by: Actor) -> bool:
    """Give the matter to somebody who has not had it, with a new round; False when there is nobody. The client stays whose they are."""
    clock, matter = running.clock, running.matter
    excluded = frozenset(filter(None, (matter.owner_id, *former_holders(matter.id))))
    asked = Inquiry.objects.filter(dossier_id=matter.id, joined_to=None).order_by("pk").first()
    demand = Demand(matter.office_id, excluded=excluded)
    if asked:
        stored = demand_of(asked)
        demand = Demand(matter.office_id, stored.category, stored.directions, excluded=excluded, language=stored.language)
    given = give_to_somebody(reference, demand, now)
    if given.holder.owner_id is None:
        return False
    due = moments(running.policy, calendar_of(reference.staff, given.holder.owner_id, given.holder.office_id), now)
    hand_over(matter=matter, holder=given.holder, reason={"code": "next_rerouted"}, due_at=due.breach_at, by=by, now=now)
    NextAnswer.objects.filter(pk=clock.pk).update(
        started_at=now, respond_by=due.breach_at, warn_at=due.warn_at, step=0, reroutes=clock.reroutes + 1
    )
    return True


def _miss(running: RunningAnswer, now: datetime, by: Actor) -> None:
    """Nobody answered in time: the matter stays where it is, and the clock is missed."""
    NextAnswer.objects.filter(pk=running.clock.pk).update(
        state=StoredClock.MISSED, warn_at=None, step=3, answered_for=running.matter.owner_id
    )
    _note(running.matter, {"code": "next_missed"}, now, by)


def _note(matter: Matter, data: dict[str, Any], now: datetime, by: Actor) -> None:
    add_touch(dossier_id=matter.id, kind="clock", direction="none", body="", data=data, by=by, now=now)
