"""Shift ends and sudden absences: who still waits for a first answer is handed on, the clock running on; nobody is forgotten."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from marshrut.agency.models import Absence, Employee, Shift
from marshrut.clients.models import Person
from marshrut.intake.models import Inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import answer_client, hand_over_matter
from marshrut.intake.services.handing_on import hand_on_open_clocks
from marshrut.intake.services.rule_settings import save_distribution
from marshrut.intake.tests.conftest import moscow
from marshrut.intake.wording import say
from marshrut.journal.models import Touch

pytestmark = pytest.mark.django_db
Come, Tick = Callable[..., Any], Callable[..., None]
EVENING = moscow(23, 17, 55)


def holder(inquiry: Any) -> int | None:
    inquiry.refresh_from_db()
    inquiry.dossier.refresh_from_db()
    return inquiry.dossier.owner_id  # type: ignore[no-any-return]


def codes(inquiry: Any) -> list[str]:
    inquiry.refresh_from_db()
    return [reason["code"] for reason in inquiry.owner_reason]


@pytest.fixture
def late(agency: Any) -> Any:
    """Denis works from noon until nine in the evening; the others go home at six."""
    Shift.objects.bulk_create(Shift(employee_id=agency.denis.id, weekday=day, starts=time(12), ends=time(21)) for day in range(5))
    return agency.denis


def to(agency: Any, who: Any) -> None:
    """Everybody else of the first office is full."""
    Employee.objects.filter(pk__in=agency.managers).update(capacity=0)
    Employee.objects.filter(pk=who.id).update(capacity=None)


def test_at_the_end_of_a_shift_those_still_at_work_get_what_nobody_answered(agency: Any, late: Any, come: Come, tick: Tick) -> None:
    to(agency, agency.anna)
    first, answered = come(EVENING - timedelta(minutes=4)), come(EVENING)
    answer_client(dossier_id=answered.dossier_id, kind="call_out", body="", by=agency.anna, now=EVENING)
    Employee.objects.update(capacity=None)
    tick(moscow(23, 17, 55))
    assert holder(first) == agency.anna.id
    tick(moscow(23, 18))
    assert (holder(first), codes(first)[0]) == (late.id, "shift_ended")
    assert holder(answered) == agency.anna.id
    assert first.respond_by == EVENING + timedelta(minutes=11), "the client has waited since then"
    assert first.reroutes == 0
    assert Person.objects.get(pk=first.person_id).owner_id == late.id
    assert "Анна Крылова" in say(first.owner_reason[0])
    assert Touch.objects.get(dossier=first.dossier, kind="owner").data["reason"] == first.owner_reason[0]
    tick(moscow(23, 18))
    assert Touch.objects.filter(dossier=first.dossier, kind="owner").count() == 1


def test_with_nobody_at_work_it_waits_in_the_queue_where_its_clock_stands_until_the_morning(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(EVENING)
    owner = holder(inquiry)
    tick(moscow(23, 18))
    assert holder(inquiry) is None
    assert codes(inquiry) == ["shift_ended", "nobody_on_shift"]
    assert (inquiry.respond_by, inquiry.clock_state) == (moscow(24, 9, 10), "running")
    tick(moscow(23, 23))
    assert holder(inquiry) is None
    tick(moscow(24, 9))
    assert (holder(inquiry), codes(inquiry)) == (owner, ["clients_manager"]), "to whom the new client has been promised"


def test_lunch_is_no_end_of_a_shift_and_an_agency_may_leave_things_where_they_are(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(moscow(23, 12, 55))
    owner = holder(inquiry)
    tick(moscow(23, 13, 20))
    assert holder(inquiry) == owner
    save_distribution(choices={"hand_over_at_shift_end": False}, by=agency.owner, now=EVENING)
    evening = come(EVENING)
    owner = holder(evening)
    tick(moscow(23, 20))
    assert holder(evening) == owner
    assert evening.respond_by == moscow(24, 9, 10)


def test_what_a_person_gave_to_somebody_after_their_hours_stays_there(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(moscow(23, 20))
    hand_over_matter(dossier_id=inquiry.dossier_id, to=agency.anna.id, reason="ждёт её утром", staff=read_reference().staff,
                     by=agency.supervisor, now=moscow(23, 20, 5))  # fmt: skip
    tick(moscow(23, 20, 10))
    assert holder(inquiry) == agency.anna.id
    tick(moscow(24, 19))
    assert holder(inquiry) != agency.anna.id, "a day later her shift has ended with it unanswered"


def test_a_sudden_absence_without_a_substitute_hands_on_by_the_rules(agency: Any, come: Come, tick: Tick) -> None:
    to(agency, agency.anna)
    noon = moscow(23, 11)
    held = [come(noon) for _ in range(4)]
    Employee.objects.update(capacity=None)
    Absence.objects.create(employee_id=agency.anna.id, starts_at=moscow(23, 0), ends_at=moscow(25, 0))
    tick(noon + timedelta(minutes=1))
    assert sorted(holder(one) for one in held) == sorted([agency.boris.id, agency.denis.id] * 2)  # type: ignore[type-var]
    assert {codes(one)[0] for one in held} == {"holder_away"}
    assert {one.respond_by for one in Inquiry.objects.all()} == {noon + timedelta(minutes=15)}


def test_a_named_substitute_at_work_gets_them_and_clients_stay_theirs(agency: Any, come: Come, tick: Tick) -> None:
    to(agency, agency.anna)
    inquiry = come(moscow(23, 11))
    Employee.objects.update(capacity=None)
    Absence.objects.create(employee_id=agency.anna.id, starts_at=moscow(23, 11), ends_at=moscow(25, 0), substitute_id=agency.denis.id)
    tick(moscow(23, 11, 1))
    assert (holder(inquiry), codes(inquiry)) == (agency.denis.id, ["holder_away", "substitute"])
    assert Person.objects.get(pk=inquiry.person_id).owner_id == agency.anna.id


def test_everybody_suddenly_absent_leaves_nothing_with_nobody(agency: Any, come: Come, tick: Tick) -> None:
    inquiries = [come(moscow(23, 11)) for _ in range(5)]
    for one in agency.managers:
        Absence.objects.create(employee_id=one, starts_at=moscow(23, 11), ends_at=moscow(25, 0))
    tick(moscow(23, 11, 1))
    assert {holder(one) for one in inquiries} == {None}
    assert {one.dossier.queue_id is not None for one in inquiries} == {True}
    after = come(moscow(23, 11, 2))
    assert (holder(after), codes(after)) == (None, ["nobody_on_shift"])


def test_an_answered_client_or_one_the_clock_was_lost_for_is_not_passed_on(agency: Any, come: Come) -> None:
    inquiry = come(EVENING)
    Inquiry.objects.update(clock_state="missed")
    assert hand_on_open_clocks(reference=read_reference(), now=moscow(23, 19)) == 0
    assert holder(inquiry) is not None


def test_the_absence_page_hands_on_at_once_also_without_a_substitute(agency: Any, come: Come) -> None:
    from marshrut.core.clock import utc_now

    now = utc_now()
    Employee.objects.filter(pk__in=agency.managers).update(is_on_duty=True)
    to(agency, agency.anna)
    inquiry = come(now)
    assert holder(inquiry) == agency.anna.id
    Employee.objects.update(capacity=None)
    form = {"employee": str(agency.anna.id), "starts": (now - timedelta(hours=1)).isoformat(), "ends": (now + timedelta(days=2)).isoformat(),
            "reason": "заболела", "substitute": ""}  # fmt: skip
    browser = Client()
    browser.force_login(Employee.objects.get(pk=agency.supervisor.id))
    assert browser.post("/staff/absences/new", form).status_code < 300
    assert holder(inquiry) in agency.managers - {agency.anna.id}
    assert codes(inquiry)[0] == "holder_away"
