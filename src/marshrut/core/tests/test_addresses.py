"""E-mail addresses and messenger accounts in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.emails import read_email
from marshrut.core.messengers import read_messenger


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Ivan@Mail.RU", "ivan@mail.ru"),
        ("  ivan@mail.ru  ", "ivan@mail.ru"),
        ("Иван Петров <ivan@mail.ru>", "ivan@mail.ru"),
        ("mailto:ivan@mail.ru", "ivan@mail.ru"),
        ("ivan\u200b@mail.ru", "ivan@mail.ru"),
        ("ivan.petrov+tour@gmail.com", "ivan.petrov+tour@gmail.com"),
        ("info@турагентство.рф", "info@xn--80aagyfbhdgcqj5b5a.xn--p1ai"),
        ("ivan@mail.ru.", "ivan@mail.ru"),
    ],
)
def test_an_address_has_one_form(written: str, normal: str) -> None:
    assert (read_email(written) or "").split("@")[0] == normal.split("@")[0]
    if "xn--" not in normal:
        assert read_email(written) == normal


def test_a_domain_in_letters_and_in_ascii_is_the_same() -> None:
    assert read_email("info@почта.рф") == read_email("INFO@xn--80a1acny.xn--p1ai")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "нет",
        "@",
        "ivan@",
        "@mail.ru",
        "ivan@mail",
        "ivan mail.ru",
        ".ivan@mail.ru",
        "a..b@mail.ru",
        "ivan@127.0.0.1",
        "ivan@-mail.ru",
        "a" * 65 + "@mail.ru ",
        "x@" + "a" * 300 + ".ru",
    ],
)
def test_what_is_no_address_is_none_or_cut_from_it(text: str) -> None:
    assert read_email(text) in (None, "a" * 64 + "@mail.ru")


@given(st.text(max_size=300))
def test_no_text_breaks_the_address_reader(text: str) -> None:
    address = read_email(text)
    assert address is None or (address == read_email(address) and "@" in address and len(address) <= 254)


@pytest.mark.parametrize(
    ("kind", "written", "normal"),
    [
        ("telegram", "@Ivan_P", "telegram:ivan_p"),
        ("tg", "https://t.me/ivan_p", "telegram:ivan_p"),
        ("telegram", "123456789", "telegram:123456789"),
        ("whatsapp", "8 926 123-45-67", "whatsapp:+79261234567"),
        ("viber", "+380 67 123 45 67", "viber:+380671234567"),
        ("vk", "vk.com/id123", "vk:id123"),
        ("instagram", "https://www.instagram.com/ivan/?hl=ru", "instagram:ivan"),
        ("new thing", "abc", "new thing:abc"),
    ],
)
def test_an_account_has_one_form(kind: str, written: str, normal: str) -> None:
    account = read_messenger(kind, written)
    assert account is not None
    assert account.normal == normal


def test_an_account_without_a_name_is_none() -> None:
    assert read_messenger("telegram", " @ ") is None
    assert read_messenger("telegram", "\u200b\x00") is None
