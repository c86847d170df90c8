"""A period replayed: same people and hours, another order."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marshrut.intake.rules.replay import Arrived, Clock, Order, Pace, Seen, compare_waits, lost_table, measured_pace, work_through

ALWAYS = Clock([(0.0, 1e6)])
EVEN = Pace(0, 1)


def left(hours: float) -> float:
    return 1 / (1 + hours)


TABLE = {"": lost_table(left)}


def order(*worth: float) -> Order:
    return Order(worth, [""] * len(worth), TABLE)


def test_the_worthiest_of_those_who_wait_is_answered_first() -> None:
    arrived = [Arrived(0, 1, 10), Arrived(1, 1, 10), Arrived(2, 1, 10)]
    assert work_through(arrived, order(1, 1, 5), {1: ALWAYS}, EVEN).minutes == [0, 19, 8]
    assert work_through(arrived, order(1, 5, 1), {1: ALWAYS}, EVEN).minutes == [0, 9, 18]


def test_nobody_is_answered_outside_the_hours_and_waits_are_in_working_minutes() -> None:
    days = Clock([(540.0, 1080.0), (1980.0, 2520.0)])
    waits = work_through([Arrived(1075, 1, 30), Arrived(1100, 1, 10)], order(1, 1), {1: days}, EVEN)
    assert waits.minutes == [0, 25]
    assert days.moment(565) == 2005
    assert days.worked(1500) == 540


def test_what_is_left_when_the_hours_end_is_counted() -> None:
    waits = work_through(
        [Arrived(0, 1, 100), Arrived(1, 1, 100), Arrived(2, 1, 100)], order(1, 1, 1), {1: Clock([(0.0, 90.0)])}, EVEN
    )
    assert waits.left_over == 2


def test_who_waits_long_is_worth_less_by_the_hour_and_gives_way_to_somebody_fresh() -> None:
    arrived = [Arrived(0, 1, 300), Arrived(1, 1, 10), Arrived(299, 1, 10)]
    waits = work_through(arrived, order(1, 2, 1), {1: ALWAYS}, EVEN)
    assert waits.minutes[2] < waits.minutes[1]


def test_each_waits_for_whoever_had_it() -> None:
    waits = work_through([Arrived(0, 1, 50), Arrived(1, 2, 50), Arrived(2, 1, 50)], order(1, 1, 1), {1: ALWAYS, 2: ALWAYS}, EVEN)
    assert waits.minutes == [0, 0, 48]


arrivals = st.lists(st.builds(Arrived, st.floats(0, 3000), st.integers(1, 3), st.floats(1, 60)), min_size=1, max_size=40)


@settings(max_examples=40)
@given(arrivals, st.randoms(use_true_random=False), st.floats(1, 4))
def test_whatever_the_order_the_same_work_is_done_and_nobody_waits_less_than_nothing(
    rows: list[Arrived], chance: random.Random, stretch: float
) -> None:
    clocks = {person: ALWAYS for person in (1, 2, 3)}
    ends = []
    for _order in range(2):
        waits = work_through(rows, order(*(chance.random() for _ in rows)), clocks, Pace(0, stretch))
        assert min(waits.minutes) >= 0
        ends.append(
            {
                s: max(r.at + w + r.minutes * stretch for r, w in zip(rows, waits.minutes, strict=True) if r.server == s)
                for s in {r.server for r in rows}
            }
        )
    for server in ends[0]:
        assert ends[0][server] == pytest.approx(ends[1][server])


def test_both_orders_alike_differ_in_nothing_and_money_is_won_where_it_cools() -> None:
    arrived = [Arrived(0, 1, 60), Arrived(1, 1, 60), Arrived(2, 1, 60)]
    by_turn, by_worth = order(1, 1, 1), order(1, 1, 9)
    before, after = (work_through(arrived, one, {1: ALWAYS}, EVEN) for one in (by_turn, by_worth))
    money, shares = [100.0, 100.0, 900.0], [left] * 3
    same = compare_waits(before, before, money, shares)
    assert (same.earlier, same.later, same.same, same.difference) == (0, 0, 3, 0)
    moved = compare_waits(before, after, money, shares)
    assert (moved.earlier, moved.later, moved.same) == (1, 1, 1)
    assert moved.difference > 0
    assert moved.movers[0][0] == 2
    assert sum(number for number, _before, _after in moved.by_worth) == 3


def test_the_pace_is_measured_where_one_waited_alone_and_where_another_did() -> None:
    alone = [Seen(1, at, at + 6, 10) for at in range(0, 2000, 100)]
    pairs = [answer for at in range(5000, 9000, 200) for answer in (Seen(1, at, at + 6, 10), Seen(1, at + 1, at + 31, 10))]
    pace = measured_pace([*alone, *pairs])
    assert (pace.lag, pace.stretch) == (6, 2.5)
    assert measured_pace(alone[:3]) == Pace()


def test_whoever_is_alone_waits_until_somebody_turns_to_them() -> None:
    assert work_through([Arrived(0, 1, 10), Arrived(100, 1, 10)], order(1, 1), {1: ALWAYS}, Pace(6, 2)).minutes == [6, 6]


def test_ten_thousand_inquiries_are_worked_through_in_far_less_than_their_seconds() -> None:
    chance = random.Random(1)
    arrived = [Arrived(chance.uniform(0, 43_200), chance.randrange(12), chance.choice((6, 10, 12, 20))) for _ in range(10_000)]
    clocks = {person: Clock([(day * 1440 + 540.0, day * 1440 + 1080.0) for day in range(37)]) for person in range(12)}
    ranked = order(*(chance.lognormvariate(7, 1) for _ in arrived))
    begun = time.process_time()
    work_through(arrived, ranked, clocks, Pace(3, 2.5))
    assert time.process_time() - begun < 5
