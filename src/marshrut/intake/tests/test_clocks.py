"""The response clock, with the moment passed in: warned, told, given to the next; stopped by an answer and nothing else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from marshrut.agency.models import Absence, Employee, Holiday
from marshrut.agency.permissions import system
from marshrut.clients.models import Person
from marshrut.deals.services import open_deal
from marshrut.intake.models import Breach, Inquiry
from marshrut.intake.services import answer_client
from marshrut.intake.tests.conftest import MONDAY, moscow
from marshrut.journal.models import Task, Touch
from marshrut.journal.services import add_touch

pytestmark = pytest.mark.django_db
Come, Tick = Callable[..., Any], Callable[[datetime], None]


def after(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def told(inquiry: Any) -> list[tuple[str, int | None]]:
    """What the clock has said so far: the code and to whom."""
    touches = Touch.objects.filter(dossier=inquiry.dossier, kind="clock").order_by("id")
    return [(t.data["code"], t.data.get("to")) for t in touches]


def holder(inquiry: Any) -> int | None:
    inquiry.dossier.refresh_from_db()
    return inquiry.dossier.owner_id


def world() -> list[Any]:
    """Everything a job could have changed."""
    return [list(model.objects.order_by("pk").values()) for model in (Inquiry, Touch, Task, Person)]


def test_the_owner_is_warned_at_five_minutes_the_supervisor_at_ten_and_another_gets_it_at_fifteen(
    agency: Any, come: Come, tick: Tick
) -> None:
    inquiry = come(MONDAY)
    first = holder(inquiry)
    assert first in agency.managers
    assert inquiry.respond_by == after(15)
    tick(after(4.9))
    assert told(inquiry) == []
    tick(after(5))
    assert told(inquiry) == [("warn_owner", first)]
    tick(after(9.9))
    assert len(told(inquiry)) == 1
    tick(after(10))
    assert told(inquiry)[1:] == [("tell_supervisor", agency.supervisor.id)]
    tick(after(14.9))
    assert holder(inquiry) == first
    tick(after(15))
    assert holder(inquiry) in agency.managers - {first}
    inquiry.refresh_from_db()
    assert (inquiry.reroutes, inquiry.respond_by, inquiry.clock_state) == (1, after(30), "running")
    task = Task.objects.get(dossier=inquiry.dossier, state="pending")
    assert (task.assignee_id, task.due_at) == (holder(inquiry), after(30))


def test_it_goes_on_twice_to_somebody_who_has_not_had_it_and_then_stays_with_the_supervisor(
    agency: Any, come: Come, tick: Tick
) -> None:
    inquiry, had = come(MONDAY), []
    for minute in range(0, 121):
        tick(after(minute))
        if holder(inquiry) not in had:
            had.append(holder(inquiry))
    assert set(had[:3]) == agency.managers
    assert had[3:] == [agency.supervisor.id]
    inquiry.refresh_from_db()
    assert (inquiry.reroutes, inquiry.clock_state, inquiry.warn_at) == (2, "missed", None)
    assert [code for code, _ in told(inquiry)] == ["warn_owner", "tell_supervisor"] * 3
    assert Task.objects.filter(dossier=inquiry.dossier, state="pending", assignee=agency.supervisor.id).count() == 1


def test_who_is_alone_on_shift_keeps_it_until_the_supervisor_has_it(agency: Any, come: Come, tick: Tick) -> None:
    Employee.objects.filter(pk__in=[agency.boris.id, agency.denis.id]).update(is_active=False)
    inquiry = come(MONDAY)
    assert holder(inquiry) == agency.anna.id
    tick(after(15))
    assert holder(inquiry) == agency.supervisor.id


@pytest.mark.parametrize("kind", ["call_out", "message_out", "email_out", "call_in", "meeting"])
def test_an_answer_logged_in_time_stops_the_clock(agency: Any, come: Come, tick: Tick, kind: str) -> None:
    inquiry = come(MONDAY)
    first = holder(inquiry)
    answer_client(dossier_id=inquiry.dossier_id, kind=kind, body="поговорили", by=agency.owner, now=after(14))
    for minute in (15, 30, 600):
        tick(after(minute))
    inquiry.refresh_from_db()
    assert (holder(inquiry), told(inquiry), inquiry.clock_state, inquiry.answered_at) == (first, [], "met", after(14))


def test_only_a_note_does_not_stop_it(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    first = holder(inquiry)
    answer_client(dossier_id=inquiry.dossier_id, kind="note", body="посмотреть цены", by=agency.owner, now=after(3))
    tick(after(15))
    assert holder(inquiry) != first


def test_an_answer_after_the_breach_is_a_missed_clock(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    tick(after(15))
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=agency.owner, now=after(20))
    inquiry.refresh_from_db()
    assert (inquiry.clock_state, inquiry.answered_at) == ("missed", after(20))


def test_an_answer_the_clock_was_not_told_of_is_read_from_the_journal(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    add_touch(
        dossier_id=inquiry.dossier_id,
        kind="call_out",
        direction="out",
        body="",
        by=system("telephone"),
        now=after(8),
        is_answer=True,
    )
    tick(after(40))
    inquiry.refresh_from_db()
    assert (inquiry.clock_state, inquiry.answered_at, told(inquiry)) == ("met", after(8), [])


def test_a_deal_opened_is_an_answer(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    open_deal(inquiry_id=inquiry.pk, funnel="office", by=agency.owner, now=after(10))
    tick(after(60))
    inquiry.refresh_from_db()
    assert inquiry.clock_state == "met"


def test_after_a_pause_of_the_server_the_passed_steps_are_done_once(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    first = holder(inquiry)
    tick(after(100))
    assert [code for code, _ in told(inquiry)] == ["warn_owner", "tell_supervisor"]
    assert holder(inquiry) != first
    inquiry.refresh_from_db()
    assert inquiry.respond_by == after(115), "the next holder has all the time there is"
    before = world()
    tick(after(100))
    assert world() == before


@pytest.mark.parametrize("minute", [5, 10, 15, 16, 45, 46, 200])
def test_the_job_run_twice_changes_nothing_the_second_time(agency: Any, come: Come, tick: Tick, minute: float) -> None:
    for n in range(3):
        come(after(n))
    come(moscow(22, 12))  # Sunday: waits in the queue
    tick(after(minute))
    before = world()
    tick(after(minute))
    assert world() == before


def test_the_clock_stands_still_at_lunch(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(moscow(23, 12, 57))
    assert inquiry.respond_by == moscow(23, 14, 12)
    tick(moscow(23, 13, 59))
    assert told(inquiry) == []
    tick(moscow(23, 14, 2))
    assert [code for code, _ in told(inquiry)] == ["warn_owner"]


def test_the_clock_stands_still_from_friday_evening_to_monday_morning(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(moscow(27, 17, 55))
    assert inquiry.respond_by == moscow(30, 9, 10)
    tick(moscow(28, 12))
    inquiry.refresh_from_db()
    assert (inquiry.respond_by, inquiry.clock_state) == (moscow(30, 9, 10), "running"), "in the queue: her shift has ended"
    assert told(inquiry) == []


def test_a_holiday_is_no_working_time(agency: Any, come: Come) -> None:
    Holiday.objects.create(office_id=agency.offices["nevsky"], day=date(2026, 11, 24), name="Праздник")
    assert come(moscow(23, 17, 50)).respond_by == moscow(25, 9, 5)


def test_each_office_has_hours_in_its_own_zone(agency: Any, come: Come) -> None:
    evening = moscow(23, 18, 30)  # 17:30 in Kyiv
    closed, working = come(evening, office="nevsky"), come(evening, office="podil")
    assert (closed.dossier.owner_id, working.dossier.owner_id) == (None, agency.oleh.id)
    assert closed.dossier.queue_id is not None
    assert closed.respond_by == moscow(24, 9, 15)
    assert working.respond_by == evening + timedelta(minutes=15)


def test_one_clock_that_cannot_be_run_holds_up_no_other(agency: Any, come: Come, tick: Tick) -> None:
    """A row some later mistake made unreadable."""
    broken, whole = come(MONDAY), come(MONDAY)
    Inquiry.objects.filter(pk=broken.pk).update(request=["not", "an", "object"])
    first = holder(whole)
    tick(after(15))
    assert holder(whole) != first


def test_with_everybody_away_a_queue_keeps_what_broke_and_the_first_who_comes_gets_it(agency: Any, come: Come, tick: Tick) -> None:
    """A supervisor on holiday is no one to leave a client with."""
    everybody = Employee.objects.exclude(office_id=agency.offices["podil"])
    Absence.objects.bulk_create(Absence(employee=one, starts_at=MONDAY, ends_at=after(100)) for one in everybody)
    inquiry = come(MONDAY)
    for minute in (5, 10, 15, 40):
        tick(after(minute))
    inquiry.refresh_from_db()
    assert (holder(inquiry), inquiry.clock_state, inquiry.owner_reason) == (None, "missed", [{"code": "left_in_queue"}])
    assert inquiry.dossier.queue_id is not None
    tick(after(100))
    inquiry.refresh_from_db()
    assert holder(inquiry) in agency.managers
    assert (inquiry.clock_state, inquiry.respond_by) == ("running", after(115)), "their clock begins"
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=agency.owner, now=after(101))
    inquiry.refresh_from_db()
    assert inquiry.clock_state == "missed", "no answer is in time any more"


def test_with_the_supervisor_away_whoever_is_there_for_them_is_told_and_gets_what_nobody_answered(agency: Any, come: Come, tick: Tick) -> None:
    away = Absence.objects.create(employee_id=agency.supervisor.id, starts_at=MONDAY, ends_at=after(600))
    inquiry = come(MONDAY)
    tick(after(10))
    assert told(inquiry)[1] == ("tell_supervisor", agency.owner.id)
    Absence.objects.filter(pk=away.pk).update(substitute_id=agency.denis.id)
    other = come(after(20))
    tick(after(30))
    assert told(other)[1] == ("tell_supervisor", agency.denis.id)


def test_in_whose_hands_a_clock_broke_is_kept_each_time(agency: Any, come: Come, tick: Tick) -> None:
    inquiry, had = come(MONDAY), []
    for minute in (15, 30, 45):
        had.append(holder(inquiry))
        tick(after(minute))
    assert list(Breach.objects.order_by("id").values_list("raw_id", "employee_id")) == [(inquiry.pk, one) for one in had]
    Employee.objects.update(capacity=0)
    waiting = come(after(50))
    tick(after(65))
    assert list(Breach.objects.filter(raw_id=waiting.pk).values_list("employee_id", flat=True)) == [None], "it waited in the queue"
