"""What a manager sees on the pages of the desk, and what a stranger does not."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Employee
from marshrut.agency.permissions import Actor, system
from marshrut.channels.models import RawMessage
from marshrut.core.clock import utc_now
from marshrut.deals.services import close_deal, open_deal
from marshrut.desk.tests.conftest import Ask
from marshrut.intake.reading import read_submission
from marshrut.intake.services import accept_quarantined

pytestmark = pytest.mark.django_db
LISTS = ("/", "/inbox", "/board", "/clients", "/search?q=Соколова", "/clients?q=Соколова")


def text(browser: Client, address: str, **more: Any) -> str:
    answer = browser.get(address, **more)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def test_a_new_inquiry_stands_on_top_of_today_with_its_clock_and_three_reasons(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    page = text(anna, "/")
    assert "Марина Соколова" in page
    assert "Вьетнам · 2+1 · 14 ночей" in page
    assert f"work-inquiry-{inquiry.pk}" in page
    assert 'class="clock' in page
    assert page.index("group-new") < page.index("Марина Соколова")


def test_today_says_what_is_late_and_by_how_much(anna: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    deal = open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now())
    with connection.cursor() as cursor:
        cursor.execute("update journal_task set due_at = now() - interval '3 days' where state = 'pending'")
    page = text(anna, "/")
    assert f"work-deal-{deal}" in page
    assert "Просрочено на 3 дня" in page


def test_a_supervisor_also_sees_on_today_what_waits_in_the_queue(look: Callable[[Actor], Client], ask: Ask, cast: Any) -> None:
    from marshrut.agency.models import Employee

    Employee.objects.filter(role="manager").update(capacity=0)
    ask(name="Пётр Ильин")
    assert "Пётр Ильин" in text(look(cast.supervisor), "/")
    assert "Пётр Ильин" not in text(look(cast.anna), "/")


def test_the_inbox_shows_why_an_inquiry_is_hers(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    page = text(anna, "/inbox")
    assert f'id="inbox-{inquiry.pk}"' in page
    assert "Хотим на море" in page
    preview = text(anna, f"/inbox/{inquiry.pk}", headers={"HX-Request": "true"})
    assert "Вьетнам" in preview
    assert "498" in preview
    assert "<html" not in preview


def test_the_inbox_is_narrowed_by_source_and_class(anna: Client, hers: Ask) -> None:
    hers(name="Из Яндекса", source="yandex")
    hers(name="С сайта", source="site")
    page = text(anna, "/inbox?tab=mine&source=yandex")
    assert "Из Яндекса" in page
    assert "С сайта" not in page
    assert "Из Яндекса" not in text(anna, "/inbox?class=job")


def test_the_inbox_goes_on_where_it_stopped(look: Callable[[Actor], Client], ask: Ask, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.desk.web import inbox

    monkeypatch.setattr(inbox, "PAGE", 2)
    for n in range(5):
        ask(name=f"Гость Номер{n}")
    browser, seen, address = look(cast.owner), [], "/inbox"
    while address:
        page = text(browser, address)
        seen += re.findall(r'id="inbox-(\d+)"', page)
        following = re.search(r'hx-get="(/inbox\?[^"]*after=[^"]*)"', page)
        address = html.unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) == 5


def test_what_could_not_be_understood_is_shown_to_whoever_answers_for_the_office(look: Callable[[Actor], Client], cast: Any) -> None:
    body = b'{"contact": {"phone": "<script>alert(1)</script>"}}'
    submission = read_submission({"channel": "site_form", "contact": {"phone": "12"}}, regions=("RU",), today=utc_now().date(), now=utc_now())
    accept_quarantined(submission=submission, body=body, reason="Похоже на робота", by=system("test"), now=utc_now())
    assert RawMessage.objects.filter(state="quarantined").count() == 1
    page = text(look(cast.supervisor), "/inbox?tab=quarantine")
    assert "contact:" in page
    assert "Похоже на робота" in page
    assert "<script>alert" not in page
    assert "Похоже на робота" not in text(look(cast.anna), "/inbox?tab=quarantine")


def test_the_board_shows_inquiries_first_and_deals_by_result(anna: Client, hers: Ask, cast: Any) -> None:
    hers(name="Виктор Зайцев")
    moved = hers(name="Екатерина Мороз")
    open_deal(inquiry_id=moved.pk, funnel="office", by=cast.anna, now=utc_now())
    page = text(anna, "/board")
    first, second = page.split('id="column-contact_made"')
    assert "Виктор Зайцев" in first
    assert "Екатерина Мороз" in second
    assert "498" in second
    assert len(page.encode()) < 500_000
    assert "Виктор Зайцев" not in text(anna, "/board?source=recommendation")


def test_the_card_of_a_deal_tells_its_story_its_stage_and_what_is_still_to_be_asked(anna: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    deal = open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now(), note="Едут в январе")
    page = text(anna, f"/deals/{deal}")
    for words in ("Контакт состоялся", "Едут в январе", "что нужно", "Вьетнам", f"/inquiries/{inquiry.pk}"):
        assert words.lower() in page.lower(), words
    assert f"/deals/{deal}" in text(anna, f"/inquiries/{inquiry.pk}")


def test_a_clients_page_shows_what_is_open_and_what_was_before(anna: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    deal = open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now())
    assert f"/deals/{deal}" in text(anna, f"/clients/{inquiry.person_id}")
    close_deal(deal_id=deal, outcome="lost", reason="Дорого", by=cast.anna, now=utc_now())
    assert "Не реализовано" in text(anna, f"/clients/{inquiry.person_id}")


def test_search_finds_a_client_by_odd_spellings_and_a_matter_by_its_number(anna: Client, hers: Ask) -> None:
    inquiry = hers(name="Семён Гринёв", phone="+7 916 123-45-67")
    for query in ("гринев семен", "ГРИНЁВ", "8 (916) 123 45 67", "9161234567", "uhbytd"):
        assert "Семён Гринёв" in text(anna, f"/search?q={query}"), query
    assert f"/inquiries/{inquiry.pk}" in text(anna, f"/search?q=№{inquiry.pk}")


def test_a_known_number_says_who_calls_and_to_a_stranger_only_whose_client_it_is(anna: Client, stranger: Client, hers: Ask) -> None:
    hers(name="Семён Гринёв", phone="+79161234567")
    assert "Семён Гринёв" in text(anna, "/clients/known?phone=8(916)1234567")
    said = text(stranger, "/clients/known?phone=+7 916 123-45-67".replace("+", "%2B"))
    assert "Анна Крылова" in said
    assert "Семён" not in said
    assert "<a " not in said
    assert text(anna, "/clients/known?phone=8916").strip() == ""


def test_a_stranger_finds_nothing_of_hers_anywhere(stranger: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    deal = open_deal(inquiry_id=hers(name="Марина Соколова вторая").pk, funnel="office", by=cast.anna, now=utc_now())
    for address in (*LISTS, "/inbox?tab=all", "/inbox?tab=nobody", f"/board?deal={deal}&owner={cast.anna.id}", f"/inbox?selected={inquiry.pk}",
                    f"/search?q={inquiry.pk}"):
        answer = stranger.get(address)
        assert answer.status_code in (200, 404)
        assert "Марина" not in answer.content.decode(), address
    task = inquiry.dossier.tasks.get()
    pages = [f"/inquiries/{inquiry.pk}", f"/inbox/{inquiry.pk}", f"/deals/{deal}", f"/board/deals/{deal}", f"/clients/{inquiry.person_id}",
             f"/inquiries/{inquiry.pk}/deal", f"/inquiries/{inquiry.pk}/close", f"/deals/{deal}/close", f"/tasks/{task.pk}/complete",
             f"/tasks/{task.pk}/postpone", f"/dossiers/{inquiry.dossier_id}/touch", f"/dossiers/{inquiry.dossier_id}/task"]
    for address in pages:
        assert stranger.get(address).status_code == 404, address


def test_an_administrator_reads_no_clients(look: Callable[[Actor], Client], ask: Ask, cast: Any) -> None:
    inquiry = ask()
    browser = look(cast.administrator)
    for address in LISTS:
        assert "Марина" not in text(browser, address), address
    assert browser.get(f"/inquiries/{inquiry.pk}").status_code == 404


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_as_many_statements_for_three_rows_as_for_one(anna: Client, hers: Ask, cast: Any, address: str) -> None:
    counted = []
    for rows in (1, 2):
        for _row in range(rows):
            hers()
            open_deal(inquiry_id=hers().pk, funnel="office", by=cast.anna, now=utc_now())
        text(anna, address)
        with CaptureQueriesContext(connection) as caught:
            assert "Соколова" in text(anna, address)
        counted.append(len(caught))
    assert counted[0] == counted[1]


def test_markup_in_a_name_is_shown_and_never_run(anna: Client, hers: Ask) -> None:
    inquiry = hers(name="<img src=x onerror=alert(1)>", message="<script>alert(1)</script>")
    for address in ("/", "/inbox", f"/inquiries/{inquiry.pk}", "/board", f"/clients/{inquiry.person_id}"):
        page = text(anna, address)
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_without_login_every_page_leads_to_the_login_page(client: Client, hers: Ask) -> None:
    inquiry = hers()
    for address in (*LISTS, f"/inquiries/{inquiry.pk}"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login?next=")
    fragment = client.get("/inbox?part=list", headers={"HX-Request": "true"})
    assert fragment.status_code == 403
    assert fragment["HX-Redirect"] == "/login"


def test_times_are_said_in_the_time_of_the_readers_office(stranger: Client, anna: Client, hers: Ask, cast: Any) -> None:
    """Kyiv is an hour (in winter) behind Moscow: the two offices read different clocks."""
    inquiry = hers()
    page = text(anna, f"/tasks/{inquiry.dossier.tasks.get().pk}/postpone")
    assert 'type="datetime-local"' in page
    assert "T10:00" in page


def test_a_new_inquiry_of_a_known_client_shows_no_number_to_whoever_may_not_see_it(look: Callable[[Actor], Client], hers: Ask, cast: Any) -> None:
    inquiry = hers(name="Марина Соколова", phone="+79215559988")
    assert "79215559988" in look(cast.anna).get(f"/inquiries/new?person={inquiry.person_id}").content.decode()
    Employee.objects.filter(pk=cast.anna.id).update(unmasked=[])
    page = look(cast.anna).get(f"/inquiries/new?person={inquiry.person_id}").content.decode()
    assert "79215559988" not in page
    assert "Марина Соколова" in page
