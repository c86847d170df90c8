"""A plan of distribution tried out: a stream of inquiries given out, answered, re-routed and waited for, event by event.

Everybody works as they would: new inquiries one after another, the worthiest first, within their own hours. What is given
out, taken back at the breach of a clock, handed on at the end of a shift and left in queues goes by the same rules as in
earnest (`distribution.py`). What has been answered stays on somebody's hands for a while and counts against their capacity.
Moments are minutes from the start.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import count

from .distribution import Candidate, Demand, draw, shortlist
from .distribution_plan import DistributionPlan
from .replay import Clock, Span
from .shares import Ledger

LONGEST_BREAK = 180.0
"""Minutes: a longer gap in somebody's hours is the end of their shift."""
_ARRIVE, _START, _END, _ANSWERED, _LEAVES, _BREACH, _HOUR, _SWEEP = range(8)
_EVERYBODY = ("everybody_full", "nobody_on_shift", "nobody_else")


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who is given inquiries: as distribution sees them, and when they are at work."""

    card: Candidate
    spans: Sequence[Span]
    newcomer_since: date | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """An inquiry of the stream: when it comes, what it asks for, how worthy it is, the minutes its answer takes; in how many
    working minutes its clock breaks, and how often it is then given to somebody else."""

    at: float
    demand: Demand
    inquiry_class: str
    priority: int
    minutes: float
    breach: float = 15
    reroutes: int = 2


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which plans are compared. `offices`: their hours; the one of None is the first's. `stretch`: how far everything else
    there is to do stretches an answer. `on_hand`: working minutes an answered inquiry stays on somebody's hands.
    `hour_of_week` of a moment."""

    workers: Sequence[Worker]
    offices: Mapping[int | None, Clock]
    first_day: date
    end: float
    on_hand: float
    hour_of_week: Callable[[float], int]
    stretch: float = 1


@dataclass(slots=True)
class Got:
    """What one person got: how many and their effort, how many of them by share and how many that share was, how many answered,
    and the minutes it took."""

    given: int = 0
    effort: float = 0
    drawn: int = 0
    share: float = 0
    answered: int = 0
    minutes: float = 0


@dataclass(slots=True)
class Outcome:
    """What came of a plan. Waits are working minutes of the inquiry's office until the first answer; `never`: none came."""

    got: dict[int, Got]
    waits: list[float] = field(default_factory=list)
    queue_waits: list[float] = field(default_factory=list)
    breaches: int = 0
    rerouted: int = 0
    handed_on: int = 0
    queued: int = 0
    supervisors: int = 0
    never: int = 0
    queue_sum: list[float] = field(default_factory=lambda: [0.0] * 168)
    queue_most: list[int] = field(default_factory=lambda: [0] * 168)
    hours: list[int] = field(default_factory=lambda: [0] * 168)


@dataclass(slots=True)
class _Open:
    """One inquiry on its way: who has it, in which round, who had it before, whether its clock broke."""

    coming: Coming
    effort: float
    holder: int | None = None
    round: int = 0
    rerouted: int = 0
    former: set[int] = field(default_factory=set)
    queued_at: float | None = None
    is_answered: bool = False
    is_broken: bool = False


def simulate(
    stream: Sequence[Coming], plan: DistributionPlan, about: Circumstances, progress: Callable[[float], None] = lambda _share: None
) -> Outcome:
    """Give out a stream by a plan; the same stream, plan and circumstances give the same outcome."""
    run = _Run(plan, about, {worker.card.employee_id: worker for worker in about.workers})
    for place, coming in enumerate(stream):
        run.at(coming.at, _ARRIVE, place)
    opened = [_Open(one, plan.effort.of(one.inquiry_class, one.demand.category)) for one in stream]
    arrived = 0
    while run.events:
        now, _order, kind, subject, more = heappop(run.events)
        if kind == _ARRIVE:
            run.give(opened[subject], now)
            arrived += 1
            if not arrived % 200:
                progress(arrived / len(stream))
        else:
            run.happen(now, kind, subject, more)
    run.outcome.never = sum(not one.is_answered for one in opened)
    return run.outcome


