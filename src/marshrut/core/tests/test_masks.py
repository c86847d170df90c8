"""What is hidden from whoever may not call or write: no spelling of a contact stays, and no text takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.masks import mask_name, mask_text

WORDS = st.text("абвгAB cd.,;:!?-", max_size=40)


@pytest.mark.parametrize(("text", "hidden"), [
    ("пишите на Irina.Petrova+tour@mail.example.com, жду", "пишите на I•••@mail.example.com, жду"),
    ("тел. +7 921 555-33-22", "тел. +7 ••• •••-••-22"),
    ("Тур на 7 ночей, 200 000 рублей", "Тур на 7 ночей, 200 000 рублей"),
    ("собака @ дома", "собака @ дома"),
])  # fmt: skip
def test_ways_to_reach_somebody_are_hidden_and_the_rest_is_left(text: str, hidden: str) -> None:
    assert mask_text(text) == hidden


@given(WORDS, WORDS)
def test_an_address_is_hidden_wherever_it_stands(before: str, after: str) -> None:
    assert "marina" not in mask_text(f"{before} marina@nevsky.example {after}")


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "@a", "a@a.", "+7", "8 "])
def test_twice_the_text_takes_about_twice_the_time(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        best = min(_timed(text) for _ in range(5))
        return best + 1e-4  # so that a clock's own grain is no ratio

    assert seconds(40_000) < 12 * seconds(10_000)  # squared it would be sixteen times, and seconds


def _timed(text: str) -> float:
    begun = time.thread_time()
    mask_text(text)
    return time.thread_time() - begun


@pytest.mark.parametrize(("name", "shown"), [
    ("irina@example.com", "i•••@example.com"), ("+380671234567", "+3 ••• •••-••-67"), ("+298 123456", "+2 ••• •••-••-56"),
    ("telegram:irina", "telegram:i•••"), ("Ирина Лебедева", "Ирина Лебедева"), ("№ 12", "№ 12"), ("ООО «Ромашка»: Анна", "ООО «Ромашка»: Анна"),
])  # fmt: skip
def test_whoever_gave_no_name_is_named_by_a_hidden_contact(name: str, shown: str) -> None:
    assert mask_name(name) == shown
