"""Offices with more than a page can hold: what is shown of it, and how the rest is said."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from marshrut.agency.permissions import Actor
from marshrut.core.clock import utc_now
from marshrut.deals.services import open_deal
from marshrut.desk import burning, calendar_reads
from marshrut.desk.tests.conftest import Ask
from marshrut.desk.web import burning as burning_page
from marshrut.desk.web import calendar, sidebar
from marshrut.insights.web import lists
from marshrut.intake.models import Inquiry
from marshrut.intake.queries import count_days, read_pulse
from marshrut.journal.models import Task

pytestmark = pytest.mark.django_db
Look = Callable[[Actor], Client]


def test_what_burns_is_counted_no_further_than_is_of_use(look: Look, hers: Ask, ask: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(3):
        inquiry = hers()
        Inquiry.objects.filter(pk=inquiry.pk).update(respond_by=utc_now() - timedelta(minutes=3), warn_at=utc_now())
    browser = look(cast.supervisor)
    monkeypatch.setattr(sidebar, "MOST_BURNING", 3)
    told = re.search(r'href="/burning".*?nav-count[^>]*>([^<]+)<', browser.get("/nav").content.decode(), re.S)
    assert told
    assert told[1] == "3"
    monkeypatch.setattr(burning, "MOST", 2)
    monkeypatch.setattr(burning_page, "MOST", 2)
    page = browser.get("/burning").content.decode()
    assert "2+" in page.split('id="burning-broken-head"')[1].split("</h2>")[0]


def test_the_number_beside_what_burns_says_when_there_are_more(look: Look, hers: Ask, ask: Ask, cast: Any) -> None:
    actor, now = cast.supervisor, utc_now()
    for _n in range(3):
        inquiry = hers()
        Inquiry.objects.filter(pk=inquiry.pk).update(clock_state="missed", warn_at=None)
    assert burning.count_burning(actor, now, 10) == 3
    assert burning.count_burning(actor, now, 2) == 2
    assert burning.count_burning(cast.stranger, now, 10) == 0


def test_colleagues_stand_on_pages_when_there_are_many(look: Look, hers: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "ABREAST", 2)
    browser, address, seen = look(cast.supervisor), "/calendar?view=day", list[str]()
    while address:
        page = browser.get(address).content.decode()
        seen += re.findall(r'data-who="(\d+)"', page)
        further = re.search(r'href="([^"]+)" aria-label="Следующие сотрудники"', page)
        address = html.unescape(further[1]) if further else ""
    assert len(seen) == len(set(seen)) > 2
    assert {str(cast.anna.id), str(cast.boris.id)} <= set(seen)
    for odd in ("999", "-1", "x", "٣"):
        assert browser.get(f"/calendar?view=day&from={odd}").status_code == 200


def test_overdue_actions_are_counted_no_further_than_is_of_use(look: Look, hers: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(3):
        Task.objects.filter(dossier=hers().dossier, state="pending").update(due_at=utc_now() - timedelta(days=2))
    browser = look(cast.anna)
    assert "Просрочено: 3" in browser.get("/calendar?view=day").content.decode()
    monkeypatch.setattr(calendar, "MOST_COUNTED", 2)
    monkeypatch.setattr(calendar_reads, "MOST_COUNTED", 2)
    assert "Просрочено: 2+" in browser.get("/calendar?view=day").content.decode()


def test_a_long_list_behind_a_figure_gets_its_number_afterwards(look: Look, hers: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(3):
        hers()
    browser, address = look(cast.owner), "/reports/matters?measure=inquiries"
    assert 'id="report-total">3<' in browser.get(address).content.decode()
    monkeypatch.setattr(lists, "MOST_COUNTED", 2)
    page = browser.get(address).content.decode()
    follow = re.search(r'id="report-total" hx-get="([^"]+)"[^>]*>2\+<', page)
    assert follow
    assert browser.get(html.unescape(follow[1])).content.decode().strip() == "3"
    monkeypatch.setattr(lists, "PAGE", 2)
    assert browser.get(f"{address}&page=2").content.decode().count("<tr data-row") == 1
    assert browser.get(f"{address}&page=9").status_code == 200


def test_the_figures_over_the_board_are_those_of_the_inquiries_themselves(hers: Ask, ask: Ask, cast: Any) -> None:
    now = utc_now()
    first, second = hers(), hers()
    ask()
    Inquiry.objects.filter(pk=first.pk).update(received_at=now - timedelta(days=1, hours=1), answered_at=now, clock_state="met")
    Inquiry.objects.filter(pk=second.pk).update(received_at=now - timedelta(minutes=30), answered_at=now, clock_state="missed")
    midnight = now - timedelta(days=1)
    for actor in (cast.anna, cast.supervisor, cast.owner, cast.stranger):
        seen = [i for i in Inquiry.objects.select_related("dossier") if actor.sees(i.dossier.owner_id, i.dossier.office_id)]
        pulse = read_pulse(actor, midnight, now)
        assert pulse.today == sum(i.received_at >= midnight for i in seen)
        assert pulse.yesterday == sum(midnight - timedelta(days=1) <= i.received_at < midnight for i in seen)
        assert (pulse.answered, pulse.kept) == (sum(bool(i.answered_at) for i in seen), sum(i.clock_state == "met" for i in seen))
        assert sum(day.inquiries for day in count_days(actor, "Europe/Moscow", now)) == len(seen)


def test_the_board_of_one_source_is_the_same_however_many_there_are(look: Look, hers: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    named = [hers(name="Анна Перова", source="yandex"), hers(name="Вера Второва", source="yandex")]
    hers(name="Зоя Чужая", source="site")
    open_deal(inquiry_id=named[0].pk, funnel="office", by=cast.anna, now=utc_now())
    browser, pages = look(cast.supervisor), []
    for few in (2000, 0):
        monkeypatch.setattr("marshrut.deals.queries.passing.FEW", few)
        pages.append(browser.get("/board?part=columns&source=yandex").content.decode())
        assert "Анна Перова" in pages[-1]
        assert "Вера Второва" in pages[-1]
        assert "Зоя Чужая" not in pages[-1]
    assert re.sub(r"\d\d:\d\d", "", pages[0]) == re.sub(r"\d\d:\d\d", "", pages[1])
