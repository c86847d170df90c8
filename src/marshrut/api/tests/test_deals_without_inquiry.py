"""A program opens a deal that had no inquiry: whose it is, who holds it, what is refused."""

from typing import Any

import pytest
from django.test import Client

from marshrut.api.tests.letters import inquiry, send
from marshrut.deals.models import Deal
from marshrut.journal.models import Task

pytestmark = pytest.mark.django_db
NEXT = {"title": "Показать каюты", "due_at": "2028-01-01T10:00:00Z"}
CONTACT = {"name": "Пётр Новый", "phone": "+7 921 700-00-01"}


def open_deal(client: Client, **changed: Any) -> Any:
    body = {"contact": CONTACT, "funnel": "office", "title": "Круиз", "next": NEXT, **changed}
    given = {key: value for key, value in body.items() if value is not None}
    return client.post("/api/v1/deals", given, content_type="application/json")


def test_for_somebody_new_it_waits_in_the_queue_with_its_first_action(program: Client) -> None:
    answer = open_deal(program, amount="350000", currency="rub", note="Позвонили из банка")
    assert answer.status_code == 201
    said = answer.json()
    assert (said["inquiry"], said["stage"], said["owner"], said["amount"]) == (
        None, "contact_made", None, {"amount": "350000.00", "currency": "RUB"})  # fmt: skip
    assert said["queue"] is not None
    assert said["next_action"]["title"] == "Показать каюты"
    assert Task.objects.get().queue_id == said["queue"]["id"]


def test_for_a_known_client_it_is_their_own_managers(program: Client) -> None:
    came = send(program, inquiry()).json()
    for known in ({"person": came["person"]["id"], "contact": None}, {"contact": {"phone": inquiry()["contact"]["phone"]}}):
        said = open_deal(program, **known).json()
        assert said["person"]["id"] == came["person"]["id"]
    assert said["owner"] is None or said["owner"]["id"] == came["owner"]["id"]


def test_a_foreign_client_is_not_found_and_a_foreign_number_is_refused(program: Client, stranger: Client) -> None:
    came = send(program, inquiry()).json()
    assert open_deal(stranger, person=came["person"]["id"], contact=None).status_code == 404
    refused = open_deal(stranger, contact={"phone": inquiry()["contact"]["phone"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "known_client")
    assert Deal.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"contact": None}, "person"), ({"contact": {"phone": "завтра"}}, "phone"), ({"contact": {}}, "contact"), ({"title": " "}, "title"),
     ({"funnel": "no"}, "funnel"), ({"next": {**NEXT, "due_at": "1999-01-01T00:00:00Z"}}, "next.due_at"), ({"next": None}, None),
     ({"amount": "10"}, "currency"), ({"amount": "-1", "currency": "RUB"}, None), ({"person": 2**70}, None), ({"amount": "1e30"}, None)],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named(program: Client, changed: dict[str, Any], field: str | None) -> None:
    answer = open_deal(program, **changed)
    assert answer.status_code == 422
    assert field is None or answer.json()["field"] == field
    assert Deal.objects.count() == 0


def test_an_action_says_its_end_and_place(program: Client) -> None:
    send(program, inquiry())
    task = program.get("/api/v1/tasks").json()["items"][0]
    assert (task["ends_at"], task["place"]) == (None, None)
