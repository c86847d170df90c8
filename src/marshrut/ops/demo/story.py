"""What became of one inquiry of the demo: when it was answered, how far it came, how it ended. Times only; no rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marshrut.core.working_time import WorkingCalendar
from marshrut.deals.queries import StageCard

SALES = ("new_sale", "repeat", "open_matter")
_DEAL_CHANCE = {"A": 0.68, "B": 0.5, "C": 0.22}
_WON_CHANCE = 0.3
_LATE_STAGE = 7  # from the full payment on a trip is only postponed or sold
_REASONS = {
    "Дорого": 30, "Купил в другом агентстве": 18, "Забронировал сам": 9, "Отложил поездку": 17, "Не удалось связаться": 12,
    "Нет мест или вариантов": 6, "Документы или виза": 3, "Здоровье и семья": 5, "Передумал": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """What a story starts from. `pace` is the manager's usual minutes to an answer, `worth` how much likelier than usual it sells."""

    received_at: datetime
    breach_at: datetime
    calendar: WorkingCalendar
    response_calendar: WorkingCalendar
    inquiry_class: str
    grade: str
    worth: float
    pace: float
    stages: Sequence[StageCard]


@dataclass(frozen=True, slots=True)
class Story:
    """How it went until now. `steps` are the stages reached and when; `state` is open, won, lost or a disposition."""

    answered_at: datetime | None = None
    steps: tuple[tuple[StageCard, datetime], ...] = ()
    state: str = "open"
    ended_at: datetime | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def outcome(self) -> str | None:
        return self.state if self.state in ("won", "lost") else None

    @property
    def disposition(self) -> str:
        return "" if self.state in ("open", "won", "lost") else self.state


@dataclass(slots=True)
class Telling:
    """A story that is being told up to the present moment."""

    chance: random.Random
    now: datetime
    case: Case
    steps: list[tuple[StageCard, datetime]] = field(default_factory=list)

    def tell(self) -> Story:
        """The whole story."""
        if self.case.inquiry_class == "spam":
            return self._end(None, self._later(self.case.received_at, 40), "spam")
        answered = self._answer()
        if answered is None:
            return Story()
        if self.case.inquiry_class not in SALES:
            return self._end(answered, self._later(answered, 120), "wrong_address")
        if self.chance.random() > min(0.95, _DEAL_CHANCE[self.case.grade] * self.case.worth**0.5):
            return self._without_deal(answered)
        return self._deal(answered)

    def _answer(self) -> datetime | None:
        """When the client was answered; never later than now once the clock has run out."""
        minutes = self.case.pace * self.chance.lognormvariate(0, 0.75)
        at = self.case.response_calendar.add_working_minutes(self.case.received_at, minutes)
        if at <= self.now:
            return at
        if self.case.breach_at < self.now:
            return self.case.breach_at + (self.now - self.case.breach_at) * self.chance.random()
        return None

    def _without_deal(self, answered: datetime) -> Story:
        ended = self._later(answered, self.chance.uniform(60, 7000))
        draw = self.chance.random()
        if draw < 0.11:
            return self._end(answered, ended, "price_check" if draw < 0.08 else "wrong_number")
        return self._end(answered, ended, "lost")

    def _deal(self, answered: datetime) -> Story:
        at = answered if self.chance.random() < 0.6 else self._later(answered, 500)
        is_won = self.chance.random() < min(0.9, _WON_CHANCE * self.case.worth)
        last = len(self.case.stages) if is_won else self.chance.choices(range(1, _LATE_STAGE), (4, 6, 7, 4, 2, 1))[0]
        for stage in self.case.stages[:last]:
            if at > self.now:
                break
            self.steps.append((stage, at))
            at = self._later(at, stage.task_minutes * 3.6)
        if is_won:
            return self._end(answered, at, "won")
        return self._end(answered, self._later(at, 3500), "lost")

    def _end(self, answered: datetime | None, ended: datetime, state: str) -> Story:
        steps = tuple(self.steps)
        if ended > self.now:
            return Story(answered, steps)
        reason = self.chance.choices(list(_REASONS), list(_REASONS.values()))[0] if state == "lost" else ""
        return Story(answered, steps, state, ended, reason)

    def _later(self, at: datetime, minutes: float) -> datetime:
        """Some working time later, up to so many minutes; a few seconds off, as people are."""
        moment = self.case.calendar.add_working_minutes(at, self.chance.uniform(0.15, 1) * minutes)
        return moment + timedelta(seconds=self.chance.randrange(50))
