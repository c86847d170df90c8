"""Nothing that lies in the database is a key to somebody's session, and a restored home has no sessions at all."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from tests.cast import ANNA, PASSWORD

from marshrut.agency.models import AccessLink, LoginSession
from marshrut.agency.permissions import system
from marshrut.agency.services import end_all_sessions, issue_reset, revoke_all_links, set_forgotten_password
from marshrut.agency.web.session_store import SessionStore, name_of
from marshrut.core.clock import utc_now
from marshrut.core.errors import Refused

pytestmark = pytest.mark.django_db


def entered() -> Client:
    browser = Client()
    assert browser.post("/login", {"email": ANNA, "password": PASSWORD}).status_code == 302
    return browser


def everything_in(*tables: str) -> str:
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"select t::text from {table} t")
            rows += [str(row) for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def test_a_cookie_is_nowhere_in_the_database_and_what_lies_there_is_no_cookie(cast: Any) -> None:
    key = entered().cookies["marshrut_session"].value
    assert key not in everything_in("django_session", "agency_loginsession")
    for kept in Session.objects.values_list("session_key", flat=True):
        thief = Client()
        thief.cookies["marshrut_session"] = kept
        assert thief.get("/").status_code == 302
        assert not SessionStore(kept).load()


def test_a_session_is_kept_found_changed_and_taken_away_by_its_key() -> None:
    session = SessionStore()
    session["half"] = 1
    session.create()
    key = session.session_key or ""
    again = SessionStore(key)
    assert (again.get("half"), again.session_key, again.exists(key), again.exists(name_of(key))) == (1, key, True, False)
    again["half"] = 2
    again.save()
    assert (Session.objects.count(), SessionStore(key)["half"]) == (1, 2)
    again.cycle_key()
    assert (Session.objects.count(), SessionStore(key).get("half"), SessionStore(again.session_key)["half"]) == (1, None, 2)
    again.flush()
    assert Session.objects.count() == 0


def test_whoever_is_logged_in_at_the_upgrade_stays_so() -> None:
    before = db.SessionStore()
    before["half"] = "an older version kept this"
    before.create()
    with connection.cursor() as cursor:
        cursor.execute(import_module("marshrut.agency.migrations.0007_session_digests").HASH)
    assert SessionStore(before.session_key)["half"] == "an older version kept this"


def test_after_a_restore_no_cookie_and_no_link_of_before_opens_anything(cast: Any) -> None:
    anna, now = entered(), utc_now()
    link = issue_reset(employee_id=cast.boris.id, by=cast.owner, now=now)
    assert end_all_sessions(by=system("restore"), now=now) == 1
    assert revoke_all_links(by=system("restore"), now=now) == 1
    assert anna.get("/").status_code == 302
    assert LoginSession.objects.filter(ended_at=None).count() == Session.objects.count() == 0
    with pytest.raises(Refused):
        set_forgotten_password(secret=link.secret, password="совсем другая дорога", now=now + timedelta(minutes=1))
    assert AccessLink.objects.get().used_at is None
    assert end_all_sessions(by=system("restore"), now=now) == revoke_all_links(by=system("restore"), now=now) == 0
    assert entered().get("/").status_code == 200
