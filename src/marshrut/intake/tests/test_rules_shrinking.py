"""Few cases say little: shares of sources, cooling and margins are drawn to what is usual."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.intake.rules import default_priority_model
from marshrut.intake.rules.cooling import PRIOR_CASES, SPANS, Answered, learn_cooling, left_after, never_rising
from marshrut.intake.rules.margins import Sold, learn_margins
from marshrut.intake.rules.shrinking import USUAL_WEIGHT, Tally, shrink

PUBLISHED = default_priority_model().cooling
tallies = st.dictionaries(
    st.text(min_size=1, max_size=3),
    st.tuples(st.integers(0, 400), st.floats(0, 1), st.floats(0.02, 0.9)).map(lambda t: Tally(t[0], round(t[0] * t[1]), t[2])),
    min_size=1,
    max_size=8,
)


def test_two_of_three_from_a_new_source_stays_near_what_was_typed() -> None:
    rates, weight = shrink({"new": Tally(3, 2, 0.15), "site": Tally(900, 135, 0.15)})
    assert weight == USUAL_WEIGHT
    assert 0.15 < rates["new"].share < 0.25
    assert rates["site"].share == pytest.approx(0.15, abs=0.01)


def test_sources_that_truly_differ_are_left_where_they_are() -> None:
    alike, close = shrink({name: Tally(100, 15, 0.15) for name in "abcdef"})
    apart, far = shrink({name: Tally(100, won, 0.15) for name, won in zip("abcdef", (2, 60, 5, 45, 1, 30), strict=True)})
    assert far < close
    assert apart["b"].share > 0.5
    assert alike["a"].share == pytest.approx(0.15, abs=0.01)


def test_a_source_without_cases_takes_the_level_of_the_agency() -> None:
    rates, _weight = shrink({"new": Tally(0, 0, 0.15), "site": Tally(1000, 400, 0.15)})
    assert rates["new"].share > 0.3
    assert rates["new"].cases == 0


@given(tallies)
def test_a_drawn_share_lies_between_what_was_seen_and_what_was_guessed(given_tallies: dict[str, Tally]) -> None:
    rates, _weight = shrink(given_tallies)
    for name, tally in given_tallies.items():
        seen = tally.won / tally.cases if tally.cases else rates[name].prior
        assert min(seen, rates[name].prior) - 1e-9 <= rates[name].share <= max(seen, rates[name].prior) + 1e-9


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 50)), min_size=1, max_size=12))
def test_the_nearest_falling_series_falls_and_keeps_the_sum(rows: list[tuple[float, float]]) -> None:
    values, weights = [row[0] for row in rows], [row[1] for row in rows]
    made = never_rising(values, weights)
    assert all(a >= b - 1e-9 for a, b in itertools.pairwise(made))
    assert sum(v * w for v, w in zip(made, weights, strict=True)) == pytest.approx(sum(v * w for v, w in rows))


def answers(number: int, shares: dict[float, float], channel: str = "phone") -> list[Answered]:
    """So many answers after each number of hours, of which such a share bought."""
    return [Answered(channel, hours, place < share * number) for hours, share in shares.items() for place in range(number)]


def test_without_answers_the_published_curve_stands() -> None:
    points = learn_cooling([], PUBLISHED)[""].points
    for hours, left in points:
        assert left == pytest.approx(left_after(PUBLISHED, hours), rel=0.02)


def test_an_agency_whose_clients_wait_patiently_learns_it_case_by_case() -> None:
    patient = {0.05: 0.3, 0.15: 0.3, 0.4: 0.3, 0.7: 0.3, 2.0: 0.3, 10.0: 0.3, 40.0: 0.3}
    few, many = (learn_cooling(answers(number, patient), PUBLISHED)[""] for number in (10, 2000))
    published = left_after(PUBLISHED, 2.0)
    assert published < left_after(few.points, 2.0) < left_after(many.points, 2.0)
    assert left_after(many.points, 2.0) > 0.8


@given(st.lists(st.builds(Answered, st.sampled_from(["phone", "email"]), st.floats(0, 800), st.booleans()), max_size=300))
def test_a_curve_never_rises_and_begins_whole(rows: list[Answered]) -> None:
    for curve in learn_cooling(rows, PUBLISHED).values():
        lefts = [left for _hours, left in curve.points]
        assert curve.points[0] == (0.0, 1.0)
        assert all(a >= b > 0 for a, b in itertools.pairwise(lefts))
        assert len(curve.spans) == len(SPANS)


def test_a_channel_has_a_curve_of_its_own_only_with_enough_answers_and_is_drawn_to_that_of_all() -> None:
    few = learn_cooling(answers(5, {0.05: 0.3, 3.0: 0.3}, "email"), PUBLISHED)
    many = learn_cooling(answers(300, {0.05: 0.3, 3.0: 0.3}, "email") + answers(300, {0.05: 0.3, 3.0: 0.01}), PUBLISHED)
    assert set(few) == {""}
    assert set(many) == {"", "email", "phone"}
    assert left_after(many["phone"].points, 3.0) < left_after(many[""].points, 3.0) < left_after(many["email"].points, 3.0)
    assert PRIOR_CASES > 0


def test_margins_of_few_deals_stay_near_the_table_and_directions_are_told_apart() -> None:
    table = {"default": 10_000.0, "visa": 2_000.0}
    sold = (
        [Sold("visa", "china", 4_000, 10_000)] * 2
        + [Sold("", "maldives", 40_000, 400_000)] * 30
        + [Sold("", "turkey", 20_000, 200_000)] * 30
    )
    margins = learn_margins(sold, table, {"default": 0.1, "visa": 0.3})
    assert margins.usual["visa"].value == pytest.approx((2 * 4_000 + 10 * 2_000) / 12)
    assert margins.usual["default"].value > 25_000
    assert margins.share["default"].value == pytest.approx(0.1)
    assert margins.direction["maldives"].value > 1 > margins.direction["turkey"].value
    assert "china" not in margins.direction


def test_a_slip_of_the_hand_in_one_margin_does_not_overturn_the_usual() -> None:
    sold = [Sold("", "", 10_000, None)] * 39 + [Sold("", "", 10_000_000, None)]
    assert learn_margins(sold, {"default": 10_000.0}, {"default": 0.1}).usual["default"].value == pytest.approx(10_000)
