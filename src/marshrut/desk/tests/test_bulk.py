"""Saved views, bulk actions with a result for each row, exports, and the agency's own fields on cards."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from marshrut.agency.models import CustomField, Employee, ExportLog, Queue, SavedView
from marshrut.agency.permissions import Actor
from marshrut.clients.models import Person
from marshrut.core.clock import utc_now
from marshrut.deals.models import BulkRow, BulkRun
from marshrut.deals.services import open_deal
from marshrut.deals.services.bulk import start_bulk, start_undo, work_off
from marshrut.deals.tasks import continue_bulk
from marshrut.desk.tests.conftest import Ask
from marshrut.desk.tests.test_lists import numbers, text
from marshrut.intake.models import Inquiry
from marshrut.journal.models import Dossier, Task
from marshrut.journal.services import put_aside

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(look: Callable[[Actor], Client], cast: Any) -> Client:
    return look(cast.supervisor)


@pytest.fixture
def room(cast: Any) -> CustomField:
    return CustomField.objects.create(subject="matter", slug="room", name="Комната", kind="number", in_list=True)


def results(run_id: int) -> list[tuple[int, str]]:
    return list(BulkRow.objects.filter(run_id=run_id).order_by("number").values_list("item_id", "state"))


def last_run() -> int:
    return int(BulkRun.objects.order_by("-id").values_list("id", flat=True)[0])


def test_filters_are_saved_under_a_name_and_shown_as_a_tab(anna: Client, hers: Ask) -> None:
    hers()
    answer = anna.post("/lists/inquiries/view", {"name": "Горячие", "filters": "relevance=A&part=list&view=7"})
    assert answer.status_code == 204
    view = SavedView.objects.get()
    assert (view.name, view.query, answer["HX-Redirect"]) == ("Горячие", "relevance=A", f"/lists/inquiries?relevance=A&view={view.pk}")
    assert "Горячие" in text(anna, "/lists/inquiries")
    assert anna.post(f"/lists/views/{view.pk}", {"name": "Самые горячие", "is_default": "1"}).status_code == 204
    assert anna.get("/lists/inquiries")["Location"] == f"/lists/inquiries?relevance=A&view={view.pk}"
    assert anna.get("/lists/inquiries?view=none").status_code == 200
    assert anna.post("/lists/inquiries/view", {"name": " ", "filters": ""}).status_code == 422


def test_a_colleague_sees_a_shared_view_and_never_a_private_one(anna: Client, vera: Client, hers: Ask, stranger: Client) -> None:
    hers(name="Марина Соколова")
    for name, shared in (("Личное", ""), ("Общее", "1")):
        anna.post("/lists/inquiries/view", {"name": name, "filters": "channel=site_form", "is_shared": shared})
    private, shared_one = SavedView.objects.order_by("id")
    page = text(vera, "/lists/inquiries")
    assert "Общее" in page
    assert "Личное" not in page
    assert "Соколова" not in text(stranger, f"/lists/inquiries?{shared_one.query}")
    for view in (private, shared_one):
        assert vera.get(f"/lists/views/{view.pk}").status_code == 404
        assert vera.post(f"/lists/views/{view.pk}", {"name": "Моё"}).status_code == 404
        assert vera.post(f"/lists/views/{view.pk}/delete").status_code == 404


def test_a_deleted_view_can_be_kept_after_all(anna: Client) -> None:
    anna.post("/lists/deals/view", {"name": "Крупные", "filters": "amount_from=500000"})
    answer = anna.post(f"/lists/views/{SavedView.objects.get().pk}/delete")
    assert "Крупные" in answer.content.decode()
    assert not SavedView.objects.exists()
    anna.post("/lists/deals/view", {"name": "Крупные", "filters": "amount_from=500000"})
    assert SavedView.objects.get().query == "amount_from=500000"


def test_an_action_is_planned_on_every_chosen_row_and_a_foreign_one_says_so(anna: Client, stranger: Client, hers: Ask, ask: Ask, cast: Any) -> None:
    mine = [hers(name="Анна Перова").pk, hers(name="Вера Второва").pk]
    foreign = ask(name="Чужой Клиент")
    Dossier.objects.filter(pk=foreign.dossier_id).update(owner_id=cast.stranger.id, office_id=cast.stranger.office_id)
    ids = f"{mine[0]},{foreign.pk},{mine[1]}"
    asked = anna.post("/lists/inquiries/bulk/plan", {"ids": ids})
    assert asked.status_code == 200
    due = (utc_now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    answer = anna.post("/lists/inquiries/bulk/plan", {"ids": ids, "step": "do", "title": "Напомнить о предложении", "kind": "call", "due": due})
    assert answer.status_code == 200
    assert "Чужой" not in answer.content.decode()
    assert results(last_run()) == [(mine[0], "done"), (foreign.pk, "refused"), (mine[1], "done")]
    assert Task.objects.filter(title="Напомнить о предложении").count() == 2
    assert not Task.objects.filter(title="Напомнить о предложении", dossier_id=foreign.dossier_id).exists()
    assert anna.post(f"/lists/runs/{last_run()}/undo", headers={"HX-Request": "true"}).status_code == 200
    assert Task.objects.filter(title="Напомнить о предложении", state="pending").count() == 0
    assert stranger.get(f"/lists/runs/{last_run()}").status_code == 404


def test_what_the_dialog_lacks_is_asked_for_and_nothing_is_done(anna: Client, hers: Ask) -> None:
    pk = hers().pk
    for address, more in (("plan", {"title": "", "due": "2099-01-01T10:00"}), ("plan", {"title": "Звонок", "due": "вчера"}), ("close", {"outcome": "lost"}),
                          ("set", {"field": "nothing", "value": "1"})):  # fmt: skip
        answer = anna.post(f"/lists/inquiries/bulk/{address}", {"ids": str(pk), "step": "do", **more})
        assert answer.status_code == 422, (address, answer.status_code)
    assert anna.post("/lists/inquiries/bulk/spam", {"ids": "", "step": "do"}).status_code == 422
    assert anna.post("/lists/inquiries/bulk/hand_over", {"ids": str(pk), "step": "do", "to": "1", "reason": "так"}).status_code == 409
    assert not BulkRun.objects.exists()


def test_all_that_the_filters_find_are_handed_over_and_taken_back(vera: Client, hers: Ask, cast: Any) -> None:
    dossiers = [hers(name=f"Клиент {word}").dossier_id for word in ("Первый", "Второй", "Третий")]
    given = {"all": "1", "filters": "owner=" + str(cast.anna.id), "step": "do", "to": str(cast.boris.id), "reason": "Анна в отпуске"}
    assert vera.post("/lists/inquiries/bulk/hand_over", given).status_code == 200
    owners = Dossier.objects.filter(pk__in=dossiers).values_list("owner_id", flat=True)
    assert set(owners.all()) == {cast.boris.id}
    Dossier.objects.filter(pk=dossiers[0]).update(owner_id=cast.supervisor.id)  # somebody has gone on from it since
    vera.post(f"/lists/runs/{last_run()}/undo", headers={"HX-Request": "true"})
    assert sorted(owners.all()) == sorted([cast.supervisor.id, cast.anna.id, cast.anna.id])
    assert {state for _id, state in results(last_run())} == {"done", "refused"}


def hands(dossier_id: int) -> Any:
    """Everything a handing over touches: holder, office, whose each planned action is, why, whose the client is."""
    dossier = Dossier.objects.get(pk=dossier_id)
    tasks = list(Task.objects.filter(dossier_id=dossier_id, state="pending").order_by("id").values_list("id", "assignee_id", "queue_id"))
    reasons = list(Inquiry.objects.filter(dossier_id=dossier_id).order_by("pk").values_list("owner_reason", "state", "clock_state", "inquiry_class"))
    person = Person.objects.filter(pk=dossier.person_id).values_list("owner_id", "office_id")[0]
    return (dossier.owner_id, dossier.queue_id, dossier.office_id, dossier.waits_until, dossier.waits_for), tasks, reasons, person


def undo(browser: Client) -> Any:
    return browser.post(f"/lists/runs/{last_run()}/undo", headers={"HX-Request": "true"})


def plan_for(who: Actor, dossier_id: int) -> None:
    """An action somebody else is to do on a matter."""
    Task.objects.create(dossier_id=dossier_id, title="Проверить визу", due_at=utc_now() + timedelta(days=3), assignee_id=who.id, created_by="test")


def test_matters_go_into_a_queue_and_come_back_exactly_as_they_were(vera: Client, hers: Ask, cast: Any) -> None:
    queue = Queue.objects.create(slug="hot", name="Горящие туры", office_id=cast.anna.office_id)
    foreign = Queue.objects.exclude(office_id=cast.anna.office_id).exclude(office_id=None).values_list("id", flat=True)[0]
    inquiries = [hers(name="Анна Перова"), hers(name="Вера Второва")]
    plan_for(cast.boris, inquiries[0].dossier_id)
    before = [hands(inquiry.dossier_id) for inquiry in inquiries]
    ids = ",".join(str(inquiry.pk) for inquiry in inquiries)
    asked = vera.post("/lists/inquiries/bulk/hand_over", {"ids": ids}).content.decode()
    assert "Горящие туры" in asked
    assert f"queue-{foreign}" not in asked
    refused = vera.post("/lists/inquiries/bulk/hand_over", {"ids": ids, "step": "do", "to": f"queue-{foreign}", "reason": "Анна больна"})
    assert refused.status_code == 422
    vera.post("/lists/inquiries/bulk/hand_over", {"ids": ids, "step": "do", "to": f"queue-{queue.pk}", "reason": "Анна больна"})
    assert [state for _id, state in results(last_run())] == ["done", "done"]
    assert {Dossier.objects.get(pk=i.dossier_id).queue_id for i in inquiries} == {queue.pk}
    assert not Task.objects.filter(dossier_id__in=[i.dossier_id for i in inquiries], state="pending").exclude(queue_id=queue.pk).exists()
    undo(vera)
    assert [hands(inquiry.dossier_id) for inquiry in inquiries] == before


def test_a_client_who_was_new_goes_back_to_whoever_kept_them(vera: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    before = hands(inquiry.dossier_id)
    vera.post("/lists/inquiries/bulk/hand_over", {"ids": str(inquiry.pk), "step": "do", "to": str(cast.boris.id), "reason": "Анна больна"})
    assert Person.objects.get(pk=inquiry.person_id).owner_id == cast.boris.id
    undo(vera)
    assert hands(inquiry.dossier_id) == before


@pytest.mark.parametrize("with_matters", ["", "1"])
def test_clients_are_handed_over_with_or_without_what_is_open_and_come_back(vera: Client, hers: Ask, cast: Any, with_matters: str) -> None:
    inquiries = [hers(name="Анна Перова"), hers(name="Вера Второва")]
    plan_for(cast.anna, inquiries[0].dossier_id)
    before = [hands(inquiry.dossier_id) for inquiry in inquiries]
    people = [inquiry.person_id for inquiry in inquiries]
    given = {"ids": ",".join(map(str, people)), "step": "do", "to": str(cast.boris.id), "reason": "Анна уходит", "matters": with_matters}
    assert vera.post("/lists/clients/bulk/hand_over", given).status_code == 200
    assert set(Person.objects.filter(pk__in=people).values_list("owner_id", flat=True)) == {cast.boris.id}
    holders = set(Dossier.objects.filter(person_id__in=people).values_list("owner_id", flat=True))
    assert holders == {cast.boris.id if with_matters else cast.anna.id}
    vera.post("/lists/clients/bulk/hand_over", given)
    assert [state for _id, state in results(last_run())] == ["refused", "refused"]
    vera.post(f"/lists/runs/{last_run() - 1}/undo", headers={"HX-Request": "true"})
    assert [hands(inquiry.dossier_id) for inquiry in inquiries] == before


def test_a_client_somebody_has_gone_on_with_stays_where_they_are(vera: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    given = {"ids": str(inquiry.person_id), "step": "do", "to": str(cast.boris.id), "reason": "Анна уходит", "matters": "1"}
    vera.post("/lists/clients/bulk/hand_over", given)
    Person.objects.filter(pk=inquiry.person_id).update(owner_id=cast.supervisor.id)
    undo(vera)
    assert results(last_run()) == [(inquiry.person_id, "refused")]
    assert hands(inquiry.dossier_id)[0][0] == cast.boris.id


def test_clients_are_handed_over_by_whoever_answers_for_them_only(anna: Client, stranger: Client, vera: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    given = {"ids": str(inquiry.person_id), "step": "do", "to": str(cast.boris.id), "reason": "так"}
    for browser in (anna, stranger):
        assert browser.post("/lists/clients/bulk/hand_over", given).status_code == 409
        assert "hand_over" not in text(browser, "/clients")
    assert vera.post("/lists/clients/bulk/hand_over", {**given, "to": str(cast.stranger.id)}).status_code == 422
    Person.objects.filter(pk=inquiry.person_id).update(owner_id=cast.stranger.id, office_id=cast.stranger.office_id)
    Dossier.objects.filter(pk=inquiry.dossier_id).update(owner_id=cast.stranger.id, office_id=cast.stranger.office_id)
    vera.post("/lists/clients/bulk/hand_over", given)
    assert results(last_run()) == [(inquiry.person_id, "refused")]


@pytest.mark.parametrize(("page", "action"), [("inquiries", "close"), ("inquiries", "spam"), ("deals", "close")])
def test_what_was_closed_stands_again_exactly_as_it_stood(anna: Client, hers: Ask, cast: Any, page: str, action: str) -> None:
    inquiry = hers()
    plan_for(cast.anna, inquiry.dossier_id)
    item = inquiry.pk if page == "inquiries" else open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now())
    if page == "deals":
        put_aside(dossier_id=inquiry.dossier_id, until=utc_now() + timedelta(days=9), why="ждёт отпуска", by=cast.anna, now=utc_now())
    before = hands(inquiry.dossier_id)
    anna.post(f"/lists/{page}/bulk/{action}", {"ids": str(item), "step": "do", "outcome": "lost", "loss": "Дорого"})
    assert results(last_run()) == [(item, "done")]
    undo(anna)
    assert results(last_run()) == [(item, "done")]
    assert hands(inquiry.dossier_id) == before


def test_spam_and_closing_refuse_what_has_become_a_deal_and_can_be_taken_back(anna: Client, hers: Ask, cast: Any) -> None:
    spam, deal = hers(name="Анна Перова"), hers(name="Вера Второва")
    open_deal(inquiry_id=deal.pk, funnel="office", by=cast.anna, now=utc_now())
    anna.post("/lists/inquiries/bulk/spam", {"ids": f"{spam.pk},{deal.pk}", "step": "do"})
    assert results(last_run()) == [(spam.pk, "done"), (deal.pk, "refused")]
    assert Inquiry.objects.get(pk=spam.pk).disposition == "spam"
    anna.post(f"/lists/runs/{last_run()}/undo", headers={"HX-Request": "true"})
    assert Inquiry.objects.get(pk=spam.pk).state == "open"
    answer = anna.post(f"/lists/runs/{last_run()}/undo", headers={"HX-Request": "true"})
    assert answer.status_code == 409


def test_a_field_is_set_on_many_and_what_stood_there_comes_back(anna: Client, hers: Ask, room: CustomField) -> None:
    first, second = hers(name="Анна Перова"), hers(name="Вера Второва")
    Dossier.objects.filter(pk=first.dossier_id).update(custom={"room": 1})
    anna.post("/lists/inquiries/bulk/set", {"ids": f"{first.pk},{second.pk}", "step": "do", "field": "room", "value": "7"})
    assert [Dossier.objects.get(pk=i.dossier_id).custom for i in (first, second)] == [{"room": 7}, {"room": 7}]
    anna.post(f"/lists/runs/{last_run()}/undo", headers={"HX-Request": "true"})
    assert [Dossier.objects.get(pk=i.dossier_id).custom for i in (first, second)] == [{"room": 1}, {}]


def test_a_long_run_is_a_job_that_goes_on_where_it_was_cut_off_and_does_nothing_twice(anna: Client, hers: Ask, cast: Any, monkeypatch: Any) -> None:
    from marshrut.deals.services import bulk

    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    ids = [hers(name=f"Клиент {word}").pk for word in ("Первый", "Второй", "Третий")]
    given = {"title": "Позвонить", "due_at": utc_now() + timedelta(days=1), "kind": "call"}
    run = start_bulk(page="inquiries", action="plan", options=given, ids=ids, language="ru", by=cast.anna, now=utc_now())
    assert "0" in text(anna, f"/lists/runs/{run}?part=run")
    actor = bulk.actor_of_employee(cast.anna.id)
    assert bulk._next_row(BulkRun.objects.get(pk=run), actor, utc_now())  # one row, then the process is killed
    for _again in range(2):
        continue_bulk(0)
    assert [state for _id, state in results(run)] == ["done"] * 3
    assert Task.objects.filter(title="Позвонить").count() == 3
    assert BulkRun.objects.get(pk=run).finished_at is not None
    assert "Клиент Первый" in text(anna, f"/lists/runs/{run}")


def test_whoever_has_left_does_nothing_more(hers: Ask, cast: Any) -> None:
    inquiry = hers()
    run = start_bulk(page="inquiries", action="spam", options={}, ids=[inquiry.pk], language="ru", by=cast.anna, now=utc_now())
    Dossier.objects.filter(pk=inquiry.dossier_id).update(owner_id=cast.boris.id)
    Task.objects.filter(dossier_id=inquiry.dossier_id).update(assignee_id=cast.boris.id)
    Employee.objects.filter(pk=cast.anna.id).update(is_active=False)
    work_off(run_id=run, now=utc_now())
    assert results(run) == [(inquiry.pk, "refused")]
    with pytest.raises(Exception, match=r"действий|action"):
        start_undo(run_id=run, language="ru", by=cast.boris, now=utc_now())


def table(answer: Any) -> list[list[str]]:
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=";"))


def test_an_export_holds_the_rows_of_the_list_and_is_noted(vera: Client, anna: Client, hers: Ask, room: CustomField, cast: Any) -> None:
    first, second = hers(name="=cmd|' /C calc'!A0"), hers(name="Вера Второва", source="yandex")
    Dossier.objects.filter(pk=first.dossier_id).update(custom={"room": 12})
    for query in ("", "source=yandex", "sort=number", "state=closed", "custom.room=12"):
        rows = table(vera.get(f"/lists/inquiries/export.csv?{query}"))
        assert [int(row[0]) for row in rows[1:]] == numbers(text(vera, f"/lists/inquiries?{query}")), query
    rows = table(vera.get("/lists/inquiries/export.csv?sort=number"))
    assert "Комната" in rows[0]
    assert rows[1][rows[0].index("Комната")] == "12"
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    log = ExportLog.objects.order_by("id").last()
    assert log is not None
    assert (log.by, log.page, log.query, log.rows, log.finished_at is not None) == (cast.supervisor.label, "inquiries", "sort=number", 2, True)
    assert anna.get("/lists/inquiries/export.csv").status_code == 403
    book = openpyxl.load_workbook(io.BytesIO(b"".join(vera.get("/lists/inquiries/export.xlsx").streaming_content)))
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == [second.pk, first.pk]


def test_whatever_may_be_asked_for_has_a_column_of_its_own(vera: Client, hers: Ask, cast: Any) -> None:
    asked = {"directions": ["turkey"], "resorts": ["Кемер"], "excluded": ["egypt"], "departure": "Казань", "stars": {"from": 4, "to": 5},
             "board": "AI", "dates": {"from": "2027-06-01", "to": "2027-06-30", "flexible": True}, "nights": {"from": 7, "to": 10},
             "adults": 2, "children_ages": [5, 9], "people": 4}  # fmt: skip
    hers(request=asked), hers(request=None, message="Перезвоните")
    heading, second, first = table(vera.get("/lists/inquiries/export.csv?sort=-number"))
    told = dict(zip(heading, first, strict=True))
    wanted = {"Куда": "Турция", "Курорты": "Кемер", "Не предлагать": "Египет", "Город вылета": "Казань", "Звёзды отеля": "4–5",
              "Питание": "AI, всё включено", "Вылет": "2027-06-01", "Возвращение": "2027-06-30", "Ночей": "7–10", "Взрослых": "2",
              "Сколько детей": "2", "Возраст детей": "5, 9", "Сколько всего человек": "4"}  # fmt: skip
    assert {name: told[name] for name in wanted} == wanted
    assert {dict(zip(heading, second, strict=True))[name] for name in wanted} == {""}
    page = text(vera, "/lists/inquiries?columns=client,excluded,departure,stars,board,nights")
    assert "Казань" in page
    assert "AI, всё включено" in page


@pytest.mark.parametrize("page", ["deals", "clients"])
def test_deals_and_clients_go_out_too(vera: Client, hers: Ask, cast: Any, page: str) -> None:
    open_deal(inquiry_id=hers(name="Вера Второва").pk, funnel="office", by=cast.anna, now=utc_now())
    rows = table(vera.get(f"/lists/{page}/export.csv"))
    assert len(rows) == 2
    assert "Вера" in " ".join(rows[1])


def test_phones_leave_the_house_only_with_whoever_may_see_them(vera: Client, hers: Ask, cast: Any) -> None:
    hers(phone="+79215550142", message="Звоните +7 921 555-01-42")
    Employee.objects.filter(pk=cast.supervisor.id).update(unmasked=[])
    for page in ("inquiries", "clients"):
        told = b"".join(vera.get(f"/lists/{page}/export.csv").streaming_content).decode()
        assert "5550142" not in told
        assert "555-01-42" not in told


def test_the_agency_s_own_fields_are_shown_and_edited_on_cards(anna: Client, stranger: Client, hers: Ask, room: CustomField) -> None:
    CustomField.objects.create(subject="person", slug="hobby", name="Увлечение", kind="choice", choices=["Лыжи", "Море"])
    inquiry = hers()
    matter, person = f"/dossiers/{inquiry.dossier_id}/fields", f"/clients/{inquiry.person_id}/fields"
    assert "Комната" in text(anna, f"/inquiries/{inquiry.pk}")
    assert "Увлечение" in text(anna, f"/clients/{inquiry.person_id}")
    assert anna.post(matter, {"own_room": "много"}).status_code == 422
    assert anna.post(matter, {"own_room": "3"}).status_code == 204
    assert anna.post(person, {"own_hobby": "море"}).status_code == 204
    assert "Море" in text(anna, f"/clients/{inquiry.person_id}")
    assert 'value="3"' in text(anna, matter)
    for address in (matter, person):
        assert stranger.get(address).status_code == stranger.post(address, {"own_room": "4"}).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from core_change where table_name = 'journal_dossier' and diff ? 'custom' and by = %s", [f"employee:{inquiry.dossier.owner_id}"])
        assert cursor.fetchone()[0] == 1
