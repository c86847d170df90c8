"""Amounts from strangers, and amounts for people."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.money import Money, format_money, read_money


@pytest.mark.parametrize(
    ("amount", "currency", "read"),
    [
        (300000, "RUB", "300000 RUB"),
        ("300 000", None, "300000 RUB"),
        ("300 000 ₽", None, "300000 RUB"),
        ("300.000", None, "300000 RUB"),
        ("300.000,50", "EUR", "300000.50 EUR"),
        ("1,5 млн руб", None, "1500000 RUB"),
        ("300 т.р.", None, "300000 RUB"),
        ("300к", None, "300000 RUB"),
        ("40 000 грн", None, "40000 UAH"),
        ("$1500", None, "1500 USD"),
        ("1500 usd", None, "1500 USD"),
        (12.34, "uah", "12.34 UAH"),
        (Decimal("99.99"), "руб.", "99.99 RUB"),
    ],
)
def test_an_amount_is_read_as_people_write_it(amount: object, currency: object, read: str) -> None:
    number, code = read.split()
    assert read_money(amount, currency) == (Money(Decimal(number), code), None)


@pytest.mark.parametrize(
    ("amount", "currency", "flaw"),
    [
        ("NaN", "RUB", "not_a_number"),
        (float("nan"), "RUB", "not_a_number"),
        (float("inf"), "RUB", "not_a_number"),
        ("-Infinity", "RUB", "not_a_number"),
        (True, "RUB", "not_a_number"),
        ([1], "RUB", "not_a_number"),
        ({"a": 1}, None, "not_a_number"),
        ("=1+1", None, "not_a_number"),
        ("много", None, "not_a_number"),
        ("1" * 5000, None, "not_a_number"),
        (-5, "RUB", "negative"),
        ("-300 000", None, "negative"),
        (0, "RUB", "zero"),
        (0.001, "RUB", "zero"),
        ("1e400", "RUB", "too_large"),
        (10**15, "RUB", "too_large"),
        (100, "XXQ", "unknown_currency"),
        (100, 12, "unknown_currency"),
        (100, "R" * 1000, "unknown_currency"),
        ("1e-999999999", "RUB", "zero"),
    ],
)
def test_a_flawed_amount_is_named_and_dropped(amount: object, currency: object, flaw: str) -> None:
    assert read_money(amount, currency) == (None, flaw)


def test_a_number_of_thousands_of_digits_is_a_flaw() -> None:
    assert read_money(10**5000) == (None, "not_a_number")


def test_no_amount_is_no_flaw() -> None:
    assert read_money(None) == read_money("", "RUB") == (None, None)


@given(st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.decimals(), st.none(), st.booleans()))
def test_whatever_comes_is_money_or_a_flaw(amount: object) -> None:
    money, flaw = read_money(amount)
    assert money is None or flaw is None
    if money:
        assert money.amount > 0
        assert money.amount == money.amount.quantize(Decimal("0.01"))
        assert read_money(money.as_json()["amount"], money.currency) == (money, None)


@given(st.integers(1, 10**9), st.sampled_from([" ", "\u00a0", "'", ""]))
def test_grouping_never_changes_an_amount(amount: int, separator: str) -> None:
    written = f"{amount:,}".replace(",", separator)
    assert read_money(written)[0] == Money(Decimal(amount), "RUB")


def test_money_is_written_in_the_readers_way() -> None:
    assert format_money(Decimal(612000), "RUB", "ru") == "612\u00a0000\u00a0₽"
    assert format_money(Decimal("1500.5"), "UAH", "uk") == "1\u00a0500,50\u00a0₴"
    assert format_money(Decimal(99), "USD", "en") == "$99"
    assert "₸" in format_money(5_000_000, "KZT", "ru")
