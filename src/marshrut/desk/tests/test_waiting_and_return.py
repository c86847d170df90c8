"""On the desk: a matter is put aside and returns, a lost client comes back, a deal begins without an inquiry."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Employee
from marshrut.core.clock import utc_now
from marshrut.deals.models import Deal
from marshrut.deals.services import close_deal, open_deal
from marshrut.desk.queries import count_sidebar
from marshrut.desk.quiet import in_quiet_hours
from marshrut.desk.web.waiting import next_payday
from marshrut.intake.services import answer_client, close_inquiry
from marshrut.journal.models import Dossier, Notice, Task
from marshrut.journal.services import notify, put_aside
from marshrut.ops.doctor_promises import PROMISES

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


def later(days: int = 30) -> str:
    return f"{utc_now() + timedelta(days=days):%Y-%m-%dT10:00}"


@pytest.fixture
def answered(hers: Ask, cast: Any) -> Ask:
    """Anna's inquiry whose client has been answered."""

    def come(**fields: Any) -> Any:
        inquiry = hers(**fields)
        answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="да", by=cast.anna, now=utc_now())
        return inquiry

    return come


def promises_hold() -> list[tuple[str, list[Any]]]:
    broken = []
    with connection.cursor() as cursor:
        for name, _sentence, statement in PROMISES:
            cursor.execute(statement)
            if rows := cursor.fetchall():
                broken.append((name, rows))
    return broken


# Waiting


def test_a_matter_is_put_aside_from_its_card_listed_and_brought_back(anna: Client, answered: Ask) -> None:
    inquiry = answered(name="Марина Соколова")
    address = f"/dossiers/{inquiry.dossier_id}/aside"
    assert "ждёт горящий тур" in anna.get(address).content.decode()
    assert anna.post(address, {"until": later(), "why": "ждёт горящий тур"}).status_code == 204
    assert "Марина Соколова" not in anna.get("/?part=list").content.decode()
    board = anna.get("/board?part=columns").content.decode()
    assert "Марина Соколова" not in board
    assert "ждут: 1" in board
    listed = anna.get("/waiting?place=inquiry").content.decode()
    assert "Марина Соколова" in listed
    assert "ждёт горящий тур" in listed
    card = anna.get(f"/inquiries/{inquiry.pk}").content.decode()
    assert "Вернуть сейчас" in card
    assert anna.post(f"/dossiers/{inquiry.dossier_id}/back").status_code == 204
    assert "Марина Соколова" in anna.get("/?part=list").content.decode()
    assert anna.post(f"/dossiers/{inquiry.dossier_id}/back").status_code == 409


def test_what_waits_leaves_the_inbox_and_its_figures_until_the_client_writes_again(
    anna: Client, answered: Ask, ask: Ask, cast: Any
) -> None:
    inquiry = answered(name="Марина Соколова")
    answered(name="Пётр Ильин")

    def seen() -> tuple[bool, int]:
        figures = count_sidebar(cast.anna, utc_now())
        assert figures.mine == figures.inquiries == anna.get("/inbox?tab=mine").content.decode().count('<li class="inbox-row"')
        return f'id="inbox-{inquiry.pk}"' in anna.get("/inbox?tab=mine&part=list").content.decode(), figures.mine

    assert seen() == (True, 2)
    put_aside(dossier_id=inquiry.dossier_id, until=utc_now() + timedelta(days=9), why="после зарплаты", by=cast.anna, now=utc_now())
    assert seen() == (False, 1)
    assert "после зарплаты" in anna.get("/waiting").content.decode()
    ask(phone=phone_of(inquiry), message="Уже получили, давайте смотреть")
    assert seen() == (True, 2)


def test_it_is_refused_with_a_sentence_and_what_was_typed_stays(anna: Client, hers: Ask, answered: Ask) -> None:
    fresh = hers(name="Ждёт Ответа")
    assert anna.post(f"/dossiers/{fresh.dossier_id}/aside", {"until": later(), "why": "зарплата"}).status_code == 409
    address = f"/dossiers/{answered().dossier_id}/aside"
    for given in ({"until": later(), "why": " "}, {"until": "нет", "why": "зарплата"}, {"until": later(-3), "why": "зарплата"}):
        assert anna.post(address, given).status_code == 422
    assert "зарплата" in anna.post(address, {"until": "нет", "why": "зарплата"}).content.decode()


