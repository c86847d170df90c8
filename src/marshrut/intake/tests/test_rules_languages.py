"""The language an inquiry is in: read by letters no other language has, else taken from what is known, else left open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.languages import LANGUAGES
from marshrut.intake.rules import Spoken, language_of, spoken


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Доброго дня, цікавить тур до Туреччини", "uk"), ("Добрый день, хотим в Турцию", "ru"), ("Хотим в Турцию, двое взрослых", "ru"),
        ("Привет, сколько стоит Марокко", None), ("Добрий день", None), ("Прывітанне, хачу ў Турцыю", "be"),
        ("Сәлеметсіз бе, Түркияға тур қанша тұрады", "kk"), ("We would like a week in Turkey", "en"), ("TUI Blue", None),
        ("a.long.address@mail.example https://hotel.example/very/long", None), ("Готель Ґанок, хотели бы выехать в мае, это возможно?", "ru"),
        ("+7 916 123-45-67", None), ("", None),
    ],
)  # fmt: skip
def test_only_letters_that_decide_are_read(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_the_message_says_more_than_the_client_and_the_client_more_than_the_page() -> None:
    assert spoken("Скільки коштує путівка?", "ru", "en") == Spoken("uk", "message")
    assert spoken("Добрий день", "uk", "ru") == Spoken("uk", "client")
    assert spoken("Добрий день", "", "uk") == Spoken("uk", "page")
    assert spoken("Добрий день", "", "xx") is spoken("", "", "") is None


@given(st.text())
def test_whatever_is_written_something_known_or_nothing_is_read(text: str) -> None:
    assert language_of(text) in (None, *LANGUAGES)
