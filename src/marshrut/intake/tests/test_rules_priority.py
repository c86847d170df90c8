"""P06: which first, and why: more chance, more money, fuller or more adequate never comes later."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.money import Money
from marshrut.intake.rules import (
    CHANNELS,
    CLASSES,
    InquiryFacts,
    PersonFacts,
    Priority,
    RulesetError,
    compile_priority,
    default_priority,
    default_priority_model,
)
from marshrut.intake.rules.facts import VIP_FROM

TODAY = date(2026, 11, 22)


def facts(channel: str = "site_form", budget: int | None = None, **about: Any) -> InquiryFacts:
    money = Money(Decimal(budget), "RUB") if budget else None
    return InquiryFacts(channel=channel, today=TODAY, budget=money, **({"has_name": True, "has_phone": True} | about))


def score(inquiry: InquiryFacts, inquiry_class: str = "new_sale", grade: str = "B", **about: Any) -> Priority:
    return default_priority_model().score(inquiry, inquiry_class, grade, **about)


def test_trouble_in_a_trip_comes_before_any_sale_and_spam_last() -> None:
    order = [
        score(facts(), "trip_trouble"),
        score(facts(budget=300_000, adults=2), "repeat", "A"),
        score(facts(budget=300_000, adults=2), "new_sale", "A"),
        score(facts(), "new_sale"),
        score(facts(), "new_sale", "C"),
        score(facts(), "job"),
        score(facts(), "spam"),
    ]
    scores = [priority.score for priority in order]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
    assert scores[-1] == 0


def test_three_reasons_say_what_weighed_most() -> None:
    priority = score(facts(budget=900_000, adults=4), "repeat", "A", source_chance=0.1)
    assert len(priority.reasons) == 3
    assert [reason["code"] for reason in priority.reasons][:2] == ["margin", "known_client"]
    assert score(facts(), "trip_trouble").reasons[0]["code"] == "duty"


def test_the_score_can_be_worked_out_by_hand() -> None:
    priority = score(facts("phone", budget=200_000, adults=2), "new_sale", "B", source_chance=0.2)
    # name, reach, adults, budget: 4 of 6 known; 0.6 + 0.4 × 4/6
    chance = 0.2 * (0.6 + 0.4 * 4 / 6)
    assert priority.part("chance") == pytest.approx(chance, abs=1e-4)
    assert priority.money_per_hour == pytest.approx(chance * 20_000 * (1 - 0.1667) * 6, rel=0.001)
    assert priority.currency == "RUB"


def test_an_old_inquiry_has_less_to_lose_in_the_next_hour() -> None:
    worth = [score(facts(), age_minutes=age).money_per_hour for age in (0, 30, 120, 1440, 3000)]
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] > 0


def test_whoever_cannot_be_reached_waits() -> None:
    reached = [
        score(facts(has_phone=way == "phone", has_messenger=way == "messenger", has_email=way == "email")).score
        for way in ("phone", "messenger", "email", "none")
    ]
    assert reached == sorted(reached, reverse=True)


FACTS = st.builds(
    facts,
    channel=st.sampled_from(CHANNELS),
    budget=st.none() | st.integers(1, 10**9),
    adults=st.none() | st.integers(0, 9),
    directions=st.sampled_from([(), ("turkey",)]),
    category=st.sampled_from([None, "visa", "package_tour"]),
    nights_from=st.none() | st.integers(1, 20),
    has_phone=st.booleans(),
    has_email=st.booleans(),
)
CHANCE = st.floats(0, 1)


@given(FACTS, st.sampled_from(CLASSES), st.sampled_from("ABC"), st.none() | CHANCE, st.floats(0, 10**6))
def test_a_score_is_between_0_and_100_with_reasons(
    inquiry: InquiryFacts, inquiry_class: str, grade: str, chance: float | None, age: float
) -> None:
    priority = score(inquiry, inquiry_class, grade, source_chance=chance, age_minutes=age)
    assert 0 <= priority.score <= 100
    assert 2 <= len(priority.reasons) <= 3


@given(FACTS, st.sampled_from(CLASSES), CHANCE, CHANCE)
def test_a_better_source_never_scores_lower(inquiry: InquiryFacts, inquiry_class: str, a: float, b: float) -> None:
    low, high = sorted((a, b))
    worse = score(inquiry, inquiry_class, source_chance=low)
    assert worse.money_per_hour <= score(inquiry, inquiry_class, source_chance=high).money_per_hour


@given(FACTS, st.sampled_from(CLASSES))
def test_more_adequate_and_fuller_never_score_lower(inquiry: InquiryFacts, inquiry_class: str) -> None:
    grades = [score(inquiry, inquiry_class, grade).money_per_hour for grade in "CBA"]
    assert grades == sorted(grades)
    fuller = facts(
        inquiry.channel,
        int(inquiry.budget.amount) if inquiry.budget else None,
        adults=2,
        nights_from=7,
        directions=("turkey",),
        category=inquiry.category,
    )
    assert score(inquiry, inquiry_class).money_per_hour <= score(fuller, inquiry_class).money_per_hour


@given(FACTS, st.integers(1, 10**8), st.integers(0, 10**8))
def test_a_larger_budget_never_scores_lower(inquiry: InquiryFacts, budget: int, more: int) -> None:
    about = {"channel": inquiry.channel, "adults": 2, "category": inquiry.category}
    assert score(facts(budget=budget, **about)).score <= score(facts(budget=budget + more, **about)).score


def test_a_vip_comes_before_an_equal() -> None:
    person, vip = (PersonFacts(is_known=True, past_deals=deals) for deals in (VIP_FROM - 1, VIP_FROM))
    assert (person.is_vip, vip.is_vip) == (False, True)
    assert score(facts(person=person), "repeat").score < score(facts(person=vip), "repeat").score


@given(FACTS, st.sampled_from(CLASSES), st.floats(0, 10**4), st.floats(0, 10**4))
def test_what_has_cooled_is_what_would_be_reckoned_anew_at_that_age(
    inquiry: InquiryFacts, inquiry_class: str, hours: float, more: float
) -> None:
    model, fresh = default_priority_model(), score(inquiry, inquiry_class)
    anew = score(inquiry, inquiry_class, age_minutes=hours * 60)
    cooled = model.cooled(fresh, inquiry.channel, hours)
    assert abs(cooled.score - anew.score) <= 1  # parts are kept rounded
    assert {part["part"] for part in cooled.parts} == {part["part"] for part in anew.parts}
    assert model.cooled(cooled, inquiry.channel, hours + more).score <= cooled.score
    if inquiry_class in ("trip_trouble", "job", "spam"):
        assert cooled is fresh


@pytest.mark.parametrize("parts", [(), ({"part": "chance", "value": 1},), ({"was": 1},)])
def test_what_was_kept_without_its_parts_stays_as_it_is(parts: Any) -> None:
    old = Priority(50, 0.0, "", (), parts)
    assert default_priority_model().cooled(old, "phone", 9) is old


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("priority.most_chance", {"most_chance": 2}),
        ("priority.grade_factor.B", {"grade_factor": {"A": 1, "C": 1}}),
        ("priority.usual_margin.default", {"usual_margin": {"visa": 5}}),
        ("priority.usual_margin.yacht", {"usual_margin": {"default": 5, "yacht": 5}}),
        ("priority.cooling", {"cooling": [[0, 1], [1, 2]]}),
        ("priority.cooling", {"cooling": "fast"}),
        ("priority.classes", {"classes": {}}),
        ("priority.extra", {"extra": 1}),
    ],
)
def test_a_mistake_in_the_model_is_found_when_it_is_read(path: str, change: dict[str, Any]) -> None:
    with pytest.raises(RulesetError) as error:
        compile_priority(default_priority() | change)
    assert error.value.path.startswith(path.rpartition(".")[0] or path)
