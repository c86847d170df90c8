"""The gestures of the desk: what the page answers, and what is then true in the database."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marshrut.agency.models import Employee
from marshrut.agency.permissions import Actor, system
from marshrut.core.clock import utc_now
from marshrut.deals.models import Deal
from marshrut.deals.services import open_deal
from marshrut.desk.tests.conftest import Ask
from marshrut.intake.models import Inquiry
from marshrut.intake.reading import read_submission
from marshrut.intake.reference import read_reference
from marshrut.intake.services import accept_quarantined
from marshrut.journal.models import Task, Touch

pytestmark = pytest.mark.django_db


def at(days: int = 1) -> str:
    """A moment as the browser's field writes it."""
    return (timezone.localtime(utc_now()) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def said(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 204, answer.content.decode()
    return dict(json.loads(answer["HX-Trigger"])["done"])


def refused(answer: Any, status: int = 422) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


@pytest.fixture
def deal(hers: Ask, cast: Any) -> Deal:
    inquiry = hers()
    return Deal.objects.select_related("dossier").get(pk=open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now()))


def task_of(matter: Any) -> Task:
    return Task.objects.get(dossier_id=matter.dossier_id, state="pending")


def test_an_action_is_completed_with_its_next_one(anna: Client, deal: Deal) -> None:
    task = task_of(deal)
    asked = anna.get(f"/tasks/{task.pk}/complete").content.decode()
    assert "Записать потребность" in asked
    assert "next_due" in asked
    said(anna.post(f"/tasks/{task.pk}/complete", {"result": "Едут втроём", "next_title": "Послать подборку", "next_due": at(2)}))
    task.refresh_from_db()
    assert (task.state, task.result) == ("done", "Едут втроём")
    assert task_of(deal).title == "Послать подборку"


def test_the_first_call_of_a_new_inquiry_done_is_the_answer_its_clock_waits_for(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    task = task_of(inquiry)
    said(anna.post(f"/tasks/{task.pk}/complete", {"result": "Едут втроём", "next_title": "Послать подборку", "next_due": at(2)}))
    inquiry.refresh_from_db()
    assert inquiry.clock_state == "met"
    assert Touch.objects.get(dossier_id=inquiry.dossier_id, kind="call_out").body == "Едут втроём"
    assert "group-new" not in anna.get("/").content.decode()


def test_the_last_action_of_an_open_matter_is_not_completed_without_a_next_one(anna: Client, deal: Deal) -> None:
    task = task_of(deal)
    form = refused(anna.post(f"/tasks/{task.pk}/complete", {"result": "Поговорили", "next_title": "", "next_due": at()}), 409)
    assert "Поговорили" in form
    assert 'role="alert"' in form or "aria-invalid" in form
    assert task_of(deal).pk == task.pk


@pytest.mark.parametrize("due", ["", "вчера", "2001-01-01T10:00", "9999-12-31T23:59", "2026-13-40T99:99"])
def test_an_impossible_moment_is_asked_again_and_what_was_typed_stays(anna: Client, deal: Deal, due: str) -> None:
    task = task_of(deal)
    form = refused(anna.post(f"/tasks/{task.pk}/complete", {"result": "Да", "next_title": "Позвонить", "next_due": due}))
    assert "Позвонить" in form
    assert "aria-invalid" in form


def test_an_action_is_postponed_with_a_reason_only(anna: Client, deal: Deal) -> None:
    task = task_of(deal)
    form = refused(anna.post(f"/tasks/{task.pk}/postpone", {"due": at(3), "reason": ""}))
    assert "aria-invalid" in form
    said(anna.post(f"/tasks/{task.pk}/postpone", {"due": at(3), "reason": "Не берут трубку"}))
    task.refresh_from_db()
    assert task.postponed == 1
    assert task.due_at > utc_now() + timedelta(days=2)
    assert Touch.objects.get(dossier=deal.dossier, kind="postponed").body == "Не берут трубку"


def test_a_call_is_written_down_and_stops_the_response_clock(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    said(anna.post(f"/dossiers/{inquiry.dossier_id}/touch", {"kind": "call_out", "body": "Перезвоню вечером"}))
    inquiry.refresh_from_db()
    assert inquiry.clock_state == "met"
    assert "Перезвоню вечером" in anna.get(f"/inquiries/{inquiry.pk}").content.decode()


def test_a_call_may_complete_the_planned_action_in_the_same_gesture(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    first = task_of(inquiry)
    answer = anna.post(f"/dossiers/{inquiry.dossier_id}/touch", {
        "kind": "call_out", "body": "Хотят Вьетнам", "complete_task": "1", "next_title": "Послать подборку", "next_due": at()})
    said(answer)
    first.refresh_from_db()
    assert first.state == "done"
    assert task_of(inquiry).title == "Послать подборку"


def test_a_call_with_a_broken_next_action_changes_nothing(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    form = refused(anna.post(f"/dossiers/{inquiry.dossier_id}/touch", {
        "kind": "call_out", "body": "Хотят Вьетнам", "complete_task": "1", "next_title": "", "next_due": ""}), 409)
    assert "Хотят Вьетнам" in form
    inquiry.refresh_from_db()
    assert inquiry.clock_state == "running"
    assert not Touch.objects.filter(dossier_id=inquiry.dossier_id, kind="call_out").exists()


def test_one_more_action_is_planned(anna: Client, deal: Deal) -> None:
    said(anna.post(f"/dossiers/{deal.dossier_id}/task", {"title": "Поздравить", "kind": "write", "due": at(5)}))
    assert set(Task.objects.filter(dossier=deal.dossier, state="pending").values_list("kind", flat=True)) == {"call", "write"}
    assert "aria-invalid" in refused(anna.post(f"/dossiers/{deal.dossier_id}/task", {"title": "", "kind": "write", "due": at(5)}))


def test_a_move_asks_for_exactly_the_missing_facts_and_then_moves(anna: Client, deal: Deal) -> None:
    form = refused(anna.post(f"/deals/{deal.pk}/stage", {"stage": "option_chosen"}))
    assert 'name="fact_option"' in form
    assert 'name="fact_amount"' not in form, "the budget is known from the inquiry"
    assert 'name="fact_need"' not in form
    deal.refresh_from_db()
    assert deal.stage.slug == "contact_made"
    said(anna.post(f"/deals/{deal.pk}/stage", {"stage": "option_chosen", "fact_option": "Vinpearl 5*"}))
    deal.refresh_from_db()
    assert deal.stage.slug == "option_chosen"
    assert deal.facts["option"] == "Vinpearl 5*"
    assert task_of(deal).title == "Взять предоплату и паспорта за один визит"


def test_a_fact_that_cannot_be_read_is_asked_again(anna: Client, deal: Deal) -> None:
    form = refused(anna.post(f"/deals/{deal.pk}/stage", {"stage": "meeting_held", "fact_meeting_on": "когда-нибудь"}))
    assert "когда-нибудь" in form
    assert "aria-invalid" in form


def test_a_move_back_asks_why(anna: Client, deal: Deal) -> None:
    said(anna.post(f"/deals/{deal.pk}/stage", {"stage": "need_recorded", "fact_need": "Море"}))
    assert 'name="reason"' in refused(anna.post(f"/deals/{deal.pk}/stage", {"stage": "contact_made"}))
    said(anna.post(f"/deals/{deal.pk}/stage", {"stage": "contact_made", "reason": "Передумали"}))
    deal.refresh_from_db()
    assert deal.stage.slug == "contact_made"


def test_a_dropped_inquiry_becomes_a_deal_at_the_first_stage(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    said(anna.post(f"/inquiries/{inquiry.pk}/deal?funnel=office", {"stage": "contact_made"}))
    assert Deal.objects.get(inquiry=inquiry).stage.slug == "contact_made"


def test_an_inquiry_dropped_further_on_stays_an_inquiry_until_the_facts_are_said(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    form = refused(anna.post(f"/inquiries/{inquiry.pk}/deal?funnel=office", {"stage": "need_recorded"}))
    assert 'name="fact_need"' in form
    assert f'hx-post="/inquiries/{inquiry.pk}/deal?funnel=office"' in form
    assert not Deal.objects.exists()
    said(anna.post(f"/inquiries/{inquiry.pk}/deal?funnel=office", {"stage": "need_recorded", "fact_need": "Море"}))
    assert Deal.objects.get(inquiry=inquiry).stage.slug == "need_recorded"


def test_contact_is_made_in_the_dialog_with_budget_words_and_next_action(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    assert "498000" in anna.get(f"/inquiries/{inquiry.pk}/deal").content.decode()
    form = {"funnel": "distance", "amount": "520 000", "currency": "RUB", "note": "Едут в январе", "next_title": "Подборка", "next_due": at()}
    assert "aria-invalid" in refused(anna.post(f"/inquiries/{inquiry.pk}/deal", {**form, "amount": "много"}))
    answer = anna.post(f"/inquiries/{inquiry.pk}/deal", form)
    deal = Deal.objects.get(inquiry=inquiry)
    assert answer["HX-Redirect"] == f"/deals/{deal.pk}"
    assert (deal.amount, deal.stage.funnel.slug) == (520_000, "distance")
    assert task_of(deal).title == "Подборка"
    assert Touch.objects.get(dossier=deal.dossier, kind="stage").body == "Едут в январе"


def test_a_deal_is_closed_as_not_realised_with_a_reason_and_opened_again(anna: Client, deal: Deal) -> None:
    assert "aria-invalid" in refused(anna.post(f"/deals/{deal.pk}/close", {"outcome": "lost", "reason": "", "note": ""}))
    undo = said(anna.post(f"/deals/{deal.pk}/close", {"outcome": "lost", "reason": "expensive", "note": "нашли дешевле"}))["undo"]
    deal.refresh_from_db()
    assert (deal.state, deal.close_reason) == ("lost", "Дорого: нашли дешевле")
    assert Inquiry.objects.get(pk=deal.inquiry_id).outcome == "lost"
    said(anna.post(undo))
    deal.refresh_from_db()
    assert deal.state == "open"
    assert task_of(deal)


def test_a_deal_is_closed_as_realised(anna: Client, deal: Deal) -> None:
    said(anna.post(f"/deals/{deal.pk}/close", {"outcome": "won"}))
    assert "Реализовано" in anna.get(f"/deals/{deal.pk}").content.decode()
    assert Inquiry.objects.get(pk=deal.inquiry_id).outcome == "won"


def test_spam_is_one_click_and_can_be_taken_back(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    undo = said(anna.post(f"/inquiries/{inquiry.pk}/spam"))["undo"]
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.disposition) == ("closed", "spam")
    said(anna.post(undo))
    inquiry.refresh_from_db()
    assert inquiry.state == "open"


def test_an_inquiry_that_was_none_is_closed_with_what_it_was(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    said(anna.post(f"/inquiries/{inquiry.pk}/close", {"outcome": "lost", "reason": "", "disposition": "wrong_number", "note": ""}))
    inquiry.refresh_from_db()
    assert (inquiry.disposition, inquiry.outcome) == ("wrong_number", None)


def test_a_supervisor_takes_from_the_queue_and_a_second_one_is_told_it_is_taken(look: Callable[[Actor], Client], ask: Ask, cast: Any) -> None:
    Employee.objects.filter(role="manager").update(capacity=0)
    inquiry = ask()
    assert inquiry.dossier.queue_id
    said(look(cast.supervisor).post(f"/inquiries/{inquiry.pk}/take"))
    inquiry.dossier.refresh_from_db()
    assert inquiry.dossier.owner_id == cast.supervisor.id
    again = look(cast.owner).post(f"/inquiries/{inquiry.pk}/take")
    assert again.status_code == 409
    assert 'role="alert"' in again.content.decode()


def test_the_quick_form_runs_the_whole_chain(look: Callable[[Actor], Client], cast: Any) -> None:
    browser = look(cast.owner)
    answer = browser.post("/inquiries/new", {
        "phone": "8 916 123 45 67", "name": "Семён Гринёв", "channel": "phone", "source": "recommendation", "directions": "Вьетнам, Турция",
        "adults": "2", "children": "5, 9", "nights_from": "7", "nights_to": "10", "amount": "300 000", "currency": "RUB", "message": "Море"})
    inquiry = Inquiry.objects.get()
    assert answer["HX-Redirect"] == f"/inquiries/{inquiry.pk}"
    assert inquiry.channel == "phone"
    assert inquiry.source.slug == "recommendation"
    assert inquiry.request["directions"] == ["vietnam", "turkey"]
    assert inquiry.request["children_ages"] == [5, 9]
    assert inquiry.budget == 300_000
    assert inquiry.dossier.owner_id
    assert task_of(inquiry)
    assert json.loads(bytes(inquiry.raw.body))["contact"]["phone"] == "8 916 123 45 67"


def test_the_quick_form_states_whatever_a_message_may_say(look: Callable[[Actor], Client], cast: Any) -> None:
    look(cast.owner).post("/inquiries/new", {
        "phone": "8 916 123 45 67", "channel": "phone", "directions": "Кемер", "excluded": "Египет; Тунис", "departure": "Казань",
        "board": "HB", "stars_from": "4", "stars_to": "5", "people": "4", "date_from": "2027-06-01", "date_to": "2027-06-30", "flexible": "1"})
    request = Inquiry.objects.get().request
    assert (request["directions"], request["resorts"], request["excluded"]) == (["turkey"], ["Кемер"], ["egypt", "tunisia"])
    assert (request["departure"], request["board"], request["stars"], request["people"]) == ("Казань", "HB", {"from": 4, "to": 5}, 4)
    assert request["dates"]["flexible"] is True
    assert {name for name, word in Inquiry.objects.get().request_origin.items() if word == "read"} <= {"category"}


@pytest.mark.parametrize(("typed", "field"), [({"amount": "много"}, "amount"), ({"stars_from": "9"}, "stars_from"),
                                             ({"adults": "двое"}, "adults"), ({"date_from": "летом"}, "date_from"), ({"board": "шведский"}, "board")])
def test_the_quick_form_says_what_it_cannot_read_rather_than_lose_it(anna: Client, typed: dict[str, str], field: str) -> None:
    page = refused(anna.post("/inquiries/new", {"phone": "8 916 123 45 67", **typed}))
    assert re.search(rf'name="{field}"[^>]*aria-invalid', page), page
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("form", [{}, {"phone": "12", "name": "Семён"}, {"email": "не почта", "name": "Семён"}])
def test_the_quick_form_asks_again_when_nobody_could_be_reached(anna: Client, form: dict[str, str]) -> None:
    page = refused(anna.post("/inquiries/new", form))
    assert "aria-invalid" in page
    assert form.get("name", "") in page
    assert not Inquiry.objects.exists()


def test_an_administrator_manages_and_takes_no_inquiries(look: Callable[[Actor], Client], cast: Any) -> None:
    assert look(cast.administrator).post("/inquiries/new", {"phone": "8 916 123 45 67"}).status_code == 403
    assert not Inquiry.objects.exists()


def test_what_the_quick_form_gave_to_a_colleague_is_said_and_not_opened(look: Callable[[Actor], Client], hers: Ask, cast: Any) -> None:
    hers(phone="+79161234567")
    answer = look(cast.stranger).post("/inquiries/new", {"phone": "8 916 123 45 67", "channel": "phone"})
    assert "HX-Redirect" not in answer
    assert "коллеге" in said(answer)["message"]


def test_a_strangers_gestures_find_nothing_and_change_nothing(stranger: Client, deal: Deal, hers: Ask) -> None:
    inquiry, task = hers(), task_of(deal)
    gestures = {
        f"/tasks/{task.pk}/complete": {"next_title": "x", "next_due": at()}, f"/tasks/{task.pk}/postpone": {"due": at(), "reason": "x"},
        f"/dossiers/{deal.dossier_id}/touch": {"kind": "note", "body": "x"}, f"/dossiers/{deal.dossier_id}/task": {"title": "x", "due": at()},
        f"/deals/{deal.pk}/stage": {"stage": "contact_made"}, f"/deals/{deal.pk}/close": {"outcome": "won"}, f"/deals/{deal.pk}/reopen": {},
        f"/inquiries/{inquiry.pk}/deal": {"stage": "contact_made"}, f"/inquiries/{inquiry.pk}/spam": {}, f"/inquiries/{inquiry.pk}/take": {},
        f"/inquiries/{inquiry.pk}/close": {"outcome": "won"}, f"/inquiries/{inquiry.pk}/reopen": {},
    }
    before = (Task.objects.count(), Touch.objects.count(), Deal.objects.filter(state="open").count())
    for address, form in gestures.items():
        assert stranger.post(address, form).status_code == 404, address
    assert (Task.objects.count(), Touch.objects.count(), Deal.objects.filter(state="open").count()) == before


def test_odd_bytes_in_any_field_are_never_a_failure_of_ours(anna: Client, deal: Deal) -> None:
    odd = "\x00‮<b>' ; drop table--" + "9" * 40
    for address in (f"/tasks/{task_of(deal).pk}/complete", f"/dossiers/{deal.dossier_id}/touch", f"/dossiers/{deal.dossier_id}/task",
                    f"/deals/{deal.pk}/stage", f"/deals/{deal.pk}/close", "/inquiries/new"):
        names = ("result", "next_title", "next_due", "kind", "body", "title", "due", "stage", "reason", "fact_need", "outcome", "note", "phone",
                 "name", "email", "amount", "children", "directions", "date_from")
        assert anna.post(address, dict.fromkeys(names, odd)).status_code < 500, address
    for query in (f"/search?q={odd}", f"/clients?q={odd}", f"/inbox?after={odd}&source={odd}", f"/board?funnel={odd}", f"/clients/known?phone={odd}"):
        assert anna.get(query.replace("\x00", "%00")).status_code < 500, query


def test_a_supervisor_lets_a_raw_message_out_of_quarantine_and_a_stranger_cannot(look: Callable[..., Client], cast: Any, anna: Client) -> None:
    body = b'{"channel":"fax","source":"site","contact":{"name":"\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0","phone":"+79165550077"}}'
    now = utc_now()
    reference = read_reference()
    waiting = read_submission(json.loads(body), regions=("RU",), today=now.date(), now=now)
    raw = accept_quarantined(submission=waiting, body=body, reason="fax?", by=system("test"), now=now)
    assert reference.staff.sellers
    for somebody in (anna, look(cast.stranger)):
        assert somebody.post(f"/quarantine/{raw.id}/release").status_code == 404
    vera = look(cast.supervisor)
    assert "fax?" in vera.get("/inbox?tab=quarantine").content.decode()
    assert vera.post(f"/quarantine/{raw.id}/release").status_code == 204
    inquiry = Inquiry.objects.get(pk=raw.id)
    assert inquiry.state == "open"
    assert Task.objects.filter(dossier_id=inquiry.dossier_id, state="pending").exists()
    assert vera.post(f"/quarantine/{raw.id}/release").status_code == 404


def test_a_call_nobody_took_is_ticked_in_the_quick_form_and_seen_everywhere(look: Callable[[Actor], Client], cast: Any) -> None:
    browser = look(cast.owner)
    form = {"phone": "8 916 123 45 67", "name": "Семён Гринёв", "missed": "yes"}
    assert 'name="missed"' in refused(browser.post("/inquiries/new", {**form, "channel": "walk_in"})), "nobody misses a visitor"
    browser.post("/inquiries/new", {**form, "channel": "phone"})
    inquiry = Inquiry.objects.get()
    assert (inquiry.channel, inquiry.is_missed_call) == ("phone", True)
    holder = look(next(one for one in (cast.anna, cast.boris, cast.owner, cast.supervisor) if one.id == inquiry.dossier.owner_id))
    for page in ("/inbox?tab=mine", "/", f"/inquiries/{inquiry.pk}"):
        assert "Пропущенный звонок" in holder.get(page).content.decode(), page
