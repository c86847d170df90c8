"""Working time: what a clock counts. Several windows a day, windows over midnight, days off, zones, summer time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Window = tuple[time, time]
Span = tuple[datetime, datetime]

DAY = timedelta(days=1)
LONGEST_PAUSE_DAYS = 400  # a calendar that stays shut longer has no working time
MOST_CACHED_DAYS = 4000


class NoWorkingTime(ValueError):
    """The calendar never opens, so no clock can run in it."""


class WorkingCalendar:
    """The opening hours of one office, in its own zone.

    `windows` maps a weekday (0 is Monday) to its (opens, closes) pairs; one that closes at or before its opening
    runs over midnight, so (00:00, 00:00) is a whole day. `exceptions` replaces the windows that open on a date: an
    empty list is a day off. Overlapping windows count once. Where the clocks jump, an hour that does not exist is
    not counted, one that comes twice is counted twice. Answers are in UTC. An instance remembers the days it has
    worked out: build it once per office and keep it."""

    __slots__ = ("_days", "_exceptions", "_week", "zone")

    def __init__(
        self,
        zone: str,
        windows: Mapping[int, Sequence[Window]],
        exceptions: Mapping[date, Sequence[Window]] | None = None,
    ) -> None:
        self.zone = ZoneInfo(zone)
        self._week = tuple(tuple(sorted(windows.get(weekday, ()))) for weekday in range(7))
        self._exceptions = {day: tuple(sorted(spans)) for day, spans in (exceptions or {}).items()}
        self._days: dict[date, tuple[Span, ...]] = {}
        if not any(self._week) and not any(self._exceptions.values()):
            raise NoWorkingTime("a working calendar needs at least one window")

    @classmethod
    def round_the_clock(cls, zone: str) -> WorkingCalendar:
        """Open always."""
        return cls(zone, {weekday: [(time(), time())] for weekday in range(7)})

    def changed_on(self, day: date, windows: Sequence[Window] | None) -> WorkingCalendar:
        """The same hours with other windows on one date; None: an ordinary day of its weekday again."""
        week = dict(enumerate(self._week))
        others = {date: spans for date, spans in self._exceptions.items() if date != day}
        return WorkingCalendar(self.zone.key, week, others if windows is None else {**others, day: windows})

    def is_open(self, at: datetime) -> bool:
        """Is `at` working time? The moment of opening is, the moment of closing is not."""
        at = at.astimezone(UTC)
        today = self.local_date(at)
        return any(opens <= at < closes for day in (today - DAY, today) for opens, closes in self._spans(day))

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open, else the next moment of opening."""
        at = at.astimezone(UTC)  # moments of one zone would be compared by the wall clock
        return next(max(opens, at) for opens, closes in self._spans_from(at) if closes > at)

    def add_working_minutes(self, start: datetime, minutes: float) -> datetime:
        """The first moment by which `minutes` (none or more) of working time have passed since `start`."""
        if minutes <= 0:
            return self.next_opening(start)
        left, counted_to = timedelta(minutes=minutes), start.astimezone(UTC)
        for opens, closes in self._spans_from(counted_to):
            begins = opens if opens > counted_to else counted_to
            if closes > begins:
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
                counted_to = closes
        raise NoWorkingTime

    def working_minutes_between(self, a: datetime, b: datetime) -> float:
        """Minutes of working time from `a` to `b`; negative when `b` comes first."""
        a, b = a.astimezone(UTC), b.astimezone(UTC)
        if b < a:
            return -self.working_minutes_between(b, a)
        total, counted_to = timedelta(), a
        day, last = self.local_date(a) - DAY, self.local_date(b)
        while day <= last:
            for opens, closes in self._spans(day):
                begins, ends = max(opens, counted_to), min(closes, b)
                if ends > begins:
                    total += ends - begins
                    counted_to = ends
            day += DAY
        return total / timedelta(minutes=1)

    def open_spans(self, a: datetime, b: datetime) -> list[Span]:
        """Working time from `a` to `b` as spans in order that do not overlap, in UTC."""
        a, b = a.astimezone(UTC), b.astimezone(UTC)
        found: list[Span] = []
        day, last, counted_to = self.local_date(a) - DAY, self.local_date(b), a
        while day <= last:
            for opens, closes in self._spans(day):
                begins, ends = max(opens, counted_to), min(closes, b)
                if ends > begins:
                    found.append((begins, ends))
                    counted_to = ends
            day += DAY
        return found

    def local_date(self, at: datetime) -> date:
        """The date on the office's wall at that moment."""
        return at.astimezone(self.zone).date()

    def local_day_bounds(self, at: datetime) -> Span:
        """The beginning and the end, in UTC, of the office's day in which `at` falls."""
        day = self.local_date(at)
        return self._moment(day, time(), latest=False), self._moment(day + DAY, time(), latest=False)

    def _spans_from(self, at: datetime) -> Iterator[Span]:
        """Open spans in order, from the day before `at` (it may run over midnight) on."""
        day, shut_days = self.local_date(at) - DAY, 0
        while shut_days < LONGEST_PAUSE_DAYS:
            spans = self._spans(day)
            yield from spans
            shut_days = 0 if spans else shut_days + 1
            day += DAY
        raise NoWorkingTime(f"no working time within {LONGEST_PAUSE_DAYS} days of {at:%Y-%m-%d}")

    def _spans(self, day: date) -> tuple[Span, ...]:
        """Spans that open on `day`, in UTC."""
        spans = self._days.get(day)
        if spans is None:
            windows = self._exceptions.get(day, self._week[day.weekday()])
            spans = tuple(self._span(day, opens, closes) for opens, closes in windows)
            if len(self._days) >= MOST_CACHED_DAYS:
                self._days = {}
            self._days[day] = spans
        return spans

    def _span(self, day: date, opens: time, closes: time) -> Span:
        last_day = day if closes > opens else day + DAY
        return self._moment(day, opens, latest=False), self._moment(last_day, closes, latest=True)

    def _moment(self, day: date, wall: time, *, latest: bool) -> datetime:
        """A wall time as a moment; of an hour that comes twice the first one, or the `latest`."""
        first = datetime.combine(day, wall, self.zone)
        moment = first.astimezone(UTC)
        return max(moment, first.replace(fold=1).astimezone(UTC)) if latest else moment
