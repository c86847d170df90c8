"""P02: no grabbing. Who gets an inquiry, why, and that nobody ever falls behind their share."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marshrut.intake.rules import (
    STEPS,
    Assignment,
    Candidate,
    Demand,
    DistributionPlan,
    Ledger,
    RulesetError,
    assign,
    compile_distribution,
    draw,
    pool_key,
    shortlist,
)

OLGA = Candidate(1, "Ольга", office_id=1, is_at_work=True)
TARAS = Candidate(2, "Тарас", office_id=1, is_at_work=True)
IRINA = Candidate(3, "Ирина", office_id=1, is_at_work=True)
STRANGER = Candidate(9, "Чужой", office_id=2, is_at_work=True)


def changed(person: Candidate, **about: Any) -> Candidate:
    return Candidate(**({name: getattr(person, name) for name in Candidate.__dataclass_fields__} | about))


def given_to(demand: Demand, *people: Candidate, ledger: Ledger | None = None) -> Assignment:
    return assign(demand, people, lambda _: ledger or Ledger())


def planned(*steps: str) -> DistributionPlan:
    return DistributionPlan(steps)


def codes(assignment: Assignment) -> list[str]:
    return [reason["code"] for reason in assignment.reasons]


def test_a_known_client_goes_to_their_manager_whatever_the_queue() -> None:
    busy = changed(TARAS, load=50, capacity=10)
    assignment = given_to(Demand(office_id=1, owner_id=2), OLGA, busy, IRINA)
    assert assignment.employee_id == 2
    assert assignment.reasons == ({"code": "clients_manager", "name": "Тарас"},)


def test_a_client_whose_manager_is_away_goes_to_a_colleague_and_it_is_said() -> None:
    assignment = given_to(Demand(office_id=1, owner_id=2), OLGA, changed(TARAS, is_at_work=False))
    assert assignment.employee_id == 1
    assert codes(assignment) == ["clients_manager_away", "only_one"]


def test_another_office_gets_nothing_of_this_one() -> None:
    assert given_to(Demand(office_id=1), STRANGER).queue_reason == "nobody_on_shift"
    assert given_to(Demand(office_id=1), changed(STRANGER, serves_all_offices=True)).employee_id == 9
    assert given_to(Demand(office_id=None), STRANGER).employee_id == 9


def test_skill_comes_before_share() -> None:
    visas = changed(OLGA, skills=frozenset({("visa", None)}))
    turkey = changed(TARAS, skills=frozenset({(None, "turkey")}))
    assert given_to(Demand(1, category="visa"), visas, turkey, IRINA).employee_id == 1
    assert given_to(Demand(1, category="package_tour", directions=("turkey",)), visas, turkey, IRINA).employee_id == 2


def test_a_skill_in_one_direction_of_a_category_needs_both() -> None:
    both = changed(OLGA, skills=frozenset({("visa", "turkey")}))
    assignment = given_to(Demand(1, category="visa", directions=("egypt",)), both, TARAS)
    assert (assignment.employee_id, codes(assignment)) == (2, ["generalists", "only_one"])


def test_what_nobody_is_skilled_in_goes_to_generalists_else_to_all_and_it_is_said() -> None:
    visas, hotels = (
        changed(OLGA, skills=frozenset({("visa", None)})),
        changed(TARAS, skills=frozenset({("hotel", None)})),
    )
    assert codes(given_to(Demand(1, category="cruise"), visas, hotels))[0] == "no_skill"
    assert codes(given_to(Demand(1, category="cruise"), visas, hotels, IRINA))[0] == "generalists"
    away = changed(visas, is_at_work=False)
    assert codes(given_to(Demand(1, category="visa"), away, hotels, IRINA))[0] == "skilled_away"


def test_an_agency_without_skills_hears_nothing_of_them() -> None:
    assert codes(given_to(Demand(1, category="visa"), OLGA, TARAS)) == ["fair_share"]


def test_nobody_on_shift_and_everybody_full_go_to_the_queue() -> None:
    off = [changed(person, is_at_work=False) for person in (OLGA, TARAS)]
    full = [changed(person, load=10, capacity=10) for person in (OLGA, TARAS)]
    assert given_to(Demand(1), *off).queue_reason == "nobody_on_shift"
    assert given_to(Demand(1), *full).queue_reason == "everybody_full"
    assert given_to(Demand(1)).queue_reason == "nobody_on_shift"
    assert given_to(Demand(1), full[0], IRINA).employee_id == 3


def test_a_re_routed_inquiry_never_returns_to_whom_it_was_taken_from() -> None:
    demand = Demand(1, owner_id=1, excluded=frozenset({1}))
    assert given_to(demand, OLGA, TARAS).employee_id == 2
    assert given_to(demand, OLGA).queue_reason == "nobody_else"


def test_equal_turns_go_to_whoever_has_least_on_their_hands() -> None:
    assert given_to(Demand(1), changed(OLGA, load=2), changed(TARAS, load=1.5)).employee_id == 2
    assert given_to(Demand(1), changed(OLGA, load=1), changed(TARAS, load=1.5)).employee_id == 1


def test_the_pool_is_named_by_people_and_weights_in_any_order() -> None:
    assert pool_key([OLGA, TARAS]) == pool_key([TARAS, OLGA])
    assert pool_key([OLGA, TARAS]) != pool_key([OLGA, changed(TARAS, weight=50)])
    assert len(pool_key([changed(OLGA, employee_id=number) for number in range(100)])) <= 64


def test_a_ledger_survives_storage() -> None:
    ledger = Ledger({12: 3, 13: 4}, 7)
    assert Ledger.read(ledger.as_json()) == ledger
    assert Ledger.read(None) == Ledger()


def test_steps_that_are_switched_off_are_not_asked() -> None:
    skilled = changed(TARAS, skills=frozenset({("visa", None)}))
    demand = Demand(1, category="visa", owner_id=1)
    assert shortlist(demand, [OLGA, skilled], planned("office", "skill")).chosen == skilled
    assert shortlist(demand, [OLGA, skilled], planned("office")).people == (OLGA, skilled)
    assert shortlist(Demand(1), [OLGA, STRANGER], planned("skill")).people == (OLGA, STRANGER)


def test_a_skill_that_comes_before_the_office_is_looked_for_everywhere() -> None:
    far = changed(STRANGER, skills=frozenset({("visa", None)}))
    near = changed(TARAS, skills=frozenset({("visa", None)}))
    plan, demand = planned("clients_manager", "skill", "office"), Demand(1, category="visa")
    assert shortlist(demand, [OLGA, far], plan).chosen == far
    assert [one["code"] for one in shortlist(demand, [OLGA, far], plan).reasons] == ["skilled", "other_office", "only_one"]
    assert shortlist(demand, [OLGA, far, near], plan).chosen == near
    assert shortlist(demand, [OLGA, far], planned("clients_manager", "office", "skill")).chosen == OLGA


def test_the_clients_manager_may_come_after_the_office() -> None:
    plan = planned("office", "clients_manager", "skill")
    assert shortlist(Demand(1, owner_id=9), [OLGA, STRANGER], plan).chosen == OLGA
    assert shortlist(Demand(1, owner_id=2), [OLGA, TARAS], plan).chosen == TARAS


UKRAINIAN = frozenset({"uk"})
STAFF = st.lists(
    st.builds(
        changed, st.sampled_from([OLGA, TARAS, IRINA, STRANGER]), is_at_work=st.booleans(), load=st.integers(0, 2), capacity=st.just(2),
        skills=st.sampled_from([frozenset(), frozenset({("visa", None)})]), substitute_id=st.sampled_from([None, 2, 3]),
        languages=st.sampled_from([frozenset[str](), UKRAINIAN, frozenset({"ru"}), frozenset({"ru", "uk"})]),
    ),
    unique_by=lambda one: one.employee_id,
)  # fmt: skip


def test_who_works_in_the_language_comes_before_who_is_skilled() -> None:
    visas = changed(OLGA, skills=frozenset({("visa", None)}), languages=frozenset({"ru"}))
    ours, any_language = changed(TARAS, languages=UKRAINIAN), IRINA
    demand = Demand(1, category="visa", language="uk")
    assert given_to(demand, visas, ours).reasons[0] == {"code": "speaks", "language": "uk", "people": 1}
    assert given_to(demand, visas, ours).employee_id == 2
    assert shortlist(demand, [visas, ours, any_language]).people == (ours, any_language)
    after = planned("clients_manager", "office", "skill", "language")
    assert codes(assign(demand, [visas, ours], lambda _: Ledger(), after)) == ["skilled", "nobody_speaks", "only_one"]


def test_a_language_nobody_free_works_in_is_passed_over_and_it_is_said() -> None:
    away = changed(TARAS, languages=UKRAINIAN, is_at_work=False)
    russian = changed(OLGA, languages=frozenset({"ru"}))
    assert codes(given_to(Demand(1, language="uk"), russian, away)) == ["nobody_speaks", "only_one"]
    assert given_to(Demand(1, language="uk"), away).queue_reason == "nobody_on_shift"


def test_an_agency_that_said_nothing_of_languages_hears_nothing_of_them() -> None:
    assert codes(given_to(Demand(1, language="uk"), OLGA, TARAS)) == ["fair_share"]
    assert codes(given_to(Demand(1), changed(OLGA, languages=UKRAINIAN), TARAS)) == ["fair_share"]


def test_an_order_kept_before_there_were_languages_asks_for_them_where_they_are_delivered() -> None:
    old = compile_distribution({"order": ["office", "skill", "clients_manager"], "off": ["skill"]})
    assert old.steps == ("office", "language", "clients_manager")


@given(STAFF, st.sampled_from([None, 1, 2, 9]), st.sampled_from([None, "visa"]))
def test_nobody_gets_a_language_they_do_not_work_in_while_somebody_free_does(
    people: list[Candidate], owner: int | None, category: str | None
) -> None:
    choice = shortlist(Demand(1, category=category, owner_id=owner, language="uk"), people)
    eligible = [one for one in people if one.office_id == 1 and one.is_at_work and not one.is_full]
    by_client = {reason["code"] for reason in choice.reasons} & {"clients_manager", "substitute"}  # no reason at all: all were alike
    if any(not one.languages or "uk" in one.languages for one in eligible) and not by_client:
        assert all(not one.languages or "uk" in one.languages for one in choice.people)


@given(st.permutations(STEPS), st.lists(st.sampled_from(STEPS), unique=True), STAFF,
       st.sampled_from([None, 1, 9]), st.sampled_from([None, "visa", "hotel"]))
def test_in_any_order_only_somebody_at_work_and_below_capacity_is_given_more(
    order: list[str], off: list[str], people: list[Candidate], owner: int | None, category: str | None
) -> None:  # fmt: skip
    plan = compile_distribution({"order": order, "off": off})
    choice = shortlist(Demand(1, category=category, owner_id=owner, language="uk"), people, plan)
    assert all(one.is_at_work for one in choice.people)
    given = {reason["code"] for reason in choice.reasons}
    assert all(not one.is_full for one in choice.people) or given & {"clients_manager", "substitute"}
    assert bool(choice.people) != bool(choice.queue_reason)


@pytest.mark.parametrize("wrong", [{"order": []}, {"order": ["office"] * 3}, {"order": "office"}, {"off": ["shift"]}, {"off": 1}, {"take_by_hand": 1},
                                   {"more": 1}])
def test_an_order_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:  # fmt: skip
    with pytest.raises(RulesetError):
        compile_distribution(wrong)


WEIGHTS = st.lists(st.integers(1, 300), min_size=2, max_size=12)


def shares(weights: list[int], rounds: int) -> list[list[int]]:
    """How many each has after every round, the beginning included."""
    people = [Candidate(number, str(number), 1, True, weight=weight) for number, weight in enumerate(weights)]
    choice, ledger, history = shortlist(Demand(1), people), Ledger(), [[0] * len(weights)]
    for _ in range(rounds):
        ledger = draw(choice, ledger).ledger
        history.append([ledger.given.get(number, 0) for number in range(len(weights))])
    return history


@settings(max_examples=60, deadline=None)
@given(WEIGHTS)
def test_nobody_is_ever_one_inquiry_from_their_share_nor_two_in_any_window(weights: list[int]) -> None:
    history, whole, most = shares(weights, 150), sum(weights), 1 - 1 / (2 * len(weights) - 2)
    for place, weight in enumerate(weights):
        apart = [counts[place] - weight * turn / whole for turn, counts in enumerate(history)]
        assert max(map(abs, apart)) <= most + 1e-9
        assert max(apart) - min(apart) < 2  # in any window: the difference of two moments


@pytest.mark.parametrize("weights", [[100] * 12, [100, 50], [1, 1000], [300, 1, 1, 1], [100, 100, 50, 25]])
def test_shares_hold_over_thousands(weights: list[int]) -> None:
    history = shares(weights, 3000)
    for place, weight in enumerate(weights):
        assert abs(history[-1][place] - 3000 * weight / sum(weights)) < 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=120))
def test_shares_stay_fair_in_each_set_when_shifts_change(shifts: list[set[int]]) -> None:
    ledgers: dict[str, Ledger] = {}
    everybody = [Candidate(number, str(number), 1, True) for number in range(6)]
    for shift in shifts:
        people = [changed(person, is_at_work=person.employee_id in shift) for person in everybody]
        assignment = assign(Demand(1), people, lambda key: ledgers.get(key, Ledger()))
        assert assignment.employee_id in shift
        if assignment.pool_key and assignment.ledger:
            ledgers[assignment.pool_key] = assignment.ledger
            share = assignment.ledger.total / len(shift)
            assert all(abs(assignment.ledger.given.get(number, 0) - share) < 1 for number in shift)
