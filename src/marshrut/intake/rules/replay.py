"""A period worked through once more in another order: who would have been answered when, and what that is worth.

Every inquiry waits for whoever had it. Each of them works one inquiry after another within their working hours: of those that
wait, the one whose hour is worth most at that moment. How fast they are is measured, not assumed (`measured_pace`): how long it
took to turn to an inquiry when nothing else waited, and how long from one answer to the next when something did. Both orders
work with the same people, hours and pace, so that nothing differs but the order.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate, pairwise
from statistics import fmean

MINUTES_OF_TABLE = 5
_LONGEST = 30 * 24 * 60 // MINUTES_OF_TABLE
_FEWEST_SEEN = 10
SAME_WITHIN = 1.0
"""Minutes by which two waits may differ and still count as the same."""

Span = tuple[float, float]
LostTable = Sequence[float]
"""What is lost in the next hour after so many fives of minutes."""


@dataclass(frozen=True, slots=True)
class Order:
    """One way to rank: what an inquiry is worth per minute of work before it cools, by place; its curve; tables of the curves."""

    worth: Sequence[float]
    curve: Sequence[str]
    lost: Mapping[str, LostTable]


@dataclass(frozen=True, slots=True)
class Arrived:
    """An inquiry of the period: when it came (minutes from the start), whom it waited for, how long its step takes."""

    at: float
    server: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer as it really was: whose, when the inquiry came and was answered in their working minutes, minutes of its step."""

    server: int
    came: float
    answered: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast people are: minutes until they turn to an inquiry, and how many times its minutes a step takes in truth."""

    lag: float = 0.0
    stretch: float = 1.5


@dataclass(frozen=True, slots=True)
class Waits:
    """Working minutes until the answer, by place; and how many were never answered within the period."""

    minutes: Sequence[float]
    left_over: int


def lost_table(left: Callable[[float], float]) -> list[float]:
    """What of a chance is lost in the next hour, in steps of five minutes, out of the share left after so many hours."""
    hours = [step * MINUTES_OF_TABLE / 60 for step in range(_LONGEST + 1)]
    return [max(1e-6, left(hour) - left(hour + 1)) for hour in hours]


class Clock:
    """Working minutes of one person: how many have passed at a moment, and when work goes on."""

    __slots__ = ("_before", "_ends", "_starts")

    def __init__(self, spans: Sequence[Span]) -> None:
        self._starts = [start for start, _end in spans]
        self._ends = [end for _start, end in spans]
        self._before = [0.0, *accumulate(end - start for start, end in spans)]

    def worked(self, at: float) -> float:
        """Working minutes before a moment."""
        place = bisect_right(self._starts, at) - 1
        if place < 0:
            return 0.0
        return self._before[place] + min(at, self._ends[place]) - self._starts[place]

    def moment(self, worked: float) -> float | None:
        """When so many working minutes have passed; None beyond the last span."""
        place = bisect_right(self._before, worked) - 1
        if place >= len(self._starts):
            return None
        return self._starts[place] + worked - self._before[place]


def work_through(
    arrived: Sequence[Arrived],
    order: Order,
    clocks: Mapping[int, Clock],
    pace: Pace,
    done: Callable[[int], None] = lambda _n: None,
) -> Waits:
    """Answer everything in this order. Who never works again within the period leaves what waits for them unanswered: it counts
    as answered when their last hour ends."""
    by_server: dict[int, list[int]] = {}
    for place in sorted(range(len(arrived)), key=lambda place: arrived[place].at):
        by_server.setdefault(arrived[place].server, []).append(place)
    waits, left_over, finished = [0.0] * len(arrived), 0, 0
    for server, places in by_server.items():
        left_over += _serve(places, arrived, order, clocks.get(server) or Clock([]), pace, waits)
        finished += len(places)
        done(finished)
    return Waits(waits, left_over)


def _serve(
    places: Sequence[int], arrived: Sequence[Arrived], order: Order, clock: Clock, pace: Pace, waits: list[float]
) -> int:
    """One person's whole period, in their own working minutes; how many stayed without an answer."""
    came = [clock.worked(arrived[place].at) for place in places]
    waiting: list[tuple[float, int]] = []  # (-worth, number in `places`), the worthiest first
    now, following, total = 0.0, 0, len(places)
    left_over = 0
    while following < total or waiting:
        if not waiting:
            now = max(now, came[following] + pace.lag)
        while following < total and came[following] + pace.lag <= now:
            insort(waiting, (-order.worth[places[following]], following))
            following += 1
        is_there = clock.moment(now) is not None
        left_over += not is_there
        number = waiting.pop(_first(waiting, places, order, came, now) if is_there else 0)[1]
        waits[places[number]] = now - came[number]
        now += arrived[places[number]].minutes * pace.stretch if is_there else 0.0
    return left_over