def test_a_stranger_neither_puts_aside_nor_brings_back_nor_reads_the_list(stranger: Client, answered: Ask, cast: Any) -> None:
    dossier = answered(name="Тайный Клиент").dossier_id
    put_aside(dossier_id=dossier, until=utc_now() + timedelta(days=9), why="секрет", by=cast.anna, now=utc_now())
    for address in ("aside", "back", "again"):
        assert stranger.post(f"/dossiers/{dossier}/{address}", {"until": later(), "why": "x"}).status_code == 404
    assert stranger.get(f"/dossiers/{dossier}").status_code == 404
    assert "Тайный" not in stranger.get("/waiting").content.decode()


def test_the_list_asks_as_many_statements_for_three_as_for_one(anna: Client, answered: Ask, cast: Any) -> None:
    counted = []
    for number in range(3):
        dossier = answered(name=f"Клиент Номер{number}").dossier_id
        put_aside(dossier_id=dossier, until=utc_now() + timedelta(days=9), why="зарплата", by=cast.anna, now=utc_now())
        with CaptureQueriesContext(connection) as asked:
            assert anna.get("/waiting?part=list").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[2]


@pytest.mark.parametrize(("today", "payday"), [(date(2026, 11, 1), 11), (date(2026, 11, 10), 26), (date(2026, 12, 30), 11)])
def test_payday_is_the_next_one_that_leaves_time(today: date, payday: int) -> None:
    found = next_payday(today)
    assert found.day == payday
    assert timedelta(days=2) <= found - today < timedelta(days=32)


# Return


def lose(inquiry: Any, by: Any, outcome: str = "lost", reason: str = "дорого") -> None:
    close_inquiry(inquiry_id=inquiry.pk, outcome=outcome, reason=reason, by=by, now=utc_now())


def phone_of(inquiry: Any) -> str:
    return inquiry.dossier.person.contacts.get(kind="phone").normal


def test_a_lost_client_who_asks_again_opens_a_new_matter_with_the_story_in_sight(anna: Client, hers: Ask, cast: Any) -> None:
    first = hers(name="Марина Соколова")
    lose(first, cast.anna)
    second = hers(name="Марина Соколова", phone=phone_of(first))
    assert second.dossier_id != first.dossier_id
    assert second.dossier.previous_id == first.dossier_id
    card = anna.get(f"/inquiries/{second.pk}").content.decode()
    assert "Вернулся клиент" in card
    assert "дорого" in card
    assert f'href="/inquiries/{first.pk}"' in card


def test_spam_is_no_story_to_come_back_to_and_a_known_client_costs_no_statement_more(hers: Ask, cast: Any) -> None:
    first = hers()
    phone = phone_of(first)
    lose(first, cast.anna, "spam", "")
    with CaptureQueriesContext(connection) as after_spam:
        second = hers(phone=phone)
    assert second.dossier.previous_id is None
    lose(second, cast.anna)
    with CaptureQueriesContext(connection) as after_loss:
        third = hers(phone=phone)
    assert third.dossier.previous_id == second.dossier_id
    assert len(after_loss) == len(after_spam)


def test_out_of_reach_only_that_they_came_back_is_told(look: Any, hers: Ask, ask: Ask, cast: Any) -> None:
    first = hers(name="Марина Соколова")
    lose(first, cast.anna, reason="тайная причина")
    Dossier.objects.filter(pk=first.dossier_id).update(owner=cast.stranger.id)
    second = hers(phone=phone_of(first))
    card = look(cast.anna).get(f"/inquiries/{second.pk}").content.decode()
    assert "у другого менеджера" in card
    assert "тайная причина" not in card
    assert f'href="/inquiries/{first.pk}"' not in card


