"""Ways in are added, taken away and replaced with the password only; and nobody shuts the door of keys for others."""

from typing import Any

import pyotp
import pytest
from django.test import Client
from tests.cast import ANNA, PASSWORD
from webauthn.helpers import bytes_to_base64url

from marshrut.agency.models import LoginAttempt, Passkey, RecoveryCode
from marshrut.agency.queries.people import factors_of
from marshrut.agency.services.attempts import MOST
from marshrut.agency.services.second_factor import add_passkey, begin_authenticator, confirm_authenticator
from marshrut.core.clock import utc_now

pytestmark = pytest.mark.django_db
TOO_MANY = "Слишком много"


@pytest.fixture
def anna() -> Client:
    """Her browser, logged in, as a thief of the session has it."""
    browser = Client()
    assert browser.post("/login", {"email": ANNA, "password": PASSWORD}).status_code == 302
    return browser


def with_factors(who: Any, credential: bytes = b"key of anna") -> int:
    now = utc_now()
    confirm_authenticator(code=pyotp.TOTP(begin_authenticator(by=who, now=now)).at(now), by=who, now=now)
    add_passkey(credential_id=credential, public_key=b"nothing that verifies", sign_count=0, name="Телефон", by=who, now=now)
    return Passkey.objects.get(credential_id=credential).pk


def test_a_factor_is_disconnected_and_codes_are_renewed_with_the_password_only(anna: Client, cast: Any) -> None:
    key = with_factors(cast.anna)
    codes = set(RecoveryCode.objects.values_list("pk", flat=True))
    addresses = ["/me/security/codes", f"/me/security/keys/{key}/disconnect", "/me/security/app/disconnect"]
    for address in addresses:
        assert 'type="password"' in anna.get(address).content.decode()
        assert [anna.post(address, given).status_code for given in ({}, {"password": "не тот"})] == [422, 422]
    factors = factors_of(cast.anna.id)
    assert (factors.has_app, len(factors.keys), set(RecoveryCode.objects.values_list("pk", flat=True))) == (True, 1, codes)
    renewed, *disconnected = [anna.post(address, {"password": PASSWORD}) for address in addresses]
    assert renewed.content.decode().count("<code>") == 10
    assert [answer.status_code for answer in disconnected] == [204, 204]
    assert not factors_of(cast.anna.id)


def test_an_app_is_connected_with_the_password_only(anna: Client, cast: Any) -> None:
    secret = begin_authenticator(by=cast.anna, now=utc_now())
    for given in ({}, {"password": "не тот"}):
        assert anna.post("/me/security/app", {"code": pyotp.TOTP(secret).now(), **given}).status_code == 422
    assert not factors_of(cast.anna.id)
    shown = anna.post("/me/security/app", {"code": pyotp.TOTP(secret).now(), "password": PASSWORD})
    assert (shown.status_code, shown["HX-Trigger"]) == (200, "written"), "the page behind the codes shows the app"
    assert factors_of(cast.anna.id).has_app


def test_the_page_of_factors_shown_anew_can_be_shown_anew_again(anna: Client) -> None:
    frame = 'id="security" data-live="security"'
    assert [frame in anna.get(f"/me/security{part}").content.decode() for part in ("", "?part=security")] == [True, True]


def test_a_key_is_offered_for_the_password_only_and_the_door_s_own_question_connects_none(anna: Client) -> None:
    assert 'type="password"' in anna.get("/me/security/keys").content.decode()
    for given in ({}, {"password": "не тот"}, {"password": ["x"]}):
        assert anna.post("/me/security/keys/offer", given, content_type="application/json").status_code == 422
    assert anna.post("/me/security/keys/offer", "[]", content_type="application/json").status_code == 400
    answer = {"credential": {"rawId": "AAAA"}, "name": "чужой"}
    assert anna.post("/login/key/ask").status_code == 200
    refused = anna.post("/me/security/keys", answer, content_type="application/json")
    assert "слишком много времени" in refused.json()["sentence"].lower(), "the challenge of the door is not one for a new key"
    offered = anna.post("/me/security/keys/offer", {"password": PASSWORD}, content_type="application/json")
    assert offered.json()["challenge"]
    assert anna.post("/me/security/keys", answer, content_type="application/json").status_code == 400
    assert Passkey.objects.count() == 0


def test_whoever_has_a_session_does_not_guess_the_password_for_ever(anna: Client, cast: Any) -> None:
    with_factors(cast.anna)
    assert anna.post("/me/security/codes", {"password": "не тот"}).status_code == 422
    LoginAttempt.objects.bulk_create(LoginAttempt(key=one.key, at=one.at) for one in LoginAttempt.objects.all() for _try in range(MOST - 2))
    assert anna.post("/me/security/password", {"old": "не тот", "new": "совсем другая дорога"}).status_code == 422
    for address in ("/me/security/codes", "/me/security/app/disconnect"):
        assert TOO_MANY in anna.post(address, {"password": PASSWORD}).content.decode()
    assert TOO_MANY in anna.post("/me/security/password", {"old": PASSWORD, "new": "совсем другая дорога"}).content.decode()
    assert factors_of(cast.anna.id).has_app


def test_a_foreign_key_is_not_found(anna: Client, cast: Any) -> None:
    key = with_factors(cast.stranger, b"key of the stranger")
    address = f"/me/security/keys/{key}/disconnect"
    assert (anna.get(address).status_code, anna.post(address, {"password": PASSWORD}).status_code) == (404, 404)


def said_by_key(credential: bytes, address: str = "127.0.0.1") -> str:
    """What the door answers to a key that proves nothing."""
    browser = Client(REMOTE_ADDR=address)
    browser.post("/login/key/ask")
    given = {"credential": {"rawId": bytes_to_base64url(credential), "id": "x", "type": "public-key", "response": {}}}
    return str(browser.post("/login/key", given, content_type="application/json").json()["sentence"])


def test_whoever_tries_keys_nobody_has_shuts_the_door_for_nobody(cast: Any) -> None:
    with_factors(cast.anna)
    for _try in range(10):
        assert TOO_MANY not in said_by_key(b"made up", "10.0.0.1")
    assert TOO_MANY in said_by_key(b"made up", "10.0.0.1")
    assert TOO_MANY not in said_by_key(b"key of anna", "10.0.0.1"), "colleagues behind one address go on"
    assert TOO_MANY not in said_by_key(b"made up", "10.0.0.2")


def test_tries_against_somebody_s_key_are_counted_for_its_owner_and_not_while_it_is_blocked(cast: Any) -> None:
    with_factors(cast.anna)
    with_factors(cast.boris, b"key of boris")
    for _try in range(10):
        assert TOO_MANY not in said_by_key(b"key of anna")
    noted = LoginAttempt.objects.count()
    assert TOO_MANY in said_by_key(b"key of anna")
    assert LoginAttempt.objects.count() == noted, "what is refused anyway makes the wait no longer"
    assert TOO_MANY not in said_by_key(b"key of boris")


def test_an_answer_to_no_question_is_no_try(cast: Any) -> None:
    stranger = Client()
    for body in ({}, {"credential": {}}, {"credential": 1}):
        assert stranger.post("/login/key", body, content_type="application/json").status_code == 400
    assert LoginAttempt.objects.count() == 0
