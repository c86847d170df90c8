"""The arithmetic of the reports."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.shares import wilson
from marshrut.insights.asked import Asked, midnight, period_of


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
