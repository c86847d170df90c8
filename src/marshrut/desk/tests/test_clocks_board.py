"""The board of live clocks: who waits, how much is left, whose it is; only within reach, and as many statements for three as for one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Employee, WorkingWindow
from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry, NextAnswer
from marshrut.intake.reference import read_reference
from marshrut.intake.services import answer_client
from marshrut.intake.services.next_answers import run_next_answers
from marshrut.intake.tests.conftest import agency as agency
from marshrut.intake.tests.conftest import come as come

pytestmark = pytest.mark.django_db
Come = Callable[..., Any]


@pytest.fixture
def always(agency: Any) -> Any:
    """Everybody is on duty, so that clocks run whenever the tests do."""
    Employee.objects.update(is_on_duty=True)
    return agency


def browser_of(who: Any) -> Client:
    found = Client()
    found.force_login(Employee.objects.get(pk=who.id))
    return found


def board(of: Any) -> str:
    return browser_of(of).get("/clocks").content.decode()


def test_P05_the_board_shows_each_client_who_waits_under_whoever_holds_them(always: Any, come: Come) -> None:
    inquiry = come(utc_now() - timedelta(minutes=12))
    page = board(always.owner)
    assert f'id="clock-{inquiry.dossier_id}"' in page
    assert 'data-tone="bad"' in page, "three of fifteen minutes are left"
    assert page.count("data-left-at=") == 1


def test_a_manager_sees_their_own_a_stranger_and_an_administrator_none(always: Any, cast: Any, come: Come) -> None:
    inquiry = come(utc_now())
    everybody = (always.anna, always.boris, always.denis, always.oleh)
    holder = next(one for one in everybody if one.id == inquiry.dossier.owner_id)
    others = [one for one in everybody if one.id != holder.id]
    mark = f'id="clock-{inquiry.dossier_id}"'
    assert mark in board(holder)
    for foreign in (*others, cast.administrator):
        assert mark not in board(foreign)


def test_whoever_wrote_again_stands_there_too_and_goes_when_answered(always: Any, come: Come) -> None:
    her = {"contact": {"name": "Ольга Ветрова", "phone": "+79161112233"}}
    inquiry = come(utc_now() - timedelta(minutes=30), **her)
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=always.owner, now=utc_now() - timedelta(minutes=29))
    assert "data-left-at" not in board(always.owner)
    come(utc_now() - timedelta(minutes=5), **her)
    page = board(always.owner)
    assert f'id="clock-{inquiry.dossier_id}"' in page
    assert 'data-tone="calm"' in page
    for address in ("/inbox?tab=all", f"/inquiries/{inquiry.pk}", "/board"):
        shown = browser_of(always.owner).get(address).content.decode()
        assert NextAnswer.objects.get().respond_by.isoformat() in shown, address
    answer_client(dossier_id=inquiry.dossier_id, kind="message_out", body="вот", by=always.owner, now=utc_now())
    assert "data-left-at" not in board(always.owner)


def test_a_clock_that_stands_still_says_until_when(agency: Any, come: Come) -> None:
    now = utc_now()
    Employee.objects.update(is_on_duty=False)
    WorkingWindow.objects.update(weekday=(now.weekday() + 3) % 7)
    come(now)
    assert "data-stands" in board(agency.supervisor)


def test_one_client_and_three_take_the_same_number_of_statements(always: Any, come: Come) -> None:
    browser: Client = browser_of(always.supervisor)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            come(utc_now())
        browser.get("/clocks")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/clocks")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert Inquiry.objects.count() == 3


def test_whoever_wrote_again_and_was_not_answered_in_time_burns_until_somebody_does(always: Any, come: Come) -> None:
    her = {"contact": {"name": "Ольга Ветрова", "phone": "+79161112233"}}
    now = utc_now()
    inquiry = come(now - timedelta(hours=3), **her)
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="", by=always.owner, now=now - timedelta(hours=3))
    come(now - timedelta(hours=2), **her)
    run_next_answers(reference=read_reference(), now=now)
    burning = browser_of(always.owner).get("/burning").content.decode()
    assert f'id="burning-broken-{inquiry.dossier_id}"' in burning
    answer_client(dossier_id=inquiry.dossier_id, kind="message_out", body="вот", by=always.owner, now=now)
    assert f'id="burning-broken-{inquiry.dossier_id}"' not in browser_of(always.owner).get("/burning").content.decode()
