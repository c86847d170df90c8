"""A client's language is learned from what they write, once; whoever knows better says it, and that stays."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.rights_world import program

from marshrut.agency.models import Employee
from marshrut.agency.permissions import EVERYTHING
from marshrut.clients.models import Person
from marshrut.clients.services import set_language
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db
Come = Callable[..., Any]
UKRAINIAN, RUSSIAN = "Хочемо до Єгипту, її чекаємо", "Мы бы хотели в Египет"
WHO = {"name": "Олена", "phone": "+380671234567"}


def test_a_new_client_brings_their_language_in_no_more_statements(come: Come) -> None:
    come(utc_now())
    with CaptureQueriesContext(connection) as silent:
        come(utc_now(), message="Анталия 2026")
    with CaptureQueriesContext(connection) as spoken:
        told = come(utc_now(), message=UKRAINIAN)
    assert told.person.language == "uk"
    assert len(spoken) == len(silent)


def test_whose_language_was_not_known_is_known_by_their_next_words_and_then_stays(come: Come) -> None:
    person = come(utc_now(), contact=WHO, message="Анталия 2026").person
    assert person.language == ""
    come(utc_now(), contact=WHO, message=UKRAINIAN)
    person.refresh_from_db()
    assert person.language == "uk"
    come(utc_now(), contact=WHO, message=RUSSIAN)
    person.refresh_from_db()
    assert person.language == "uk"


@pytest.fixture
def olena(come: Come, cast: Cast) -> Person:
    """A client of Anna's who writes in Ukrainian."""
    inquiry = come(utc_now(), contact=WHO, message=UKRAINIAN)
    Person.objects.filter(pk=inquiry.person_id).update(owner_id=cast.anna.id, office_id=cast.anna.office_id)
    return Person.objects.get(pk=inquiry.person_id)


def test_a_person_here_says_otherwise_on_the_card(olena: Person, cast: Cast) -> None:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=cast.anna.id))
    assert "Українська" in browser.get(f"/clients/{olena.pk}").content.decode()
    address = f"/clients/{olena.pk}/language"
    assert 'value="uk" selected' in browser.get(address).content.decode()
    assert browser.post(address, {"language": "xx"}).status_code == 422
    assert browser.post(address, {"language": "ru"}).status_code == 204
    olena.refresh_from_db()
    assert olena.language == "ru"
    foreign = Client()
    foreign.force_login(Employee.objects.get(pk=cast.stranger.id))
    assert foreign.post(address, {"language": "en"}).status_code == 404


def test_a_program_reads_and_writes_it(olena: Person) -> None:
    door = program(scopes=EVERYTHING | {"persons:write"})
    address = f"/api/v1/persons/{olena.pk}"
    assert door.get(address).json()["language"] == "uk"
    assert door.patch(address, {"language": "en"}, content_type="application/json").json()["language"] == "en"
    assert door.patch(address, {"custom": {}}, content_type="application/json").json()["language"] == "en"
    assert door.patch(address, {"language": ""}, content_type="application/json").json()["language"] is None
    refused = door.patch(address, {"language": "klingon"}, content_type="application/json")
    assert refused.status_code == 422


def test_a_stranger_and_nonsense_change_nothing(olena: Person, cast: Cast) -> None:
    with pytest.raises(NotFound):
        set_language(person_id=olena.pk, language="en", by=cast.stranger, now=utc_now())
    with pytest.raises(Invalid):
        set_language(person_id=olena.pk, language="xx", by=cast.anna, now=utc_now())
    olena.refresh_from_db()
    assert olena.language == "uk"
