"""Reading a request out of free text: what people write against what a manager would understand (`read_texts.txt`)."""

import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marshrut.core.money import Money
from marshrut.core.names import search_name
from marshrut.intake.rules import InquiryFacts, RequestFacts, filled_in, origin_of, read_names, read_request
from marshrut.intake.rules.text import Gazetteer, read_text
from marshrut.intake.rules.text.calendar_days import orthodox_easter

TODAY = date(2026, 11, 22)
_ROWS = json.loads((Path(__file__).parents[2] / "catalog/data/directions.json").read_text(encoding="utf-8"))
_SPELLINGS = {search_name(text): row["slug"] for row in _ROWS for text in (row["slug"], row["name"], *row["aliases"])}
PLACES = Gazetteer(lambda name: _SPELLINGS.get(search_name(name)), {t: row["slug"] for row in _ROWS for t in (row["name"], *row["aliases"])})


def texts() -> Iterator[tuple[str, str, date, str]]:
    """Text, what is to be read in it, the day it came on and the agency's currency."""
    text, today, currency = "", TODAY, "RUB"
    for line in Path(__file__).with_name("read_texts.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            day, currency = line[1:].split()
            today = date.fromisoformat(day)
        elif line.startswith("="):
            yield text.replace("\\n", "\n"), line[1:].strip(), today, currency
        elif not line.startswith("#"):
            text = line


def told(request: RequestFacts) -> str:
    """A request as `read_texts.txt` writes it."""
    said = request.as_json()

    def joined(names: list[str]) -> str:
        return " ".join(name.replace(" ", "_") for name in names)

    def span(name: str) -> str:
        return f"{said[name].get('from', '')}-{said[name].get('to', '')}"

    days, money = said.get("dates", {}), said.get("budget", {})
    parts = {
        "to": joined(said.get("directions", [])), "at": joined(said.get("resorts", [])), "from": said.get("departure", ""),
        "win" if days.get("flexible") else "on": f"{days.get('from', '')}..{days.get('to', '')}" if days else "",
        "nights": span("nights") if "nights" in said else "", "adults": said.get("adults", ""), "kids": said.get("children", ""),
        "ages": " ".join(map(str, said.get("children_ages", []))), "people": said.get("people", ""),
        "rooms": said.get("rooms", ""), "stars": span("stars") if "stars" in said else "", "board": said.get("board", ""),
        "money": f"{money['amount']} {money['currency']}" if money else "",
    }  # fmt: skip
    parts["money"] += f" from {money['from']}" if "from" in money else ""
    parts["money"] += f" each {money['per_person']}" if "per_person" in money else ""
    parts["not"] = joined(said.get("excluded", []))
    others = [f"also {told(one)}" for one in request.other_trips]
    return "; ".join([*(f"{name} {value}" for name, value in parts.items() if value != ""), *others])


@pytest.mark.parametrize(("text", "expected", "today", "currency"), list(texts()))
def test_a_text_is_read_as_a_manager_would(text: str, expected: str, today: date, currency: str) -> None:
    assert told(read_text(text, today, currency, PLACES).request) == expected


def test_the_corpus_stays_broad() -> None:
    assert len(list(texts())) >= 280


def test_every_value_says_in_which_words_it_was_read() -> None:
    text = "Хотим в Турцию с 5 по 12 июня, 2 взр + 1 реб (6 лет), 5* всё включено, до 300 тр. Вылет из Москвы"
    said = {(span.field, text[span.start : span.end]) for span in read_text(text, TODAY, "RUB", PLACES).spans}
    assert {("directions", "Турцию"), ("dates", "с 5 по 12 июня"), ("adults", "2 взр"), ("stars", "5*"), ("board", "всё включено"),
            ("budget", "до 300 тр"), ("departure", "Москвы")} <= said  # fmt: skip


@pytest.mark.parametrize("line", [
    "С уважением, Анна\nг. Москва, тел. 8 916 123-45-67", "Отправлено с iPhone", "> Турция, 7 ночей, 100 тр", "--\nПрага, 5*",
])  # fmt: skip
def test_signatures_and_quotations_do_not_speak(line: str) -> None:
    assert told(read_text(f"Хотим на Кипр\n\n{line}", TODAY, "RUB", PLACES).request) == "to cyprus"


def test_money_without_a_currency_is_in_the_agencys() -> None:
    assert read_text("бюджет 100 тыс", TODAY, "UAH").request.budget == Money(Decimal(100_000), "UAH")
    assert read_text("бюджет 100 тыс руб", TODAY, "UAH").request.budget == Money(Decimal(100_000), "RUB")


def test_a_direction_the_agency_added_is_found_in_every_case_and_none_it_has_is_called_by_its_name() -> None:
    own = Gazetteer(lambda name: "shambala" if search_name(name) == search_name("Шамбала") else None, {"Шамбала": "shambala"})
    assert read_text("хотим в Шамбалу", TODAY, "RUB", own).request.directions == ("shambala",)
    assert read_text("хотим в Исландию", TODAY, "RUB", own).request.directions == ("Исландия",)
    assert read_text("хочемо в Ісландію", TODAY, "RUB", own).request.directions == ("Ісландія",)


@pytest.mark.parametrize("typo", ["турциию", "Турцыю", "Египит", "Таилнад", "Черногоию"])
def test_a_slip_of_the_finger_is_understood(typo: str) -> None:
    assert read_text(f"хотим в {typo} в июле", TODAY, "RUB", PLACES).request.directions


@pytest.mark.parametrize("word", ["грации", "туристу", "испарения", "хорватов", "кубики", "болгарку"])
def test_a_word_alike_is_no_country(word: str) -> None:
    assert read_text(f"расскажите про {word}", TODAY, "RUB", PLACES).request.directions == ()


@pytest.mark.parametrize("text", [
    "Турция в июне или Греция в сентябре, двое", "Хотим в Турцию в июне. Или в Абхазию в августе.", "Турция в мае. Если нет мест, Кипр в июне.",
    "Турция в июне, но можно Египет в октябре", "Турция, 7 ночей. Египет, 7 ночей. Что дешевле?", "Были в Турции в мае. Хотим в Египет в январе",
    "Хотим в Сочи в июле. Вылет из Москвы 5 июля", "В мае хотим в Турцию. Ещё нужна страховка",
])  # fmt: skip
def test_what_is_a_choice_or_a_story_is_no_second_trip(text: str) -> None:
    assert read_text(text, TODAY, "RUB", PLACES).request.other_trips == ()


def test_no_message_asks_for_more_trips_than_are_kept() -> None:
    text = ". ".join(f"Ещё {place} в {month}" for place, month in zip(
        ("Турция", "Египет", "Кипр", "Греция", "Куба", "Вьетнам"), ("мае", "июне", "июле", "августе", "сентябре", "октябре"), strict=True))  # fmt: skip
    request = read_text(text, TODAY, "RUB", PLACES).request
    assert len(request.other_trips) == 3
    again, flaws = read_request(request.as_json(), TODAY)
    assert (again.other_trips, flaws) == (request.other_trips, ())


@pytest.mark.parametrize("nested", [{"other_trips": [{"other_trips": [{"adults": 2}]}]}, {"other_trips": "Кипр"}, {"other_trips": [5, None, {}]},
                                   {"excluded": {"a": 1}}, {"other_trips": [{"adults": "много"}] * 50}])
def test_trips_that_are_none_are_named_and_dropped(nested: dict[str, object]) -> None:
    request, flaws = read_request(nested, TODAY)
    assert (request.other_trips, request.excluded) == ((), ())
    assert flaws or nested["other_trips"] == [{"other_trips": [{"adults": 2}]}]


def test_orthodox_easter_is_on_its_sunday() -> None:
    assert [orthodox_easter(year) for year in (2024, 2025, 2026, 2027)] == [date(2024, 5, 5), date(2025, 4, 20), date(2026, 4, 12), date(2027, 5, 2)]


# --- any text ---------------------------------------------------------------------------------------------------------

_WORDS = some.sampled_from([
    "Турция", "в Египет", "не", "кроме", "из Москвы", "с", "5", "по", "12", "июня", "31", "февраля", "29", "на", "7-10", "ночей", "дней", "2", "взр",
    "+", "1", "реб", "6 лет", "двое", "детей", "вдвоём", "5*", "AI", "всё включено", "до", "300", "тр", "$", "2500", "бюджет", "10.07", "-", "20.07",
    ".", ",", "были", "теперь", "\n", ">", "через", "две недели", "сто", "двадцать", "пятого", "99999999999", "0", "половина", "началo", "(", ")", "лет",
])  # fmt: skip


@given(some.lists(_WORDS, max_size=60), some.dates(date(2020, 1, 1), date(2090, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_whatever_words_come_together_is_read_soundly(words: list[str], today: date) -> None:
    text = " ".join(words)
    read = read_text(text, today, "RUB", PLACES)
    request = read.request
    assert all(0 <= span.start < span.end <= len(text) for span in read.spans)
    assert all(0 <= age <= 17 for age in request.children_ages)
    if request.date_from and request.date_to:
        assert request.date_from <= request.date_to
    assert all(day >= today - timedelta(days=1) for day in (request.date_to or request.date_from,) if day)
    again, flaws = read_request(request.as_json(), today)
    assert not flaws
    assert again.as_json() == request.as_json()


@given(some.text(max_size=400), some.dates(date(2020, 1, 1), date(2090, 12, 31)))
@settings(max_examples=200, deadline=None)
def test_any_text_at_all_is_read_without_harm(text: str, today: date) -> None:
    read_text(text, today, "RUB", PLACES)


@pytest.mark.parametrize("piece", ["a", "5 ", "1-", "+7 916 ", "Турция и ", "не ", "a.", "@", "с 5 по ", "2+", "🙂", "\u202e", "двадцать ", "0", "*", "\n> ", "до 1 "])
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    started = time.process_time()
    read_text(piece * (1_000_000 // len(piece)), TODAY, "RUB", PLACES)
    assert time.process_time() - started < 1


# --- stated and read --------------------------------------------------------------------------------------------------


def test_only_what_was_not_stated_is_filled_in() -> None:
    stated = RequestFacts(adults=3, date_from=date(2027, 7, 1))
    read = RequestFacts(adults=2, children=1, date_from=date(2027, 6, 5), date_to=date(2027, 6, 12), directions=("turkey",))
    request, names = filled_in(stated, read)
    assert (request.adults, request.children, request.date_from, request.date_to) == (3, 1, date(2027, 7, 1), None)
    assert request.directions == ("turkey",)
    assert origin_of(request.as_json(), names) == {
        "directions": "read", "dates": {"from": "stated"}, "adults": "stated", "children": "read",
    }  # fmt: skip


def test_a_budget_for_one_is_for_as_many_as_are_stated() -> None:
    read = read_text("до 100 тыс на человека", TODAY, "RUB").request
    request, _names = filled_in(RequestFacts(adults=3), read)
    assert request.budget == Money(Decimal(300_000), "RUB")
    assert request.budget_per_person == Money(Decimal(100_000), "RUB")


def test_a_stored_origin_tells_its_read_names() -> None:
    assert read_names({"dates": {"from": "read"}, "adults": "stated", "board": "read"}) == {"dates", "board"}
    assert read_names(None) == frozenset()


def test_what_was_only_read_is_a_request_when_it_says_where_and_for_how_many() -> None:
    said = {"channel": "api", "today": TODAY}
    assert not InquiryFacts(**said, budget=Money(Decimal(500), "USD"), read=frozenset({"budget"})).has_request
    assert not InquiryFacts(**said, directions=("turkey",), read=frozenset({"directions"})).has_request
    assert InquiryFacts(**said, directions=("turkey",), adults=2, read=frozenset({"directions", "adults"})).has_request
    assert InquiryFacts(**said, budget=Money(Decimal(500), "USD")).has_request