@pytest.mark.parametrize("outcome", ["lost", "won"])
def test_a_closed_deal_starts_again_as_a_new_one(anna: Client, hers: Ask, cast: Any, outcome: str) -> None:
    inquiry = hers(name="Марина Соколова")
    old = open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now())
    address = f"/dossiers/{inquiry.dossier_id}/again"
    given = {"title": "Снова Вьетнам", "funnel": "office", "next_title": "Позвонить", "next_due": later(1)}
    assert anna.post(address, given).status_code == 409
    close_deal(deal_id=old, outcome=outcome, reason="дорого", by=cast.anna, now=utc_now())
    assert "Марина Соколова" in anna.get(address).content.decode()
    for wrong in ({"title": ""}, {"next_title": ""}, {"next_due": "нет"}, {"funnel": "no"}, {"amount": "много"}):
        assert anna.post(address, {**given, **wrong}).status_code == 422
    assert anna.post(address, given).status_code == 204
    new = Deal.objects.get(title="Снова Вьетнам")
    assert (new.dossier.previous_id, new.dossier.person_id, new.inquiry_id) == (inquiry.dossier_id, inquiry.dossier.person_id, None)
    assert Deal.objects.get(pk=old).state == outcome
    assert f'href="/deals/{old}"' in anna.get(f"/deals/{new.pk}").content.decode()
    assert promises_hold() == []


# A deal without an inquiry


def given_deal(**more: str) -> dict[str, str]:
    return {
        "phone": "+7 921 700-00-01",
        "name": "Пётр Новый",
        "title": "Круиз",
        "funnel": "office",
        "amount": "350 000",
        "currency": "RUB",
        "next_title": "Показать каюты",
        "next_due": later(1),
        **more,
    }


def test_a_deal_is_begun_for_somebody_new_and_stands_in_the_reports_as_one_without_an_inquiry(anna: Client, cast: Any) -> None:
    assert anna.get("/deals/new").status_code == 200
    assert anna.post("/deals/new", given_deal()).status_code == 204
    deal = Deal.objects.get(title="Круиз")
    assert (deal.inquiry_id, deal.dossier.owner_id, deal.dossier.person.display_name) == (None, cast.anna.id, "Пётр Новый")
    assert Task.objects.get(dossier=deal.dossier).title == "Показать каюты"
    shown = anna.get(f"/deals/{deal.pk}").content.decode()
    assert "350" in shown
    assert "Круиз" in anna.get("/board?part=columns").content.decode()
    assert promises_hold() == []


def test_a_known_client_is_found_by_the_number_and_another_managers_is_not_taken(
    anna: Client, look: Any, hers: Ask, cast: Any
) -> None:
    inquiry = hers(name="Марина Соколова")
    assert anna.post("/deals/new", given_deal(phone=phone_of(inquiry), name="")).status_code == 204
    assert Deal.objects.get().dossier.person_id == inquiry.dossier.person_id
    refused = look(cast.boris).post("/deals/new", given_deal(phone=phone_of(inquiry)))
    assert refused.status_code == 409
    assert "Соколова" not in refused.content.decode()
    assert look(cast.stranger).get(f"/deals/new?person={inquiry.dossier.person_id}").status_code == 404
    assert look(cast.stranger).post("/deals/new", given_deal(person=str(inquiry.dossier.person_id))).status_code == 404
    assert anna.post("/deals/new", given_deal(person=str(inquiry.dossier.person_id), title="Виза")).status_code == 204


@pytest.mark.parametrize(
    "wrong", [{"phone": ""}, {"phone": "завтра"}, {"title": ""}, {"next_title": ""}, {"amount": "−5"}, {"funnel": ""}]
)
def test_what_is_missing_for_a_deal_is_asked(anna: Client, wrong: dict[str, str]) -> None:
    answer = anna.post("/deals/new", given_deal(**wrong))
    assert answer.status_code == 422
    assert Deal.objects.count() == 0
    assert 'role="alert"' in answer.content.decode() or "-note" in answer.content.decode()


# Notices


