"""The outbox and the pages about mail: what is seen, by whom, and what a wrong value says."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.channels.models import MailDoor, MailServer, Sending
from marshrut.channels.queries.outbox import RESTORED, password_context
from marshrut.channels.services import queue_message
from marshrut.core.clock import utc_now
from marshrut.core.vault import unseal

pytestmark = pytest.mark.django_db


def enter(who: Any) -> Client:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=who.id))
    return browser


def queue(by: Any, to: str = "irina@example.com") -> int:
    return queue_message(to=to, subject="Тур в Турцию", text="Добрый день", purpose="message", by=by, now=utc_now())


def test_the_outbox_shows_own_letters_and_to_who_keeps_the_settings_all(cast: Cast) -> None:
    queue(cast.anna)
    url = reverse("outbox")
    for who, sees in ((cast.anna, True), (cast.boris, False), (cast.stranger, False), (cast.administrator, True)):
        page = enter(who).get(url).content.decode()
        assert ("Тур в Турцию" in page) is sees
    assert "Почтовый сервер ещё не настроен" in page


def test_a_failed_letter_says_why_and_is_sent_again_or_put_away(cast: Cast) -> None:
    id = queue(cast.anna)
    Sending.objects.update(state="failed", problem="550 no such user")
    browser = enter(cast.administrator)
    page = browser.get(reverse("outbox"), {"state": "failed"}).content.decode()
    assert "550 no such user" in page
    assert reverse("sending_repeat", args=[id]) in page
    assert "Тур в Турцию" not in browser.get(reverse("outbox"), {"state": "sent"}).content.decode()
    assert browser.post(reverse("sending_cancel", args=[id])).status_code == 204
    assert Sending.objects.get().state == "cancelled"


def held(by: Any, to: str = "irina@example.com") -> int:
    """A letter that waited in an archive which was restored."""
    id = queue(by, to)
    Sending.objects.filter(pk=id).update(state="failed", problem=RESTORED)
    return id


def test_held_letters_are_let_go_together_and_each_says_what_became_of_it(cast: Cast) -> None:
    first, second, sent, foreign = held(cast.anna), held(cast.anna, "oleg@example.com"), held(cast.anna), held(cast.stranger, "not-yours@example.com")
    Sending.objects.filter(pk=sent).update(state="sent", sent_at=utc_now())
    browser = enter(cast.anna)
    page = browser.get(reverse("outbox"), {"state": "held"}).content.decode()
    assert "Задержаны после восстановления" in page
    assert page.count("data-tick ") == 2
    given = {"ids": f"{first},{second},{sent},{foreign}"}
    asked = browser.post(reverse("sendings_repeat"), given).content.decode()
    assert "2 из них задержаны после восстановления" in asked
    assert Sending.objects.filter(state="waiting").count() == 0  # nothing before somebody says yes
    told = browser.post(reverse("sendings_repeat"), {**given, "step": "do"}).content.decode()
    assert set(Sending.objects.filter(state="waiting").values_list("id", flat=True)) == {first, second}
    assert "Сделано: 2" in told
    assert "Не сделано: 2" in told
    assert "oleg@example.com" in told
    assert "not-yours" not in told
    assert "Задержаны" not in browser.get(reverse("outbox")).content.decode()


def test_letters_that_wait_are_put_away_together(cast: Cast) -> None:
    ids = [queue(cast.anna), held(cast.anna)]
    browser = enter(cast.anna)
    browser.post(reverse("sendings_cancel"), {"ids": ",".join(map(str, ids)), "step": "do"})
    assert set(Sending.objects.values_list("state", flat=True)) == {"cancelled"}


def test_who_may_not_send_lets_no_letter_go(cast: Cast) -> None:
    id = held(cast.anna)
    reader = Employee.objects.create(email="reads@a.example", name="Читает", role="marketer", office_id=cast.anna.office_id, password="!")
    for who in (reader, cast.stranger):
        browser = enter(who)
        for address in ("sendings_repeat", "sendings_cancel"):
            browser.post(reverse(address), {"ids": str(id), "step": "do"})
    assert Sending.objects.get().state == "failed"
    assert enter(reader).post(reverse("sendings_repeat"), {"ids": str(id)}).status_code == 403


@pytest.mark.parametrize("ids", ["", "x", "-1", "9" * 30, ",".join(map(str, range(1, 300)))])
def test_a_choice_that_is_none_or_too_large_gets_a_sentence(cast: Cast, ids: str) -> None:
    answer = enter(cast.anna).post(reverse("sendings_repeat"), {"ids": ids, "step": "do"})
    assert answer.status_code == 422
    assert answer.content


def test_an_address_is_hidden_from_who_may_not_see_it(cast: Cast) -> None:
    queue(cast.anna)
    Employee.objects.filter(pk=cast.anna.id).update(unmasked=["passport"])
    assert "irina@example.com" not in enter(cast.anna).get(reverse("outbox")).content.decode()


def test_three_letters_are_read_in_as_many_statements_as_one(cast: Cast) -> None:
    browser, url = enter(cast.anna), reverse("outbox")
    queue(cast.anna)
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    queue(cast.anna)
    queue(cast.anna)
    with CaptureQueriesContext(connection) as three:
        browser.get(url)
    assert len(one) == len(three)


@pytest.mark.parametrize("query", ["state=nonsense", "before=x", "before=99999999999999999999", "state=sent&before=1"])
def test_nonsense_in_the_address_is_no_error(cast: Cast, query: str) -> None:
    assert enter(cast.anna).get(f"{reverse('outbox')}?{query}").status_code == 200


def test_a_mail_folder_is_made_only_where_the_home_allows(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    browser, url = enter(cast.administrator), reverse("settings_mail_new")
    right = {"name": "Почта", "kind": "maildir", "path": f"{tmp_path}/info", "address": "info@agency.example", "source_slug": "email",
             "office_id": "", "is_active": "yes", "since": "0"}
    os.symlink("/etc", tmp_path / "out")
    for wrong in ({"path": "/etc"}, {"path": f"{tmp_path}/../x"}, {"path": "info"}, {"path": f"{tmp_path}/out"}, {"name": ""}, {"address": "x"},
                  {"kind": "imap"}):
        answer = browser.post(url, right | wrong)
        assert answer.status_code == 422, wrong
        assert 'class="error"' in answer.content.decode()
    assert not MailDoor.objects.exists()
    assert browser.post(url, right).status_code == 204
    assert sorted(p.name for p in (tmp_path / "info").iterdir()) == ["cur", "new", "tmp"]
    assert browser.post(url, right | {"name": "Ещё"}).status_code == 422
    endless = browser.post(url, right | {"name": "Длинный", "path": f"{tmp_path}/{'д' * 200}"})
    assert endless.status_code == 422
    assert "слишком длинные" in endless.content.decode()
    MailDoor.objects.update(problem="Папки нет", problem_since=utc_now())
    assert "Папки нет" in browser.get(reverse("settings_mail")).content.decode()


def test_the_servers_password_is_kept_sealed_and_never_shown(cast: Cast) -> None:
    browser, url = enter(cast.administrator), reverse("settings_server")
    values = {"host": "smtp.example.com", "port": "587", "security": "starttls", "user": "hello", "sender": "Маршрут <hello@example.com>",
              "password": "тайна 7", "since": "0"}
    assert browser.post(url, values).status_code == 204
    server = MailServer.objects.get()
    bound_to = password_context("smtp.example.com", 587, "starttls", "hello")
    assert unseal(bytes(server.sealed_password), "mail server", bound_to).decode() == "тайна 7"
    assert "тайна" not in browser.get(url).content.decode()
    from marshrut.core.saves import newest_change

    since = newest_change({"channels_mailserver": ()})
    assert browser.post(url, values | {"password": "", "sender": "hi@example.com", "since": since}).status_code == 204
    elsewhere = values | {"port": "465", "security": "tls", "sender": "hi@example.com", "since": newest_change({"channels_mailserver": ()})}
    assert browser.post(url, elsewhere | {"password": ""}).status_code == 422  # a password does not follow to another server
    assert browser.post(url, elsewhere).status_code == 204
    server.refresh_from_db()
    assert (server.port, server.sender, bool(server.sealed_password)) == (465, "hi@example.com", True)


def test_a_test_letter_says_what_the_server_said(cast: Cast) -> None:
    browser, url = enter(cast.administrator), reverse("settings_server_test")
    assert "Сначала назовите почтовый сервер" in browser.post(url, {"to": "a@example.com"}).content.decode()
    MailServer.objects.create(pk=1, host="127.0.0.1", port=1, security="none", sender="a@agency.example")
    answer = browser.post(url, {"to": "a@example.com"})
    assert answer.status_code == 422
    assert "Сервер не принял письмо" in answer.content.decode()


@pytest.mark.parametrize("name", ["settings_mail", "settings_mail_new", "settings_server", "settings_server_test"])
def test_pages_about_mail_are_for_who_keeps_the_settings(cast: Cast, name: str) -> None:
    assert enter(cast.administrator).get(reverse(name)).status_code == 200
    assert enter(cast.anna).get(reverse(name)).status_code == 403
