"""What the pages about mail say before a save: what the letters in a folder become, and what the server would be given."""

import html
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.backoffice.tests.test_settings_frame import artem, olga
from marshrut.backoffice.tests.test_settings_previews import told
from marshrut.channels.models import MailDoor, MailServer, RawMessage
from marshrut.channels.queries import list_doors
from marshrut.channels.services import keep_server, queue_message
from marshrut.channels.tests.test_outbox import Peer, peer
from marshrut.core.clock import utc_now
from marshrut.intake.reference import read_reference
from marshrut.intake.services import letters_foreseen, read_doors
from marshrut.intake.services.letters_foreseen import foresee_folder
from marshrut.intake.tests.mail_door import SHARED, letter

__all__ = ["artem", "olga", "peer"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(cast: Cast) -> None:
    Employee.objects.filter(pk__in=[cast.owner.id, cast.administrator.id]).update(language="en")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def typed(folder: Path, **more: str) -> dict[str, str]:
    return {"name": "Почта", "kind": "maildir", "path": str(folder), "address": "hello@nevsky.example", "source_slug": "email", "office_id": "",
            "is_active": "yes", **more}


def lay(folder: Path, *letters: EmailMessage) -> None:
    for number, one in enumerate(letters):
        (folder / "new" / str(number)).write_bytes(one.as_bytes())


def test_a_folder_says_what_its_letters_become_and_takes_none(olga: Client, folder: Path) -> None:
    away = letter("Я в отпуске", id="<away@x>", Auto_Submitted="auto-replied")
    answer = letter("Да, подходит", id="<two@x>", subject="Re: Тур", In_Reply_To="<one@example.com>")
    lay(folder, letter(), answer, away)
    said = told(olga, "/settings/mail/new", **typed(folder))
    for part in ("3 letters lie in the folder", "An inquiry 1", "A reply in its thread 1", "An automatic reply: no inquiry 1", "Тур в Турцию", "irina@example.com"):
        assert part in said, part
    assert len(list((folder / "new").iterdir())) == 3
    assert not RawMessage.objects.exists()


def test_whoever_sees_no_clients_gets_the_numbers_alone(artem: Client, folder: Path) -> None:
    lay(folder, letter())
    said = told(artem, "/settings/mail/new", **typed(folder))
    assert "An inquiry 1" in said
    assert not re.search("irina|Турцию", said)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [({"path": "/etc"}, "only below"), ({"path": "relative"}, "whole path"), ({"address": ""}, "own address"), ({"source_slug": "novy"}, "is new"),
     ({"is_active": ""}, "not in use"), ({"path": ""}, "whole path")],
)  # fmt: skip
def test_a_folder_that_asks_for_a_second_look_gets_a_sentence(olga: Client, folder: Path, more: dict[str, str], sentence: str) -> None:
    lay(folder, letter())
    assert sentence in told(olga, "/settings/mail/new", **(typed(folder) | more))


def test_a_folder_that_is_not_there_yet_is_made_by_saving_not_by_looking(olga: Client, folder: Path) -> None:
    assert "saving makes it" in told(olga, "/settings/mail/new", **typed(folder.parent / "other"))
    assert not (folder.parent / "other").exists()
    MailDoor.objects.create(name="Первая", kind="maildir", path=str(folder), source_slug="email")
    assert "read already: “Первая”" in told(olga, "/settings/mail/new", **typed(folder))


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="runs for the team only: its letters do not come with the program")
def test_what_is_foreseen_of_every_real_letter_is_what_becomes_of_it(cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters_foreseen, "MOST_LETTERS", 200)
    monkeypatch.setattr(letters_foreseen, "MOST_SECONDS", 60.0)
    real = sorted(SHARED.glob("*.eml"))
    assert len(real) > 100
    for number, source in enumerate(real):
        (folder / "new" / f"{number:03}").write_bytes(source.read_bytes())
    MailDoor.objects.create(name="Почта", kind="maildir", path=str(folder), address="hello@nevsky.example", source_slug="email")
    reference, now = read_reference(), utc_now()
    foreseen = dict(foresee_folder(door=list_doors()[0], reference=reference, now=now).kinds)
    assert sum(foreseen.values()) == len(real)
    assert read_doors(reference=reference, now=now) == foreseen


def server(peer_port: int, **more: str) -> dict[str, str]:
    return {"host": "127.0.0.1", "port": str(peer_port), "security": "none", "user": "", "sender": "Маршрут <hello@agency.example>", **more}


def test_the_server_says_as_whom_it_sends_what_waits_and_where_answers_go(olga: Client, cast: Cast) -> None:
    queue_message(to="a@b.example", subject="Привет", text="Добрый день", purpose="message", by=cast.anna, now=utc_now())
    said = told(olga, "/settings/mail-server", **server(25, user="box"))
    for part in ("127.0.0.1, port 25, unprotected", "log in there as “box”", "Маршрут <hello@agency.example>", "Letters that wait and would go now 1",
                 "No mail folder brings in letters to hello@agency.example"):
        assert part in said, part
    MailDoor.objects.create(name="Почта", kind="maildir", path="/x", address="hello@agency.example", source_slug="email")
    assert "No mail folder" not in told(olga, "/settings/mail-server", **server(25))
    assert "wait in the outbox" in told(olga, "/settings/mail-server", host="", port="", security="", user="", sender="")


def check(browser: Client, **values: str) -> str:
    answer = browser.post(reverse("settings_server_check"), values)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_check_connects_and_logs_in_and_sends_nothing(olga: Client, peer: Peer) -> None:
    assert "takes letters from this sender" in check(olga, **server(peer.port))
    assert "takes letters from this sender" in check(olga, **server(peer.port, user="u"), password="secret")
    assert "535" in check(olga, **server(peer.port, user="u"), password="wrong")
    assert (peer.letters, peer.recipients) == ([], [])
    assert not MailServer.objects.exists()


def test_a_check_takes_the_password_that_is_kept_to_no_other_server(olga: Client, cast: Cast, peer: Peer) -> None:
    keep_server(**server(peer.port, user="u"), password="secret", by=cast.owner, now=utc_now())
    assert "takes letters from this sender" in check(olga, **server(peer.port, user="u"))
    assert "type it again" in check(olga, **server(peer.port, user="another"))


@pytest.mark.parametrize("wrong", [{"host": ""}, {"port": "x"}, {"port": "0"}, {"security": "ssl3"}, {"sender": "nobody"}, {"port": "1"}])
def test_a_check_of_what_cannot_be_gets_a_sentence(olga: Client, cast: Cast, wrong: dict[str, Any]) -> None:
    assert "notice-bad" in check(olga, **(server(9) | wrong))


def test_a_server_that_is_not_there_is_said_to_be_so_in_words(olga: Client, cast: Cast) -> None:
    for where, said in (({"port": "1"}, "nobody answers at this port"), ({"host": "nowhere.invalid"}, "no server of this name"),
                        ({"host": "a..b"}, "no server of this name")):
        assert said in check(olga, **(server(9) | where)), where
