"""The agency's own fields at the door: read with everything, written with PATCH and with a new inquiry, filtered by."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from marshrut.agency.models import CustomField
from marshrut.agency.permissions import ALL_SCOPES, system
from marshrut.agency.services import issue_token
from marshrut.core.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fields(cast: Any) -> None:
    make = CustomField.objects.create
    make(subject="matter", slug="room", name="Номер комнаты", kind="number")
    make(subject="matter", slug="meal", name="Питание", kind="choice", choices=["BB", "HB"])
    make(subject="matter", slug="fly", name="Вылет", kind="date")
    make(subject="matter", slug="vip", name="Особый", kind="yes_no")
    make(subject="person", slug="hobby", name="Увлечение", kind="text")


@pytest.fixture
def program(cast: Any) -> Client:
    secret = issue_token(name="own", by=system("test"), now=utc_now(), scopes=frozenset(ALL_SCOPES))
    return Client(headers={"Authorization": f"Bearer {secret}"})


def send(program: Client, **more: Any) -> dict[str, Any]:
    body = {"channel": "phone", "contact": {"name": "Марина Соколова", "phone": "+79215550142"}, **more}
    answer = program.post("/api/v1/inquiries", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def patch(program: Client, address: str, custom: Any) -> Any:
    return program.patch(f"/api/v1{address}", {"custom": custom}, content_type="application/json")


def test_values_come_in_with_an_inquiry_and_are_answered(program: Client) -> None:
    card = send(program, custom={"room": "12,5", "meal": "hb", "fly": "31.12.2026", "vip": "да"})
    assert card["custom"] == {"room": 12.5, "meal": "HB", "fly": "2026-12-31", "vip": True}
    assert program.get(f"/api/v1/inquiries/{card['id']}").json()["custom"] == card["custom"]


@pytest.mark.parametrize("custom", [{"room": "двенадцать"}, {"meal": "XX"}, {"colour": 1}, {"fly": "2026-02-30"}, [], "x", {"room": {"a": 1}}])
def test_a_flaw_in_a_field_of_ones_own_never_refuses_a_reachable_inquiry(program: Client, custom: Any) -> None:
    card = send(program, custom=custom)
    assert card["custom"] == {}
    assert custom == [] or any(flaw["field"].startswith("custom") for flaw in card["flaws"])


def test_values_are_written_on_inquiry_deal_and_person_and_kept_in_history(program: Client) -> None:
    card = send(program)
    assert patch(program, f"/inquiries/{card['id']}", {"room": 7}).json()["custom"] == {"room": 7}
    deal = program.post(f"/api/v1/inquiries/{card['id']}/deal", {"funnel": "office"}, content_type="application/json").json()
    assert deal["custom"] == {"room": 7}
    assert patch(program, f"/deals/{deal['id']}", {"meal": "BB", "room": None}).json()["custom"] == {"meal": "BB"}
    person = card["person"]["id"]
    assert patch(program, f"/persons/{person}", {"hobby": "Лыжи"}).json()["custom"] == {"hobby": "Лыжи"}
    assert program.get(f"/api/v1/persons/{person}").json()["custom"] == {"hobby": "Лыжи"}
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from core_change where table_name = 'clients_person' and diff ? 'custom' and by like 'token:%'")
        assert cursor.fetchone()[0] == 1


def test_what_cannot_be_kept_is_refused_with_its_field_and_nothing_is_changed(program: Client) -> None:
    card = send(program, custom={"room": 1})
    for custom, field in (({"room": "x", "meal": "BB"}, "custom.room"), ({"colour": 1}, "custom.colour")):
        answer = patch(program, f"/inquiries/{card['id']}", custom)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert program.get(f"/api/v1/inquiries/{card['id']}").json()["custom"] == {"room": 1}
    assert patch(program, "/inquiries/999999", {"room": 1}).status_code == 404
    assert patch(program, "/persons/999999", {"hobby": "x"}).status_code == 404


def test_lists_are_narrowed_by_them_and_by_what_the_page_knows(program: Client) -> None:
    one = send(program, custom={"room": 1, "vip": True})
    send(program, contact={"name": "Пётр Ильин", "phone": "+79215550143"}, custom={"room": 2})

    def found(query: str) -> list[int]:
        answer = program.get(f"/api/v1/inquiries?{query}")
        assert answer.status_code == 200, answer.content
        return [item["id"] for item in answer.json()["items"]]

    assert found("custom.room=1") == found("custom.vip=yes") == found("custom.room.to=1.5") == found("q=Соколова") == [one["id"]]
    assert len(found("channel=phone&received_from=2020-01-01")) == 2
    assert found("channel=email") == []
    assert program.get("/api/v1/inquiries?channel=pigeon").json()["field"] == "channel"
