"""What is still to be asked of somebody is struck off when it is known."""

from typing import Any

import pytest
from django.test import Client

from marshrut.agency.permissions import system
from marshrut.agency.services import issue_token
from marshrut.clients.models import Person, Suspect
from marshrut.core.clock import utc_now
from marshrut.intake.models import ContactPolicy, Inquiry
from marshrut.intake.services import close_inquiry
from marshrut.journal.models import Task

pytestmark = pytest.mark.django_db


def send(channel: str = "phone", **contact: Any) -> dict[str, Any]:
    token = issue_token(name="door", by=system("test"), now=utc_now())
    body = {"channel": channel, "source": "site", "contact": contact, "message": "Турция"}
    answer = Client().post("/api/v1/inquiries", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201, answer.content
    return answer.json()  # type: ignore[no-any-return]


def missing(inquiry: dict[str, Any]) -> list[str]:
    return list(Inquiry.objects.get(pk=inquiry["id"]).contact_missing)


def test_what_is_missing_is_asked_for_in_the_next_step_and_struck_off_when_it_comes(cast: Any) -> None:
    first = send(phone="+79161112233")
    assert missing(first) == ["name"]
    assert "имя" in Task.objects.get(dossier_id=Inquiry.objects.get(pk=first["id"]).dossier_id).title
    again = send(phone="+79161112233", name="Марина Соколова")
    assert again["state"] == "joined"
    assert missing(first) == missing(again) == []


def steps(inquiry: dict[str, Any]) -> list[str]:
    return list(Task.objects.filter(dossier_id=Inquiry.objects.get(pk=inquiry["id"]).dossier_id).order_by("id").values_list("title", flat=True))


def demand(channel: str, *required: str) -> None:
    ContactPolicy.objects.create(channel=channel, inquiry_class="", required=list(required))


def test_the_next_step_asks_only_for_what_is_missing_still(cast: Any) -> None:
    demand("phone", "name", "phone", "email")
    first = send(phone="+79161112233")
    assert steps(first) == ["Перезвонить; спросить: имя, почта"]
    send(phone="+79161112233", name="Марина Соколова")
    assert steps(first) == ["Перезвонить; спросить: почта", "Клиент обратился снова (Телефон): ответить; спросить: почта"]
    send("email", phone="+79161112233", email="m@example.com")
    assert [title for title in steps(first) if "спросить" in title] == []


def test_a_step_that_a_person_has_worded_stays_as_it_is(cast: Any) -> None:
    first = send(phone="+79161112233")
    Task.objects.update(title="Узнать, как зовут, и спросить: имя")
    send(phone="+79161112233", name="Марина Соколова")
    assert missing(first) == []
    assert steps(first)[0] == "Узнать, как зовут, и спросить: имя"


def test_of_a_known_client_only_what_nobody_knows_is_asked(cast: Any) -> None:
    demand("email", "name", "phone", "email")
    close_all(send(phone="+79161112233", email="m@example.com", name="Марина Соколова"), cast)
    again = send("email", email="m@example.com")
    assert missing(again) == []
    assert steps(again) == ["Ответить на письмо"]
    new = send("email", email="n@example.com")
    assert missing(new) == ["name", "phone"]


def close_all(inquiry: dict[str, Any], cast: Any) -> None:
    close_inquiry(inquiry_id=inquiry["id"], outcome="lost", reason="Передумала", by=cast.owner, now=utc_now())


def test_a_number_that_reaches_nobody_is_no_number(cast: Any) -> None:
    demand("phone", "phone")
    assert missing(send(phone="0000000000", email="m@example.com")) == ["phone"]


def test_whoever_was_known_by_an_address_alone_gets_the_name_they_say(cast: Any) -> None:
    first = send("email", email="m@example.com")
    send("email", email="m@example.com", name="Марина Соколова")
    person = Person.objects.get()
    assert (person.display_name, person.surname) == ("Марина Соколова", "Соколова")
    assert missing(first) == []
    assert not Suspect.objects.exists()


def test_of_whoever_tells_nothing_new_nothing_is_struck_off(cast: Any) -> None:
    first = send(phone="+79161112233")
    send(phone="+79161112233", email="m@example.com")
    assert missing(first) == ["name"]
