"""How moments, money, phones and names are said to a Russian reader."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from marshrut.ui import wording

NOW = datetime(2026, 11, 22, 7, 42, tzinfo=UTC)  # 10:42 in Moscow


@pytest.fixture(autouse=True)
def in_moscow() -> Iterator[None]:
    with timezone.override(ZoneInfo("Europe/Moscow")), translation.override("ru"):
        yield


def text_of(element: str) -> str:
    return element[element.index(">") + 1 : element.rindex("<")]


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (612000, "RUB", "612 000 ₽"),
        (Decimal("48250.50"), "UAH", "48 250,50 ₴"),
        (Decimal("100.00"), "EUR", "100 €"),
        (0, "RUB", "0 ₽"),
        (None, "RUB", ""),
    ],
)
def test_money_has_its_currency_and_kopecks_only_when_there_are_any(amount: Decimal, currency: str, said: str) -> None:
    assert wording.money(amount, currency).replace("\u00a0", " ") == said


def test_a_column_says_its_sum_in_millions() -> None:
    assert wording.short_money(1_240_000).replace("\u00a0", " ") == "1,24 млн ₽"
    assert wording.short_money(999_999).replace("\u00a0", " ") == "999 999 ₽"


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "сейчас"),
        (timedelta(minutes=2), "2 мин"),
        (timedelta(hours=5), "5 ч"),
        (timedelta(hours=11), "вчера"),
        (timedelta(days=3), "3 дн"),
        (timedelta(days=30), "23 окт."),
        (timedelta(days=400), "18 окт. 2025"),
    ],
)
def test_the_past_is_said_in_as_few_words_as_possible(ago: timedelta, said: str) -> None:
    assert text_of(wording.when(NOW - ago, NOW)).replace("\u202f", " ").rstrip(" г.") == said.rstrip(".")


def test_the_exact_moment_is_on_hover_in_the_readers_zone() -> None:
    assert 'title="22 ноября 2026, 10:42"' in wording.when(NOW, NOW)


def test_an_action_is_overdue_today_or_later_by_the_readers_midnight() -> None:
    assert wording.due_tone(NOW - timedelta(minutes=1), NOW) == "overdue"
    assert wording.due_tone(NOW + timedelta(hours=13), NOW) == "today"  # 23:42
    assert wording.due_tone(NOW + timedelta(hours=14), NOW) == "later"  # 00:42 of tomorrow
    assert text_of(wording.due(NOW + timedelta(hours=14), NOW)) == "завтра, 00:42"
    assert text_of(wording.due(NOW + timedelta(minutes=15), NOW)) == "до 10:57"
    assert text_of(wording.due(NOW - timedelta(days=2), NOW)) == "20 нояб., 10:42"


def test_the_response_clock_counts_down_and_then_past_zero() -> None:
    running = wording.countdown(NOW + timedelta(minutes=4, seconds=12), NOW)
    assert text_of(running) == "04:12"
    assert "clock-soon" in running
    assert text_of(wording.countdown(NOW + timedelta(hours=2, minutes=47, seconds=10), NOW)) == "2:47:10"
    broken = wording.countdown(NOW - timedelta(seconds=90), NOW)
    assert text_of(broken) == "−01:30"
    assert "clock-late" in broken


def test_a_moment_goes_into_a_field_in_the_readers_zone_and_typed_text_stays() -> None:
    assert wording.input_time(NOW) == "2026-11-22T10:42"
    assert wording.input_time("2026-11-2") == "2026-11-2"
    assert wording.input_time(None) == ""


def test_a_phone_is_easy_to_read_aloud_and_what_is_none_stays_as_written() -> None:
    assert wording.phone("+79215550142") == "+7 921 555-01-42"
    assert wording.phone("внутренний 12") == "внутренний 12"
    assert wording.phone(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Анна Крылова", "АК"), ("ООО «Северный ветер»", "СВ"), ("Їжак", "Ї"), ("+7 916 ··· 40 17", "·"), ("", "·"), ("<b>", "·")],
)
def test_an_avatar_shows_initials(name: str, letters: str) -> None:
    assert wording.initials(name) == letters


def test_a_person_keeps_the_colour_of_the_avatar() -> None:
    assert wording.tint(7) == wording.tint(7)
    assert {wording.tint(number) for number in range(200)} == {f"tint-{number}" for number in range(8)}


def test_a_name_with_markup_is_only_text() -> None:
    assert "<script>" not in wording.when(NOW, NOW)


@pytest.mark.parametrize(
    ("reader", "figure", "typed", "percent", "day"),
    [("ru", "200 000,35", "200000,35", "22,9 %", "пн"), ("uk", "200 000,35", "200000,35", "22,9 %", "пн"),
     ("en", "200,000.35", "200000.35", "22.9 %", "Mon")],
)  # fmt: skip
def test_numbers_shares_and_days_are_in_the_readers_way(reader: str, figure: str, typed: str, percent: str, day: str) -> None:
    with translation.override(reader):
        said = (wording.figure(200_000.35), wording.typed_figure("200000.35"), wording.percent(0.2294), wording.day_short(0))
    assert tuple(text.replace("\u00a0", " ") for text in said) == (figure, typed, percent, day)
    assert (wording.figure(None), wording.typed_figure(None)) == ("", "")
