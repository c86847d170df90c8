"""What was made or changed since a moment: how a program keeps a copy of its own up to date."""

from typing import Any

import pytest
from django.test import Client

from marshrut.agency.models import CustomField
from marshrut.agency.permissions import ALL_SCOPES
from marshrut.api.tests.letters import Caller, inquiry, send
from marshrut.core.clock import utc_now

pytestmark = pytest.mark.own_database  # history tells moments of commits apart


@pytest.fixture
def program(own_database: str, caller: Caller) -> Client:
    return caller(scopes=ALL_SCOPES)


def found(program: Client, path: str, **query: Any) -> list[int]:
    return [item["id"] for item in program.get(f"/api/v1{path}", query).json()["items"]]


def test_only_what_was_made_or_changed_since_is_answered(program: Client) -> None:
    CustomField.objects.create(subject="matter", slug="room", name="Комната", kind="number")
    CustomField.objects.create(subject="person", slug="hobby", name="Увлечение", kind="text")
    came = [send(program, inquiry(contact={"name": "Ольга Ветрова", "phone": f"+7916000000{n}"})).json() for n in range(3)]
    deals = [program.post(f"/api/v1/inquiries/{c['id']}/deal", {"funnel": "office"}, content_type="application/json").json() for c in came[:2]]
    before, moment = f"{utc_now():%Y-%m-%d}T00:00:00Z", utc_now().isoformat()
    assert len(found(program, "/deals", changed_since=before)) == 2
    assert [found(program, path, changed_since=moment) for path in ("/deals", "/persons", "/inquiries")] == [[], [], []]
    program.patch(f"/api/v1/deals/{deals[1]['id']}", {"custom": {"room": 7}}, content_type="application/json")
    program.patch(f"/api/v1/persons/{came[2]['person']['id']}", {"custom": {"hobby": "Лыжи"}}, content_type="application/json")
    assert found(program, "/deals", changed_since=moment) == [deals[1]["id"]]
    assert found(program, "/inquiries", changed_since=moment) == [came[1]["id"]]
    assert found(program, "/persons", changed_since=moment) == [came[2]["person"]["id"]]
    assert found(program, "/deals", changed_since=moment, state="won") == []
    new = send(program, inquiry(contact={"phone": "+79160009999"})).json()
    assert new["id"] in found(program, "/inquiries", changed_since=moment)
    assert new["person"]["id"] in found(program, "/persons", changed_since=moment)
