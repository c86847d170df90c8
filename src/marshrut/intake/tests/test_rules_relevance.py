"""Q02: adequate or not, by criteria one can read; the two examples of the source stand first."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.catalog.rules import PriceFloor, PriceFloors
from marshrut.core.money import Money
from marshrut.intake.rules import (
    InquiryFacts,
    Relevance,
    RequestFacts,
    RulesetError,
    check_contact_set,
    compile_contact_rules,
    compile_relevance,
    default_grader,
    default_relevance,
)
from marshrut.intake.rules.text import read_text

TODAY = date(2026, 11, 22)


def rub(amount: int, currency: str = "RUB") -> Money:
    return Money(Decimal(amount), currency)


def grade(message: str = "", floors: dict[str, Money] | None = None, **request: Any) -> Relevance:
    facts = InquiryFacts(channel="site_form", today=TODAY, message=message, has_name=True, has_phone=True, **request)
    return default_grader().grade(facts, PriceFloors(floors or {}))


def codes(relevance: Relevance) -> list[str]:
    return [reason["code"] for reason in relevance.reasons]


def test_a_hot_tour_for_new_year_with_300_thousand_for_two_is_adequate() -> None:
    relevance = grade("горящий тур на Новый год, бюджет 300 000 ₽ на двоих", adults=2, budget=rub(300_000))
    assert relevance.grade == "A"
    assert codes(relevance) == ["budget_fits", "season"]
    dated = grade(adults=2, budget=rub(300_000), date_from=date(2026, 12, 29), nights_from=10, category="package_tour")
    assert dated.grade == "A"


def test_six_adults_in_one_room_for_14_days_with_200_thousand_are_not() -> None:
    relevance = grade(adults=6, rooms=1, nights_from=14, budget=rub(200_000))
    assert relevance.grade == "C"
    assert codes(relevance)[:2] == ["budget_far_below", "crowded_room"]


@pytest.mark.parametrize(("text", "expected"), [
    ("горящий тур на Новый год, бюджет 300 000 ₽ на двоих", "A"),
    ("шестеро взрослых, один номер на всех, две недели, Турция, не дороже 200 тысяч рублей", "C"),
    ("6 дорослих в одному номері на 14 ночей, бюджет 200 000 руб", "C"),
])  # fmt: skip
def test_the_examples_of_the_source_are_graded_alike_when_they_are_only_said(text: str, expected: str) -> None:
    read = read_text(text, TODAY).request
    assert grade(text, **{one.name: getattr(read, one.name) for one in fields(RequestFacts)}).grade == expected


PLAUSIBLE: list[tuple[str, dict[str, Any]]] = [
    (
        "A",
        {"adults": 2, "budget": rub(150_000), "directions": ("turkey",), "nights_from": 7, "category": "package_tour"},
    ),
    ("A", {"adults": 2, "children_ages": (5, 1), "budget": rub(250_000), "directions": ("egypt",), "nights_from": 9}),
    ("A", {"adults": 2, "budget": rub(2_500, "USD"), "directions": ("uae",), "nights_from": 7}),
    ("A", {"adults": 2, "budget": rub(60_000, "UAH"), "directions": ("bulgaria",), "nights_from": 8}),
    ("A", {"adults": 6, "rooms": 3, "budget": rub(1_200_000), "nights_from": 14, "directions": ("turkey",)}),
    ("A", {"adults": 1, "budget": rub(25_000), "category": "hotel", "nights_from": 5}),
    ("A", {"adults": 2, "budget": rub(40_000), "category": "flight", "date_from": date(2027, 2, 1)}),
    ("A", {"adults": 40, "budget": rub(2_000_000), "category": "corporate", "nights_from": 2}),
    ("A", {"adults": 1, "budget": rub(12_000_000), "category": "real_estate"}),
    ("A", {"adults": 2, "budget": rub(600_000), "directions": ("maldives",), "nights_from": 10}),
    ("B", {"adults": 2, "directions": ("turkey",), "nights_from": 7}),
    ("B", {"budget": rub(200_000), "directions": ("turkey",)}),
    ("B", {}),
    ("B", {"category": "visa"}),
    ("B", {"adults": 2, "budget": rub(50_000), "directions": ("turkey",), "nights_from": 7}),
    ("B", {"adults": 4, "rooms": 1, "budget": rub(400_000), "directions": ("turkey",), "nights_from": 10}),
    (
        "B",
        {
            "adults": 2,
            "budget": rub(300_000),
            "date_from": date(2026, 11, 23),
            "nights_from": 7,
            "category": "package_tour",
        },
    ),
    ("B", {"adults": 2, "budget": rub(900_000), "nights_from": 45, "category": "package_tour"}),
    ("B", {"adults": 2, "budget": rub(300_000), "date_from": date(2029, 6, 1), "nights_from": 7}),
    ("C", {"adults": 2, "budget": rub(100_000), "directions": ("maldives",), "nights_from": 10}),
    (
        "C",
        {"adults": 2, "children_ages": (7, 9, 12), "budget": rub(60_000), "directions": ("turkey",), "nights_from": 10},
    ),
    ("C", {"adults": 2, "budget": rub(20_000), "nights_from": 7}),
    ("C", {"adults": 2, "budget": rub(300_000), "date_from": date(2026, 10, 1), "nights_from": 7}),
    ("C", {"adults": 8, "rooms": 1, "budget": rub(900_000), "nights_from": 7}),
    ("C", {"adults": 10, "budget": rub(300_000), "directions": ("uae",), "nights_from": 10}),
]


@pytest.mark.parametrize(("expected", "request_"), PLAUSIBLE)
def test_plausible_requests_get_the_grade_a_manager_would_give(expected: str, request_: dict[str, Any]) -> None:
    relevance = grade(**request_)
    assert relevance.grade == expected, relevance.reasons
    assert relevance.reasons


def test_the_agencys_own_floor_of_a_direction_wins() -> None:
    request: dict[str, Any] = {"adults": 2, "budget": rub(100_000), "directions": ("turkey",), "nights_from": 10}
    assert grade(**request).grade == "A"
    assert grade(floors={"turkey": rub(12_000)}, **request).grade == "C"
    assert grade(floors={"turkey": rub(150, "USD")}, **request).grade == "C"


def test_of_several_directions_the_cheapest_counts() -> None:
    request: dict[str, Any] = {"adults": 2, "budget": rub(100_000), "nights_from": 10}
    assert grade(directions=("maldives", "turkey"), **request).grade == "A"


def test_what_is_missing_is_said() -> None:
    assert grade().reasons[0] == {"code": "incomplete", "missing": ["budget", "adults", "directions"]}


def test_a_season_is_known_by_the_date_or_by_the_words() -> None:
    assert "season" in codes(grade(date_from=date(2027, 1, 3)))
    assert "season" in codes(grade("хотим поехать на новогодние праздники"))
    assert "season" in codes(grade("шукаємо тур на Новий рік"))
    assert "season" not in codes(grade("на Новый год", date_from=date(2027, 3, 3)))


@given(
    adults=st.integers(0, 20),
    ages=st.lists(st.integers(0, 17), max_size=4),
    rooms=st.none() | st.integers(1, 10),
    nights=st.none() | st.integers(1, 60),
    budget=st.integers(1, 10**9),
    more=st.integers(0, 10**6),
)
def test_a_larger_budget_never_makes_it_less_likely_to_suffice(
    adults: int, ages: list[int], rooms: int | None, nights: int | None, budget: int, more: int
) -> None:
    about: dict[str, Any] = {"adults": adults, "children_ages": tuple(ages), "rooms": rooms, "nights_from": nights}
    first, second = grade(budget=rub(budget), **about), grade(budget=rub(budget + more), **about)
    if first.budget_ratio is not None and second.budget_ratio is not None:
        assert first.budget_ratio <= second.budget_ratio
        if second.budget_ratio <= 60:
            assert second.grade <= first.grade  # A sorts before B


def test_a_currency_without_a_rate_is_no_flaw() -> None:
    relevance = grade(adults=2, budget=rub(500_000, "JPY"), nights_from=7)
    assert relevance.budget_ratio is None
    assert relevance.grade == "A"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("settings.usual_nights", {"usual_nights": 0}),
        ("settings.hot_factor", {"hot_factor": "much"}),
        ("settings.rates.RUB", {"rates": {"RUB": 2}}),
        ("settings.categories.yacht", {"categories": {"yacht": {"per": "person", "floor": 1}}}),
        ("settings.seasons[0].from", {"seasons": [{"slug": "x", "from": "13-40", "to": "01-01", "factor": 1}]}),
        ("settings.extra", {"extra": 1}),
    ],
)
def test_a_mistake_in_the_settings_is_found_when_they_are_read(path: str, change: dict[str, Any]) -> None:
    data = default_relevance()
    data["settings"] |= change
    if "seasons" in change:
        data["criteria"] = []
    with pytest.raises(RulesetError) as error:
        compile_relevance(data)
    assert error.value.path == path


def test_a_criterion_of_relevance_must_be_complete() -> None:
    for row in (
        {"code": "x", "conditions": {}},
        {"code": "x", "conditions": {}, "points": 0.5},
        {"code": "", "conditions": {}, "points": 1},
    ):
        with pytest.raises(RulesetError):
            compile_relevance(default_relevance() | {"criteria": [row]})


# --- the contact set ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "known", "missing"),
    [
        ("site_form", {"has_name", "has_phone"}, ()),
        ("site_form", {"has_phone"}, ("name",)),
        ("site_form", {"has_name"}, ("phone",)),
        ("site_form", set(), ("name", "phone")),
        ("email", {"has_name", "has_email"}, ()),
        ("messenger", {"has_messenger"}, ("name",)),
        ("phone", {"has_name", "has_email"}, ("phone",)),
        ("walk_in", {"has_name", "has_messenger"}, ()),
    ],
)
def test_the_minimum_is_a_name_and_a_way_to_reach(channel: str, known: set[str], missing: tuple[str, ...]) -> None:
    facts = InquiryFacts(channel=channel, today=TODAY, **dict.fromkeys(known, True))  # type: ignore[arg-type]
    contacts = check_contact_set(facts)
    assert (contacts.missing, contacts.complete) == (missing, not missing)


def test_the_minimum_is_the_agencys_the_nearer_row_first() -> None:
    rules = compile_contact_rules([
        ("", "", ["email"]), ("phone", "", ["phone"]), ("phone", "repeat", ["name", "dates|nights"]), ("", "job", ["name"]),
    ])  # fmt: skip
    assert check_contact_set(InquiryFacts(channel="api", today=TODAY, has_email=True), rules).complete
    by_phone = InquiryFacts(channel="phone", today=TODAY, has_name=True, nights_from=7)
    assert check_contact_set(by_phone, rules).missing == ("phone",)
    assert check_contact_set(by_phone, rules, "repeat").complete
    assert check_contact_set(by_phone, rules, "job").missing == ("phone",)
    assert check_contact_set(InquiryFacts(channel="api", today=TODAY), rules, "job").missing == ("name",)


@pytest.mark.parametrize("row", [("", "", []), ("", "", ["fax"]), ("", "", ["phone|fax"]), ("fax", "", ["phone"]), ("", "vip", ["phone"]), ("", "", [""])])
def test_a_minimum_that_cannot_be_is_refused(row: tuple[str, str, list[str]]) -> None:
    with pytest.raises(RulesetError):
        compile_contact_rules([row])


def test_a_floor_of_the_season_and_of_stars_is_held_against_the_budget_before_the_usual_one() -> None:
    new_year = ((12, 25), (1, 10))
    floors = PriceFloors(
        {"turkey": rub(4_500)},
        {"turkey": [PriceFloor(rub(9_000), new_year), PriceFloor(rub(7_000), None, 5), PriceFloor(rub(15_000), new_year, 5)]})
    usual: dict[str, Any] = {"directions": ("turkey",), "adults": 2, "nights_from": 10, "category": "package_tour"}

    def least(**more: Any) -> int:
        facts = InquiryFacts(channel="site_form", today=TODAY, has_name=True, has_phone=True, budget=rub(100_000), **usual, **more)
        ratio = default_grader().grade(facts, floors).budget_ratio
        assert ratio is not None
        return round(100_000 / ratio / 20)  # of a night for one

    winter, spring = date(2026, 12, 29), date(2027, 3, 20)
    assert least(date_from=spring) == 4_500
    assert least(date_from=spring, stars_from=5) == 7_000
    assert least(date_from=spring, stars_from=4) == 4_500
    assert least(date_from=winter) == 9_000  # the season's own price, not raised for the season again
    assert least(date_from=winter, stars_from=5) == 15_000


def test_the_cheapest_of_several_directions_would_do() -> None:
    floors = PriceFloors({"turkey": rub(4_500), "maldives": rub(14_000)})
    common: dict[str, Any] = {"channel": "site_form", "today": TODAY, "adults": 2, "nights_from": 7, "budget": rub(70_000), "category": "package_tour"}
    one = default_grader().grade(InquiryFacts(directions=("turkey",), **common), floors)
    both = default_grader().grade(InquiryFacts(directions=("maldives", "turkey"), **common), floors)
    assert one.budget_ratio == both.budget_ratio


def test_a_criterion_may_ask_for_the_budget_per_person_and_night() -> None:
    data = default_relevance()
    data["criteria"] = [{"code": "thin", "conditions": {"budget_per_person_night_below": 3_000}, "points": -2}]
    grader = compile_relevance(data)
    facts = InquiryFacts(channel="site_form", today=TODAY, adults=2, nights_from=10, budget=rub(59_000))
    assert grader.grade(facts).grade == "C"
    assert grader.criteria_met(InquiryFacts(channel="site_form", today=TODAY, adults=2, nights_from=10, budget=rub(60_000))) == set()
    assert grader.criteria_met(facts) == {0}
    assert grader.criteria_met(InquiryFacts(channel="site_form", today=TODAY, adults=2, budget=rub(59_000))) == set()


def test_a_criterion_that_makes_no_difference_is_seen_to_be_useless() -> None:
    from marshrut.intake.rules.previews import separations

    data = default_relevance()
    data["criteria"] = [{"code": "crowd", "conditions": {"adults_above": 4}, "points": -2},
                        {"code": "phone", "conditions": {"has": ["phone"]}, "points": 1}]
    few, many = ({"channel": "site_form", "today": TODAY, "adults": adults} for adults in (2, 6))
    closed = [(InquiryFacts(**few, has_phone=number % 2 == 0), number < 20) for number in range(40)]  # type: ignore[arg-type]
    closed += [(InquiryFacts(**many, has_phone=number % 2 == 0), number < 2) for number in range(40)]  # type: ignore[arg-type]
    crowd, phone = separations(compile_relevance(data), closed, PriceFloors())
    assert (crowd.closed, crowd.won, crowd.others_closed, crowd.others_won) == (40, 2, 40, 20)
    assert crowd.difference is not None
    assert crowd.difference.is_certain
    assert crowd.difference.points < 0
    assert phone.is_enough
    assert phone.difference is not None
    assert not phone.difference.is_certain
