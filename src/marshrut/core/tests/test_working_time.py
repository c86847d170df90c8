"""Working time: lunch, evenings, days off, zones, and the two nights a year when clocks jump."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.working_time import NoWorkingTime, WorkingCalendar

KYIV, MOSCOW = ZoneInfo("Europe/Kyiv"), ZoneInfo("Europe/Moscow")
OFFICE = {day: [(time(9), time(13)), (time(14), time(18))] for day in range(5)}
OFFICE_IN_KYIV = WorkingCalendar(
    "Europe/Kyiv", OFFICE, {date(2026, 12, 25): [], date(2026, 12, 31): [(time(9), time(12))]}
)
OFFICE_IN_MOSCOW = WorkingCalendar("Europe/Moscow", OFFICE)
NIGHT_BAR = WorkingCalendar(
    "Europe/Kyiv", {4: [(time(22), time(6))], 5: [(time(22), time(6))], 6: [(time(5), time(7))]}
)
ALWAYS = WorkingCalendar.round_the_clock("Europe/Kyiv")
CALENDARS = [OFFICE_IN_KYIV, OFFICE_IN_MOSCOW, NIGHT_BAR, ALWAYS, WorkingCalendar.round_the_clock("Asia/Almaty")]


def kyiv(day: str, wall: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{wall}").replace(tzinfo=KYIV)


def test_a_clock_stands_still_over_lunch() -> None:
    assert OFFICE_IN_KYIV.add_working_minutes(kyiv("2026-11-20", "12:55"), 15) == kyiv("2026-11-20", "14:10")


def test_a_clock_stands_still_over_the_weekend() -> None:
    assert OFFICE_IN_KYIV.add_working_minutes(kyiv("2026-11-20", "17:50"), 15) == kyiv("2026-11-23", "09:05")


def test_a_clock_that_starts_at_night_starts_at_opening() -> None:
    assert OFFICE_IN_KYIV.add_working_minutes(kyiv("2026-11-19", "23:30"), 15) == kyiv("2026-11-20", "09:15")
    assert OFFICE_IN_KYIV.next_opening(kyiv("2026-11-19", "23:30")) == kyiv("2026-11-20", "09:00")
    assert OFFICE_IN_KYIV.next_opening(kyiv("2026-11-20", "09:30")) == kyiv("2026-11-20", "09:30")


def test_minutes_that_end_at_closing_end_there() -> None:
    assert OFFICE_IN_KYIV.add_working_minutes(kyiv("2026-11-20", "17:45"), 15) == kyiv("2026-11-20", "18:00")


def test_a_holiday_and_a_short_day_are_respected() -> None:
    assert not OFFICE_IN_KYIV.is_open(kyiv("2026-12-25", "10:00"))
    assert OFFICE_IN_KYIV.add_working_minutes(kyiv("2026-12-24", "17:50"), 15) == kyiv("2026-12-28", "09:05")
    assert OFFICE_IN_KYIV.add_working_minutes(kyiv("2026-12-31", "11:50"), 15) == kyiv("2027-01-01", "09:05")


def test_the_same_moment_is_open_in_one_zone_and_shut_in_another() -> None:
    at = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert OFFICE_IN_MOSCOW.is_open(at)
    assert not OFFICE_IN_KYIV.is_open(at)


def test_opening_counts_and_closing_does_not() -> None:
    assert OFFICE_IN_KYIV.is_open(kyiv("2026-11-20", "09:00"))
    assert not OFFICE_IN_KYIV.is_open(kyiv("2026-11-20", "13:00"))
    assert not OFFICE_IN_KYIV.is_open(kyiv("2026-11-20", "18:00"))


def test_a_window_over_midnight_belongs_to_the_evening() -> None:
    assert NIGHT_BAR.is_open(kyiv("2026-11-21", "03:00"))  # Friday's night
    assert not NIGHT_BAR.is_open(kyiv("2026-11-20", "03:00"))
    assert NIGHT_BAR.add_working_minutes(kyiv("2026-11-20", "23:55"), 15) == kyiv("2026-11-21", "00:10")


def test_hours_covered_twice_count_once() -> None:
    sunday = kyiv("2026-11-22", "04:00"), kyiv("2026-11-22", "08:00")  # Saturday's night to 6, Sunday 5 to 7
    assert NIGHT_BAR.working_minutes_between(*sunday) == 180


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_has_the_hours_it_has_in_kyiv(day: str, hours: int) -> None:
    start, end = ALWAYS.local_day_bounds(kyiv(day, "12:00"))
    assert (end - start) == timedelta(hours=hours)
    assert ALWAYS.working_minutes_between(start, end) == hours * 60


def test_moscow_has_no_summer_time() -> None:
    calendar = WorkingCalendar.round_the_clock("Europe/Moscow")
    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        start, end = calendar.local_day_bounds(datetime.combine(day, time(12), MOSCOW))
        assert end - start == timedelta(days=1)


def test_a_clock_runs_through_the_night_when_clocks_jump() -> None:
    assert ALWAYS.add_working_minutes(kyiv("2026-03-29", "02:50"), 15) == kyiv("2026-03-29", "04:05")
    first_four = kyiv("2026-10-25", "03:50")
    assert ALWAYS.add_working_minutes(first_four, 15) == first_four.astimezone(UTC) + timedelta(minutes=15)


def test_a_window_in_the_hour_that_does_not_exist_keeps_its_length() -> None:
    calendar = WorkingCalendar("Europe/Kyiv", {6: [(time(3, 15), time(3, 45))]})
    assert calendar.working_minutes_between(kyiv("2026-03-29", "00:00"), kyiv("2026-03-29", "12:00")) == 30


def test_a_calendar_without_working_time_is_refused() -> None:
    with pytest.raises(NoWorkingTime):
        WorkingCalendar("Europe/Kyiv", {})
    only_once = WorkingCalendar("Europe/Kyiv", {}, {date(2026, 1, 5): [(time(9), time(10))]})
    with pytest.raises(NoWorkingTime):
        only_once.add_working_minutes(kyiv("2026-02-01", "10:00"), 15)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.sampled_from([UTC, KYIV, MOSCOW]))  # noqa: DTZ001
AROUND_JUMPS = st.one_of(
    st.datetimes(datetime(2026, 3, 28, 20), datetime(2026, 3, 29, 8), timezones=st.just(UTC)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 10, 24, 20), datetime(2026, 10, 25, 8), timezones=st.just(UTC)),  # noqa: DTZ001
)


@given(st.sampled_from(CALENDARS), st.one_of(MOMENTS, AROUND_JUMPS), st.integers(1, 20_000))
def test_what_was_added_is_what_lies_between(calendar: WorkingCalendar, start: datetime, minutes: int) -> None:
    end = calendar.add_working_minutes(start, minutes)
    assert calendar.working_minutes_between(start, end) == pytest.approx(minutes, abs=1e-6)
    just_before = end - timedelta(seconds=1)
    assert calendar.is_open(just_before)  # it ends at the first moment possible, never later


@given(st.sampled_from(CALENDARS), st.one_of(MOMENTS, AROUND_JUMPS), st.integers(0, 500), st.integers(0, 500))
def test_more_minutes_never_end_sooner(calendar: WorkingCalendar, start: datetime, few: int, more: int) -> None:
    first = calendar.add_working_minutes(start, few)
    assert first <= calendar.add_working_minutes(start, few + more)
    if few and more:
        assert calendar.add_working_minutes(first, more) == calendar.add_working_minutes(start, few + more)


@given(st.sampled_from(CALENDARS), MOMENTS, MOMENTS, MOMENTS)
def test_time_between_adds_up(calendar: WorkingCalendar, a: datetime, b: datetime, c: datetime) -> None:
    a, b, c = sorted(moment.astimezone(UTC) for moment in (a, b, c))
    whole = calendar.working_minutes_between(a, c)
    assert whole == pytest.approx(calendar.working_minutes_between(a, b) + calendar.working_minutes_between(b, c))
    assert calendar.working_minutes_between(c, a) == -whole
    assert 0 <= whole <= (c - a) / timedelta(minutes=1) + 1e-6


@given(st.sampled_from(CALENDARS), st.one_of(MOMENTS, AROUND_JUMPS))
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: WorkingCalendar, at: datetime) -> None:
    opening = calendar.next_opening(at)
    assert calendar.is_open(opening)
    assert calendar.working_minutes_between(at, opening) == 0