def _first(waiting: Sequence[tuple[float, int]], places: Sequence[int], order: Order, came: Sequence[float], now: float) -> int:
    """The place in the line of whoever is worth most now. What follows can be worth no more than its worth uncooled, so that the
    search ends early."""
    best, chosen = -1.0, 0
    for position, (negative, number) in enumerate(waiting):
        if -negative <= best:
            break
        table = order.lost[order.curve[places[number]]]
        age = int((now - came[number]) / MINUTES_OF_TABLE)
        value = -negative * table[min(age, _LONGEST)]
        if value > best:
            best, chosen = value, position
    return chosen


def measured_pace(seen: Sequence[Seen]) -> Pace:
    """The pace at which people really answered; the usual one where too few answers tell."""
    by_server: dict[int, list[Seen]] = {}
    for one in seen:
        by_server.setdefault(one.server, []).append(one)
    alone, after_another = list[float](), list[float]()
    for own in by_server.values():
        busy_until = -1.0
        for one in sorted(own, key=lambda one: one.came):
            if busy_until <= one.came:
                alone.append(one.answered - one.came)
            busy_until = max(busy_until, one.answered)
        answered = sorted(own, key=lambda one: one.answered)
        pairs = ((before, one) for before, one in pairwise(answered) if one.came < before.answered)
        after_another += [(one.answered - before.answered) / one.minutes for before, one in pairs]
    usual = Pace()
    lag = percentile(alone, 50) if len(alone) >= _FEWEST_SEEN else usual.lag
    stretch = min(60.0, max(1.0, percentile(after_another, 50))) if len(after_another) >= _FEWEST_SEEN else usual.stretch
    return Pace(lag, stretch)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many per cent lie; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two orders beside each other. Money is expected margin: chance × margin × the share left when the answer came."""

    earlier: int
    later: int
    same: int
    median: tuple[float, float]
    ninetieth: tuple[float, float]
    saved: float
    lost: float
    by_worth: tuple[tuple[int, float, float], ...]
    movers: tuple[tuple[int, float, float, float], ...]

    @property
    def difference(self) -> float:
        """Expected margin won by the new order, less what it loses."""
        return self.saved - self.lost


def compare_waits(
    before: Waits, after: Waits, money: Sequence[float], left: Sequence[Callable[[float], float]], most_movers: int = 30
) -> Compared:
    """What another order changes. `money` is chance × margin of each, `left` the share that remains after so many hours.

    `by_worth`: quarters of the inquiries by money, the least first, with their mean wait in both orders.
    """
    gains = [
        amount * (share(new / 60) - share(old / 60))
        for amount, share, old, new in zip(money, left, before.minutes, after.minutes, strict=True)
    ]
    steps = [new - old for old, new in zip(before.minutes, after.minutes, strict=True)]
    ordered = sorted(range(len(money)), key=money.__getitem__)
    quarters = [ordered[part * len(ordered) // 4 : (part + 1) * len(ordered) // 4] for part in range(4)]
    heap: list[tuple[float, int]] = []
    for place, (gain, step) in enumerate(zip(gains, steps, strict=True)):
        heappush(heap, (abs(gain) + abs(step) * 1e-6, place))
        if len(heap) > most_movers:
            heappop(heap)
    movers = sorted((place for weight, place in heap if weight > 0), key=lambda place: -abs(gains[place]))
    return Compared(
        earlier=sum(step < -SAME_WITHIN for step in steps),
        later=sum(step > SAME_WITHIN for step in steps),
        same=sum(abs(step) <= SAME_WITHIN for step in steps),
        median=(percentile(before.minutes, 50), percentile(after.minutes, 50)),
        ninetieth=(percentile(before.minutes, 90), percentile(after.minutes, 90)),
        saved=sum(gain for gain in gains if gain > 0),
        lost=-sum(gain for gain in gains if gain < 0),
        by_worth=tuple(
            (len(own), fmean(before.minutes[place] for place in own), fmean(after.minutes[place] for place in own))
            for own in quarters
            if own
        ),
        movers=tuple((place, before.minutes[place], after.minutes[place], gains[place]) for place in movers),
    )
