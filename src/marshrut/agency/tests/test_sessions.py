"""Where somebody is logged in, and that a session ends when it must."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import ANNA, ARTEM, PASSWORD

from marshrut.agency.models import Employee, LoginSession
from marshrut.agency.permissions import system
from marshrut.agency.queries.people import find_colleague
from marshrut.agency.services import Employment, change_employee, end_employment, take_back
from marshrut.agency.services.sessions import forget_old_sessions
from marshrut.agency.web.actors import actor_of_session_key
from marshrut.core.clock import utc_now

pytestmark = pytest.mark.django_db


def entered(email: str = ANNA, agent: str = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0") -> Client:
    browser = Client(headers={"User-Agent": agent})
    assert browser.post("/login", {"email": email, "password": PASSWORD}).status_code == 302
    return browser


@pytest.fixture(autouse=True)
def people(cast: Any) -> Any:
    return cast


def test_who_acts_is_asked_in_one_statement() -> None:
    browser = entered()
    key = browser.session.session_key or ""
    with CaptureQueriesContext(connection, ) as asked:
        assert actor_of_session_key(key)
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/api/v1/ping").status_code == 204
    assert len(asked) == 1


def test_a_session_says_from_where_and_with_what_and_is_one_s_own() -> None:
    page = entered().get("/me/security").content.decode()
    assert "Firefox, Windows" in page
    assert "127.0.0.1" in page


def test_that_a_session_was_seen_is_written_down_every_quarter_of_an_hour_and_no_oftener() -> None:
    browser = entered()
    long_ago = utc_now() - timedelta(hours=2)
    LoginSession.objects.update(seen_at=long_ago)
    browser.get("/api/v1/ping")
    seen = LoginSession.objects.get().seen_at
    assert seen > long_ago
    browser.get("/api/v1/ping")
    assert LoginSession.objects.get().seen_at == seen


def test_a_session_nobody_used_for_two_weeks_has_ended() -> None:
    browser = entered()
    LoginSession.objects.update(seen_at=utc_now() - timedelta(days=15))
    assert browser.get("/").status_code == 302


def test_one_session_is_ended_and_all_others_too() -> None:
    here, there, elsewhere = entered(), entered(), entered()
    other = LoginSession.objects.order_by("id")[1]
    assert here.post(f"/me/security/sessions/{other.id}/end").status_code == 204
    assert (there.get("/").status_code, elsewhere.get("/").status_code, here.get("/").status_code) == (302, 200, 200)
    assert here.post("/me/security/sessions/others").status_code == 204
    assert (elsewhere.get("/").status_code, here.get("/").status_code) == (302, 200)


def test_a_colleague_s_session_is_nobody_s_but_the_administrator_s_to_end(cast: Any) -> None:
    anna, boris, artem = entered(), entered("boris@nevsky.example"), entered(ARTEM)
    session = LoginSession.objects.get(employee_id=cast.anna.id)
    assert boris.post(f"/me/security/sessions/{session.id}/end").status_code == 404
    assert anna.get("/").status_code == 200
    assert artem.post(f"/me/security/sessions/{session.id}/end").status_code == 204
    assert anna.get("/").status_code == 302


def test_an_owner_s_session_is_not_the_administrator_s_to_end(cast: Any) -> None:
    olga, artem = entered("olga@agency.example"), entered(ARTEM)
    session = LoginSession.objects.get(employee_id=cast.owner.id)
    assert artem.post(f"/me/security/sessions/{session.id}/end").status_code == 404
    assert artem.post(f"/staff/{cast.owner.id}/sessions").status_code == 404
    assert olga.get("/").status_code == 200


def test_another_password_ends_other_sessions_and_keeps_this_one() -> None:
    here, there = entered(), entered()
    wrong = here.post("/me/security/password", {"old": "не тот", "new": "совсем другая дорога"})
    assert wrong.status_code == 422
    assert here.post("/me/security/password", {"old": PASSWORD, "new": "1"}).status_code == 422
    assert there.get("/").status_code == 200
    assert here.post("/me/security/password", {"old": PASSWORD, "new": "совсем другая дорога"}).status_code == 204
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_another_role_and_leaving_end_sessions_at_once(cast: Any) -> None:
    anna = entered()
    line = find_colleague(cast.anna.id)
    assert line
    rights = Employment(name=line.name, role="senior", office_id=line.office_id)
    change_employee(employee_id=cast.anna.id, employment=rights, by=cast.owner, now=utc_now())
    assert anna.get("/").status_code == 302
    anna = entered()
    end_employment(employee_id=cast.anna.id, by=cast.owner, now=utc_now())
    assert anna.get("/").status_code == 302
    refused = Client().post("/login", {"email": ANNA, "password": PASSWORD})
    stranger = Client().post("/login", {"email": "nobody@nowhere.example", "password": PASSWORD})
    assert refused.status_code == stranger.status_code == 422
    assert "почта или пароль" in refused.content.decode().lower()
    take_back(employee_id=cast.anna.id, by=cast.owner, now=utc_now())
    assert anna.get("/").status_code == 302
    assert entered().get("/").status_code == 200


def test_old_sessions_are_forgotten_twice_as_well_as_once() -> None:
    entered()
    LoginSession.objects.update(seen_at=utc_now() - timedelta(days=200))
    assert forget_old_sessions(now=utc_now()) == 1
    assert forget_old_sessions(now=utc_now()) == 0


def test_a_new_password_from_the_command_line_ends_sessions(cast: Any) -> None:
    from marshrut.agency.services import add_employee

    anna = entered()
    add_employee(email=ANNA, name="Анна", role="manager", password="новая дорога домой", by=system("cli"), now=utc_now())
    assert anna.get("/").status_code == 302
    assert Employee.objects.get(email=ANNA).office_id == cast.anna.office_id
