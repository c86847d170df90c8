"""The clock of a following answer: a client who writes again waits, and somebody is told; a person stops it, nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from marshrut.agency.models import Absence, Employee
from marshrut.agency.permissions import system
from marshrut.intake.models import ClockPolicy, Inquiry, NextAnswer
from marshrut.intake.queries import find_inquiry
from marshrut.intake.services import answer_client, close_inquiry
from marshrut.intake.tests.conftest import MONDAY, moscow
from marshrut.intake.tests.test_clocks import after, told, world
from marshrut.journal.models import Dossier, Notice, Task
from marshrut.journal.services import add_touch

pytestmark = pytest.mark.django_db
Come, Tick = Callable[..., Any], Callable[..., None]
HER = {"contact": {"name": "Ольга Ветрова", "phone": "+79161112233"}}


@pytest.fixture
def answered(agency: Any, come: Come) -> Inquiry:
    """Olga asked on Monday at ten and was answered two minutes later."""
    inquiry: Inquiry = come(MONDAY, **HER)
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=agency.owner, now=after(2))
    return inquiry


def clock() -> NextAnswer:
    return NextAnswer.objects.get()


def test_P05_whoever_writes_again_waits_by_minutes_of_their_own(answered: Inquiry, come: Come, tick: Tick) -> None:
    again = come(after(100), **HER)
    assert (again.state, again.dossier_id) == ("joined", answered.dossier_id)
    assert (clock().state, clock().respond_by) == ("running", after(160))
    task = Task.objects.filter(dossier=answered.dossier, state="pending").latest("id")
    assert task.due_at == after(160)
    tick(after(114))
    assert told(answered) == []
    tick(after(115))
    assert told(answered) == [("next_warn_owner", answered.dossier.owner_id)]
    tick(after(130))
    assert told(answered)[1][0] == "next_tell_supervisor"
    answered.refresh_from_db()
    assert (answered.clock_state, answered.answered_at) == ("met", after(2)), "the first answer stays as it was"


def test_only_a_person_stops_it_and_how_long_it_took_is_kept(agency: Any, answered: Inquiry, come: Come, tick: Tick) -> None:
    come(after(100), **HER)
    add_touch(dossier_id=answered.dossier_id, kind="email_auto", direction="out", body="", by=system("x"), now=after(101))
    answer_client(dossier_id=answered.dossier_id, kind="note", body="цены", by=agency.owner, now=after(102))
    assert clock().state == "running"
    answer_client(dossier_id=answered.dossier_id, kind="message_out", body="вот", by=agency.owner, now=after(120))
    assert (clock().state, clock().answer_minutes, clock().answered_for) == ("met", 20, answered.dossier.owner_id)
    tick(after(500))
    assert told(answered) == []


def test_five_messages_are_one_wait_since_the_first(answered: Inquiry, come: Come) -> None:
    for minute in (100, 103, 110):
        come(after(minute), **HER)
    assert (clock().since, clock().respond_by) == (after(100), after(160))


def test_a_first_answer_that_is_still_due_stands_for_both(agency: Any, come: Come) -> None:
    come(MONDAY, **HER)
    come(after(3), **HER)
    assert not NextAnswer.objects.exists()


def test_it_stays_with_its_manager_when_it_breaks_and_a_late_answer_is_still_written_down(
    agency: Any, answered: Inquiry, come: Come, tick: Tick
) -> None:
    come(after(100), **HER)
    holder = Dossier.objects.get(pk=answered.dossier_id).owner_id
    tick(after(161))
    assert (clock().state, clock().warn_at, Dossier.objects.get(pk=answered.dossier_id).owner_id) == ("missed", None, holder)
    assert [code for code, _to in told(answered)] == ["next_warn_owner", "next_tell_supervisor", "next_missed"]
    answer_client(dossier_id=answered.dossier_id, kind="call_out", body="", by=agency.owner, now=after(170))
    assert (clock().state, clock().answer_minutes) == ("missed", 70)


def test_where_the_agency_wants_it_the_matter_goes_to_somebody_else(agency: Any, answered: Inquiry, come: Come, tick: Tick) -> None:
    ClockPolicy.objects.update(next_warn_minutes=1, next_escalate_minutes=2, next_breach_minutes=3, next_most_reroutes=1)
    come(after(100), **HER)
    first = Dossier.objects.get(pk=answered.dossier_id).owner_id
    tick(after(103))
    second = Dossier.objects.get(pk=answered.dossier_id).owner_id
    assert second in agency.managers - {first}
    assert (clock().reroutes, clock().respond_by, clock().step) == (1, after(106), 0)
    tick(after(106))
    assert clock().state == "missed"
    assert Dossier.objects.get(pk=answered.dossier_id).owner_id == second


def test_whoever_writes_at_night_waits_from_the_morning(answered: Inquiry, come: Come) -> None:
    come(moscow(23, 22), **HER)
    assert clock().respond_by == moscow(24, 10)


def test_the_one_who_stands_in_is_warned(agency: Any, answered: Inquiry, come: Come, tick: Tick) -> None:
    holder = Dossier.objects.get(pk=answered.dossier_id).owner_id
    other = next(iter(agency.managers - {holder}))
    Absence.objects.create(employee_id=holder, starts_at=after(50), ends_at=after(500), substitute_id=other)
    come(after(100), **HER)
    tick(after(115))
    assert told(answered) == [("next_warn_owner", other)]
    assert Notice.objects.get(code="clock_warning").employee_id == other


def test_a_closed_matter_and_a_second_run_tell_nobody(agency: Any, answered: Inquiry, come: Come, tick: Tick) -> None:
    come(after(100), **HER)
    tick(after(115))
    before = [*world(), list(NextAnswer.objects.values())]
    tick(after(115))
    assert [*world(), list(NextAnswer.objects.values())] == before
    close_inquiry(inquiry_id=answered.pk, outcome="price_check", reason="", by=agency.owner, now=after(116))
    assert clock().state == "stopped"
    tick(after(500))
    assert len(told(answered)) == 1


def test_an_answer_the_clock_was_not_told_of_is_read_from_the_journal(answered: Inquiry, come: Come, tick: Tick) -> None:
    come(after(100), **HER)
    add_touch(dossier_id=answered.dossier_id, kind="call_out", direction="out", body="", by=system("ats"), now=after(104), is_answer=True)
    tick(after(200))
    assert (clock().state, clock().answered_at, told(answered)) == ("met", after(104), [])


def test_everybody_absent_is_no_crash(agency: Any, answered: Inquiry, come: Come, tick: Tick) -> None:
    Absence.objects.bulk_create(Absence(employee=one, starts_at=after(50), ends_at=after(900)) for one in Employee.objects.all())
    again = come(after(60), contact={"name": "Пётр Новый", "phone": "+79165550000"})
    assert again.dossier.owner_id is None, "it waits in a queue"
    come(after(100), **HER)
    tick(after(500))
    assert clock().state == "missed"


def test_the_answer_of_the_door_says_by_when(agency: Any, answered: Inquiry, come: Come) -> None:
    again = come(after(100), **HER)
    for number in (again.pk, answered.pk):
        card = find_inquiry(agency.owner, number)
        assert card is not None
        assert card.next_respond_by == after(160)
    assert find_inquiry(agency.owner, again.pk).respond_by == after(160)  # type: ignore[union-attr]


def test_P05_a_missed_call_is_called_back_in_five_minutes(agency: Any, come: Come, tick: Tick) -> None:
    call = come(MONDAY, channel="phone", missed=True)
    assert (call.is_missed_call, call.respond_by) == (True, after(5))
    assert "звонок" in Task.objects.get(dossier=call.dossier).title.lower() or "Call back" in Task.objects.get(dossier=call.dossier).title
    tick(after(2))
    assert told(call) == [("warn_owner", call.dossier.owner_id)]
    holder = call.dossier.owner_id
    tick(after(5))
    assert Dossier.objects.get(pk=call.dossier_id).owner_id in agency.managers - {holder}


def test_who_called_three_times_in_vain_is_called_back_once(answered: Inquiry, come: Come) -> None:
    for minute in (100, 101, 102):
        come(after(minute), channel="phone", missed=True, **HER)
    assert clock().respond_by == after(105)
    assert Task.objects.filter(dossier=answered.dossier, state="pending", due_at=after(105)).count() == 1


@pytest.mark.parametrize(("channel", "missed"), [("email", True), ("phone", "да"), ("phone", 1)])
def test_a_missed_call_that_is_none_is_said_and_dropped(agency: Any, come: Come, channel: str, missed: Any) -> None:
    inquiry = come(MONDAY, channel=channel, missed=missed)
    assert not inquiry.is_missed_call
    assert [flaw["field"] for flaw in inquiry.flaws] == ["missed"]


def test_a_matter_left_with_the_supervisor_stops_burning_when_it_is_answered(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    for minute in (15, 30, 45):
        tick(after(minute))
    inquiry.refresh_from_db()
    assert (inquiry.clock_state, inquiry.answered_at) == ("missed", None)
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=agency.owner, now=after(50))
    inquiry.refresh_from_db()
    assert (inquiry.clock_state, inquiry.answered_at, inquiry.answer_minutes) == ("missed", after(50), 50)


def test_another_body_under_the_same_number_is_the_client_writing_again(agency: Any, come: Come) -> None:
    inquiry = come(MONDAY, external_id="chat-7", **HER)
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=agency.owner, now=after(2))
    come(MONDAY + timedelta(minutes=30), external_id="chat-7", message="И ещё вопрос", **HER)
    assert clock().respond_by == after(90)