class _Run:
    """The state of one run: events to come, who is at work with what, queues, ledgers."""

    def __init__(self, plan: DistributionPlan, about: Circumstances, workers: Mapping[int, Worker]) -> None:
        self.plan, self.about, self.workers = plan, about, workers
        self.outcome = Outcome({number: Got() for number in workers})
        self.events: list[tuple[float, int, int, int, object]] = []
        self.ledgers: dict[str, Ledger] = {}
        self.queue: list[_Open] = []
        self.clocks = {number: Clock(worker.spans) for number, worker in workers.items()}
        self.load = dict.fromkeys(workers, 0.0)
        self.present: set[int] = set()
        self.waiting: dict[int, list[tuple[int, float, int, _Open]]] = {number: [] for number in workers}
        self.busy: set[int] = set()
        self._orders, self._cards, self._day = count(), dict[int, Candidate](), -1
        for number, worker in workers.items():
            for place, (start, end) in enumerate(worker.spans):
                following = worker.spans[place + 1][0] if place + 1 < len(worker.spans) else float("inf")
                self.at(start, _START, number)
                self.at(end, _END, number, following - end > LONGEST_BREAK)
        for hour in range(int(about.end // 60)):
            self.at(hour * 60.0, _HOUR, hour)

    def at(self, moment: float, kind: int, subject: int, more: object = None) -> None:
        """Something is to happen."""
        heappush(self.events, (moment, next(self._orders), kind, subject, more))

    def happen(self, now: float, kind: int, subject: int, more: object) -> None:
        """Whatever is no arrival."""
        if kind == _START:
            self.present.add(subject)
            self._changed(subject)
            self._work(subject, now)
            self.at(now, _SWEEP, 0)  # once all who begin at this moment are there
        elif kind == _END:
            self.present.discard(subject)
            self._changed(subject)
            if more and self.plan.hands_over_at_shift_end:
                self._hand_on(subject, now)
        elif kind == _ANSWERED:
            self.busy.discard(subject)
            self._work(subject, now)
        elif kind == _LEAVES and isinstance(more, _Open):
            self.load[subject] -= more.effort
            self._changed(subject)
            self.at(now, _SWEEP, 0)
        elif kind == _SWEEP:
            self._give_out_queue(now)
        elif kind == _BREACH and isinstance(more, _Open):
            self._break(more, subject, now)
        elif kind == _HOUR:
            hour = self.about.hour_of_week(now)
            self.outcome.hours[hour] += 1
            self.outcome.queue_sum[hour] += len(self.queue)
            self.outcome.queue_most[hour] = max(self.outcome.queue_most[hour], len(self.queue))

    def give(self, one: _Open, now: float, *, is_again: bool = False) -> bool:
        """To somebody, else (unless it is somebody's already) into the queue; whether anybody got it."""
        demand = replace(one.coming.demand, excluded=frozenset(one.former)) if one.former and is_again else one.coming.demand
        choice = shortlist(demand, self._people(now), self.plan)
        if choice.queue_reason:
            if one.holder is None and one.queued_at is None:
                self._put_in_queue(one, now)
            return False
        chosen, got = choice.chosen, self.outcome.got
        if chosen is None:
            drawn = draw(choice, self.ledgers.get(choice.pool_key, Ledger()))
            self.ledgers[choice.pool_key] = drawn.ledger
            weights, _had, _total = drawn.ledger.counted(choice.people)
            for person, weight in zip(choice.people, weights, strict=True):
                got[person.employee_id].share += weight / sum(weights)
            got[drawn.employee_id].drawn += 1
            self._take(one, drawn.employee_id, now)
        else:
            self._take(one, chosen.employee_id, now)
        return True

    def _take(self, one: _Open, number: int, now: float) -> None:
        """It is this person's now, with a round of the clock of its own."""
        if one.queued_at is not None:
            self.outcome.queue_waits.append(self._office(one).worked(now) - self._office(one).worked(one.queued_at))
            one.queued_at = None
        self._leave_holder(one)
        one.holder, got = number, self.outcome.got[number]
        got.given += 1
        got.effort += one.effort
        self.load[number] += one.effort
        self._changed(number)
        insort(self.waiting[number], (-one.coming.priority, one.coming.at, next(self._orders), one))
        self._new_round(one, self.clocks[number], now)
        self._work(number, now)

    def _leave_holder(self, one: _Open) -> None:
        if one.holder is not None:
            self.load[one.holder] -= one.effort
            self._changed(one.holder)
            self.waiting[one.holder] = [entry for entry in self.waiting[one.holder] if entry[3] is not one]
            one.former.add(one.holder)
            one.holder = None

    def _put_in_queue(self, one: _Open, now: float) -> None:
        self._leave_holder(one)
        one.queued_at = now
        self.outcome.queued += 1
        insort(self.queue, one, key=lambda waiting: waiting.coming.at)
        self._new_round(one, self._office(one), now)

    def _new_round(self, one: _Open, clock: Clock, now: float) -> None:
        one.round += 1
        breaks_at = clock.moment(clock.worked(now) + one.coming.breach)
        if breaks_at is not None:
            self.at(breaks_at, _BREACH, one.round, one)

    def _break(self, one: _Open, its_round: int, now: float) -> None:
        """The clock of a round broke: to somebody else, a few times at most; then it is the supervisor's, who answers."""
        if one.is_answered or one.round != its_round:
            return
        self.outcome.breaches += not one.is_broken
        one.is_broken = True
        if one.holder is not None:
            one.former.add(one.holder)
        if one.rerouted < one.coming.reroutes and self.give(one, now, is_again=True):
            one.rerouted += 1
            self.outcome.rerouted += 1
            self.queue = [waiting for waiting in self.queue if waiting is not one]
            return
        self.queue = [waiting for waiting in self.queue if waiting is not one]
        self._leave_holder(one)
        self.outcome.supervisors += 1
        self._answered(one, now)

    def _answered(self, one: _Open, now: float) -> None:
        one.is_answered = True
        office = self._office(one)
        self.outcome.waits.append(office.worked(now) - office.worked(one.coming.at))

    def _work(self, number: int, now: float) -> None:
        """Take the worthiest of what waits, if at work and free for it."""
        if number in self.busy or number not in self.present or not self.waiting[number]:
            return
        one, clock, got = self.waiting[number].pop(0)[3], self.clocks[number], self.outcome.got[number]
        self._answered(one, now)
        minutes = one.coming.minutes * self.about.stretch
        got.answered += 1
        got.minutes += minutes
        self.busy.add(number)
        done = clock.moment(clock.worked(now) + minutes)
        self.at(self.about.end if done is None else done, _ANSWERED, number)
        leaves = clock.moment(clock.worked(now) + max(minutes, self.about.on_hand))
        if leaves is not None:
            self.at(leaves, _LEAVES, number, one)

    def _hand_on(self, number: int, now: float) -> None:
        """The shift is over: what nobody answered goes to those at work, else into the queue."""
        held = [entry[3] for entry in self.waiting[number]]
        for one in held:
            self._leave_holder(one)
            self.outcome.handed_on += 1
            self.give(one, now)

    def _give_out_queue(self, now: float) -> None:
        """The longest waiting first; what nobody can take is not asked about again for each of its like."""
        if not self.queue:
            return
        hopeless: set[object] = set()
        left = []
        for one in self.queue:
            demand = one.coming.demand
            if one.is_answered or demand in hopeless or (demand.owner_id is None and demand.office_id in hopeless):
                if not one.is_answered:
                    left.append(one)
            elif not self.give(one, now):
                left.append(one)
                reason = shortlist(demand, self._people(now), self.plan).queue_reason
                hopeless.add(demand.office_id if reason in _EVERYBODY and "office" in self.plan.steps else demand)
        self.queue = left

    def _people(self, now: float) -> list[Candidate]:
        """Everybody as distribution sees them at this moment; a card is made anew only for whom something changed."""
        day = int(now // 1440)
        if day != self._day:
            self._day, self._cards = day, {}
        today = self.about.first_day + timedelta(days=day)
        for number, worker in self.workers.items():
            if number not in self._cards:
                whole = worker.card.whole_weight
                weight = self.plan.newcomers.weight(whole, worker.newcomer_since, today)
                self._cards[number] = replace(
                    worker.card, is_at_work=number in self.present, load=round(self.load[number], 2), weight=weight, full_weight=whole
                )
        return [self._cards[number] for number in self.workers]

    def _changed(self, number: int) -> None:
        self._cards.pop(number, None)

    def _office(self, one: _Open) -> Clock:
        return self.about.offices.get(one.coming.demand.office_id) or self.about.offices[None]
