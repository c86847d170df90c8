"""One order of work: exceptions, new inquiries by priority, the rest by what is due; the same on Today and in the Inbox."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.permissions import Actor
from marshrut.core.clock import utc_now
from marshrut.desk.tests.conftest import Ask
from marshrut.intake.models import Inquiry, RuleSetting
from marshrut.intake.services import answer_client
from marshrut.journal.services import NextAction, plan_action

pytestmark = pytest.mark.django_db


def rows(browser: Client, address: str = "/inbox?tab=mine&part=list") -> list[int]:
    return [int(number) for number in re.findall(r'id="inbox-(\d+)"', browser.get(address).content.decode())]


def today(browser: Client) -> list[int]:
    return [int(number) for number in re.findall(r'id="work-inquiry-(\d+)"', browser.get("/").content.decode())]


@pytest.fixture
def day(hers: Ask, cast: Any) -> dict[str, int]:
    """One of each: trouble, late beyond its kind, dear and cheap new ones, one broken clock, one answered and due soon, one later."""
    made = {name: hers(name=f"Клиент {name}") for name in ("later", "soon", "cheap", "broken", "dear", "late", "trouble")}
    now = utc_now()
    for name in ("later", "soon", "late"):
        answer_client(dossier_id=made[name].dossier_id, kind="call_out", body="", by=cast.anna, now=now)
    with connection.cursor() as cursor:
        for name, due in (("later", "3 days"), ("soon", "1 hour"), ("late", "-9 days"), ("trouble", "1 hour")):
            cursor.execute(f"update journal_task set due_at = now() + interval '{due}' where dossier_id = %s", [made[name].dossier_id])
    plan_action(dossier_id=made["trouble"].dossier_id, action=NextAction("Помочь", now, "trouble"), by=cast.anna, now=now)
    Inquiry.objects.filter(pk=made["cheap"].pk).update(priority=10)
    Inquiry.objects.filter(pk=made["dear"].pk).update(priority=90)
    Inquiry.objects.filter(pk=made["broken"].pk).update(priority=50, clock_state="missed", warn_at=None)
    return {name: one.pk for name, one in made.items()}


ORDER = ("trouble", "late", "dear", "broken", "cheap", "soon", "later")


def test_P05_today_and_the_inbox_stand_in_the_same_order(anna: Client, day: dict[str, int]) -> None:
    assert rows(anna) == [day[name] for name in ORDER]
    assert today(anna) == [day[name] for name in ORDER]
    page = anna.get("/inbox?tab=mine&part=list").content.decode()
    heads = [page.index(f"group-{group}") for group in ("first", "new", "rest")]
    assert heads == sorted(heads)
    assert [page.count(f"group-{group}") for group in ("first", "new", "rest")] == [1, 1, 1]
    assert "Беда в поездке" in page


def test_a_page_goes_on_where_the_last_one_stopped_in_whatever_part_that_was(
    look: Callable[[Actor], Client], cast: Any, day: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from marshrut.desk.web import inbox

    for size in (1, 2, 3):
        monkeypatch.setattr(inbox, "PAGE", size)
        seen, address = list[int](), "/inbox?tab=all"
        while address:
            page = look(cast.owner).get(address).content.decode()
            seen += [int(number) for number in re.findall(r'id="inbox-(\d+)"', page)]
            following = re.search(r'hx-get="(/inbox\?[^"]*after=[^"]*)"', page)
            address = html.unescape(following[1]) if following else ""
        assert seen == [day[name] for name in ORDER]


def test_only_a_few_that_are_late_stand_before_what_is_new(anna: Client, hers: Ask, cast: Any) -> None:
    late = [hers(name=f"Давний {n}") for n in range(4)]
    fresh = hers(name="Новый")
    for one in late:
        answer_client(dossier_id=one.dossier_id, kind="call_out", body="", by=cast.anna, now=utc_now())
    with connection.cursor() as cursor:
        for days, one in enumerate(reversed(late)):
            cursor.execute(f"update journal_task set due_at = now() - interval '{9 + days} days' where dossier_id = %s", [one.dossier_id])
    RuleSetting.objects.create(slug="exceptions", values={"late_at_once": 2})
    ids = [one.pk for one in late]
    assert rows(anna) == today(anna) == [*ids[:2], fresh.pk, *ids[2:]]
    RuleSetting.objects.filter(slug="exceptions").update(values={"on": []})
    assert rows(anna) == today(anna) == [fresh.pk, *ids]


def test_the_newest_first_is_a_choice_and_filters_hold_in_either_order(anna: Client, day: dict[str, int]) -> None:
    newest = rows(anna, "/inbox?tab=mine&order=newest")
    assert newest == sorted(day.values(), reverse=True)
    assert rows(anna, "/inbox?tab=mine&class=job") == []
    assert rows(anna, "/inbox?tab=mine&source=site") == [day[name] for name in ORDER]


def test_the_order_costs_one_statement_whatever_the_rows_and_a_stranger_sees_none(
    look: Callable[[Actor], Client], cast: Any, hers: Ask
) -> None:
    browser, counts = look(cast.anna), []
    for number in (1, 2):
        for _each in range(number):
            hers()
        browser.get("/inbox?tab=mine&part=list")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/inbox?tab=mine&part=list")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert rows(look(cast.stranger), "/inbox?tab=all&part=list") == []
    assert len(rows(look(cast.supervisor), "/inbox?tab=all&part=list")) == 3


@pytest.mark.parametrize("odd", ["", "x", "MA", "0 0 2026-01-01T00:00 1", "9 0 - 1", "2 0 2026-01-01T00:00:00+00:00 1", "3 0 - 1", "0 9999999 2026-01-01T00:00:00+00:00 1", "2 1 - 99999999999999999999", "3 0 0001-01-01T00:00:00+00:00 5"])
def test_a_page_that_is_none_of_ours_is_the_first_one(anna: Client, day: dict[str, int], odd: str) -> None:
    import base64

    for after in (odd, base64.urlsafe_b64encode(odd.encode()).decode().rstrip("=")):
        assert anna.get("/inbox", {"tab": "mine", "after": after}).status_code == 200


def test_who_completes_the_call_of_a_broken_clock_has_answered(anna: Client, day: dict[str, int]) -> None:
    from marshrut.journal.models import Task

    inquiry = Inquiry.objects.get(pk=day["broken"])
    task = Task.objects.get(dossier_id=inquiry.dossier_id, state="pending")
    due = (utc_now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = anna.post(f"/tasks/{task.pk}/complete", {"result": "Поговорили", "next_title": "Подборка", "next_due": due})
    assert answer.status_code in (200, 204), answer.content.decode()
    inquiry.refresh_from_db()
    assert inquiry.answered_at is not None
    assert inquiry.clock_state == "missed"