def test_the_bell_counts_and_looking_is_seeing(anna: Client, hers: Ask, cast: Any) -> None:
    dossier = hers(name="Марина Соколова").dossier_id
    notify(employee_ids=[cast.anna.id, cast.boris.id, None], code="reply_came", data={"channel": "email"}, dossier_id=dossier,
           by=cast.supervisor, now=utc_now())  # fmt: skip
    assert 'data-unseen="1"' in anna.get("/notices/bell").content.decode()
    looked = anna.post("/notices/latest").content.decode()
    assert "Клиент ответил" in looked
    assert "Марина Соколова" in looked
    assert f'href="/dossiers/{dossier}"' in looked
    assert anna.get(f"/dossiers/{dossier}").headers["Location"].startswith("/inquiries/")
    assert 'data-unseen="0"' in anna.get("/notices/bell").content.decode()
    assert Notice.objects.filter(seen_at=None).count() == 1


def test_a_notice_of_a_matter_out_of_reach_says_no_name_and_leads_nowhere(look: Any, hers: Ask, cast: Any) -> None:
    dossier = hers(name="Марина Соколова").dossier_id
    notify(employee_ids=[cast.boris.id], code="matter_taken", dossier_id=dossier, by=cast.supervisor, now=utc_now())
    page = look(cast.boris).get("/notices").content.decode()
    assert "Ваше дело теперь" in page
    assert "Соколова" not in page
    assert f"/dossiers/{dossier}" not in page.replace("/dossiers/0", "")


def test_nobody_is_told_what_they_did_or_do_not_want_to_hear(anna: Client, cast: Any) -> None:
    assert anna.post("/me/notices", {"quiet_from": "22:00", "quiet_until": "08:00", "wanted": ["matter_given"]}).status_code == 302
    told = {"employee_ids": [cast.anna.id], "now": utc_now()}
    assert notify(**told, code="reply_came", by=cast.supervisor) == 0
    assert notify(**told, code="matter_given", by=cast.anna) == 0
    assert notify(**told, code="matter_given", by=cast.supervisor) == 1
    kept = Employee.objects.get(pk=cast.anna.id)
    assert (kept.quiet_from, kept.quiet_until) == (time(22), time(8))
    for wrong in (
        {"quiet_from": "22:00"},
        {"quiet_from": "10:00", "quiet_until": "10:00"},
        {"quiet_from": "вечер", "quiet_until": "08:00"},
    ):
        assert anna.post("/me/notices", wrong).status_code == 422


@pytest.mark.parametrize(
    ("wall", "is_quiet"), [(time(21, 59), False), (time(22), True), (time(3), True), (time(7, 59), True), (time(8), False)]
)
def test_quiet_hours_run_over_midnight(wall: time, is_quiet: bool) -> None:
    assert in_quiet_hours(wall, time(22), time(8)) is is_quiet
    assert in_quiet_hours(wall, time(8), time(22)) is not is_quiet
    assert in_quiet_hours(wall, None, None) is False


def test_the_bell_is_silent_in_quiet_hours_and_off_shift(look: Any, cast: Any) -> None:
    wall = utc_now()
    around = {"quiet_from": (wall - timedelta(hours=1)).time(), "quiet_until": (wall + timedelta(hours=1)).time()}
    Employee.objects.filter(pk=cast.anna.id).update(**{k: _moscow(v) for k, v in around.items()})
    assert 'data-quiet="yes"' in look(cast.anna).get("/notices/bell").content.decode()
    assert 'data-quiet="no"' in look(cast.boris).get("/notices/bell").content.decode()  # on duty round the clock


def _moscow(at: time) -> time:
    return (datetime.combine(date(2026, 1, 1), at, UTC) + timedelta(hours=3)).time()


def test_notices_page_by_page_with_the_same_statements(anna: Client, cast: Any) -> None:
    counted = []
    anna.get("/notices")
    for _number in range(3):
        notify(employee_ids=[cast.anna.id], code="clock_warning", by=cast.supervisor, now=utc_now())
        with CaptureQueriesContext(connection) as asked:
            assert anna.get("/notices").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[2]
    assert anna.get("/notices?before=abc").status_code == 200
    assert anna.get("/notices?before=1").status_code == 200
