"""How an agency gives inquiries out: its own order of steps, what an inquiry weighs, how newcomers begin, when a queue alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .conditions import RulesetError
from .facts import CLASSES
from .rulesets import Settings

STEPS = ("clients_manager", "office", "language", "skill")
"""The steps an agency may put in another order or switch off. At work, below capacity and fair share always hold."""
STRICT = ("language", "skill")
"""Steps an agency may have waited for: nobody else gets the inquiry meanwhile."""
OVERDUE = "overdue"
"""What overdue old work is called among what people have on their hands."""

_ADDED = ("language",)  # steps that orders kept by an agency may lack, because they are older
_STEP_OF_WEIGHT = 10  # hundredths: a newcomer's weight grows by tenths, so that rounds of shares stay short


@dataclass(frozen=True, slots=True)
class Effort:
    """How much of somebody's capacity an open inquiry takes: its class's weight × its category's; overdue work has its own."""

    classes: Mapping[str, float] = field(default_factory=dict)
    categories: Mapping[str, float] = field(default_factory=dict)
    overdue: float = 1

    def of(self, inquiry_class: str | None, category: str | None) -> float:
        """Of one inquiry; what is not known weighs 1."""
        if inquiry_class == OVERDUE:
            return self.overdue
        return self.classes.get(inquiry_class or "", 1.0) * self.categories.get(category or "", 1.0)

    def sum(self, held: Sequence[tuple[str | None, str | None, int]]) -> float:
        """Of what somebody holds, by class and category."""
        return round(sum(self.of(inquiry_class, category) * number for inquiry_class, category, number in held), 2)


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Whose share begins at `percent` of their own and is whole after `days`; 0 days: whole at once."""

    percent: float = 100
    days: float = 0

    def weight(self, whole: int, since: date | None, today: date) -> int:
        """A weight on a day, in whole hundredths; `since` None: no newcomer."""
        if since is None or not self.days or (today - since).days >= self.days:
            return whole
        grown = self.percent + (100 - self.percent) * max(0, (today - since).days) / self.days
        step = _STEP_OF_WEIGHT if whole >= 2 * _STEP_OF_WEIGHT else 1
        return min(whole, max(step, int(whole * grown / 100 / step + 0.5) * step))


@dataclass(frozen=True, slots=True)
class QueueAlarm:
    """The supervisor is called when the longest waiting has waited `minutes` of working time, or `length` wait."""

    minutes: float = 10
    length: float = 10


@dataclass(frozen=True, slots=True)
class DistributionPlan:
    """The steps that are asked, in their order; whether a waiting inquiry may be taken by hand by whoever answers for an
    office, and whether managers may take the next in turn. Where the office comes before language and skill, other offices
    are not asked at all; where it comes after, those of the office are only preferred among the ones left. A `strict` step
    is never passed over: where nobody free meets it, the inquiry waits for whoever does."""

    steps: tuple[str, ...] = STEPS
    may_take_by_hand: bool = True
    strict: frozenset[str] = frozenset()
    keeper_when_full: bool = True
    hands_over_at_shift_end: bool = True
    effort: Effort = field(default_factory=Effort)
    newcomers: Newcomers = field(default_factory=Newcomers)
    alarm: QueueAlarm = field(default_factory=QueueAlarm)
    managers_take_next: bool = False


USUAL_PLAN = DistributionPlan()


def compile_distribution(data: Mapping[str, Any]) -> DistributionPlan:
    """A plan from what an agency keeps of it (intake/data/distribution.json has all of it); every part may be left out.
    Raises RulesetError that names the place."""
    read = Settings(data, "distribution")
    order, off = completed(read.value("order", list(STEPS))), read.value("off", [])
    if not isinstance(order, list | tuple) or sorted(map(str, order)) != sorted(STEPS):
        raise RulesetError("distribution.order", f"must name {', '.join(STEPS)} once each")
    plan = DistributionPlan(
        tuple(step for step in order if step not in _some(off, STEPS, "off")),
        _yes(read, "take_by_hand"),
        _some(read.value("strict", []), STRICT, "strict"),
        _yes(read, "keeper_when_full"),
        _yes(read, "hand_over_at_shift_end"),
        _effort(Settings(read.value("effort", {}), "distribution.effort")),
        _newcomers(Settings(read.value("newcomers", {}), "distribution.newcomers")),
        _alarm(Settings(read.value("queue", {}), "distribution.queue")),
        _yes(read, "managers_take_next", usual=False),
    )
    read.finish()
    return plan


def _some(chosen: Any, known: Sequence[str], key: str) -> frozenset[str]:
    if not isinstance(chosen, list | tuple) or not set(map(str, chosen)) <= set(known):
        raise RulesetError(f"distribution.{key}", f"may name {', '.join(known)}")
    return frozenset(chosen)


def _yes(read: Settings, key: str, *, usual: bool = True) -> bool:
    value = read.value(key, usual)
    if not isinstance(value, bool):
        raise RulesetError(f"{read.path}.{key}", "must be true or false")
    return value


def _effort(read: Settings) -> Effort:
    tables = [
        read.numbers(key, most=20) if read.value(key, {}) else {}
        for key in ("classes", "categories")
    ]  # fmt: skip
    if unknown := sorted(set(tables[0]) - set(CLASSES)):
        raise RulesetError(f"{read.path}.classes.{unknown[0]}", "unknown key")
    made = Effort(tables[0], tables[1], read.number("overdue", 1, most=20))
    read.finish()
    return made


def _newcomers(read: Settings) -> Newcomers:
    made = Newcomers(read.number("percent", 100, least=1, most=100), read.number("days", 0, most=1000))
    read.finish()
    return made


def _alarm(read: Settings) -> QueueAlarm:
    made = QueueAlarm(read.number("minutes", 10, least=1, most=10_080), read.number("length", 10, least=1, most=100_000))
    read.finish()
    return made


def completed(order: Any) -> Any:
    """An order of steps with those that came later than it, each behind the step it follows as delivered."""
    if not isinstance(order, list | tuple):
        return order
    steps = list(order)
    for step in _ADDED:
        before = STEPS[STEPS.index(step) - 1]
        if step not in steps and before in steps:
            steps.insert(steps.index(before) + 1, step)
    return steps
