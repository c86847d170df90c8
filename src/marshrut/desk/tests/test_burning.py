"""What burns: who sees it, what stands in it, and the gesture that puts a matter into better hands."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Employee, Queue
from marshrut.agency.permissions import Actor
from marshrut.channels.models import MailDoor, RawMessage
from marshrut.core.clock import utc_now
from marshrut.deals.models import Deal, Stage
from marshrut.deals.services import open_deal
from marshrut.desk.tests.conftest import Ask
from marshrut.intake.models import Inquiry
from marshrut.journal.models import Dossier, Task, Touch

pytestmark = pytest.mark.django_db
Look = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def workers_are_well(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers(last_heartbeat) values (now())")


def burning(browser: Client) -> str:
    answer = browser.get("/burning")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_behind_the_deals_that_stand_still_has_just_those(look: Look, hers: Ask, cast: Any) -> None:
    now, vera = utc_now(), look(cast.supervisor)
    deals = [open_deal(inquiry_id=hers(name=f"Клиент {word}").pk, funnel="office", by=cast.anna, now=now) for word in "АБВГДЕЖЗИК"]
    Stage.objects.update(longest_days=5)
    at_stage = dict.fromkeys(deals[:7], 6) | {deals[7]: 20, deals[8]: 20}
    for deal, days in at_stage.items():
        Deal.objects.filter(pk=deal).update(stage_entered_at=now - timedelta(days=days))
    Stage.objects.filter(slug="need_recorded").update(longest_days=None)
    no_limit = Stage.objects.get(slug="need_recorded", funnel__slug="office")
    Deal.objects.filter(pk__in=deals[7:9]).update(stage=no_limit)  # one of them silent for two weeks, the other not
    Touch.objects.filter(dossier__deals=deals[7]).update(at=now - timedelta(days=15))
    Dossier.objects.filter(deals=deals[0]).update(waits_until=now + timedelta(days=3), waits_for="ждёт отпуска")
    page = burning(vera)
    address = re.search(r'href="(/lists/deals[^"]*)">[^<]*7<', page)
    assert address, page
    listed = vera.get(address.group(1)).content.decode()
    assert {int(n) for n in re.findall(r'data-open href="/deals/(\d+)"', listed)} == {*deals[1:7], deals[7]}


def test_when_all_is_calm_the_page_says_so(look: Look, hers: Ask, cast: Any) -> None:
    hers()
    page = burning(look(cast.supervisor))
    assert 'id="burning-broken"' not in page
    assert 'class="empty"' in page
    assert "Марина" not in page


def test_clocks_that_broke_and_that_are_about_to_stand_apart(look: Look, hers: Ask, cast: Any) -> None:
    late, soon, calm = hers(name="Опоздали Сильно"), hers(name="Вот-вот Опоздаем"), hers(name="Время Есть")
    missed, answered = hers(name="Брошенный Клиент"), hers(name="Ответили Поздно")
    now = utc_now()
    Inquiry.objects.filter(pk=late.pk).update(respond_by=now - timedelta(minutes=3))
    Inquiry.objects.filter(pk=soon.pk).update(respond_by=now + timedelta(minutes=4))
    Inquiry.objects.filter(pk=calm.pk).update(respond_by=now + timedelta(minutes=14))
    Inquiry.objects.filter(pk=missed.pk).update(clock_state="missed", warn_at=None)
    Inquiry.objects.filter(pk=answered.pk).update(clock_state="missed", warn_at=None, answered_at=now)
    page = burning(look(cast.supervisor))
    broken, breaking = page.split('id="burning-broken"')[1].split('id="burning-breaking"')
    assert "Опоздали Сильно" in broken
    assert "Брошенный Клиент" in broken
    assert "Вот-вот Опоздаем" in breaking
    assert "Время Есть" not in page
    assert "Ответили Поздно" not in page
    assert 'class="clock clock-late"' in broken
    assert f"/dossiers/{late.dossier_id}/hand-over" in broken


def test_what_is_nobodys_what_stands_still_and_who_is_late(look: Look, ask: Ask, hers: Ask, cast: Any) -> None:
    Stage.objects.filter(slug="contact_made").update(longest_days=2)
    still = hers(name="Стоит Давно")
    open_deal(inquiry_id=still.pk, funnel="office", by=cast.anna, now=utc_now() - timedelta(days=3))
    waits = hers(name="Ждёт Тура")
    open_deal(inquiry_id=waits.pk, funnel="office", by=cast.anna, now=utc_now() - timedelta(days=3))
    type(waits.dossier).objects.filter(pk=waits.dossier_id).update(waits_until=utc_now() + timedelta(days=5), waits_for="горящий тур")
    Task.objects.filter(dossier=still.dossier, state="pending").update(due_at=utc_now() - timedelta(days=1))
    Employee.objects.filter(role="manager").update(capacity=0)
    ask(name="Ничей Клиент")
    page = burning(look(cast.supervisor))
    assert "Ничей Клиент" in page.split('id="burning-nobody"')[1].split("</section>")[0]
    assert "Стоит Давно" in page.split('id="burning-stuck"')[1].split("</section>")[0]
    assert "Ждёт Тура" not in page
    assert "Анна Крылова" in page.split('id="burning-late"')[1]


def test_who_has_more_than_they_can_carry(look: Look, hers: Ask, cast: Any) -> None:
    for _n in range(3):
        hers()
    Employee.objects.filter(pk=cast.anna.id).update(capacity=2)
    full = burning(look(cast.supervisor)).split('id="burning-full"')[1]
    assert "Анна Крылова" in full
    assert ">3<" in full


def test_the_house_says_where_it_hurts(look: Look, cast: Any) -> None:
    RawMessage.objects.create(channel="api", source_slug="site", body=b"x", body_digest=bytes(32), state="quarantined", by="t", received_at=utc_now())
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_workers")
    page = burning(look(cast.supervisor))
    assert "/inbox?tab=quarantine" in page
    assert page.count('class="burning-sign"') == 2


def test_a_mail_door_that_cannot_be_read_leads_whoever_may_to_its_settings(look: Look, cast: Any) -> None:
    MailDoor.objects.create(name="Почта", kind="drop", path="/gone", source_slug="email", problem="нет папки", problem_since=utc_now())
    assert 'href="/settings/mail"' in burning(look(cast.owner))
    told = burning(look(cast.supervisor))
    assert "Почта" in told
    assert 'href="/settings/mail"' not in told


def test_the_page_is_for_whoever_answers_for_others_and_within_their_office(look: Look, hers: Ask, cast: Any) -> None:
    inquiry = hers(name="Чужая Тайна")
    Inquiry.objects.filter(pk=inquiry.pk).update(respond_by=utc_now() - timedelta(minutes=3))
    lead = Employee.objects.create(email="lead@podil.example", name="Чужой", role="supervisor", office_id=cast.stranger.office_id, password="!")
    foreign = Client()
    foreign.force_login(lead)
    assert "Чужая Тайна" not in burning(foreign)
    assert "Чужая Тайна" in burning(look(cast.owner))
    for actor in (cast.anna, cast.stranger, cast.administrator):
        assert look(actor).get("/burning").status_code == 404
    assert "/burning" in look(cast.supervisor).get("/").content.decode()
    assert 'href="/burning"' not in look(cast.anna).get("/").content.decode()
    assert foreign.get(f"/dossiers/{inquiry.dossier_id}/hand-over").status_code == 404


def test_a_matter_is_handed_over_with_a_reason_and_both_are_told(look: Look, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    browser, address = look(cast.supervisor), f"/dossiers/{inquiry.dossier_id}/hand-over"
    dialog = browser.get(address).content.decode()
    assert dialog.index("Борис Самойлов") < dialog.index("Вера Журавлёва")  # on duty, and nothing on his hands
    assert "Анна Крылова" not in dialog.split("<select")[1].split("</select>")[0]
    assert "Олег Коваленко" not in dialog
    refused = browser.post(address, {"to": cast.boris.id, "reason": ""})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.content.decode()
    assert browser.post(address, {"to": cast.boris.id, "reason": "Анна заболела"}).status_code == 204
    inquiry.dossier.refresh_from_db()
    assert inquiry.dossier.owner_id == cast.boris.id
    assert set(Task.objects.filter(dossier=inquiry.dossier, state="pending").values_list("assignee_id", flat=True)) == {cast.boris.id}
    touch = Touch.objects.get(dossier=inquiry.dossier, kind="owner")
    assert touch.by == cast.supervisor.label
    assert touch.data["reason"]["why"] == "Анна заболела"
    page = look(cast.boris).get(f"/inquiries/{inquiry.pk}").content.decode()
    assert "Анна заболела" in page
    assert look(cast.anna).get(f"/inquiries/{inquiry.pk}").status_code == 404


def test_a_matter_goes_into_a_queue_of_the_givers_own_reach(look: Look, hers: Ask, cast: Any) -> None:
    own = Queue.objects.create(slug="hot", name="Горящие туры", office_id=cast.anna.office_id)
    foreign = Queue.objects.create(slug="podil-hot", name="Гарячі тури", office_id=cast.stranger.office_id)
    inquiry = hers()
    browser, address = look(cast.supervisor), f"/dossiers/{inquiry.dossier_id}/hand-over"
    asked = browser.get(address).content.decode()
    assert "Горящие туры" in asked
    assert "Гарячі тури" not in asked
    assert browser.post(address, {"to": f"queue-{foreign.pk}", "reason": "Анна заболела"}).status_code == 422
    given = browser.post(address, {"to": f"queue-{own.pk}", "reason": "Анна заболела"})
    assert given.status_code == 204
    inquiry.dossier.refresh_from_db()
    assert (inquiry.dossier.owner_id, inquiry.dossier.queue_id) == (None, own.pk)
    assert f"queue-{own.pk}" not in browser.get(address).content.decode()  # it lies there already


@pytest.mark.parametrize("to", ["", "0", "queue-", "queue-0", "queue-x", "x", "9" * 30, "-1", "stranger", "administrator", "anna"])
def test_a_matter_goes_to_nobody_who_cannot_take_it(look: Look, hers: Ask, cast: Any, to: str) -> None:
    inquiry = hers()
    given = str(getattr(cast, to).id) if to.isalpha() and hasattr(cast, to) else to
    answer = look(cast.supervisor).post(f"/dossiers/{inquiry.dossier_id}/hand-over", {"to": given, "reason": "так надо"})
    assert answer.status_code in (409, 422)
    inquiry.dossier.refresh_from_db()
    assert inquiry.dossier.owner_id == cast.anna.id


def test_a_manager_hands_nothing_over(anna: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers()
    address = f"/dossiers/{inquiry.dossier_id}/hand-over"
    assert anna.get(address).status_code == 409
    assert anna.post(address, {"to": cast.boris.id, "reason": "устала"}).status_code == 409


def test_the_page_costs_as_many_statements_for_three_rows_as_for_one(look: Look, hers: Ask, cast: Any) -> None:
    browser, counted = look(cast.supervisor), []
    for rows in (1, 2):
        for _row in range(rows):
            inquiry = hers()
            Inquiry.objects.filter(pk=inquiry.pk).update(respond_by=utc_now() - timedelta(minutes=3))
            open_deal(inquiry_id=hers().pk, funnel="office", by=cast.anna, now=utc_now() - timedelta(days=90))
        burning(browser)
        with CaptureQueriesContext(connection) as caught:
            assert "Соколова" in burning(browser)
        counted.append(len(caught))
    assert counted[0] == counted[1]
