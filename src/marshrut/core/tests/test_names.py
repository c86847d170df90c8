"""Names: cleaned, taken apart, found."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.names import clean_text, is_quite_different, name_distance, search_name, search_terms, split_name


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert clean_text("Ив\x00ан\u202e\u200b \ud800 \t Пет\u00adров\ufeff", 100) == "Иван Петров"
    assert clean_text("й" * 10, 4) == "йййй"  # й and й are one letter
    assert clean_text(None, 10) == ""
    assert clean_text(12, 10) == "12"
    assert clean_text("<script>alert(1)</script>", 100) == "<script>alert(1)</script>"


def test_lines_are_kept_only_where_asked_for() -> None:
    assert clean_text("раз\r\n\r\n\r\n\r\nдва   три\n", 100, keep_lines=True) == "раз\n\nдва три"
    assert clean_text("раз\r\nдва", 100) == "раз два"


@given(st.text(alphabet=st.characters(), max_size=200), st.integers(1, 50), st.booleans())
def test_clean_text_is_safe_whatever_comes(text: str, limit: int, keep_lines: bool) -> None:
    clean = clean_text(text, limit, keep_lines=keep_lines)
    assert len(clean) <= limit
    assert all(char.isprintable() or char == "\n" for char in clean)
    assert keep_lines or "\n" not in clean
    clean.encode("utf-8")
    assert unicodedata.normalize("NFC", clean).startswith(clean[:-1])


@pytest.mark.parametrize(
    ("written", "surname", "given", "patronymic"),
    [
        ("Иванов Иван Иванович", "Иванов", "Иван", "Иванович"),
        ("Иван Иванович Иванов", "Иванов", "Иван", "Иванович"),
        ("иван петров", "Петров", "Иван", ""),
        ("ПЕТРОВА АННА", "Петрова", "Анна", ""),
        ("Шевченко Тарас", "Шевченко", "Тарас", ""),
        ("Тарас Григорович Шевченко", "Шевченко", "Тарас", "Григорович"),
        ("Коваленко Олена Іванівна", "Коваленко", "Олена", "Іванівна"),
        ("Мар'яна Бойко", "Бойко", "Мар'яна", ""),
        ("Іван Андрійович", "", "Іван", "Андрійович"),
        ("Петрович Анна Сергеевна", "Петрович", "Анна", "Сергеевна"),
        ("Анна Сергеевна Петрович", "Петрович", "Анна", "Сергеевна"),
        ("Анна Абрамович", "Абрамович", "Анна", ""),
        ("Лев Рабинович", "Рабинович", "Лев", ""),
        ("Кузьмич Илья Фомич", "Кузьмич", "Илья", "Фомич"),
        ("Салтыкова-Щедрина Мария-Анна", "Салтыкова-Щедрина", "Мария-Анна", ""),
        ("Алиев Расул Мамед оглы", "Алиев", "Расул", "Мамед оглы"),
        ("John Smith", "Smith", "John", ""),
        ("Мария", "", "Мария", ""),
        ("Иванова", "Иванова", "", ""),
        ("Ким Чен Ын", "", "Ким Чен Ын", ""),
        ("", "", "", ""),
    ],
)
def test_a_name_is_taken_apart_in_either_order(written: str, surname: str, given: str, patronymic: str) -> None:
    name = split_name(written)
    assert (name.surname, name.given_name, name.patronymic) == (surname, given, patronymic)
    assert name.display.lower() == written.lower()


@given(st.text(max_size=120))
def test_no_name_breaks_the_reader_or_loses_a_word(text: str) -> None:
    name = split_name(text)
    parts = sorted(f"{name.surname} {name.given_name} {name.patronymic}".split())
    assert parts == sorted(name.display.split())


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Семён", "Семен"),
        ("Наталія", "Наталия"),
        ("Мар'яна", "Марьяна"),
        ("ГАЛЯ Ґудзь", "галя гудзь"),
        ("Зоя", "зоя"),
        ("Müller", "MULLER"),
        ("Андрей", "Андреи\u0306"),
        ("Салтыкова-Щедрина", "салтыкова щедрина"),
        ("Єва", "Ева"),
    ],
)
def test_spellings_of_a_name_are_stored_alike(a: str, b: str) -> None:
    assert search_name(a) == search_name(b)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("bdfyjd", "Иванов Иван"),
        ("Bdfyjd", "Иванов Иван"),
        ("ivanov", "Иванов Иван"),
        ("Shevchenko", "Шевченко Тарас"),
        ("itdxtyrj", "Шевченко Тарас"),
        ("Sergiy", "Коваль Сергій"),
        ("Hanna", "Ганна Бондар"),
        ("Tatiana", "Татьяна Лис"),
        ("Yulia", "Юлія Мороз"),
        ("петров ив", "Петров Иван"),
        ("иван петр", "Петров Иван"),
        ("ыьшер", "Smith John"),
        ("иванов", "IVANOV IVAN"),
        ("Shcherbakov", "Щербаков Юрий"),
        ("kmdsd", "Львів"),
        (";tyz", "Женя"),
        ("іванів", "Иванив"),
    ],
)
def test_a_name_is_found_in_another_layout_or_alphabet(typed: str, stored: str) -> None:
    name = search_name(stored)
    assert any(all(word in name for word in words) for words in search_terms(typed))


def test_the_first_reading_of_a_query_is_what_was_typed() -> None:
    assert search_terms("Семён  Петров")[0] == ["семен", "петров"]
    assert search_terms("  ") == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Иванов Иван", "Иван"),
        ("Анна Иванова", "Анна Петрова"),
        ("Саша Петров", "Петров Александр Ильич"),
        ("Ivan Petrov", "Иван Петров"),
        ("Сергей", "Сергій Коваль"),
        ("Катя", "Екатерина Белова"),
        ("Дима", "Дмитрий"),
        ("", "Иван"),
        ("Alexey", "Алексей Ким"),
        ("Иван И.", "Иван Иванов"),
        ("Натали", "Наталья"),
        ("иван", "ИВАН ПЕТРОВИЧ"),
        ("Олена", "Лена Сидоренко"),
    ],
)
def test_names_that_may_be_one_person_are_not_asked_about(a: str, b: str) -> None:
    assert not is_quite_different(a, b)
    assert not is_quite_different(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Иванов Иван", "Иванова Анна"),
        ("ООО Ромашка", "Иван Петров"),
        ("Мария", "Ольга"),
        ("Тарас Шевченко", "Олена Бондар"),
    ],
)
def test_names_of_two_people_are_asked_about(a: str, b: str) -> None:
    assert is_quite_different(a, b)
    assert is_quite_different(b, a)


@given(st.text(max_size=40), st.text(max_size=40))
def test_distance_is_the_same_both_ways(a: str, b: str) -> None:
    assert 0 <= name_distance(a, b) <= 1
    assert name_distance(a, a) == 0
