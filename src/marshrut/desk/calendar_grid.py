"""The calendar as a grid: walls of quarters of an hour, blocks side by side where they overlap, what is shut.

Rows are wall time, so that days stand beside one another: on a day that loses an hour that hour is empty, on a day that
has one twice both fall on the same rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from marshrut.core.working_time import WorkingCalendar

QUARTERS = 96
HOUR = 4  # quarters
ACTION = 2  # quarters an action without an end is drawn in
MOST_LANES = 3  # abreast
EARLIEST, LATEST = 9 * 4, 19 * 4  # quarters that are always in sight


@dataclass(frozen=True, slots=True)
class Placed:
    """Something on the wall of one day: from one quarter until before another, in its lane of so many.

    `is_stack`: no single thing but a button that opens those of `keys`, for which there is no room.
    """

    first: int
    last: int
    lane: int
    lanes: int
    keys: tuple[int, ...]
    is_stack: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of a day with a meaning: shut, or somebody away."""

    first: int
    last: int
    kind: str


@dataclass(slots=True)
class Wall:
    """One column: a day of one person (or of a few), with what stands on it."""

    day: date
    start: datetime
    end: datetime
    blocks: list[Placed] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)


def day_span(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The midnights around a day in this zone: 23, 24 or 25 hours apart."""
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    return start, datetime(following.year, following.month, following.day, tzinfo=zone)


def quarter_of(at: datetime, day: date, zone: tzinfo, *, is_end: bool = False) -> int:
    """The quarter of the day's wall in which a moment falls, 0 to 96; an end is rounded up."""
    local = at.astimezone(zone)
    if local.date() < day:
        return 0
    if local.date() > day:
        return QUARTERS
    minutes = local.hour * 60 + local.minute
    return -(-minutes // 15) if is_end else minutes // 15


def place_blocks(
    spans: Iterable[tuple[int, datetime, datetime | None]], day: date, zone: tzinfo, most: int = MOST_LANES, *, by_hour: bool = False
) -> list[Placed]:
    """Blocks of one day: (key, from, until or None) laid side by side where they overlap, at most `most` (2 or 3) abreast.

    Where more would stand, the last lane holds the others in stacks; `by_hour` all of them stand there hour by hour instead.
    """
    rows = []
    for key, at, until in spans:
        first = min(quarter_of(at, day, zone), QUARTERS - 1)
        last = quarter_of(until, day, zone, is_end=True) if until else first + ACTION
        rows.append((first, min(max(last, first + 1), QUARTERS), key))
    placed: list[Placed] = []
    for cluster in _clusters(sorted(rows, key=lambda row: row[0])):  # of one quarter in the order given
        placed.extend(_in_lanes(cluster, most, by_hour=by_hour))
    return placed


def _clusters(rows: Sequence[tuple[int, int, int]]) -> Iterable[list[tuple[int, int, int]]]:
    """Groups of blocks that touch one another, directly or through others."""
    cluster: list[tuple[int, int, int]] = []
    reaches = 0
    for row in rows:
        if cluster and row[0] >= reaches:
            yield cluster
            cluster, reaches = [], 0
        cluster.append(row)
        reaches = max(reaches, row[1])
    if cluster:
        yield cluster


def _in_lanes(cluster: list[tuple[int, int, int]], most: int, *, by_hour: bool) -> list[Placed]:
    free_from: list[int] = []  # until when each lane is taken
    chosen, is_crowded = [], False
    for first, last, key in cluster:
        lane = next((n for n, until in enumerate(free_from) if until <= first), len(free_from))
        if lane == most:
            is_crowded = True
        elif lane == len(free_from):
            free_from.append(last)
        else:
            free_from[lane] = last
        chosen.append((first, last, lane, key))
    lanes = len(free_from)
    if not is_crowded:
        return [Placed(first, last, lane, lanes, (key,)) for first, last, lane, key in chosen]
    if by_hour:
        return _stacks(cluster, 1)
    shown = [Placed(first, last, lane, lanes, (key,)) for first, last, lane, key in chosen if lane < most - 1]
    return shown + _stacks([(first, last, key) for first, last, lane, key in chosen if lane >= most - 1], lanes)


def _stacks(left: list[tuple[int, int, int]], lanes: int) -> list[Placed]:
    """What has no room beside the rest, hour by hour; one alone stands as itself, unless another begins before it ends."""
    groups: list[list[tuple[int, int, int]]] = []
    for row in left:
        group = groups[-1] if groups else []
        if group and (row[0] // HOUR == group[-1][0] // HOUR or row[0] < _reach(group)):
            group.append(row)
        else:
            groups.append([row])
    ends = [group[0][0] for group in groups[1:]] + [QUARTERS]
    return [
        Placed(group[0][0], min(max(last for _first, last, _key in group), end), lanes - 1, lanes,
               tuple(key for _first, _last, key in group), is_stack=len(group) > 1)
        for group, end in zip(groups, ends, strict=True)
    ]  # fmt: skip


def _reach(group: list[tuple[int, int, int]]) -> int:
    """Before which quarter another belongs to the same stack: one alone keeps its length, a stack the height of an action."""
    return group[0][1] if len(group) == 1 else group[0][0] + ACTION


def shut_strips(calendar: WorkingCalendar, absences: Iterable[tuple[datetime, datetime]], day: date, zone: tzinfo) -> list[Strip]:
    """What of a day is outside working time, and when the person is away."""
    start, end = day_span(day, zone)
    strips, reached = [], 0
    for opens, closes in calendar.open_spans(start, end):
        first, last = quarter_of(opens, day, zone), quarter_of(closes, day, zone, is_end=True)
        if first > reached:
            strips.append(Strip(reached, first, "shut"))
        reached = max(reached, last)
    if reached < QUARTERS:
        strips.append(Strip(reached, QUARTERS, "shut"))
    for begins, ends in absences:
        if begins < end and ends > start:
            strips.append(
                Strip(quarter_of(max(begins, start), day, zone), quarter_of(min(ends, end), day, zone, is_end=True), "away")
            )
    return strips


def hours_in_sight(walls: Iterable[Wall]) -> tuple[int, int]:
    """The first and the last hour that must be seen: the working day, and whatever stands outside it."""
    first, last = EARLIEST, LATEST
    for wall in walls:
        shut = [s for s in wall.strips if s.kind == "shut"]
        if shut and shut[0].first == 0 and shut[0].last < QUARTERS:
            first = min(first, shut[0].last)
        if shut and shut[-1].last == QUARTERS and shut[-1].first > 0:
            last = max(last, shut[-1].first)
        for block in wall.blocks:
            first, last = min(first, block.first), max(last, block.last)
    return max(0, first // 4), min(24, -(-last // 4))


def week_of(day: date) -> list[date]:
    """The seven days of a day's week, from Monday."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(7)]


def month_of(day: date) -> list[list[date]]:
    """The weeks of a day's month, whole ones from Monday."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    weeks, week = [], week_of(first)
    while week[0] < following:
        weeks.append(week)
        week = week_of(week[0] + timedelta(days=7))
    return weeks


def step(day: date, view: str, forward: bool) -> date:
    """The day a step before or after, as the view counts: a day, a week, a month."""
    if view == "month":
        first = day.replace(day=1)
        return (first + timedelta(days=32)).replace(day=1) if forward else (first - timedelta(days=1)).replace(day=1)
    days = 7 if view == "week" else 1
    return day + timedelta(days=days if forward else -days)
