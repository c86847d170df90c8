"""Clocks that run follow what they run by: other minutes, other hours, other hands; and what is done already is not done again."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from marshrut.agency.models import Holiday, Shift
from marshrut.intake.models import ClockPolicy, Inquiry, NextAnswer
from marshrut.intake.reference import read_reference
from marshrut.intake.services import answer_client, hand_over_matter
from marshrut.intake.services.clock_settling import follow_changes, settle_clocks
from marshrut.intake.tests.conftest import MONDAY, moscow
from marshrut.intake.tests.test_clocks import after, told

pytestmark = pytest.mark.django_db
Come, Tick = Callable[..., Any], Callable[..., None]
HER = {"contact": {"name": "Ольга Ветрова", "phone": "+79161112233"}}


def minutes(warn: int, tell: int, breach: int) -> None:
    ClockPolicy.objects.update(
        warn_minutes=warn, escalate_minutes=tell, breach_minutes=breach,
        next_warn_minutes=warn, next_escalate_minutes=tell, next_breach_minutes=breach,
    )  # fmt: skip


def settle() -> int:
    return settle_clocks(reference=read_reference())


def test_a_clock_that_runs_takes_the_new_minutes_at_once(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    minutes(20, 30, 40)
    assert settle() == 1
    inquiry.refresh_from_db()
    assert (inquiry.warn_at, inquiry.respond_by) == (after(20), after(40))
    assert settle() == 0, "a second time nothing has moved"
    minutes(1, 2, 3)
    settle()
    tick(after(1))
    assert told(inquiry) == [("warn_owner", inquiry.dossier.owner_id)], "not only when the old warning would have come"


def test_an_answer_within_the_new_minutes_is_in_time(agency: Any, come: Come) -> None:
    inquiry = come(MONDAY)
    minutes(20, 30, 40)
    settle()
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=agency.owner, now=after(35))
    inquiry.refresh_from_db()
    assert inquiry.clock_state == "met"


def test_whoever_was_warned_is_not_warned_again(agency: Any, come: Come, tick: Tick) -> None:
    inquiry = come(MONDAY)
    tick(after(5))
    minutes(6, 12, 40)
    settle()
    inquiry.refresh_from_db()
    assert (inquiry.warn_at, inquiry.respond_by) == (after(12), after(40))
    tick(after(7))
    assert [code for code, _to in told(inquiry)] == ["warn_owner"]


def test_a_day_off_that_is_added_moves_who_waits_over_it(agency: Any, come: Come) -> None:
    inquiry = come(moscow(23, 17, 50))
    assert inquiry.respond_by == moscow(24, 9, 5)
    Holiday.objects.create(office_id=agency.offices["nevsky"], day=date(2026, 11, 24), name="Праздник")
    settle()
    inquiry.refresh_from_db()
    assert inquiry.respond_by == moscow(25, 9, 5)


def test_a_clock_runs_by_the_hours_of_whoever_it_is_handed_to(agency: Any, come: Come) -> None:
    inquiry = come(moscow(23, 17, 50))
    late = next(one for one in (agency.anna, agency.boris, agency.denis) if one.id != inquiry.dossier.owner_id)
    Shift.objects.bulk_create(Shift(employee_id=late.id, weekday=day, starts=time(9), ends=time(21)) for day in range(5))
    hand_over_matter(dossier_id=inquiry.dossier_id, to=late.id, reason="он здесь до девяти", staff=read_reference().staff,
                     by=agency.supervisor, now=moscow(23, 17, 55))  # fmt: skip
    inquiry.refresh_from_db()
    assert inquiry.respond_by == moscow(23, 18, 5)


def test_following_answers_take_the_new_minutes_too(agency: Any, come: Come) -> None:
    inquiry = come(MONDAY, **HER)
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=agency.owner, now=after(2))
    come(after(60), **HER)
    minutes(5, 10, 20)
    assert settle() == 1
    assert NextAnswer.objects.get().respond_by == after(80)


def test_the_job_settles_once_for_each_change(agency: Any, come: Come) -> None:
    come(MONDAY)
    follow_changes(reference=read_reference(), now=MONDAY)
    minutes(20, 30, 40)
    assert [follow_changes(reference=read_reference(), now=MONDAY) for _ in range(2)] == [1, 0]
    assert Inquiry.objects.get().respond_by == after(40)
