"""The chance of a sale: what is learned, how it is judged, what leaks, and that few cases say little."""

import json
import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.shares import wilson
from marshrut.intake.rules.arrival import extra_facts
from marshrut.intake.rules.chance import leaks, level_of, logistic, number_in, read_chance_model
from marshrut.intake.rules.chance_judging import area, quality, strengths, telling_alone
from marshrut.intake.rules.chance_learning import Case, LearnedChance, TooFewCases, learn, platt
from marshrut.intake.rules.chance_process import learn_apart
from marshrut.intake.rules.conditions import RulesetError

ADDS = {"fair": 2.0, "site": 0.0, "ads": -1.5}


def make_cases(number: int, seed: int = 1) -> list[Case]:
    """Leads whose true odds are known: the source counts, and minutes on the site up to a point."""
    chance = random.Random(seed)
    cases = []
    for place in range(number):
        source, minutes = chance.choice(list(ADDS)), chance.choice(("", str(chance.randrange(60))))
        odds = -0.5 + ADDS[source] + (min(float(minutes), 30) / 15 - 1 if minutes else -1.0)
        cases.append(Case({"source": source, "minutes": minutes, "id": str(place)}, chance.random() < logistic(odds)))
    return cases


@pytest.fixture(scope="module")
def learned() -> LearnedChance:
    return learn(make_cases(1200))


def test_it_puts_buyers_before_others_on_leads_it_has_not_seen(learned: LearnedChance) -> None:
    later = make_cases(1200, seed=2)
    judged = quality([learned.model.chance(case.arrival) for case in later], [case.is_won for case in later])
    truth = quality([logistic(-0.5 + ADDS[str(case.arrival["source"])]) for case in later], [case.is_won for case in later])
    assert judged.auc > truth.auc + 0.02
    assert judged.ece < 0.06
    assert sum(part.low <= part.foreseen <= part.high for part in judged.parts) >= 7


def test_additions_say_which_facts_moved_it_and_add_up_to_the_chance(learned: LearnedChance) -> None:
    arrival = {"source": "fair", "minutes": "45"}
    additions = learned.model.additions(arrival)
    assert additions[0].fact == "source"
    assert additions[0].adds > 1
    assert logistic(learned.model.usual + sum(one.adds for one in additions)) == pytest.approx(learned.model.chance(arrival))


def test_what_is_of_its_own_in_every_lead_is_no_fact(learned: LearnedChance) -> None:
    assert {fact.name for fact in learned.model.facts} == {"source", "minutes"}


def test_a_value_never_met_and_an_absent_one_are_answered(learned: LearnedChance) -> None:
    unknown = learned.model.chance({"source": "a place nobody heard of", "minutes": "many"})
    assert 0 < unknown < 1
    assert learned.model.chance({}) == pytest.approx(unknown, abs=0.35)


def test_the_model_goes_through_json_and_answers_the_same(learned: LearnedChance) -> None:
    again = read_chance_model(json.loads(json.dumps(learned.model.as_json())))
    for case in make_cases(50, seed=3):
        assert again.chance(case.arrival) == pytest.approx(learned.model.chance(case.arrival), abs=1e-3)


def test_learning_in_a_process_of_its_own_gives_the_same_and_says_how_far_it_is() -> None:
    cases, heard = make_cases(150), list[float]()
    apart = learn_apart(cases, heard.append)
    assert apart.as_json() == learn(cases).model.as_json()
    assert heard == sorted(heard)
    assert heard[-1] == 1


def test_too_few_leads_are_refused_here_and_in_the_process() -> None:
    with pytest.raises(TooFewCases):
        learn(make_cases(20))
    with pytest.raises(TooFewCases):
        learn_apart([Case({"source": "site"}, True)] * 100)


def test_a_column_that_gives_the_outcome_away_is_found_and_named_ones_are_refused() -> None:
    cases = [Case(case.arrival | {"verdict": "paid" if case.is_won else "gone"}, case.is_won) for case in make_cases(300)]
    assert telling_alone(cases) == ["verdict"]
    assert telling_alone(make_cases(300)) == []
    assert all(map(leaks, ("Tags", "Lead Quality", "last_notable activity", "Asymmetrique Activity Score", "Причина отказа")))
    assert not leaks("Lead Source")
    assert extra_facts({"budget": 3, "etap": "x"}, {"Tags": "Busy", "Город": "Киев", "note": "x" * 200, "ok": True}) == {
        "own.budget": 3.0, "own.etap": "x", "also.город": "Киев", "also.ok": "yes",
    }  # fmt: skip


def test_the_strongest_facts_come_first(learned: LearnedChance) -> None:
    found = strengths(learned.model, make_cases(200))
    assert [one.fact for one in found] == ["source", "minutes"]
    assert found[0].strongest[0][0] in ("fair", "ads")


@pytest.mark.parametrize(
    "broken", [{}, {"usual": "x", "facts": []}, {"usual": float("nan"), "facts": []}, {"usual": 0, "facts": [{}]}, []]
)
def test_a_broken_model_is_refused(broken: object) -> None:
    with pytest.raises(RulesetError):
        read_chance_model(broken)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=60))
def test_the_area_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, bool]]) -> None:
    chances, outcomes = [row[0] / 20 for row in rows], [row[1] for row in rows]
    pairs = [(a, b) for a, won in rows if won for b, other in rows if not other]
    right = sum(a > b for a, b in pairs) + sum(a == b for a, b in pairs) / 2
    assert area(chances, outcomes) == pytest.approx(right / len(pairs) if pairs else 0.5)


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_span_of_a_share_holds_it_and_narrows_with_cases(won: int, lost: int) -> None:
    low, high = wilson(won, won + lost) or (0.0, 1.0)
    assert 0 <= low <= high <= 1
    if won + lost:
        assert low - 1e-9 <= won / (won + lost) <= high + 1e-9
        wider, narrower = wilson(won, won + lost), wilson(won * 10, (won + lost) * 10)
        assert wider is not None
        assert narrower is not None
        assert narrower[1] - narrower[0] <= wider[1] - wider[0] + 1e-9


def test_two_of_three_is_not_67_per_cent() -> None:
    low, high = wilson(2, 3) or (0.0, 1.0)
    assert low < 0.25
    assert high > 0.9


def test_chances_that_are_too_bold_are_drawn_in() -> None:
    chance = random.Random(4)
    odds = [chance.gauss(0, 1) for _ in range(4000)]
    outcomes = [int(chance.random() < logistic(one)) for one in odds]
    slope, shift = platt([one * 1.4 for one in odds], outcomes)
    assert slope == pytest.approx(1 / 1.4, abs=0.08)
    assert shift == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("value", "number"), [("1,5", 1.5), ("1 000", None), ("x", None), (None, None), (3, 3.0), ("nan", None), ("1e999", None)]
)
def test_numbers_are_read_leniently(value: object, number: float | None) -> None:
    read = partial(number_in)
    assert read(value) == number  # type: ignore[arg-type]


def test_spans_take_their_upper_bound_in() -> None:
    assert [level_of(value, (10.0, 20.0)) for value in (5, 10, "10,5", 20, 21, "", None)] == ["0", "0", "1", "1", "2", "", ""]
