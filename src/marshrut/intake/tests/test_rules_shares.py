"""P02: fair shares while things change: newcomers begin small and grow, people go away and come back, hands fill at different speed."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marshrut.intake.rules import (
    OVERDUE,
    Candidate,
    Demand,
    DistributionPlan,
    Effort,
    Ledger,
    Newcomers,
    RulesetError,
    assign,
    compile_distribution,
    default_distribution,
    draw,
    shortlist,
)

FIRST_DAY = date(2026, 11, 2)


def person(number: int, weight: int = 100, full: int | None = None, **about: object) -> Candidate:
    return Candidate(number, f"Менеджер {number}", 1, True, weight=weight, full_weight=full, **about)  # type: ignore[arg-type]


def test_a_newcomer_s_share_grows_by_the_day_until_it_is_whole() -> None:
    grows = Newcomers(percent=40, days=30)
    weights = [grows.weight(100, FIRST_DAY, FIRST_DAY + timedelta(days=day)) for day in range(-2, 40)]
    assert (weights[0], weights[2], weights[17], weights[32], weights[-1]) == (40, 40, 70, 100, 100)
    assert weights == sorted(weights)
    assert grows.weight(100, None, FIRST_DAY) == 100
    assert Newcomers(40, 0).weight(100, FIRST_DAY, FIRST_DAY) == 100
    assert (grows.weight(5, FIRST_DAY, FIRST_DAY), grows.weight(1, FIRST_DAY, FIRST_DAY)) == (2, 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([50, 80, 100, 100, 150]), min_size=1, max_size=6),
    st.lists(st.integers(0, 12), min_size=25, max_size=45),
    st.lists(st.tuples(st.integers(5, 90), st.integers(1, 40)), min_size=1, max_size=3),
)
def test_P02_nobody_is_ever_one_inquiry_from_the_sum_of_the_weights_of_each_day_while_newcomers_grow(
    others: list[int], by_day: list[int], new: list[tuple[int, int]]
) -> None:
    ledger = Ledger()
    owed = [Fraction(0)] * (len(others) + len(new))
    for day, inquiries in enumerate(by_day):
        today = FIRST_DAY + timedelta(days=day)
        grown = [Newcomers(percent, days).weight(100, FIRST_DAY, today) for percent, days in new]
        people = [*(person(number, one) for number, one in enumerate(others)),
                  *(person(len(others) + number, weight, 100) for number, weight in enumerate(grown))]  # fmt: skip
        choice = shortlist(Demand(1), people)
        for _ in range(inquiries):
            ledger = Ledger.read(draw(choice, ledger).ledger.as_json())
            for number, one in enumerate(people):
                owed[number] += Fraction(one.weight, sum(each.weight for each in people))
            assert all(abs(ledger.given.get(number, 0) - share) < 1 for number, share in enumerate(owed))


def test_a_newcomer_does_not_make_up_for_the_days_they_began_small() -> None:
    ledger, got = Ledger(), []
    for weight in (40, 100):
        choice = shortlist(Demand(1), [person(1), person(2), person(3, weight, 100)])
        before = dict(ledger.given)
        for _ in range(120):
            ledger = draw(choice, ledger).ledger
        got.append([ledger.given[number] - before.get(number, 0) for number in (1, 2, 3)])
    assert got == [[50, 50, 20], [40, 40, 40]]


def test_what_a_newcomer_has_grown_counts_from_the_next_inquiry() -> None:
    """A ledger from before rounds goes on, and one of a round that carried nothing over."""
    old = Ledger.read({"given": {"1": 7, "2": 6}, "total": 13})
    growing = shortlist(Demand(1), [person(1), person(2, 50, 100)])
    after = draw(growing, old).ledger
    assert after.round is not None
    assert (after.round.weights, after.round.owed) == ({1: 100, 2: 50}, {1: -500_000, 2: 500_000})
    assert after.given == {1: 7, 2: 7}, "what was owed before is given first"
    before = Ledger.read({"given": {"1": 4, "2": 4}, "total": 8, "round": {"given": {"1": 3, "2": 3}, "total": 6, "weights": {"1": 100, "2": 50}}})
    assert draw(growing, before).ledger.given == {1: 5, 2: 4}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sets(st.integers(0, 4), max_size=2), st.integers(1, 40)), min_size=2, max_size=12), st.integers(2, 10))
def test_whoever_comes_back_is_not_flooded(days: list[tuple[set[int], int]], window: int) -> None:
    """In any run of inquiries somebody is there for, they get at most their share of it and two more, however long they were away."""
    ledgers: dict[str, Ledger] = {}
    for away, inquiries in days:
        there = [person(number) for number in range(5) if number not in away]
        got: list[int] = []
        for _ in range(inquiries):
            assignment = assign(Demand(1), there, lambda pool: ledgers.get(pool, Ledger()))
            assert assignment.employee_id is not None
            assert assignment.pool_key
            assert assignment.ledger
            ledgers[assignment.pool_key] = assignment.ledger
            got.append(assignment.employee_id)
        for start in range(0, len(got), window):
            part = got[start : start + window]
            for one in there:
                assert part.count(one.employee_id) < len(part) / len(there) + 2


def test_what_an_inquiry_weighs_is_the_class_s_times_the_category_s() -> None:
    effort = Effort({"new_sale": 1, "spam": 0}, {"corporate": 2.5, "visa": 0.6}, overdue=0.5)
    held = [("new_sale", "corporate", 2), ("new_sale", None, 1), ("spam", "visa", 9), (None, None, 1), (OVERDUE, None, 3)]
    assert effort.sum(held) == 2 * 2.5 + 1 + 0 + 1 + 1.5
    full, free = person(1, load=effort.sum(held), capacity=8), person(2, load=7.99, capacity=8)
    assert shortlist(Demand(1), [full, free]).chosen == free


def test_a_strict_skill_is_waited_for_and_an_unspecialised_colleague_has_it() -> None:
    plan = DistributionPlan(strict=frozenset({"skill"}))
    visas, hotels = person(1, skills=frozenset({("visa", None)})), person(2, skills=frozenset({("hotel", None)}))
    busy = person(3, skills=frozenset({("visa", None)}), load=1, capacity=1)
    anything = person(4)
    asks = Demand(1, category="visa")
    assert shortlist(asks, [visas, hotels], plan).chosen == visas
    assert shortlist(asks, [busy, hotels, anything], plan).chosen == anything
    waits = shortlist(asks, [busy, hotels], plan)
    assert (waits.people, waits.queue_reason) == ((), "waits_for_skill")
    assert waits.reasons[0]["people"] == 1
    assert shortlist(Demand(1, category="cruise"), [visas, hotels], plan).queue_reason == "waits_for_skill"
    assert shortlist(asks, [busy], plan).queue_reason == "everybody_full"


def test_a_strict_language_is_waited_for() -> None:
    plan = DistributionPlan(strict=frozenset({"language"}))
    ours, theirs = person(1, languages=frozenset({"uk"}), load=1, capacity=1), person(2, languages=frozenset({"ru"}))
    waits = shortlist(Demand(1, language="uk"), [ours, theirs], plan)
    assert (waits.queue_reason, waits.reasons[0]["language"]) == ("waits_for_language", "uk")
    assert shortlist(Demand(1, language="ru"), [ours, theirs], plan).chosen == theirs
    skilled = person(3, languages=frozenset({"uk"}), skills=frozenset({("visa", None)}))
    assert shortlist(Demand(1, category="hotel", language="uk"), [skilled, theirs], plan).chosen == skilled, "the skill is not strict"


def test_a_client_s_full_manager_may_be_spared_and_the_client_is_told_why() -> None:
    full, free = person(1, load=5, capacity=5), person(2)
    asks = Demand(1, owner_id=1)
    assert shortlist(asks, [full, free]).chosen == full
    spared = shortlist(asks, [full, free], DistributionPlan(keeper_when_full=False))
    assert spared.chosen == free
    assert spared.reasons[0] == {"code": "clients_manager_full", "name": full.name}


def test_the_delivered_plan_is_whole_and_each_wrong_number_is_named() -> None:
    plan = compile_distribution(default_distribution())
    assert plan.effort.of("new_sale", "package_tour") == 1
    assert (plan.newcomers, plan.alarm.minutes) == (Newcomers(40, 30), 10)
    wrong = {"effort.classes.new_sale": -1, "effort.classes.nobody": 1, "effort.overdue": "много", "newcomers.percent": 0, "newcomers.days": -3, "queue.minutes": 0,
             "queue.length": True, "queue.more": 1, "strict": ["office"], "keeper_when_full": 1}  # fmt: skip
    for path, value in wrong.items():
        data = default_distribution()
        *steps, last = path.split(".")
        inner = data
        for step in steps:
            inner = inner[step]
        inner[last] = value
        with pytest.raises(RulesetError) as refused:
            compile_distribution(data)
        assert refused.value.path == f"distribution.{path}"
