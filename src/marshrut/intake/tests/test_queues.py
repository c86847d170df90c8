"""Queues call for their supervisor, once each time; what is taken from them by hand is counted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Absence, Employee
from marshrut.core.errors import Refused
from marshrut.intake.models import Inquiry, QueueAlarm, Taking
from marshrut.intake.queries import InquiryFilter, list_inquiries
from marshrut.intake.queries.queues import open_alarms, takings_since
from marshrut.intake.reference import read_reference
from marshrut.intake.services import take_inquiry
from marshrut.intake.services.rule_settings import save_distribution
from marshrut.intake.tests.conftest import MONDAY, moscow
from marshrut.journal.models import Notice

pytestmark = pytest.mark.django_db
Come, Tick = Callable[..., Any], Callable[..., None]


def calls(agency: Any) -> list[tuple[str, int]]:
    return [(notice.data["reason"], notice.data["count"]) for notice in Notice.objects.filter(code="queue_alarm", employee_id=agency.supervisor.id).order_by("id")]


def fill(agency: Any) -> None:
    Employee.objects.filter(pk__in=agency.managers).update(capacity=0)


def test_everybody_absent_is_an_alarm_and_no_crash(agency: Any, come: Come, tick: Tick) -> None:
    for one in agency.managers:
        Absence.objects.create(employee_id=one, starts_at=MONDAY, ends_at=MONDAY + timedelta(hours=2))
    inquiry = come(MONDAY)
    tick(MONDAY)
    tick(MONDAY + timedelta(seconds=5))
    assert calls(agency) == [("nobody_at_work", 1)]
    assert [line.reason for line in open_alarms(agency.supervisor)] == ["nobody_at_work"]
    assert open_alarms(agency.oleh) == []
    tick(MONDAY + timedelta(hours=2))
    assert QueueAlarm.objects.get().ended_at == MONDAY + timedelta(hours=2)
    inquiry.dossier.refresh_from_db()
    assert inquiry.dossier.owner_id


def test_a_queue_that_waits_or_grows_too_long_calls_once_and_again_when_it_has_been_empty(agency: Any, come: Come, tick: Tick) -> None:
    fill(agency)
    save_distribution(choices={}, typed={"queue.minutes": "4", "queue.length": "3"}, by=agency.owner, now=MONDAY)
    come(MONDAY)
    tick(MONDAY + timedelta(minutes=3))
    assert calls(agency) == []
    tick(MONDAY + timedelta(minutes=4))
    tick(MONDAY + timedelta(minutes=4, seconds=30))
    assert calls(agency) == [("too_long", 1)]
    assert QueueAlarm.objects.get().longest_minutes == 4.5
    Employee.objects.update(capacity=None)
    tick(MONDAY + timedelta(minutes=5))
    assert not QueueAlarm.objects.filter(ended_at=None).exists()
    fill(agency)
    for _ in range(3):
        come(MONDAY + timedelta(minutes=6))
    tick(MONDAY + timedelta(minutes=6))
    assert calls(agency)[1:] == [("too_many", 3)]


def test_at_night_a_queue_waits_and_calls_nobody(agency: Any, come: Come, tick: Tick) -> None:
    come(moscow(23, 22))
    tick(moscow(23, 23))
    assert (calls(agency), QueueAlarm.objects.count()) == ([], 0)


def test_with_the_supervisor_away_too_the_owner_is_called(agency: Any, come: Come, tick: Tick) -> None:
    fill(agency)
    Absence.objects.create(employee_id=agency.supervisor.id, starts_at=MONDAY, ends_at=MONDAY + timedelta(days=1))
    come(MONDAY)
    tick(MONDAY + timedelta(minutes=10))
    assert set(Notice.objects.filter(code="queue_alarm").values_list("employee_id", flat=True)) == {agency.supervisor.id, agency.owner.id}


def test_what_is_taken_by_hand_is_counted_with_how_good_it_was_and_whom_it_passed_over(agency: Any, come: Come) -> None:
    fill(agency)
    came = [come(MONDAY + timedelta(minutes=n), message="Турция, двое" if n else "?") for n in range(3)]
    Inquiry.objects.filter(pk=came[2].pk).update(priority=90)
    for inquiry, who, later in ((came[2], agency.supervisor, 5), (came[0], agency.owner, 9)):
        take_inquiry(inquiry_id=inquiry.pk, reference=read_reference(), by=who, now=MONDAY + timedelta(minutes=later))
    assert list(Taking.objects.order_by("id").values_list("employee_id", "waited_minutes", "passed_over")) == [
        (agency.supervisor.id, 3, 2), (agency.owner.id, 9, 0)]  # fmt: skip
    takings = takings_since(MONDAY)
    assert [(line.employee_id, line.taken, line.out_of_turn) for line in takings.lines] == [(agency.supervisor.id, 1, 1), (agency.owner.id, 1, 0)]
    assert takings.lines[0].priority == 90 > (takings.priority or 0)
    assert takings_since(MONDAY + timedelta(hours=1)).lines == []


def test_where_it_is_not_allowed_nothing_is_taken_or_counted(agency: Any, come: Come) -> None:
    fill(agency)
    inquiry = come(MONDAY)
    save_distribution(choices={"take_by_hand": False}, by=agency.owner, now=MONDAY)
    with pytest.raises(Refused):
        take_inquiry(inquiry_id=inquiry.pk, reference=read_reference(), by=agency.supervisor, now=MONDAY)
    assert not Taking.objects.exists()


def test_reads_of_queues_cost_the_same_for_one_and_for_three(agency: Any, come: Come, tick: Tick) -> None:
    fill(agency)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            inquiry = come(MONDAY)
        take_inquiry(inquiry_id=inquiry.pk, reference=read_reference(), by=agency.supervisor, now=MONDAY)
        tick(MONDAY + timedelta(minutes=30))
        with CaptureQueriesContext(connection) as asked:
            open_alarms(agency.supervisor)
            takings_since(MONDAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_queue_is_shown_the_longest_waiting_first_page_by_page(agency: Any, come: Come) -> None:
    fill(agency)
    came = [come(MONDAY + timedelta(minutes=n)).pk for n in range(5)]
    wanted = InquiryFilter(holder="queue", limit=2, longest_first=True)
    seen: list[int] = []
    while page := list_inquiries(agency.supervisor, wanted):
        seen += [line.id for line in page]
        wanted = replace(wanted, after=(page[-1].opened_at, page[-1].id))
    assert seen == came
    assert [line.id for line in list_inquiries(agency.supervisor, InquiryFilter(holder="queue"))] == came[::-1]
