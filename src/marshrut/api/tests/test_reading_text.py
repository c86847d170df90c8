"""What a message asks for: read at the door, told apart from what was stated, and tried without keeping anything."""

import json
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from marshrut.api.tests.letters import inquiry, send
from marshrut.intake.models import Inquiry

pytestmark = pytest.mark.django_db
WISH = "Хотим в Турцию с 5 по 12 июня, 2 взрослых и ребёнок 6 лет, 5*, всё включено, до 300 тр, вылет из Москвы"


def read(program: Client, text: str, today: str | None = "2026-11-22") -> Any:
    given = {"text": text, **({"today": today} if today else {})}
    return program.post("/api/v1/inquiries/read", json.dumps(given), content_type="application/json")


def test_a_message_is_read_with_an_origin_for_every_value_and_the_class(program: Client) -> None:
    said = read(program, WISH).json()
    assert said["request"] == {
        "category": "package_tour", "directions": ["turkey"], "departure": "Москва", "dates": {"from": "2027-06-05", "to": "2027-06-12"},
        "adults": 2, "children_ages": [6], "stars": {"from": 5, "to": 5}, "board": "AI", "budget": {"amount": "300000", "currency": "RUB"},
        "language": "ru", "language_seen_in": "message",
    }  # fmt: skip
    assert said["request_origin"] == {
        "category": "read", "directions": "read", "departure": "read", "dates": {"from": "read", "to": "read"}, "adults": "read",
        "children_ages": "read", "stars": {"from": "read", "to": "read"}, "board": "read",
        "budget": {"amount": "read", "currency": "read"}, "language": "read", "language_seen_in": "read",
    }  # fmt: skip
    assert said["class"] == "new_sale"
    assert said["class_reason"]
    spans = {(span["field"], span["words"]) for span in said["spans"]}
    assert {("directions", "Турцию"), ("dates", "с 5 по 12 июня"), ("budget", "до 300 тр"), ("departure", "Москвы")} <= spans
    assert all(said["message"][span["start"] : span["end"]] == span["words"] for span in said["spans"])


def test_reading_keeps_nothing(program: Client) -> None:
    before = rows_of_every_table()
    assert read(program, WISH).status_code == 200
    assert rows_of_every_table() == before


def rows_of_every_table() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        names = [row[0] for row in cursor.fetchall()]
        counts = {}
        for name in names:
            cursor.execute(f'select count(*) from "{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts


def test_the_day_is_todays_when_none_is_named_and_must_be_a_day(program: Client) -> None:
    assert read(program, "Египет в июле", today=None).json()["request"]["dates"]["flexible"] is True
    assert read(program, "Египет в июле", today="июль").status_code == 422
    assert program.post("/api/v1/inquiries/read", "{}", content_type="application/json").status_code == 422


@pytest.mark.parametrize("text", ["", " ", "\u200b\u202e", "0" * 5000, "🙂" * 3000, "\x00Турция", "а" * 100_000])
def test_any_text_is_read(program: Client, text: str) -> None:
    assert read(program, text).status_code == 200


def test_reading_needs_the_scope_of_those_who_hand_in(caller: Any) -> None:
    assert read(caller(scopes=frozenset({"inquiries:read"})), WISH).status_code == 403


def test_an_inquiry_is_filled_in_from_its_message_where_nothing_is_stated(program: Client) -> None:
    stated = {"directions": ["Египет"], "adults": 3, "budget": {"amount": 200_000}}
    said = send(program, inquiry(message=WISH, request=stated)).json()
    assert said["request"]["directions"] == ["egypt"]
    assert said["request"]["adults"] == 3
    assert said["request"]["budget"] == {"amount": "200000", "currency": "RUB"}
    assert said["request"]["board"] == "AI"
    assert said["request_origin"]["directions"] == "stated"
    assert said["request_origin"]["budget"] == {"amount": "stated", "currency": "stated"}
    assert said["request_origin"]["dates"] == {"from": "read", "to": "read"}
    assert said["request_origin"]["board"] == "read"
    assert shape(said["request_origin"]) == shape({k: v for k, v in said["request"].items() if v not in (None, [])})
    again = program.get(f"/api/v1/inquiries/{said['id']}").json()
    assert (again["request"], again["request_origin"]) == (said["request"], said["request_origin"])


def shape(value: Any) -> Any:
    """The names of a nested object; whatever is no object is one leaf."""
    return {name: shape(one) for name, one in value.items()} if isinstance(value, dict) else None


def test_what_was_kept_before_origins_were_is_stated(program: Client) -> None:
    said = send(program, inquiry()).json()
    Inquiry.objects.filter(pk=said["id"]).update(request_origin={})
    again = program.get(f"/api/v1/inquiries/{said['id']}").json()
    assert shape(again["request_origin"]) == shape({k: v for k, v in again["request"].items() if v not in (None, [])})
    assert "read" not in json.dumps(again["request_origin"])


def test_an_amount_that_is_no_budget_becomes_none(program: Client) -> None:
    said = send(program, inquiry(message="Предоплату 30 000 руб внесла вчера, рейс в 14:35", request=None)).json()
    assert "budget" not in said["request"]
    assert Inquiry.objects.get(pk=said["id"]).budget is None


def test_where_they_do_not_want_to_go_is_kept_beside_where_they_do(program: Client) -> None:
    said = send(program, inquiry(message="Только не Египет! Хотим в Турцию, 2 взрослых", request=None)).json()
    assert (said["request"]["directions"], said["request"]["excluded"]) == (["turkey"], ["egypt"])
    assert said["request_origin"]["excluded"] == "read"
    stated = send(program, inquiry(request={"directions": ["Кемер", "Грузия"], "excluded": ["Мисир", "Египет"]})).json()
    assert stated["request"]["directions"] == ["turkey", "georgia"]
    assert stated["request"]["resorts"] == ["Кемер"]
    assert stated["request"]["excluded"] == ["Мисир", "egypt"]
    assert stated["request_origin"]["resorts"] == "stated"


def test_a_second_trip_in_one_message_stands_beside_the_first(program: Client) -> None:
    text = "Вдвоём в Стамбул в мае на 4 ночи. И ещё отдельно посчитайте Сочи в августе на четверых"
    said = read(program, text).json()
    assert said["request"]["directions"] == ["turkey"]
    assert said["request"]["nights"] == {"from": 4, "to": 4}
    assert [trip["directions"] for trip in said["request"]["other_trips"]] == [["sochi"]]
    assert said["request_origin"]["other_trips"] == "read"
    assert ("other_trips", "Сочи") in {(span["field"], span["words"]) for span in said["spans"]}
    kept = send(program, inquiry(message=text, request=None)).json()
    assert kept["request"]["other_trips"][0]["directions"] == ["sochi"]


@pytest.mark.parametrize("today", ["0001-01-01", "1999-12-31", "2091-01-01", "9999-12-31"])
def test_a_day_nobody_lives_in_is_refused_with_its_field(program: Client, today: str) -> None:
    answer = read(program, "В июле, на Пасху, через месяц в Турцию", today=today)
    assert (answer.status_code, answer.json()["field"]) == (422, "today")


def test_ten_megabytes_of_text_are_read_in_no_more_time_than_a_page(program: Client) -> None:
    wish = "Хотим в Турцию с 5 по 12 июня, вдвоём. Не Египет. "
    started = time.process_time()
    answer = program.post("/api/v1/inquiries/read", f'{{"text": "{wish * 119_000}"}}'.encode(), "application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["request"]["directions"] == ["turkey"]
    assert time.process_time() - started < 2
