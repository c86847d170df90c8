"""P02: a plan tried out beforehand. What is counted adds up, nobody works when they are not there, and what is changed shows."""

import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marshrut.intake.rules import Candidate, Demand, DistributionPlan, Effort
from marshrut.intake.rules.replay import Clock
from marshrut.intake.rules.simulation import Circumstances, Coming, Outcome, Worker, simulate
from marshrut.intake.rules.streams import generated, weekly_profile

DAY, OPEN = 1440.0, [(day * 1440.0 + 540, day * 1440.0 + 1080) for day in range(5)]
OFFICE = Clock(OPEN)


def worker(number: int, spans: Any = OPEN, **about: Any) -> Worker:
    return Worker(Candidate(number, f"Менеджер {number}", 1, False, **about), spans)


def coming(at: float, minutes: float = 10, priority: int = 50, inquiry_class: str = "new_sale", reroutes: int = 2, **asks: Any) -> Coming:
    return Coming(at, Demand(1, **asks), inquiry_class, priority, minutes, 15, reroutes)


def tried(stream: list[Coming], *workers: Worker, plan: DistributionPlan | None = None, on_hand: float = 10) -> Outcome:
    about = Circumstances(workers, {None: OFFICE, 1: OFFICE}, date(2026, 11, 23), 5 * DAY, on_hand, lambda at: int(at // 60) % 168)
    return simulate(stream, plan or DistributionPlan(), about)


def test_an_empty_hour_answers_at_once_and_a_busy_one_by_worth() -> None:
    outcome = tried([coming(600), coming(600, priority=10), coming(600, priority=90)], worker(1))
    assert sorted(outcome.waits) == [0, 10, 15], "who comes first is begun with, then the worthiest; the last is the supervisor's at the breach"
    assert (outcome.breaches, outcome.supervisors, outcome.got[1].answered, outcome.never) == (1, 1, 2, 0)


def test_at_night_they_wait_in_the_queue_and_are_given_out_in_the_morning() -> None:
    outcome = tried([coming(0), coming(60)], worker(1), worker(2))
    assert (outcome.queued, outcome.waits, outcome.breaches) == (2, [0, 0], 0), "their clock stood"
    assert (outcome.queue_sum[1], outcome.queue_sum[5], outcome.queue_most[8], outcome.queue_most[10]) == (1, 2, 2, 0)
    assert {got.given for got in outcome.got.values()} == {1}


def test_full_hands_leave_a_queue_and_what_leaves_them_makes_room() -> None:
    outcome = tried([coming(600), coming(601)], worker(1, capacity=1), on_hand=12)
    assert (outcome.queued, outcome.queue_waits, outcome.waits) == (1, [11], [0, 11])


def test_what_is_not_answered_in_time_goes_to_another_who_has_not_had_it() -> None:
    busy = [coming(600, minutes=60, owner_id=1), coming(601, owner_id=1)]
    outcome = tried(busy, worker(1), worker(2))
    assert (outcome.breaches, outcome.rerouted, outcome.waits) == (1, 1, [0, 15])
    assert (outcome.got[1].given, outcome.got[2].given, outcome.got[2].answered) == (2, 1, 1)
    assert tried([replace(one, reroutes=0) for one in busy], worker(1), worker(2)).supervisors == 1


def test_the_end_of_a_shift_hands_on_unless_the_plan_leaves_it() -> None:
    early, late = worker(1, [(540.0, 700.0)]), worker(2, [(540.0, 1080.0)], skills=frozenset({("visa", None)}))
    stream = [coming(690, minutes=60, owner_id=1), coming(695, owner_id=1)]
    assert (tried(stream, early, late).handed_on, tried(stream, early, late).waits) == (1, [0, 5])
    left = tried(stream, early, late, plan=DistributionPlan(hands_over_at_shift_end=False))
    assert (left.handed_on, left.never) == (0, 1), "nobody comes back to it"


def test_what_an_inquiry_weighs_and_a_newcomer_count_in_it_as_in_earnest() -> None:
    heavy = DistributionPlan(effort=Effort({"new_sale": 3}))
    stream = [coming(600 + n, minutes=1) for n in range(6)]
    assert tried(stream, worker(1, capacity=3), worker(2, capacity=3), plan=heavy, on_hand=30).queued == 4
    assert tried(stream, worker(1, capacity=3), worker(2, capacity=3), on_hand=30).queued == 0
    assert tried(stream, worker(1, capacity=3), worker(2, capacity=9), plan=heavy, on_hand=30).got[2].effort > 3


STREAM = st.lists(
    st.builds(coming, st.floats(0, 5 * DAY - 1, allow_nan=False), st.integers(1, 40), st.integers(0, 100), st.sampled_from(["new_sale", "spam"]),
              category=st.sampled_from([None, "visa"]), owner_id=st.sampled_from([None, 1, 3])),
    max_size=60,
)  # fmt: skip
WORKERS = st.lists(
    st.builds(worker, st.integers(1, 5), st.sampled_from([OPEN, [(600.0, 700.0)], [], [(start, start + 200) for start, _end in OPEN]]),
              capacity=st.sampled_from([None, 1, 3]), skills=st.sampled_from([frozenset(), frozenset({("visa", None)}), frozenset({("hotel", None)})])),
    unique_by=lambda one: one.card.employee_id, max_size=4,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(STREAM, WORKERS, st.booleans(), st.booleans())
def test_every_inquiry_is_answered_once_or_never_and_the_same_again(stream: list[Coming], workers: list[Worker], is_strict: bool, hands_over: bool) -> None:
    stream.sort(key=lambda one: one.at)
    plan = DistributionPlan(strict=frozenset({"skill"} if is_strict else ()), hands_over_at_shift_end=hands_over)
    outcome = tried(stream, *workers, plan=plan)
    assert len(outcome.waits) + outcome.never == len(stream)
    assert sum(got.answered for got in outcome.got.values()) + outcome.supervisors == len(outcome.waits)
    assert all(wait >= 0 for wait in (*outcome.waits, *outcome.queue_waits))
    for one in workers:
        got = outcome.got[one.card.employee_id]
        assert got.given == 0 or one.spans
        assert got.drawn <= got.given
    assert abs(sum(got.drawn for got in outcome.got.values()) - sum(got.share for got in outcome.got.values())) < 1e-6
    assert outcome == tried(stream, *workers, plan=plan)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.integers(2, 6))
def test_where_all_are_alike_nobody_is_one_from_their_share(number: int, people: int) -> None:
    outcome = tried([coming(600 + n * 2.3, minutes=1) for n in range(number)], *(worker(n) for n in range(people)))
    assert all(abs(got.drawn - got.share) < 1 for got in outcome.got.values())


def test_a_made_up_stream_has_the_agency_s_own_week_and_is_the_same_for_the_same_seed() -> None:
    profile = weekly_profile([10] * 80 + [34] * 8, weeks=4)
    assert (profile[10], profile[34], sum(profile)) == (20, 2, 22)
    stream = generated(profile, weeks=50, volume=2, seed=7)
    assert stream == generated(profile, weeks=50, volume=2, seed=7) == sorted(stream)
    assert stream != generated(profile, weeks=50, volume=2, seed=8)
    assert len(stream) == pytest.approx(2 * 22 * 50, rel=0.1)
    assert {int(at // 60) % 168 for at in stream} == {10, 34}
    assert len({int(at // 60) for at in stream if int(at // 60) % 168 == 10}) == 50
    assert generated([0.0] * 168, 4, 1, 1) == []


def test_a_month_of_three_thousand_is_tried_in_a_second_or_two() -> None:
    """Ten thousand take about three times as long: two plans of a big agency's month stay well under twenty seconds."""
    spans = [(day * DAY + 540, day * DAY + 1080) for day in range(30)]
    workers = [worker(n, spans, capacity=15, skills=frozenset({("visa", None)}) if n % 5 == 0 else frozenset()) for n in range(20)]
    stream = [coming(n * 30 * DAY / 3000, minutes=40, category="visa" if n % 9 == 0 else "hotel") for n in range(3000)]
    about = Circumstances(workers, {None: Clock(spans)}, date(2026, 11, 1), 30 * DAY, 60, lambda at: int(at // 60) % 168)
    began = time.process_time()
    outcome = simulate(stream, DistributionPlan(), about)
    assert len(outcome.waits) + outcome.never == 3000
    assert time.process_time() - began < 4
