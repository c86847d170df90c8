"""Languages in the flow: said of employees, read of inquiries, kept with the reason, and kept when it is given out again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from marshrut.intake.tests.conftest import moscow

pytestmark = pytest.mark.django_db
MORNING = moscow(23, 10)
UKRAINIAN = "Доброго дня, цікавить тур до Туреччини"


@pytest.fixture
def languages(agency: Any) -> None:
    """Anna works in Russian, Boris in both, Denis in Ukrainian."""
    from marshrut.agency.models import Employee

    for who, codes in ((agency.anna, ["ru"]), (agency.boris, ["ru", "uk"]), (agency.denis, ["uk"])):
        Employee.objects.filter(pk=who.id).update(languages=codes)


def test_an_inquiry_goes_to_somebody_who_works_in_its_language_and_says_why(agency: Any, languages: None, come: Callable[..., Any]) -> None:
    from marshrut.intake.wording import say

    came = [come(MORNING, message=UKRAINIAN) for _n in range(4)]
    assert {one.dossier.owner_id for one in came} == {agency.boris.id, agency.denis.id}
    assert (came[0].request["language"], came[0].request["language_seen_in"]) == ("uk", "message")
    assert came[0].owner_reason[0] == {"code": "speaks", "language": "uk", "people": 2}
    assert "украинский" in say(came[0].owner_reason[0])
    plain = come(MORNING, message="Турция, двое")
    assert "language" not in plain.request


def test_the_clients_own_language_and_that_of_the_page_count_where_the_letters_leave_it_open(
    agency: Any, languages: None, come: Callable[..., Any]
) -> None:
    from marshrut.clients.models import Person

    assert come(MORNING, message="Туреччина", language="uk-UA").request["language_seen_in"] == "page"
    first = come(MORNING, message="Турция", contact={"phone": "+79165550011"})
    Person.objects.filter(pk=first.person_id).update(language="uk", owner=None)
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import close_inquiry

    close_inquiry(inquiry_id=first.raw_id, outcome="price_check", reason="", by=agency.owner, now=MORNING)
    again = come(MORNING + timedelta(minutes=5), message="Турция", contact={"phone": "+79165550011"})
    assert (again.request["language"], again.request["language_seen_in"]) == ("uk", "client")
    assert read_reference().rules.distribution.steps[2] == "language"


def test_it_is_kept_for_the_next_who_gets_it(agency: Any, languages: None, come: Callable[..., Any], tick: Callable[..., None]) -> None:
    """What waited over night is given out in the morning by the same step."""
    waiting = come(moscow(23, 3), message=UKRAINIAN)
    assert waiting.dossier.queue_id
    tick(MORNING)
    waiting.refresh_from_db()
    waiting.dossier.refresh_from_db()
    assert waiting.owner_reason[0]["code"] == "speaks"
    assert waiting.dossier.owner_id in (agency.boris.id, agency.denis.id)


def test_the_step_costs_no_statement(agency: Any, come: Callable[..., Any]) -> None:
    from django.db import connection

    from marshrut.agency.models import Employee
    from marshrut.intake.reference import read_reference

    counted = []
    come(MORNING, message="Разогрев")
    for codes in ([], ["ru", "uk"]):
        Employee.objects.update(languages=codes)
        read_reference()
        come(MORNING, message=UKRAINIAN)
        with CaptureQueriesContext(connection) as asked:
            come(MORNING, message=UKRAINIAN)
        counted.append(len(asked))
    assert counted[0] == counted[1]
