"""What is taken from a queue in its turn: by whoever the agency allows, the longest waiting they may have, and it is counted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from marshrut.agency.models import Absence, Employee
from marshrut.catalog.models import Category, Skill
from marshrut.clients.models import Person
from marshrut.core.errors import Refused
from marshrut.intake.models import Inquiry, Taking
from marshrut.intake.reference import read_reference
from marshrut.intake.services import take_next
from marshrut.intake.services.rule_settings import save_distribution
from marshrut.intake.tests.conftest import MONDAY, moscow
from marshrut.journal.services.waiting import put_aside

pytestmark = pytest.mark.django_db
Come, Tick = Callable[..., Any], Callable[..., None]


@pytest.fixture
def full(agency: Any) -> Any:
    """Everybody has as much as may be open at once, and managers may take the next in turn."""
    Employee.objects.filter(role="manager").update(capacity=0)
    save_distribution(choices={"managers_take_next": True}, by=agency.owner, now=MONDAY)
    return agency


def take(who: Any, at: Any = MONDAY) -> int:
    return take_next(reference=read_reference(), by=who, now=at)


def refusal(who: Any, at: Any = MONDAY) -> str:
    with pytest.raises(Refused) as refused:
        take(who, at)
    return refused.value.code


def test_P02_a_manager_takes_the_longest_waiting_and_it_is_counted(full: Any, come: Come) -> None:
    came = [come(MONDAY + timedelta(minutes=n)) for n in range(3)]
    Inquiry.objects.filter(pk=came[2].pk).update(priority=99)
    assert [take(who, MONDAY + timedelta(minutes=5)) for who in (full.anna, full.boris)] == [came[0].pk, came[1].pk]
    came[0].refresh_from_db()
    came[0].dossier.refresh_from_db()
    assert (came[0].dossier.owner_id, came[0].owner_reason[0]["code"]) == (full.anna.id, "taken_next")
    assert Person.objects.get(pk=came[0].person_id).owner_id == full.anna.id, "whom nobody kept is her client now"
    assert (came[0].clock_state, came[0].respond_by) == ("running", MONDAY + timedelta(minutes=15)), "the client has waited since then"
    assert list(Taking.objects.order_by("id").values_list("employee_id", "waited_minutes", "passed_over")) == [
        (full.anna.id, 5, 0), (full.boris.id, 4, 0)]  # fmt: skip


def test_as_delivered_managers_take_nothing(agency: Any, come: Come) -> None:
    Employee.objects.filter(role="manager").update(capacity=0)
    come(MONDAY)
    assert refusal(agency.anna) == "no_grabbing"
    assert take(agency.supervisor)
    assert Taking.objects.get().employee_id == agency.supervisor.id


def test_nobody_takes_what_is_not_theirs_to_have(full: Any, come: Come) -> None:
    come(MONDAY)
    assert refusal(full.oleh) == "nothing_waits", "another office's"
    Skill.objects.create(employee_id=full.boris.id, category=Category.objects.get(slug="visa"))
    Skill.objects.create(employee_id=full.anna.id, category=Category.objects.get(slug="hotel"))
    save_distribution(choices={"strict": ["skill"]}, by=full.owner, now=MONDAY)
    Inquiry.objects.update(request={"category": "visa"})
    assert refusal(full.anna) == "nothing_waits"
    assert take(full.boris)


def test_whoever_is_marked_as_absent_takes_nothing(full: Any, come: Come) -> None:
    come(MONDAY)
    Absence.objects.create(employee_id=full.anna.id, starts_at=MONDAY, ends_at=MONDAY + timedelta(days=1))
    assert refusal(full.anna) == "absent"


def test_what_is_taken_after_a_shift_is_not_handed_on_again(full: Any, come: Come, tick: Tick) -> None:
    evening = moscow(23, 20)
    inquiry = come(evening)
    take(full.anna, evening)
    tick(evening + timedelta(minutes=1))
    inquiry.dossier.refresh_from_db()
    assert inquiry.dossier.owner_id == full.anna.id


def test_what_was_put_aside_in_a_queue_waits_for_its_day(full: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    put_aside(dossier_id=inquiry.dossier_id, until=MONDAY + timedelta(days=3), why="перезвонить в четверг", by=full.supervisor, now=MONDAY)
    assert refusal(full.anna) == "nothing_waits"
    Employee.objects.update(capacity=None)
    tick(MONDAY + timedelta(minutes=1))
    inquiry.dossier.refresh_from_db()
    assert inquiry.dossier.owner_id is None


def test_the_button_stands_above_the_queue_for_whoever_may(full: Any, come: Come) -> None:
    inquiry = come(MONDAY)
    pages = {}
    for who in (full.anna, full.oleh, full.supervisor):
        browser = Client()
        browser.force_login(Employee.objects.get(pk=who.id))
        pages[who.id] = (browser, "/inquiries/next" in browser.get("/inbox?tab=nobody").content.decode())
    assert [shown for _browser, shown in pages.values()] == [True, False, True]
    assert pages[full.oleh.id][0].post("/inquiries/next").status_code == 409
    answer = pages[full.anna.id][0].post("/inquiries/next")
    assert f"/inquiries/{inquiry.pk}" in str(answer.headers)
    assert pages[full.anna.id][0].get(f"/inquiries/{inquiry.pk}").status_code == 200
