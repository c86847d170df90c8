"""Whose an inquiry becomes, in the flow of a day: the client's own manager, skill, shift, capacity, share; else a queue."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from marshrut.agency.models import Absence, Employee, Queue
from marshrut.catalog.models import Direction, Skill
from marshrut.clients.models import Person
from marshrut.clients.queries import search_people
from marshrut.intake.models import Inquiry
from marshrut.intake.services import clocks, close_inquiry
from marshrut.intake.tests.conftest import MONDAY, moscow
from marshrut.journal.models import Task, Touch

pytestmark = pytest.mark.django_db
Come, Tick = Callable[..., Any], Callable[[datetime], None]
NIGHT, MORNING = moscow(23, 23), moscow(24, 9)


def holder(inquiry: Any) -> int | None:
    inquiry.dossier.refresh_from_db()
    return inquiry.dossier.owner_id


def codes(inquiry: Any) -> list[str]:
    return [reason["code"] for reason in inquiry.owner_reason]


def test_at_night_an_inquiry_waits_in_the_offices_named_queue_with_its_own_clock(agency: Any, come: Come, tick: Tick) -> None:
    inquiry, foreign = come(NIGHT), come(NIGHT, office="podil")
    assert holder(inquiry) is None
    assert codes(inquiry) == ["nobody_on_shift"]
    assert inquiry.dossier.office_id == agency.offices["nevsky"]
    assert Queue.objects.get(pk=foreign.dossier.queue_id).slug == "podil"
    assert inquiry.respond_by == moscow(24, 9, 15)
    assert foreign.respond_by == moscow(24, 10, 15), "nine in the morning in Kyiv"
    assert Task.objects.get(dossier=inquiry.dossier).queue_id == inquiry.dossier.queue_id
    tick(NIGHT + timedelta(hours=3))
    assert holder(inquiry) is None


def test_in_the_morning_the_queue_is_given_out_the_longest_waiting_first_in_fair_shares(
    agency: Any, come: Come, tick: Tick
) -> None:
    waiting = [come(NIGHT + timedelta(minutes=n)) for n in (3, 1, 2, 5, 4, 0)]
    tick(MORNING)
    given = list(Touch.objects.filter(kind="owner").order_by("id").values_list("dossier_id", flat=True))
    assert given == [i.dossier_id for i in sorted(waiting, key=lambda i: i.received_at)]
    assert Counter(map(holder, waiting)) == {manager: 2 for manager in agency.managers}
    for inquiry in waiting:
        inquiry.refresh_from_db()
        assert (inquiry.respond_by, inquiry.clock_state) == (MORNING + timedelta(minutes=15), "running")
        task = Task.objects.get(dossier=inquiry.dossier, state="pending")
        assert (task.assignee_id, task.queue_id, task.due_at) == (holder(inquiry), None, inquiry.respond_by)


def test_who_came_at_night_becomes_the_client_of_the_manager_they_were_given_to(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(NIGHT)
    assert Person.objects.get().owner_id is None
    tick(MORNING)
    manager = {a.id: a for a in (agency.anna, agency.boris, agency.denis)}[holder(inquiry)]
    assert [p.id for p in search_people(manager, "ветрова")] == [inquiry.person_id]


def test_a_new_client_whom_the_first_manager_did_not_answer_becomes_the_next_ones(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    first = holder(inquiry)
    assert Person.objects.get().owner_id == first
    tick(MONDAY + timedelta(minutes=15))
    assert Person.objects.get().owner_id == holder(inquiry) != first


def test_a_known_client_stays_their_managers_though_another_answers_this_time(agency: Any, come: Come, tick: Tick) -> None:
    Person.objects.filter(pk=come(MONDAY - timedelta(days=3)).person_id).update(owner=agency.anna.id)
    first = Inquiry.objects.get()
    close_inquiry(inquiry_id=first.pk, outcome="lost", reason="передумали", by=agency.owner, now=MONDAY - timedelta(days=2))
    again = come(MONDAY, contact={"phone": "+79160000001"})
    assert (holder(again), codes(again)) == (agency.anna.id, ["clients_manager"])
    tick(MONDAY + timedelta(minutes=15))
    assert holder(again) != agency.anna.id
    assert Person.objects.get().owner_id == agency.anna.id


@pytest.fixture
def client_of_boris(agency: Any, come: Come) -> dict[str, str]:
    """Somebody Boris has sold to; how they can be reached."""
    inquiry = come(MONDAY - timedelta(days=3), contact={"name": "Ирина Белова", "phone": "+79169990000"})
    Person.objects.filter(pk=inquiry.person_id).update(owner=agency.boris.id)
    close_inquiry(inquiry_id=inquiry.pk, outcome="won", reason="", by=agency.owner, now=MONDAY - timedelta(days=2))
    return {"phone": "8 916 999-00-00"}


def test_a_known_client_comes_to_their_own_manager_even_a_full_one(
    agency: Any, come: Come, client_of_boris: dict[str, str]
) -> None:
    Employee.objects.filter(pk=agency.boris.id).update(capacity=0)
    assert holder(come(MONDAY, contact=client_of_boris)) == agency.boris.id


def test_a_known_client_whose_manager_is_away_comes_to_another(agency: Any, come: Come, client_of_boris: dict[str, str]) -> None:
    Absence.objects.create(employee_id=agency.boris.id, starts_at=MONDAY - timedelta(days=1), ends_at=MONDAY + timedelta(days=1))
    inquiry = come(MONDAY, contact=client_of_boris)
    assert holder(inquiry) in agency.managers - {agency.boris.id}
    assert codes(inquiry)[0] == "clients_manager_away"


def test_a_known_client_who_came_at_night_is_given_to_their_own_manager_in_the_morning(
    agency: Any, come: Come, tick: Tick, client_of_boris: dict[str, str]
) -> None:
    others = [come(NIGHT + timedelta(minutes=n)) for n in range(4)]
    known = come(NIGHT + timedelta(minutes=9), contact=client_of_boris)
    assert holder(known) is None
    tick(MORNING)
    assert holder(known) == agency.boris.id
    assert None not in map(holder, others)


def test_nobody_is_given_more_than_they_can_hold_and_what_waits_is_given_when_a_place_is_free(
    agency: Any, come: Come, tick: Tick
) -> None:
    Employee.objects.filter(pk__in=agency.managers).update(capacity=1)
    held = [come(MONDAY) for _ in range(3)]
    assert {holder(i) for i in held} == agency.managers
    waiting = come(MONDAY)
    assert (holder(waiting), codes(waiting)) == (None, ["everybody_full"])
    tick(MONDAY + timedelta(minutes=1))
    assert holder(waiting) is None
    freed = holder(held[1])
    close_inquiry(inquiry_id=held[1].pk, outcome="lost", reason="дорого", by=agency.owner, now=MONDAY + timedelta(minutes=2))
    tick(MONDAY + timedelta(minutes=3))
    assert holder(waiting) == freed


def test_what_waits_too_long_with_everybody_full_comes_to_the_supervisor(agency: Any, come: Come, tick: Tick) -> None:
    Employee.objects.filter(pk__in=agency.managers).update(capacity=0)
    inquiry = come(MONDAY)
    for minute in (5, 10, 15):
        tick(MONDAY + timedelta(minutes=minute))
    assert holder(inquiry) == agency.supervisor.id


def test_who_knows_the_direction_gets_it_and_others_when_they_are_away(agency: Any, come: Come) -> None:
    Skill.objects.create(employee_id=agency.denis.id, direction=Direction.objects.get(slug="maldives"))
    asks = {"directions": ["Мальдивы"]}
    inquiries = [come(MONDAY, request=asks) for _ in range(3)]
    assert {holder(i) for i in inquiries} == {agency.denis.id}
    Absence.objects.create(employee_id=agency.denis.id, starts_at=MONDAY, ends_at=MONDAY + timedelta(days=1))
    other = come(MONDAY + timedelta(minutes=1), request=asks)
    assert holder(other) in agency.managers - {agency.denis.id}
    assert "skilled_away" in codes(other)


def test_an_office_where_nobody_works_does_not_hold_up_another(
    agency: Any, come: Come, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "BATCH", 2)
    Employee.objects.filter(pk=agency.oleh.id).update(is_active=False)
    stuck = [come(NIGHT - timedelta(hours=1) + timedelta(minutes=n), office="podil") for n in range(3)]
    waiting = come(NIGHT)
    clocks.give_out_queue(reference=_reference(), now=MORNING)
    assert {holder(i) for i in stuck} == {None}
    assert holder(waiting) in agency.managers


def _reference() -> Any:
    from marshrut.intake.reference import read_reference

    return read_reference()


def known(agency: Any, come: Come, keeper: Any) -> Any:
    """A client whose manager this is."""
    first = come(MONDAY, contact={"name": "Ирина Лебедева", "phone": "+79165550101"})
    close_inquiry(inquiry_id=first.pk, outcome="price_check", reason="", by=agency.owner, now=MONDAY)
    Person.objects.filter(pk=first.person_id).update(owner_id=keeper.id)
    return first.person


def again(come: Come, minutes: float = 10) -> Any:
    return come(MONDAY + timedelta(minutes=minutes), contact={"name": "Ирина Лебедева", "phone": "+79165550101"})


def test_P02_a_client_whom_the_supervisor_keeps_comes_to_the_supervisor(agency: Any, come: Come) -> None:
    known(agency, come, agency.supervisor)
    inquiry = again(come)
    assert (inquiry.dossier.owner_id, inquiry.owner_reason[0]["code"]) == (agency.supervisor.id, "clients_manager")
    assert come(MONDAY).dossier.owner_id in agency.managers, "and nobody else's does"


def test_the_owner_may_stand_in_for_a_manager_and_a_third_for_whoever_stands_in(agency: Any, come: Come) -> None:
    known(agency, come, agency.anna)
    span = {"starts_at": MONDAY, "ends_at": MONDAY + timedelta(days=7)}
    Absence.objects.create(employee_id=agency.anna.id, substitute_id=agency.owner.id, **span)
    first = again(come)
    assert (first.dossier.owner_id, first.owner_reason[-1]["code"]) == (agency.owner.id, "substitute")
    close_inquiry(inquiry_id=first.pk, outcome="price_check", reason="", by=agency.owner, now=MONDAY)
    Absence.objects.create(employee_id=agency.owner.id, substitute_id=agency.boris.id, **span)
    assert again(come, 20).dossier.owner_id == agency.boris.id
    assert Person.objects.get(pk=first.person_id).owner_id == agency.anna.id, "the client stays hers"
