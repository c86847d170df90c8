"""Which clock counts: always exactly one, the one that names most; and its moments are moments somebody works."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.rules import CLASSES, ClockPolicy, RulesetError, moments
from marshrut.intake.rules.clock_policies import (
    CLOCK_CHANNELS,
    MISSED_CALL,
    USUAL,
    AnswerPolicy,
    ClockPlace,
    ClockPolicies,
    Kind,
    compile_clocks,
    shadowed,
)

OFFICES = (1, 2, 3)
PLACES = st.builds(ClockPlace, st.sampled_from([None, *OFFICES]), st.sampled_from(["", *CLOCK_CHANNELS]), st.sampled_from(["", *CLASSES]))
POLICIES = st.dictionaries(PLACES, st.builds(lambda n: AnswerPolicy(ClockPolicy(1, 2, n), USUAL.following), st.integers(3, 99)), max_size=8).map(ClockPolicies)
ASKED = st.builds(ClockPlace, st.sampled_from(OFFICES), st.sampled_from(CLOCK_CHANNELS), st.sampled_from(CLASSES))


@given(POLICIES, ASKED)
def test_the_one_that_counts_fits_and_none_that_fits_names_more(policies: ClockPolicies, asked: ClockPlace) -> None:
    place = policies.place_of(asked)
    assert place.holds(asked)
    rivals = [one for one in policies.rows if one.holds(asked) and one != place]
    assert all(one.weight < place.weight for one in rivals), "never two alike"
    assert policies.of(asked.office_id, Kind(asked.channel, asked.inquiry_class)) == policies.rows[place]


@given(POLICIES)
def test_a_row_is_called_shadowed_exactly_when_it_never_counts(policies: ClockPolicies) -> None:
    hidden = {one.place for one in shadowed(policies, OFFICES)}
    every = [ClockPlace(office, channel, of_class) for office in OFFICES for channel in CLOCK_CHANNELS for of_class in CLASSES]
    used = {policies.place_of(asked) for asked in every}
    assert hidden == set(policies.rows) - used


def test_a_missed_call_is_no_talk_on_the_phone() -> None:
    slow = ClockPolicies({ClockPlace(1): USUAL, ClockPlace(channel="phone"): USUAL, ClockPlace(inquiry_class="new_sale"): USUAL})
    assert slow.of(1, Kind(MISSED_CALL, "new_sale")).first.breach == 5


def test_what_cannot_be_is_refused() -> None:
    for place, policy in (
        (ClockPlace(channel="fax"), USUAL),
        (ClockPlace(inquiry_class="vip"), USUAL),
        (ClockPlace(), AnswerPolicy(ClockPolicy(9, 5, 7), USUAL.following)),
        (ClockPlace(), AnswerPolicy(USUAL.first, ClockPolicy(0, 5, 7))),
    ):
        with pytest.raises(RulesetError):
            compile_clocks([(place, policy)])


WINDOWS = st.lists(st.sampled_from([(time(0), time(4)), (time(2, 30), time(3, 30)), (time(9), time(13)), (time(14), time(18)), (time(22), time(2)), (time(3), time())]), min_size=1, max_size=3)
ZONES = st.sampled_from(["Europe/Kyiv", "Europe/Moscow", "Asia/Almaty"])
DAYS_OFF = st.dictionaries(st.sampled_from([date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25), date(2026, 10, 26)]), st.just(()), max_size=3)
CALENDARS = st.builds(lambda zone, windows, off: WorkingCalendar(zone, {day: windows for day in range(7)}, off), ZONES, WINDOWS, DAYS_OFF)
AROUND = st.one_of(*(st.datetimes(at, at + timedelta(days=4), timezones=st.just(UTC)) for at in (datetime(2026, 3, 27), datetime(2026, 10, 23), datetime(2026, 12, 30))))  # noqa: DTZ001
STEPS = st.lists(st.integers(1, 600), min_size=3, max_size=3).map(sorted).map(lambda s: ClockPolicy(*s))


@given(CALENDARS, AROUND, STEPS)
def test_steps_come_in_order_and_only_while_somebody_works(calendar: WorkingCalendar, start: datetime, policy: ClockPolicy) -> None:
    """Also in the nights when the clocks of Kyiv jump, over several windows, over midnight and days off."""
    due = moments(policy, calendar, start)
    assert start <= due.warn_at <= due.supervisor_at <= due.breach_at
    for moment, minutes in ((due.warn_at, policy.warn), (due.supervisor_at, policy.supervisor), (due.breach_at, policy.breach)):
        assert calendar.is_open(moment - timedelta(microseconds=1))
        assert calendar.working_minutes_between(start, moment) == pytest.approx(minutes)
        assert calendar.working_minutes_between(moment, start) == pytest.approx(-minutes)


@given(CALENDARS, AROUND, AROUND, STEPS)
def test_who_wrote_later_is_never_due_sooner(calendar: WorkingCalendar, one: datetime, other: datetime, policy: ClockPolicy) -> None:
    first, second = sorted((one, other))
    assert moments(policy, calendar, first).breach_at <= moments(policy, calendar, second).breach_at


@pytest.mark.parametrize(("day", "last"), [(date(2026, 3, 28), "06:00"), (date(2026, 10, 24), "04:00")])
def test_a_night_shift_in_kyiv_is_an_hour_shorter_in_spring_and_longer_in_autumn(day: date, last: str) -> None:
    """From ten in the evening; six working hours end where the hour that is lost, or comes twice, puts them."""
    nights = WorkingCalendar("Europe/Kyiv", {weekday: [(time(22), time(8))] for weekday in range(7)})
    start = datetime.combine(day, time(22), ZoneInfo("Europe/Kyiv"))
    end = moments(ClockPolicy(60, 120, 420), nights, start).breach_at
    assert end.astimezone(ZoneInfo("Europe/Kyiv")).strftime("%H:%M") == last
