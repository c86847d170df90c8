"""P05: the response clock of a new inquiry."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.rules import (
    ClockPolicy,
    ClockState,
    RulesetError,
    Step,
    due_steps,
    moments,
    next_step_at,
    respond_by,
)

OFFICE = WorkingCalendar("Europe/Moscow", {day: [(time(9), time(13)), (time(14), time(18))] for day in range(5)})
POLICY = ClockPolicy()
FRIDAY_NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # 12:00 in Moscow


def state(minutes_ago: float = 0, **done: bool | int) -> tuple[ClockState, datetime]:
    return ClockState(moments(POLICY, OFFICE, FRIDAY_NOON), **done), FRIDAY_NOON + timedelta(minutes=minutes_ago)  # type: ignore[arg-type]


def test_the_steps_fall_due_after_5_10_and_15_working_minutes() -> None:
    due = moments(POLICY, OFFICE, FRIDAY_NOON)
    assert [(at - FRIDAY_NOON).total_seconds() / 60 for at in (due.warn_at, due.supervisor_at, due.breach_at)] == [
        5,
        10,
        15,
    ]
    assert respond_by(POLICY, OFFICE, FRIDAY_NOON) == due.breach_at


def test_lunch_and_the_night_do_not_count() -> None:
    before_lunch = datetime(2026, 11, 20, 9, 52, tzinfo=UTC)
    assert respond_by(POLICY, OFFICE, before_lunch) == datetime(2026, 11, 20, 11, 7, tzinfo=UTC)
    saturday = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert respond_by(POLICY, OFFICE, saturday) == datetime(2026, 11, 23, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "done", "steps"),
    [
        (4.9, {}, ()),
        (5, {}, (Step.WARN_OWNER,)),
        (9, {"is_warned": True}, ()),
        (10, {"is_warned": True}, (Step.TELL_SUPERVISOR,)),
        (15, {"is_warned": True, "is_escalated": True}, (Step.REROUTE,)),
        (15, {"is_warned": True, "is_escalated": True, "reroutes": 1}, (Step.REROUTE,)),
        (15, {"is_warned": True, "is_escalated": True, "reroutes": 2}, (Step.LEAVE_WITH_SUPERVISOR,)),
        (40, {"is_breached": True}, ()),
        (40, {"is_answered": True}, ()),
        (600, {}, (Step.WARN_OWNER, Step.TELL_SUPERVISOR, Step.REROUTE)),
        (5, {"in_queue": True}, (Step.TRY_DISTRIBUTION,)),
    ],
)
def test_what_is_due(minutes: float, done: dict[str, bool | int], steps: tuple[Step, ...]) -> None:
    assert due_steps(POLICY, *state(minutes, **done)) == steps


def test_the_clock_is_looked_at_again_when_the_next_step_falls_due() -> None:
    due = moments(POLICY, OFFICE, FRIDAY_NOON)
    assert next_step_at(POLICY, state()[0]) == due.warn_at
    assert next_step_at(POLICY, state(is_warned=True)[0]) == due.supervisor_at
    assert next_step_at(POLICY, state(is_warned=True, is_escalated=True)[0]) == due.breach_at
    assert next_step_at(POLICY, state(is_answered=True)[0]) is None


@given(st.integers(0, 40), st.booleans(), st.booleans())
def test_nothing_is_due_before_the_moment_it_is_looked_at_again(
    minutes: int, is_warned: bool, is_escalated: bool
) -> None:
    now_state, now = state(minutes, is_warned=is_warned, is_escalated=is_escalated and is_warned)
    at = next_step_at(POLICY, now_state)
    assert at is not None
    assert bool(due_steps(POLICY, now_state, now)) == (now >= at)


@pytest.mark.parametrize(
    "policy", [ClockPolicy(0), ClockPolicy(10, 5), ClockPolicy(5, 20, 15), ClockPolicy(max_reroutes=-1)]
)
def test_a_policy_out_of_order_is_refused(policy: ClockPolicy) -> None:
    with pytest.raises(RulesetError):
        policy.check()
    POLICY.check()
