"""Hours as people write them, and the calendars they make."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.errors import Invalid
from marshrut.core.hours import UnreadableHours, read_hours_text, say_hours
from marshrut.core.working_time import Window, WorkingCalendar

minutes = st.integers(0, 24 * 60 - 1).map(lambda number: time(number // 60, number % 60))
windows = st.tuples(minutes, minutes)


@pytest.mark.parametrize(("text", "expected"), [
    ("9-18", [(time(9), time(18))]), ("09:00–13:00, 14:00–18:00", [(time(9), time(13)), (time(14), time(18))]),
    ("9.30 — 13 и 14-18.30", [(time(9, 30), time(13)), (time(14), time(18, 30))]), ("10–24:00", [(time(10), time())]),
    ("", []), ("выходной", []), ("–", []), ("14-18;9-13", [(time(9), time(13)), (time(14), time(18))]),
])  # fmt: skip
def test_hours_are_read_as_people_write_them(text: str, expected: list[Window]) -> None:
    assert read_hours_text(text) == expected


@pytest.mark.parametrize("text", ["9", "с девяти", "25-26", "9:99-10", "9-18 x", "9-18-20-", "10:00"])
def test_what_is_no_hours_is_said_to_be_none(text: str) -> None:
    with pytest.raises(UnreadableHours):
        read_hours_text(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(UnreadableHours):
        read_hours_text(text)


@given(st.lists(windows, min_size=1, max_size=4))
def test_what_is_said_is_read_again(given_windows: list[Window]) -> None:
    assert read_hours_text(say_hours(sorted(given_windows))) == sorted(given_windows)


@given(st.dictionaries(st.integers(0, 6), st.lists(windows, max_size=5), max_size=7), st.integers(0, 15 * 365 * 24 * 60),
       st.sampled_from(["Europe/Moscow", "Europe/Kyiv", "Asia/Almaty"]))  # fmt: skip
def test_any_week_that_may_be_saved_opens_again_and_lets_a_clock_run(week: dict[int, list[Window]], at: int, zone: str) -> None:
    from marshrut.agency.services.calendars import check_week

    try:
        check_week(week)
    except Invalid:
        return
    calendar, moment = WorkingCalendar(zone, week), datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=at)
    opening = calendar.next_opening(moment)
    assert opening >= moment
    assert calendar.add_working_minutes(moment, 15) > moment
