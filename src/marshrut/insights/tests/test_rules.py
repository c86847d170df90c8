"""The arithmetic of the reports."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.working_time import WorkingCalendar
from marshrut.insights.asked import Asked, midnight, period_of
from marshrut.insights.rules import WorkedTime, median, percentile, wilson


def test_two_of_three_may_be_anything_between_a_fifth_and_nine_tenths() -> None:
    low, high = wilson(2, 3)
    assert (round(low, 2), round(high, 2)) == (0.21, 0.94)
    assert wilson(0, 0) is None
    assert wilson(0, 5)[0] == 0
    assert wilson(5, 5)[1] == 1


@given(st.integers(1, 5000), st.data())
def test_an_interval_holds_its_share_and_narrows_with_more_cases(closed: int, data: st.DataObject) -> None:
    won = data.draw(st.integers(0, closed))
    low, high = wilson(won, closed)
    assert 0 <= low <= won / closed + 1e-9
    assert won / closed - 1e-9 <= high <= 1
    more_low, more_high = wilson(won * 10, closed * 10)
    assert more_high - more_low <= high - low + 1e-9


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_a_percentile_lies_between_the_least_and_the_most_and_rises(values: list[float]) -> None:
    found = [percentile(values, share) for share in (0, 0.25, 0.5, 0.9, 1)]
    assert found[0] == min(values)
    assert found[-1] == max(values)
    assert all(a <= b + 1e-6 for a, b in pairwise(found))


def test_the_middle_of_two_lies_between_them_and_of_nothing_is_nothing() -> None:
    assert median([1, 3]) == 2
    assert median([5]) == 5
    assert median([]) is None


@given(st.integers(0, 60 * 24 * 40), st.integers(0, 60 * 24 * 40))
def test_fast_working_time_is_that_of_the_calendar(a: int, b: int) -> None:
    calendar = WorkingCalendar("Europe/Kyiv", {day: [(time(9), time(13)), (time(14), time(18))] for day in range(5)}, {date(2026, 11, 4): []})
    start = datetime(2026, 10, 20, tzinfo=UTC)  # summer time ends within it
    first, last = start + timedelta(minutes=min(a, b)), start + timedelta(minutes=max(a, b))
    worked = WorkedTime(calendar.open_spans(start, start + timedelta(days=41)))
    assert worked.minutes(first.timestamp(), last.timestamp()) == pytest.approx(calendar.working_minutes_between(first, last))


def test_days_begin_at_the_midnights_of_the_office_also_when_the_clocks_change() -> None:
    assert midnight(date(2026, 11, 20), "Europe/Moscow") == datetime(2026, 11, 19, 21, tzinfo=UTC)
    short = Asked(date(2026, 3, 29), date(2026, 3, 29), "Europe/Kyiv")
    long = Asked(date(2026, 10, 25), date(2026, 10, 25), "Europe/Kyiv")
    assert short.until - short.since == timedelta(hours=23)
    assert long.until - long.since == timedelta(hours=25)


def test_the_period_before_ends_where_this_one_begins_and_has_as_many_days() -> None:
    asked = Asked(date(2026, 11, 1), date(2026, 11, 30), "Europe/Moscow", source="site", source_id=3)
    before = asked.before()
    assert (before.first, before.last) == (date(2026, 10, 2), date(2026, 10, 31))
    assert before.until == asked.since
    assert before.source_id == 3


@pytest.mark.parametrize("preset", ["today", "yesterday", "7d", "30d", "90d", "month", "last_month", "year", "365d"])
def test_every_named_period_has_days_in_order(preset: str) -> None:
    first, last = period_of(preset, date(2026, 1, 1))
    assert first <= last <= date(2026, 1, 1)
    assert period_of("never", date(2026, 1, 1)) is None
