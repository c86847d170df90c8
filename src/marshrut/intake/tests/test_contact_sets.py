"""What is still to be asked of somebody is struck off when it is known."""

from typing import Any

import pytest
from django.test import Client

from marshrut.agency.permissions import system
from marshrut.agency.services import issue_token
from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry
from marshrut.journal.models import Task

pytestmark = pytest.mark.django_db


def send(**contact: Any) -> dict[str, Any]:
    token = issue_token(name="door", by=system("test"), now=utc_now())
    body = {"channel": "phone", "source": "site", "contact": contact, "message": "Турция"}
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


def test_of_whoever_tells_nothing_new_nothing_is_struck_off(cast: Any) -> None:
    first = send(phone="+79161112233")
    send(phone="+79161112233", email="m@example.com")
    assert missing(first) == ["name"]
