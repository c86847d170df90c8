"""Offices with more than a page can hold: what is shown of it, and how the rest is said."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from marshrut.agency.models import Employee
from marshrut.agency.permissions import Actor
from marshrut.core.clock import utc_now
from marshrut.deals.queries.passing import share_evenly
from marshrut.deals.services import open_deal
from marshrut.desk import burning, calendar_reads
from marshrut.desk.tests.conftest import Ask
from marshrut.desk.web import board, calendar, clocks, dropped, sidebar, today
from marshrut.desk.web import burning as burning_page
from marshrut.insights.web import lists
from marshrut.intake.models import Inquiry
from marshrut.intake.queries import count_days, read_pulse
from marshrut.intake.services import close_inquiry
from marshrut.journal.models import Task

pytestmark = pytest.mark.django_db
Look = Callable[[Actor], Client]


@pytest.fixture
def his(ask: Ask, cast: Any) -> Ask:
    """Like `ask`, but what comes in is Boris's."""

    def come_to_boris(**fields: Any) -> Inquiry:
        Employee.objects.filter(pk=cast.anna.id).update(capacity=0)
        inquiry: Inquiry = ask(**fields)
        Employee.objects.filter(pk=cast.anna.id).update(capacity=None)
        assert inquiry.dossier.owner_id == cast.boris.id
        return inquiry

    return come_to_boris


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


def further(page: str, words: str) -> str:
    """Where the link with these words leads."""
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>{words}<', page)
    assert found, words
    return html.unescape(found[1])


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_long_day_begins_with_the_first_and_leads_to_the_others(
    look: Look, hers: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["Первая Полина", "Вторая Вера", "Третья Тая"]
    for name in names:
        hers(name=name)
    for name, number in (("AT_ONCE", 1), ("OF_EACH", 1), ("PAGE", 2)):
        monkeypatch.setattr(f"marshrut.desk.queries.{name}", number)
    monkeypatch.setattr(today, "PAGE", 2)
    browser = look(cast.anna)
    day = shown(browser, "/")
    assert sum(name in day for name in names) == 1
    assert "3 новых обращения ждут" in day
    first = shown(browser, further(day, "и ещё 2"))
    assert "1–2 из 3" in first
    second = shown(browser, html.unescape(re.search(r'rel="next" href="([^"]+)"', first)[1]))  # type: ignore[index]
    assert all((name in first) != (name in second) for name in names)
    assert "Весь день" in second
    for odd in ("from=9999", "from=-1", "from=x", "from=٣"):
        assert browser.get(f"/?group=new&{odd}").status_code == 200
    assert "3 новых обращения ждут" in shown(browser, "/?group=nonsense")
    assert not any(name in shown(look(cast.stranger), "/?group=new") for name in names)


def test_a_part_of_the_day_costs_as_many_statements_for_three_rows_as_for_one(look: Look, hers: Ask, cast: Any) -> None:
    browser, counted = look(cast.anna), []
    for more in (1, 2):
        for _n in range(more):
            hers()
        with CaptureQueriesContext(connection) as asked:
            shown(browser, "/?group=new&part=list")
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_a_long_board_of_clocks_shows_the_nearest_and_leads_to_each_holders_own(
    look: Look, hers: Ask, his: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["Первая Полина", "Вторая Вера", "Третья Тая"]
    for name in names:
        hers(name=name)
    his(name="Четвёртый Фома")
    monkeypatch.setattr(clocks, "SHOWN", 1)
    monkeypatch.setattr(clocks, "PAGE", 2)
    browser = look(cast.supervisor)
    board = shown(browser, "/clocks")
    assert board.count("data-left-at=") == 1
    assert "Клиентов ждёт: 4" in board
    assert "Четвёртый Фома" not in board
    assert f'href="/clocks?of=o{cast.boris.id}"' in board, "whoever has only later ones is named"
    own = further(board, "и ещё 2")
    assert own == f"/clocks?of=o{cast.anna.id}"
    first = shown(browser, own)
    second = shown(browser, f"{own}&from=2")
    assert all((name in first) != (name in second) for name in names)
    for foreign in (cast.boris, cast.stranger, cast.administrator):
        assert not any(name in shown(look(foreign), own) for name in names)
    for odd in ("x1", "o", "o-1", "q٣", "o" + "9" * 30):
        assert browser.get("/clocks", {"of": odd}).status_code == 404


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(1, 30), st.integers(12, 90))
def test_a_boards_columns_share_its_cards_evenly(counts: list[int], most: int, in_all: int) -> None:
    each = share_evenly(counts, most, in_all)
    assert 1 <= each <= most
    assert sum(min(count, each) for count in counts) <= in_all
    longer = sum(min(count, each + 1) for count in counts)
    assert each == most or longer > in_all, "one more of each would have had room"


def test_the_rest_of_a_column_stands_in_the_list_of_deals(look: Look, hers: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["Первая Полина", "Вторая Вера", "Третья Тая"]
    for name in names:
        open_deal(inquiry_id=hers(name=name).pk, funnel="office", by=cast.anna, now=utc_now())
    monkeypatch.setattr(board, "CARDS", 1)
    browser = look(cast.supervisor)
    page = shown(browser, f"/board?funnel=office&owner={cast.anna.id}")
    assert sum(name in page for name in names) == 1
    listed = shown(browser, further(page, "и ещё 2"))
    assert all(name in listed for name in names)


def test_who_is_late_is_listed_up_to_a_dozen_with_the_way_to_the_others(
    look: Look, hers: Ask, his: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burning_page, "LATE", 1)
    late = [hers().dossier, his().dossier]
    Task.objects.filter(dossier__in=late, state="pending").update(due_at=utc_now() - timedelta(days=1))
    browser = look(cast.supervisor)
    page = shown(browser, "/burning")
    assert browser.get(further(page, "и ещё 1")).status_code == 200


def test_sums_of_what_was_stopped_name_the_first_managers_and_all_on_demand(
    look: Look, hers: Ask, his: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropped, "SUMS", 1)
    for inquiry in (hers(), his()):
        close_inquiry(inquiry_id=inquiry.pk, outcome="lost", reason="Дорого", by=cast.owner, now=utc_now())
    browser = look(cast.supervisor)
    page = shown(browser, "/dropped?days=7")
    everybody = shown(browser, further(page, "и ещё 1"))
    assert (page.count("burning-bar"), everybody.count("burning-bar")) == (1, 2)
