"""One number, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.phones import phone_digits_query, read_phone

SPELLINGS = {
    "+79261234567": [
        "8 (926) 123-45-67",
        "+7 926 123 45 67",
        "89261234567",
        "79261234567",
        "9261234567",
        "8.926.123.45.67",
        "+7(926)1234567",
        "8‑926‑123‑45‑67",
        "８９２６１２３４５６７",
        "٨٩٢٦١٢٣٤٥٦٧",
        "+7926\u200b123\u00ad4567",
        "tel:+79261234567",
        "+7 8 926 123 45 67",
        "+8 926 123 45 67",
        "8 926 123-45-67 (после 18:00)",
        "моб. 8 926 123-45-67, раб. 8 495 765-43-21",
        "\u202e8 926 123 45 67\u202c",
        "89261234567 89167654321",
    ],
    "+380671234567": [
        "067 123-45-67",
        "0671234567",
        "380671234567",
        "+380 67 123 45 67",
        "+38 (067) 123-45-67",
        "8 10 380 67 123 45 67",
        "00380671234567",
        "+380 (0) 67 123 45 67",
        "671234567",
    ],
    "+77011234567": ["+7 701 123 45 67", "8 701 123 45 67", "7011234567", "8-701-1234567"],
    "+375291234567": ["+375 29 123-45-67", "8 029 123 45 67", "80291234567", "375291234567"],
    "+4915112345678": ["+49 1511 2345678", "00 49 1511 2345678", "4915112345678"],
}


@pytest.mark.parametrize(("e164", "text"), [(e164, text) for e164, texts in SPELLINGS.items() for text in texts])
def test_every_spelling_of_a_number_is_the_same_number(e164: str, text: str) -> None:
    phone = read_phone(text)
    assert phone is not None
    assert (phone.e164, phone.tail, phone.is_junk) == (e164, e164[-10:], False)


def test_a_number_without_country_belongs_to_the_first_region_it_fits() -> None:
    assert read_phone("441234567", ("UA", "BY")).e164 == "+380441234567"  # type: ignore[union-attr]
    assert read_phone("441234567", ("BY", "UA")).e164 == "+375441234567"  # type: ignore[union-attr]


def test_an_extension_is_kept_apart() -> None:
    for text in ("8 (495) 123-45-67 доб. 12", "+7 495 123 45 67 ext 12", "84951234567 #12", "tel:+74951234567;ext=12"):
        phone = read_phone(text)
        assert phone is not None
        assert (phone.e164, phone.extension) == ("+74951234567", "12")


@pytest.mark.parametrize(
    "text", ["", "нет", "12", "112", "2026-11-22", "1" * 40, "9" * 10_000, "+", "()", "паспорт 4509 123456"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_phone(text) is None


@pytest.mark.parametrize(
    "text", ["0000000000", "1111111", "1234567890", "+7 000 000 00 00", "8 123 456 78 90", "80000000000"]
)
def test_a_number_typed_to_get_past_the_form_is_junk(text: str) -> None:
    phone = read_phone(text)
    assert phone is not None
    assert phone.is_junk


def test_a_real_number_with_round_digits_is_not_junk() -> None:
    for text in ("8 800 555 35 35", "+7 999 123-45-67", "+380 50 333 33 33", "+998 90 123 45 67", "+7 926 777-77-77"):
        assert not read_phone(text).is_junk  # type: ignore[union-attr]


def test_a_search_finds_the_end_of_a_number_in_any_spelling() -> None:
    for text in SPELLINGS["+79261234567"]:
        assert phone_digits_query(text) == "9261234567"
    assert phone_digits_query("45-67") == "4567"
    assert phone_digits_query("+7 926 12") == phone_digits_query("8 (926) 12") == "92612"
    assert phone_digits_query("Иванов") is None
    assert phone_digits_query("12") is None


SEPARATORS = st.sampled_from(["", " ", "-", ".", " - ", "\u00a0", "\u2009", ") ", " ("])


@given(
    number=st.from_regex(r"9[0-9]{9}", fullmatch=True),
    gaps=st.lists(SEPARATORS, min_size=11, max_size=11),
    lead=st.sampled_from(["8", "+7", "7", "+7 ", "8 ("]),
)
def test_punctuation_never_matters(number: str, gaps: list[str], lead: str) -> None:
    written = lead + "".join(gap + digit for gap, digit in zip(gaps, number, strict=False))
    assert read_phone(written).e164 == "+7" + number  # type: ignore[union-attr]


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    phone = read_phone(text)
    if phone:
        assert len(phone.tail) <= 10
        assert phone.tail.isascii()
        assert not phone.e164 or (phone.e164[0] == "+" and phone.e164[1:].isdigit())
    query = phone_digits_query(text)
    assert query is None or (query.isdigit() and 3 <= len(query) <= 10)


@given(st.from_regex(r"\+?[0-9]{7,15}", fullmatch=True))
def test_reading_a_number_again_changes_nothing(text: str) -> None:
    phone = read_phone(text)
    if phone and phone.e164:
        assert read_phone(phone.e164).e164 == phone.e164  # type: ignore[union-attr]
