"""P05: the response clock of a new inquiry, in working minutes: the owner is warned, the supervisor is told, then it
goes to somebody else, a few times at most; after that it stays with the supervisor. A queue's clock runs alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from marshrut.core.working_time import WorkingCalendar

from .conditions import RulesetError


@dataclass(frozen=True, slots=True)
class ClockPolicy:
    """Working minutes from the moment somebody holds an inquiry, and how often it may be taken from one and given to
    the next."""

    warn: float = 5
    supervisor: float = 10
    breach: float = 15
    max_reroutes: int = 2

    def check(self) -> None:
        """Raise RulesetError unless the steps follow one another."""
        if not 0 < self.warn <= self.supervisor <= self.breach:
            raise RulesetError("clock", "the warning comes first, then the supervisor, then the breach")
        if self.max_reroutes < 0:
            raise RulesetError("clock.max_reroutes", "must not be negative")


@dataclass(frozen=True, slots=True)
class Moments:
    """When each step of one holder's round falls due."""

    warn_at: datetime
    supervisor_at: datetime
    breach_at: datetime


class Step(StrEnum):
    """What the clock asks to be done."""

    WARN_OWNER = "warn_owner"
    TELL_SUPERVISOR = "tell_supervisor"
    REROUTE = "reroute"
    LEAVE_WITH_SUPERVISOR = "leave_with_supervisor"
    TRY_DISTRIBUTION = "try_distribution"


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where the clock stands: the moments of the present holder's round and what of it has been done."""

    moments: Moments
    is_answered: bool = False
    is_warned: bool = False
    is_escalated: bool = False
    is_breached: bool = False
    reroutes: int = 0
    in_queue: bool = False


def moments(policy: ClockPolicy, calendar: WorkingCalendar, started_at: datetime) -> Moments:
    """The moments of a round that starts now: at receipt, or when a new holder gets it."""
    warn_at = calendar.add_working_minutes(started_at, policy.warn)
    supervisor_at = _later(calendar, warn_at, policy.supervisor - policy.warn)
    return Moments(warn_at, supervisor_at, _later(calendar, supervisor_at, policy.breach - policy.supervisor))


def _later(calendar: WorkingCalendar, moment: datetime, minutes: float) -> datetime:
    return calendar.add_working_minutes(moment, minutes) if minutes > 0 else moment


def respond_by(policy: ClockPolicy, calendar: WorkingCalendar, started_at: datetime) -> datetime:
    """By when a person has to answer: the moment of breach."""
    return calendar.add_working_minutes(started_at, policy.breach)


def due_steps(policy: ClockPolicy, state: ClockState, now: datetime) -> tuple[Step, ...]:
    """What is to be done by `now`, in order; nothing once answered or left with the supervisor. If the clock slept
    (the server was down), every step passed over is still asked for, once."""
    if state.is_answered or state.is_breached:
        return ()
    steps = []
    if not state.is_warned and now >= state.moments.warn_at:
        steps.append(Step.TRY_DISTRIBUTION if state.in_queue else Step.WARN_OWNER)
    if not state.is_escalated and now >= state.moments.supervisor_at:
        steps.append(Step.TELL_SUPERVISOR)
    if now >= state.moments.breach_at:
        steps.append(Step.REROUTE if state.reroutes < policy.max_reroutes else Step.LEAVE_WITH_SUPERVISOR)
    return tuple(steps)


def next_step_at(policy: ClockPolicy, state: ClockState) -> datetime | None:
    """When to look again; None when the clock has nothing more to ask."""
    if state.is_answered or state.is_breached:
        return None
    if not state.is_warned:
        return state.moments.warn_at
    return state.moments.supervisor_at if not state.is_escalated else state.moments.breach_at
