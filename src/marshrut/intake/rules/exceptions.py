"""What may come before a new inquiry: a short list the agency edits. Everything else waits until the new ones are answered.

`call_now`: somebody is on the line. `trip_trouble`: something went wrong on a trip. `due_today`: a hold runs out or a payment is
due today. `longest_wait`: work that is late by more than its kind may ever be, so that nothing starves behind what is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .conditions import RulesetError
from .rulesets import Settings

CALL_NOW, TRIP_TROUBLE, DUE_TODAY, LONGEST_WAIT = EXCEPTIONS = ("call_now", "trip_trouble", "due_today", "longest_wait")
TROUBLE = "trouble"
DUE_KINDS = ("hold", "payment")
WORK_KINDS = ("call", "write", "meeting", "document", "hold", "payment")
LONGEST_HOURS = 24 * 60
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ExceptionRules:
    """Which exceptions count, and how late each kind of work may be at most (hours beyond its moment; "" any other kind).

    `late_at_once`: so many past their longest wait stand before new inquiries at a time, so that whoever is far behind still sees
    what is new; the others follow after the new ones.
    """

    on: frozenset[str]
    longest_hours: Mapping[str, float]
    late_at_once: int = 5

    def of_task(self, kind: str, due_at: datetime, now: datetime, day_end: datetime) -> str:
        """The exception under which a planned action stands now; empty when it waits its turn."""
        if kind == TROUBLE and TRIP_TROUBLE in self.on:
            return TRIP_TROUBLE
        if kind in DUE_KINDS and due_at < day_end and DUE_TODAY in self.on:
            return DUE_TODAY
        if LONGEST_WAIT in self.on and due_at < now - self.longest(kind):
            return LONGEST_WAIT
        return ""

    def longest(self, kind: str) -> timedelta:
        """How late an action of this kind may be before it comes first."""
        return timedelta(hours=self.longest_hours.get(kind, self.longest_hours[""]))


def compile_exceptions(data: Mapping[str, Any]) -> ExceptionRules:
    """Rules from data shaped as `intake/data/exceptions.json`. Raises RulesetError."""
    raw = Settings(data, "exceptions")
    on = raw.value("on")
    if not isinstance(on, list) or any(name not in EXCEPTIONS for name in on):
        raise RulesetError("exceptions.on", f"must be some of {', '.join(EXCEPTIONS)}")
    hours = raw.numbers("longest_hours", least=1, most=LONGEST_HOURS)
    if set(hours) != {*WORK_KINDS, "other"}:
        raise RulesetError("exceptions.longest_hours", "must name every kind of work once")
    late_at_once = raw.number("late_at_once", least=1, most=MOST_AT_ONCE)
    if not late_at_once.is_integer():
        raise RulesetError("exceptions.late_at_once", "must be a whole number")
    raw.finish()
    other = hours.pop("other")
    return ExceptionRules(frozenset(on), hours | {"": other}, int(late_at_once))
