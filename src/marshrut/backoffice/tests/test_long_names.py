"""A name too long to be kept is refused with a sentence at its field: it is never cut behind its writer's back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse_lazy

from marshrut.backoffice.tests.test_settings_frame import HX, artem, olga

__all__ = ["artem", "olga"]
pytestmark = pytest.mark.django_db
LONG = "Д" * 2000
PLACES = {
    "office": ("/settings/offices/new", {"country": "RU", "time_zone": "Europe/Moscow", "queue": ""}),
    "source": ("/settings/sources/new", {"chance": "15"}),
    "category": ("/settings/categories/new", {"position": ""}),
    "direction": ("/settings/directions/new", {"aliases": "", "floor_price": "", "currency": "RUB"}),
    "reason": ("/settings/reasons/new", {"position": "", "is_active": "yes"}),
    "own field": ("/settings/fields/new", {"subject": "inquiry", "kind": "text", "choices": "", "position": ""}),
    "funnel": ("/settings/funnels/new", {"template": "", "language": "ru"}),
    "template": ("/settings/templates/new", {"subject": "", "text": "Здравствуйте", "language": "ru", "position": ""}),
    "view": (reverse_lazy("view_new_inquiries"), {"filters": "state=open"}),
    "team": ("/staff/teams/new", {"office": "1"}),
    "token": ("/tokens/new", {"office": "", "scopes": "inquiries:read"}),
}


@pytest.mark.parametrize("kind", PLACES)
def test_a_name_of_two_thousand_letters_is_refused_at_its_field(olga: Client, kind: str) -> None:
    address, given = PLACES[kind]
    answer = olga.post(address, given | {"name": LONG, "since": "9" * 18}, **HX)
    said = answer.content.decode()
    assert answer.status_code == 422, said[:600]
    assert "знаков" in said
    assert 'id="f-name-note"' in said


def test_the_queue_of_an_office_is_refused_at_its_own_field(olga: Client) -> None:
    given = {"name": "Южный", "country": "RU", "time_zone": "Europe/Moscow", "queue": LONG, "since": "9" * 18}
    answer: Any = olga.post("/settings/offices/new", given, **HX)
    assert answer.status_code == 422
    assert 'id="f-queue-note"' in answer.content.decode()
