"""The second step of the way in: codes of an app, recovery codes, and that neither opens twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client
from tests.cast import ANNA, ARTEM, OLGA, PASSWORD
from tests.together import at_once

from marshrut.agency.models import Agency, Authenticator, RecoveryCode
from marshrut.agency.queries.people import factors_of
from marshrut.agency.services.second_factor import (
    begin_authenticator,
    check_code,
    confirm_authenticator,
    remove_authenticator,
    reset_second_factor,
)
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, Refused

NOW = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)


def connect(who: Any, now: datetime = NOW) -> tuple[pyotp.TOTP, list[str]]:
    app = pyotp.TOTP(begin_authenticator(by=who, now=now))
    return app, confirm_authenticator(code=app.at(now), by=who, now=now)


@pytest.mark.django_db
def test_a_code_is_good_once_and_so_is_every_older_one(cast: Any) -> None:
    app, _codes = connect(cast.anna)
    later = NOW + timedelta(minutes=2)
    assert not check_code(employee_id=cast.anna.id, code=app.at(NOW), now=NOW)
    assert check_code(employee_id=cast.anna.id, code=app.at(later), now=later)
    assert not check_code(employee_id=cast.anna.id, code=app.at(later), now=later)
    assert not check_code(employee_id=cast.anna.id, code=app.at(later - timedelta(seconds=30)), now=later)
    assert not check_code(employee_id=cast.boris.id, code=app.at(later), now=later)


@pytest.mark.django_db
@pytest.mark.parametrize(("drift", "opens"), [(-90, False), (-30, True), (0, True), (30, True), (90, False)])
def test_a_phone_s_clock_may_be_half_a_minute_wrong(cast: Any, drift: int, opens: bool) -> None:
    app, _codes = connect(cast.anna)
    later = NOW + timedelta(minutes=10)
    assert check_code(employee_id=cast.anna.id, code=app.at(later + timedelta(seconds=drift)), now=later) is opens


@pytest.mark.django_db
def test_a_recovery_code_opens_once_however_it_is_typed(cast: Any) -> None:
    _app, codes = connect(cast.anna)
    assert len(set(codes)) == 10
    assert check_code(employee_id=cast.anna.id, code=f" {codes[0].upper()} ", now=NOW)
    assert not check_code(employee_id=cast.anna.id, code=codes[0], now=NOW)
    assert not check_code(employee_id=cast.boris.id, code=codes[1], now=NOW)
    assert factors_of(cast.anna.id).codes == 9
    assert not any(bytes(kept.digest) in codes[1].encode() for kept in RecoveryCode.objects.all())


@pytest.mark.django_db
def test_the_secret_is_sealed_and_shown_until_it_is_confirmed_and_never_after(cast: Any) -> None:
    secret = begin_authenticator(by=cast.anna, now=NOW)
    assert begin_authenticator(by=cast.anna, now=NOW) == secret
    assert secret.encode() not in bytes(Authenticator.objects.get().sealed_secret)
    assert not factors_of(cast.anna.id)
    with pytest.raises(Invalid):
        confirm_authenticator(code="000000", by=cast.anna, now=NOW)
    confirm_authenticator(code=pyotp.TOTP(secret).at(NOW), by=cast.anna, now=NOW)
    with pytest.raises(Refused):
        begin_authenticator(by=cast.anna, now=NOW)
    remove_authenticator(by=cast.anna, now=NOW)
    assert factors_of(cast.anna.id).codes == 0


@pytest.mark.django_db
def test_the_door_opens_only_after_both_steps(cast: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        app, _codes = connect(cast.anna)
    browser = Client()
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert browser.post("/login", {"email": ANNA, "password": PASSWORD, "next": "/inbox"})["Location"] == "/login/second"
        assert browser.get("/").status_code == 302
        assert browser.get("/login/second").status_code == 200
        assert browser.post("/login/second", {"code": "123456"}).status_code == 422
        assert browser.get("/").status_code == 302
        assert browser.post("/login/second", {"code": app.at(utc_now())})["Location"] == "/inbox"
        assert browser.get("/me/security").status_code == 200
        replay = Client()
        replay.post("/login", {"email": ANNA, "password": PASSWORD})
        assert replay.post("/login/second", {"code": app.at(utc_now())}).status_code == 422
        assert replay.get("/").status_code == 302


@pytest.mark.django_db
def test_the_half_open_door_shuts_after_ten_minutes_and_after_ten_wrong_codes(cast: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        app, _codes = connect(cast.anna)
        late, guesser = Client(), Client()
        late.post("/login", {"email": ANNA, "password": PASSWORD})
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        assert late.post("/login/second", {"code": app.at(utc_now())})["Location"] == "/login"
        guesser.post("/login", {"email": ANNA, "password": PASSWORD})
        for _try in range(10):
            assert guesser.post("/login/second", {"code": "000000"}).status_code == 422
        assert guesser.post("/login/second", {"code": app.at(utc_now())}).status_code == 429
    assert Client().get("/login/second")["Location"] == "/login"


@pytest.mark.django_db
def test_where_the_agency_asks_everybody_the_door_opens_with_a_new_app(cast: Any) -> None:
    Agency.objects.update(needs_second_factor=True)
    browser = Client()
    assert browser.post("/login", {"email": ANNA, "password": PASSWORD})["Location"] == "/login/setup"
    assert browser.get("/").status_code == 302
    assert "data:image/svg+xml" in browser.get("/login/setup").content.decode()
    assert browser.post("/login/setup", {"code": "000000"}).status_code == 422
    secret = begin_authenticator(by=cast.anna, now=utc_now())
    page = browser.post("/login/setup", {"code": pyotp.TOTP(secret).now()})
    assert page.status_code == 200
    assert page.content.decode().count("<code>") == 10
    assert browser.get("/me/security").status_code == 200


@pytest.mark.django_db
def test_owners_are_reminded_and_an_administrator_resets_what_was_lost(cast: Any) -> None:
    olga, artem, boris = Client(), Client(), Client()
    olga.post("/login", {"email": OLGA, "password": PASSWORD})
    assert "notice-warm" in olga.get("/me/security").content.decode()
    connect(cast.anna)
    artem.post("/login", {"email": ARTEM, "password": PASSWORD})
    boris.post("/login", {"email": "boris@nevsky.example", "password": PASSWORD})
    assert boris.post(f"/staff/{cast.anna.id}/factor").status_code == 403
    assert factors_of(cast.anna.id)
    assert artem.post(f"/staff/{cast.anna.id}/factor").status_code == 204
    assert not factors_of(cast.anna.id)
    with pytest.raises(Refused):
        reset_second_factor(employee_id=cast.owner.id, by=cast.administrator, now=utc_now())


def test_two_who_type_one_code_at_once_do_not_both_pass(own_database: str, cast: Any) -> None:
    app, _codes = connect(cast.anna)
    later = NOW + timedelta(minutes=5)
    passed = at_once([lambda: check_code(employee_id=cast.anna.id, code=app.at(later), now=later)] * 4)
    assert sorted(passed) == [False, False, False, True]
