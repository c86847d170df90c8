"""A stranger's request is read as far as it can be; the rest is named, nothing is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.money import Money
from marshrut.intake.rules import InquiryFacts, RequestFacts, read_request

TODAY = date(2026, 11, 22)
WHOLE: dict[str, Any] = {
    "category": "package_tour",
    "directions": ["Турция", "Египет"],
    "dates": {"from": "2027-06-10", "to": "2027-06-25"},
    "nights": {"from": 7, "to": 10},
    "adults": 2,
    "children_ages": [6, 1],
    "rooms": 1,
    "budget": {"amount": 300000, "currency": "RUB"},
}


def test_a_whole_request_is_read_and_written_back() -> None:
    request, flaws = read_request(WHOLE, TODAY)
    assert flaws == ()
    assert request.budget == Money(Decimal(300000), "RUB")
    assert (request.party, request.nights) == (4, 7)
    assert request.as_json() == WHOLE | {"budget": {"amount": "300000", "currency": "RUB"}}
    assert read_request(request.as_json(), TODAY) == (request, ())


def test_nothing_asked_for_is_no_flaw() -> None:
    assert read_request(None, TODAY) == read_request({}, TODAY) == (RequestFacts(), ())
    assert RequestFacts().as_json() == {}


@pytest.mark.parametrize(
    ("raw", "field", "code"),
    [
        ({"adults": "двое"}, "request.adults", "not_a_number"),
        ({"adults": True}, "request.adults", "not_a_number"),
        ({"adults": float("nan")}, "request.adults", "not_a_number"),
        ({"adults": -1}, "request.adults", "out_of_range"),
        ({"adults": 10**30}, "request.adults", "out_of_range"),
        ({"rooms": 0}, "request.rooms", "out_of_range"),
        ({"children_ages": [5, 40]}, "request.children_ages.1", "out_of_range"),
        ({"children_ages": 2}, "request.children_ages", "not_a_list"),
        ({"dates": {"from": "2026-02-31"}}, "request.dates.from", "not_a_date"),
        ({"dates": {"from": "летом"}}, "request.dates.from", "not_a_date"),
        ({"dates": {"to": "9999-12-31"}}, "request.dates.to", "too_far"),
        ({"dates": {"from": "2027-06-25", "to": "2027-06-10"}}, "request.dates", "reversed"),
        ({"nights": {"from": 10, "to": 7}}, "request.nights", "reversed"),
        ({"nights": 0}, "request.nights", "out_of_range"),
        ({"category": "yacht"}, "request.category", "unknown_category"),
        ({"category": ["hotel"]}, "request.category", "unknown_category"),
        ({"directions": 7}, "request.directions", "not_a_list"),
        ({"budget": {"amount": "NaN", "currency": "RUB"}}, "request.budget", "not_a_number"),
        ({"budget": {"amount": -5}}, "request.budget", "negative"),
        ({"budget": {"amount": 5, "currency": "ZZZ"}}, "request.budget", "unknown_currency"),
        ("тур", "request", "not_an_object"),
    ],
)
def test_a_flaw_is_named_and_the_rest_is_kept(raw: Any, field: str, code: str) -> None:
    whole = raw | {"message": "x"} if isinstance(raw, dict) else raw
    _, flaws = read_request(whole, TODAY)
    assert [(flaw.field, flaw.code) for flaw in flaws] == [(field, code)]


def test_forgiving_spellings() -> None:
    request, flaws = read_request(
        {
            "adults": "2",
            "rooms": 1.0,
            "nights": 7,
            "dates": {"from": "10.06.2027"},
            "directions": "Турция",
            "budget": "300 000",
        },
        TODAY,
    )
    assert flaws == ()
    assert (request.adults, request.rooms, request.nights, request.date_from) == (2, 1, 7, date(2027, 6, 10))
    assert request.directions == ("Турция",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from", "to", "amount", "currency", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), JSON) | JSON)
def test_no_request_breaks_the_reader_or_the_rules(raw: Any) -> None:
    request, flaws = read_request(raw, TODAY)
    assert read_request(request.as_json(), TODAY)[0] == request
    facts = InquiryFacts.from_request(request, channel="api", today=TODAY)
    assert 0 <= facts.completeness <= 1
    assert all(len(flaw.value) <= 80 for flaw in flaws)


def test_nights_are_read_off_the_dates_of_one_trip() -> None:
    assert RequestFacts(date_from=date(2027, 6, 1), date_to=date(2027, 6, 11)).nights == 10
    assert RequestFacts(date_from=date(2027, 6, 1), date_to=date(2027, 8, 31)).nights is None


@pytest.mark.parametrize(("typed", "budget"), [
    ("до 300 тр", "300000 RUB"), ("около 2000 евро", "2000 EUR"), ("не больше 150 тыс", "150000 RUB"), ("от 100 до 150 тысяч", "150000 RUB"),
    ("много", ""), ("как получится", ""), ("100 тыс с человека", ""), ("nan", ""), ("дом 25", ""),
])  # fmt: skip
def test_a_budget_in_words_is_read_and_what_says_nothing_is_named(typed: str, budget: str) -> None:
    request, flaws = read_request({"budget": {"amount": typed}}, TODAY)
    assert (f"{request.budget.amount:.0f} {request.budget.currency}" if request.budget else "") == budget
    assert [flaw.field for flaw in flaws] == ([] if budget else ["request.budget"])
