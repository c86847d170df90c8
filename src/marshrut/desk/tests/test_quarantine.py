"""Quarantine at the desk: whose it is, and many messages judged at once, each with its result and a way back."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.agency.permissions import system
from marshrut.channels.models import Form, RawMessage
from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry
from marshrut.intake.reading import read_submission
from marshrut.intake.services import accept_quarantined

pytestmark = pytest.mark.django_db


def enter(who: Any) -> Client:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=who if isinstance(who, int) else who.id))
    return browser


@pytest.fixture
def vera(cast: Cast) -> Client:
    return enter(cast.supervisor)


@pytest.fixture
def oksana(cast: Cast) -> Client:
    """The supervisor of the other office."""
    return enter(Employee.objects.create(email="oksana@podil.example", name="Оксана", role="supervisor",
                                         office_id=cast.stranger.office_id, password="!").pk)


def wait(cast: Cast, n: int = 0, *, phone: str = "+7916555000{}", source: str = "site", office: int | None = 0) -> int:
    """A message that waits in quarantine, by default at the door of «Невский»; its id."""
    contact = {"name": "Анна", "phone": phone.format(n)} if phone else {"name": "?"}
    body = {"channel": "fax", "source": source, "contact": contact, "external_id": f"x{n}{phone}{source}", "message": f"Турция №{n}"}
    read = read_submission(body, regions=("RU",), today=utc_now().date(), now=utc_now())
    came = read if office is None else replace(read, office_id=office or cast.anna.office_id)
    return accept_quarantined(submission=came, body=json.dumps(body).encode(), reason="похоже на робота", by=system("t"), now=utc_now()).id


def states(*ids: int) -> list[str]:
    return [RawMessage.objects.get(pk=id).state for id in ids]


def test_a_robots_form_is_for_the_supervisor_of_the_forms_office_alone(cast: Cast, vera: Client, oksana: Client) -> None:
    form = Form.objects.get()
    Form.objects.update(office_id=cast.anna.office_id)
    sent = {"name": "Робот", "phone": "+79165550001", "consent": "1", "website": "http://spam", "message": "дешёвые туры"}
    assert Client().post(f"/f/{form.key}", sent).status_code == 200
    raw = RawMessage.objects.get(state="quarantined")
    assert raw.office_id == cast.anna.office_id
    assert "дешёвые туры" in vera.get("/inbox?tab=quarantine").content.decode()
    assert "дешёвые туры" not in oksana.get("/inbox?tab=quarantine").content.decode()
    assert [oksana.post(f"/quarantine/{raw.pk}/{what}", {"reason": "спам"}).status_code for what in ("release", "discard")] == [404, 404]


def test_what_came_by_a_source_that_one_office_alone_has_is_that_offices(cast: Cast, oksana: Client) -> None:
    Form.objects.update(office_id=cast.stranger.office_id, source_slug="podil-site")
    own, unknown = wait(cast, 1, source="podil-site", office=None), wait(cast, 2, source="elsewhere", office=None)
    assert [RawMessage.objects.get(pk=id).office_id for id in (own, unknown)] == [cast.stranger.office_id, None]
    page = oksana.get("/inbox?tab=quarantine").content.decode()
    assert f'id="raw-{own}"' in page
    assert f'id="raw-{unknown}"' in page


def test_a_released_form_goes_to_the_office_of_its_door(cast: Cast, vera: Client) -> None:
    raw = wait(cast)
    assert vera.post(f"/quarantine/{raw}/release").status_code == 204
    assert Inquiry.objects.get(pk=raw).dossier.office_id == cast.anna.office_id


def test_several_are_discarded_at_once_and_put_back_with_why_they_waited(cast: Cast, vera: Client) -> None:
    ids = [wait(cast, n) for n in range(3)]
    chosen = ",".join(map(str, ids))
    assert f'value="{chosen}"' in vera.post("/quarantine/discard", {"ids": chosen}).content.decode()
    assert vera.post("/quarantine/discard", {"ids": chosen, "step": "do", "reason": " "}).status_code == 422
    assert states(*ids) == ["quarantined"] * 3
    done = vera.post("/quarantine/discard", {"ids": chosen, "step": "do", "reason": "Рассылка"})
    assert done.content.decode().count('class="good"') == 3
    assert states(*ids) == ["discarded"] * 3
    page = vera.get("/inbox?tab=quarantine").content.decode()
    assert "Недавно отброшенные" in page
    assert vera.post("/quarantine/back", {"ids": chosen, "of": "discard"}).status_code == 200
    rows = RawMessage.objects.filter(pk__in=ids)
    assert {(row.state, row.reason, row.verdict) for row in rows} == {("quarantined", "похоже на робота", "")}


def test_each_row_has_its_own_result_and_what_was_let_in_is_taken_back_as_spam(cast: Cast, vera: Client) -> None:
    good, unreadable, foreign = wait(cast, 1), wait(cast, 2, phone=""), wait(cast, 3, office=cast.stranger.office_id)
    answer = vera.post("/quarantine/let-in", {"ids": f"{good},{unreadable},{foreign},999999999,odd"})
    page = answer.content.decode()
    assert f'href="/inquiries/{good}"' in page
    assert states(good, foreign) == ["understood", "quarantined"]
    assert page.count('class="bad"') >= 2
    assert "rows-changed" in answer["HX-Trigger"]
    assert vera.post("/quarantine/back", {"ids": str(good), "of": "let_in"}).status_code == 204
    assert Inquiry.objects.get(pk=good).disposition == "spam"
    again = vera.post("/quarantine/back", {"ids": str(good), "of": "let_in"})
    assert again.status_code == 409


def test_nothing_chosen_or_no_numbers_is_a_sentence(cast: Cast, vera: Client) -> None:
    for ids in ("", "odd", "-1", "9" * 30):
        for address in ("let-in", "discard", "back"):
            assert vera.post(f"/quarantine/{address}", {"ids": ids}).status_code == 422, (address, ids)


def test_whoever_answers_for_no_office_judges_nothing(cast: Cast) -> None:
    raw = wait(cast)
    for who in (cast.anna, cast.stranger):
        for address in ("let-in", "discard", "back"):
            assert enter(who).post(f"/quarantine/{address}", {"ids": raw, "reason": "x", "step": "do"}).status_code == 404
    assert states(raw) == ["quarantined"]


def test_one_more_message_asks_the_database_nothing_more(cast: Cast, vera: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as log:
            vera.get("/inbox?tab=quarantine&part=list")
        return len(log)

    wait(cast, 1)
    vera.get("/inbox?tab=quarantine&part=list")
    one = asked()
    for n in (2, 3):
        wait(cast, n)
    assert asked() == one


def test_the_tabs_of_the_inbox_count_anew_by_themselves(cast: Cast, vera: Client) -> None:
    page = vera.get("/inbox?tab=quarantine").content.decode()
    tabs = page.partition('id="inbox-tabs"')[2].partition("</div>")[0]
    assert "quarantine" in tabs.partition(">")[0]
    wait(cast, 1)
    again = vera.get("/inbox?tab=quarantine&part=tabs").content.decode()
    assert 'aria-current="page">Карантин <span class="num">1</span>' in again
    assert "<html" not in again
