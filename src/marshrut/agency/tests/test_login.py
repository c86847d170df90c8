"""The way in and out."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import ANNA, PASSWORD

from marshrut.agency.models import Employee
from marshrut.agency.services.attempts import MOST, MOST_FROM_ALL, SPAN, forget_failures, is_blocked, keys_of, note_failure
from marshrut.agency.web.actors import actor_of_session_key
from marshrut.core.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(cast: Any) -> None:
    """Everybody of the cast works here."""


def enter(browser: Client, password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/login", {"email": ANNA, "password": password, **more})


def test_the_right_password_leads_to_today_and_the_frame_greets_by_name(client: Client) -> None:
    assert "autocomplete=\"username\"" in client.get("/login").content.decode()
    answer = enter(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = client.get("/").content.decode()
    assert "Анна Крылова" in page
    assert "Офис «Невский»" in page


def test_the_address_may_be_typed_in_any_case(client: Client) -> None:
    assert client.post("/login", {"email": f"  {ANNA.upper()} ", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(("email", "password"), [(ANNA, "не тот"), ("nobody@nowhere.example", PASSWORD)])
def test_a_wrong_pair_is_refused_in_one_sentence_that_does_not_tell_which_was_wrong(client: Client, email: str, password: str) -> None:
    answer = client.post("/login", {"email": email, "password": password})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "почта или пароль" in page.lower()
    assert f'value="{email}"' in page
    assert password not in page
    assert client.get("/").status_code == 302


def test_after_ten_failures_even_the_right_password_waits(client: Client) -> None:
    for _try in range(MOST):
        assert enter(client, "не тот").status_code == 422
    answer = enter(client)
    assert answer.status_code == 429
    assert "четверть часа" in answer.content.decode()


def test_failures_are_forgotten_after_a_while_and_after_success() -> None:
    now, anna, boris = utc_now(), keys_of("login", "a", "1.2.3.4"), keys_of("login", "b", "1.2.3.4")
    for _try in range(MOST):
        note_failure(anna, now)
    assert is_blocked(anna, now)
    assert not is_blocked(boris, now)
    assert not is_blocked(anna, now + SPAN + timedelta(seconds=1))
    forget_failures(anna)
    assert not is_blocked(anna, now)


def test_nobody_locks_a_colleague_out_of_a_browser_they_use(client: Client) -> None:
    enter(client)
    client.post("/logout")
    for _try in range(MOST):
        assert enter(Client(), "не тот").status_code == 422
    assert enter(Client()).status_code == 429
    assert enter(client)["Location"] == "/"


def test_a_guesser_with_many_addresses_is_slowed_down_too() -> None:
    now = utc_now()
    for number in range(MOST_FROM_ALL):
        note_failure(keys_of("login", "a", f"10.0.0.{number}"), now)
    assert is_blocked(keys_of("login", "a", "10.9.9.9"), now)
    assert not is_blocked(keys_of("login", "a", "10.9.9.9", "the mark of a browser they use"), now)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "inbox"])
def test_the_way_back_never_leads_to_another_site(client: Client, target: str) -> None:
    assert enter(client, next=target)["Location"] == "/"


def test_the_way_back_leads_to_the_page_that_was_asked_for(client: Client) -> None:
    asked = client.get("/inbox?tab=all&source=site")
    page = client.get(asked["Location"]).content.decode()
    assert 'value="/inbox?tab=all&amp;source=site"' in page
    assert enter(client, next="/inbox?tab=all&source=site")["Location"] == "/inbox?tab=all&source=site"


def test_logging_out_ends_the_session_for_pages_and_for_the_event_stream(client: Client, cast: Any) -> None:
    enter(client)
    key = client.session.session_key
    assert key
    assert actor_of_session_key(key) == cast.anna
    assert client.get("/logout").status_code == 405
    assert client.post("/logout")["Location"] == "/login"
    assert client.get("/").status_code == 302
    assert actor_of_session_key(key) is None


def test_whoever_no_longer_works_here_is_out_at_once(client: Client) -> None:
    enter(client)
    Employee.objects.filter(email=ANNA).update(is_active=False)
    assert client.get("/").status_code == 302
    assert enter(Client()).status_code == 422


def test_a_forged_request_without_the_token_of_the_page_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/login", {"email": ANNA, "password": PASSWORD})
    assert answer.status_code == 403
    assert "обновите" in answer.content.decode().lower()


def test_odd_bytes_at_the_door_are_refused_like_any_wrong_pair(client: Client) -> None:
    for email in ("\x00", "a" * 5000, "‮", "' or 1=1 --", "😀@😀"):
        assert client.post("/login", {"email": email, "password": "\x00" * 9}).status_code in (422, 429)
