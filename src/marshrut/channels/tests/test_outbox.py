"""The outbox against a real mail server: what goes, what waits, what is told when it fails, and what never goes twice."""

import itertools
import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.db import connection, transaction
from tests.cast import Cast

from marshrut.agency.permissions import system
from marshrut.channels.models import MailDoor, MailServer, Sending
from marshrut.channels.queries import count_failed_sendings, find_sending, list_sendings, mail_server, reply_address
from marshrut.channels.queries.outbox import server_password
from marshrut.channels.services import (
    cancel_sending,
    hold_waiting,
    keep_server,
    keep_upload,
    queue_message,
    repeat_sending,
    send_waiting,
)
from marshrut.channels.services.sending import CLAIM, MOST_ATTEMPTS
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.journal.models import Notice
from marshrut.journal.services import Holder, NextAction, Place, open_dossier

BY = system("test")


class Peer:
    """A mail server on this machine that answers as it is told to."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.answers: list[str] = []
        self.recipients: list[str] = []
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.recipients.append(address)
        if address.startswith("refused"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 ok"
        if answer == "drop":
            server.transport.abort()
            return "421 gone"
        if answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=default))
        return answer


@pytest.fixture
def peer() -> Iterator[Peer]:
    handler = Peer()

    def enter(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password == b"secret"
        return AuthResult(success=is_right, handled=False)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        handler.port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, authenticator=enter, auth_require_tls=False)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def server(cast: Cast, peer: Peer) -> Peer:
    """The agency's mail server is this one."""
    MailServer.objects.all().delete()
    keep_server(host="127.0.0.1", port=str(peer.port), security="none", user="", password=None,
                sender="Маршрут <hello@agency.example>", by=BY, now=utc_now())
    return peer


def queue(to: str = "irina@example.com", now: datetime | None = None, **more: Any) -> int:
    given = {"subject": "Варианты отелей", "text": "Добрый день, Ирина!\n.\nТочка в начале строки.", "purpose": "message", "by": BY}
    return queue_message(to=to, now=now or utc_now(), **(given | more))


def state(id: int) -> tuple[str, int, str]:
    row = Sending.objects.get(pk=id)
    return row.state, row.attempts, row.problem


def test_a_letter_goes_whole_with_its_file_and_its_thread(server: Peer) -> None:
    file = keep_upload(name="Подборка.pdf", pieces=[b"%PDF-1.4 x"], start=b"%PDF-1.4 x", dossier_id=None)
    id = queue(in_reply_to="one@example.com", files=[file])
    assert send_waiting(now=utc_now()) == 1
    (letter,) = server.letters
    assert letter["From"] == "Маршрут <hello@agency.example>"
    assert letter["To"] == "irina@example.com"
    assert letter["Subject"] == "Варианты отелей"
    assert letter["In-Reply-To"] == letter["References"] == "<one@example.com>"
    assert letter["Message-ID"] == f"<{Sending.objects.get(pk=id).message_id}>"
    assert letter["Message-ID"].endswith("@agency.example>")
    assert letter.get_body().get_content().replace("\r\n", "\n").strip() == "Добрый день, Ирина!\n.\nТочка в начале строки."
    (enclosed,) = letter.iter_attachments()
    assert (enclosed.get_filename(), enclosed.get_content()) == ("Подборка.pdf", b"%PDF-1.4 x")
    assert state(id)[0] == "sent"
    assert send_waiting(now=utc_now() + timedelta(days=1)) == 0
    assert len(server.letters) == 1


def test_a_letter_of_a_matter_asks_for_answers_to_its_marked_address(server: Peer, cast: Cast) -> None:
    dossier = open_dossier(person_id=None, holder=Holder(cast.anna.id, None, cast.anna.office_id), place=Place(phase="deal"), by=BY, now=utc_now(),
                           action=NextAction("Позвонить", utc_now()), said="", heard={})[0]
    door = MailDoor.objects.create(name="Почта", kind="drop", path="/nowhere", address="hello@agency.example", source_slug="email")
    queue(dossier_id=dossier)
    send_waiting(now=utc_now())
    MailDoor.objects.update(takes_subaddresses=True)
    queue(dossier_id=dossier)
    queue(to="colleague@agency.example", purpose="notice", dossier_id=dossier)
    queue()
    send_waiting(now=utc_now())
    own = MailDoor.objects.create(name="Офис", kind="drop", path="/there", address="nevsky@agency.example", source_slug="email",
                                  office_id=cast.anna.office_id, takes_subaddresses=True)
    queue(dossier_id=dossier)
    MailDoor.objects.filter(pk=own.pk).update(address=f"{'n' * 60}@agency.example")
    send_waiting(now=utc_now())
    before, asked, notice, loose, long = server.letters
    assert (before["Reply-To"], notice["Reply-To"], loose["Reply-To"]) == (None, None, None)
    assert re.fullmatch(rf"hello\+d{dossier}\.[a-z2-7]{{16}}@agency\.example", asked["Reply-To"])
    assert long["Reply-To"] is None
    MailDoor.objects.filter(pk=own.pk).update(address="nevsky@agency.example")
    assert str(reply_address(dossier)).startswith(f"nevsky+d{dossier}.")
    MailDoor.objects.filter(pk__in=[own.pk, door.pk]).update(is_active=False)
    assert reply_address(dossier) is None


def test_what_is_rolled_back_never_goes(server: Peer) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        queue()
        raise RuntimeError
    assert send_waiting(now=utc_now()) == 0
    assert server.letters == []


def test_what_is_said_is_sealed_and_a_secret_is_forgotten_once_sent(server: Peer) -> None:
    id = queue(text="https://agency.example/in/TOP-SECRET", purpose="invitation")
    assert b"TOP-SECRET" not in bytes(Sending.objects.get(pk=id).sealed_text)
    send_waiting(now=utc_now())
    assert "TOP-SECRET" in server.letters[0].get_content()
    assert bytes(Sending.objects.get(pk=id).sealed_text) == b""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from core_change where diff::text like '%%TOP-SECRET%%'")
        assert cursor.fetchone() == (0,)


def test_greylisting_is_waited_out_with_growing_pauses(server: Peer) -> None:
    server.answers += ["451 4.7.1 try again later", "451 4.7.1 try again later"]
    id, at = queue(), utc_now()
    assert send_waiting(now=at) == 0
    assert state(id) == ("waiting", 1, "451 4.7.1 try again later")
    assert send_waiting(now=at + timedelta(seconds=50)) == 0
    assert state(id)[1] == 1
    at += timedelta(minutes=2)
    assert send_waiting(now=at) == 0
    assert state(id)[1] == 2
    assert send_waiting(now=at + timedelta(minutes=4)) == 0
    assert state(id)[1] == 2
    assert send_waiting(now=at + timedelta(minutes=6)) == 1
    assert state(id)[0] == "sent"


def test_a_refusal_for_good_fails_at_once_and_its_author_is_told(server: Peer, cast: Cast) -> None:
    id = queue("refused@example.com", by=cast.anna)
    other = queue()
    assert send_waiting(now=utc_now()) == 1
    assert state(id) == ("failed", 1, "550 5.1.1 no such user")
    assert state(other)[0] == "sent"
    assert Notice.objects.get(employee_id=cast.anna.id, code="sending_failed").data["sending"] == id
    assert count_failed_sendings(cast.anna) == 1
    assert count_failed_sendings(cast.stranger) == 0


def test_after_the_last_attempt_it_has_failed(server: Peer) -> None:
    id, at = queue(), utc_now()
    server.answers += ["451 later"] * (MOST_ATTEMPTS + 5)
    for _attempt in range(MOST_ATTEMPTS + 3):
        send_waiting(now=at)
        at += timedelta(days=2)
    assert state(id)[:2] == ("failed", MOST_ATTEMPTS)


def test_a_connection_dropped_half_way_is_tried_again(server: Peer) -> None:
    server.answers.append("drop")
    id, at = queue(), utc_now()
    assert send_waiting(now=at) == 0
    assert state(id)[0] == "waiting"
    assert state(id)[2]
    assert send_waiting(now=at + timedelta(minutes=2)) == 1
    assert len(server.letters) == 1


def test_a_server_that_is_not_there_holds_the_letters_and_says_why(server: Peer) -> None:
    MailServer.objects.update(port=1)
    first, second = queue(), queue()
    assert send_waiting(now=utc_now()) == 0
    assert state(first)[0] == "waiting"
    assert "refused" in state(first)[2].lower()
    assert state(second)[1] == 0, "a server that takes nothing is not asked for each letter"


def test_a_password_is_sealed_and_a_wrong_one_fails_no_letter(server: Peer) -> None:
    keep_server(host="127.0.0.1", port=str(server.port), security="none", user="u", password="wrong",
                sender="a@agency.example", by=BY, now=utc_now())
    id, at = queue(), utc_now()
    send_waiting(now=at)
    assert state(id)[0] == "waiting"
    assert state(id)[2].startswith("535")
    keep_server(host="127.0.0.1", port=str(server.port), security="none", user="u", password="secret",
                sender="a@agency.example", by=BY, now=utc_now())
    assert b"secret" not in bytes(MailServer.objects.get().sealed_password)
    assert send_waiting(now=at + timedelta(hours=1)) == 1


@pytest.mark.parametrize("other", [{"host": "localhost"}, {"port": "2525"}, {"security": "tls"}, {"user": "somebody"}])
def test_a_password_goes_nowhere_but_where_it_was_given_for(cast: Cast, other: dict[str, str]) -> None:
    given: dict[str, Any] = {"host": "127.0.0.1", "port": "587", "security": "starttls", "user": "u", "sender": "a@b.example"}
    keep_server(**given, password="secret", by=BY, now=utc_now())
    with pytest.raises(Invalid) as refused:
        keep_server(**(given | other), password=None, by=BY, now=utc_now())
    assert refused.value.field == "password"
    assert MailServer.objects.get().host == "127.0.0.1"
    keep_server(**(given | {"sender": "other@b.example"}), password=None, by=BY, now=utc_now())
    assert MailServer.objects.get().sealed_password, "another sender needs no password anew"
    assert server_password() == "secret"
    MailServer.objects.update(**other)  # as an undo of an older save does
    assert (server_password(), mail_server() and mail_server().has_password) == ("", False)
    keep_server(**given, password="", by=BY, now=utc_now())
    assert MailServer.objects.get().sealed_password is None


def test_what_waited_in_an_archive_is_held_until_somebody_lets_it_go(server: Peer) -> None:
    letter, link, gone = queue(), queue(purpose="invitation"), queue()
    Sending.objects.filter(pk=gone).update(state="sent", sent_at=utc_now())
    assert hold_waiting(by=BY, now=utc_now()) == 2
    assert hold_waiting(by=BY, now=utc_now()) == 0
    assert send_waiting(now=utc_now() + timedelta(days=1)) == 0
    assert (state(letter), state(gone)[0]) == (("failed", 0, "restored"), "sent")
    with pytest.raises(Refused):
        repeat_sending(sending_id=link, by=BY, now=utc_now())
    repeat_sending(sending_id=letter, by=BY, now=utc_now())
    assert send_waiting(now=utc_now()) == 1


@pytest.mark.parametrize(("wrong", "field"), [
    ({"host": ""}, "host"), ({"port": "70000"}, "port"), ({"port": "x"}, "port"), ({"security": "rot13"}, "security"),
    ({"sender": "nobody"}, "sender"), ({"host": "smtp.example.com", "user": "u"}, "security"),
])  # fmt: skip
def test_a_wrong_setting_of_the_server_names_its_field(cast: Cast, wrong: dict[str, str], field: str) -> None:
    right: dict[str, Any] = {"host": "127.0.0.1", "port": "25", "security": "none", "user": "", "password": None, "sender": "a@b.example"}
    with pytest.raises(Invalid) as refused:
        keep_server(**(right | wrong), by=BY, now=utc_now())
    assert refused.value.field == field


def test_in_a_sweep_longer_than_a_claim_the_last_letter_is_still_its_own(server: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.channels.services import sending

    at, each, others = utc_now(), CLAIM * 0.6, []  # how long each letter takes
    clock = itertools.count(0, each.total_seconds())
    for _n in range(3):
        queue()

    def send(_talk: Any, _letter: Any, _now: datetime) -> None:
        handed_over = 2 - Sending.objects.filter(state="waiting", claimed_until=None).count()
        if handed_over == 2:
            others.append(sending._claim(at + 3 * each))

    monkeypatch.setattr(sending.Connection, "send", send)
    monkeypatch.setattr(sending.time, "monotonic", lambda: next(clock))
    assert send_waiting(now=at) == 3
    assert others == [None]


def test_a_process_that_died_half_way_leaves_a_claim_that_runs_out(server: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.channels.services import sending

    id, at = queue(), utc_now()

    def die(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending.Connection, "send", die)
    with pytest.raises(KeyboardInterrupt):
        send_waiting(now=at)
    monkeypatch.undo()
    assert state(id)[:2] == ("waiting", 1)
    assert send_waiting(now=at + CLAIM / 2) == 0, "somebody else may still be handing it over"
    for refused in (repeat_sending, cancel_sending):
        with pytest.raises(Refused, match="прямо сейчас"):
            refused(sending_id=id, by=BY, now=at + CLAIM / 2)
    assert send_waiting(now=at + CLAIM * 1.1) == 1
    assert len(server.letters) == 1


def test_a_waiting_letter_is_cancelled_and_a_failed_one_sent_again(server: Peer, cast: Cast) -> None:
    waiting, failed = queue(by=cast.anna), queue("refused@example.com", by=cast.anna)
    cancel_sending(sending_id=waiting, by=cast.anna, now=utc_now())
    send_waiting(now=utc_now())
    assert server.letters == []
    assert state(waiting)[0] == "cancelled"
    assert state(failed)[0] == "failed"
    Sending.objects.filter(pk=failed).update(to="irina@example.com")
    repeat_sending(sending_id=failed, by=cast.anna, now=utc_now())
    assert send_waiting(now=utc_now()) == 1
    with pytest.raises(Refused):
        repeat_sending(sending_id=failed, by=cast.anna, now=utc_now())
    with pytest.raises(Refused):
        cancel_sending(sending_id=failed, by=cast.anna, now=utc_now())


def test_a_stranger_finds_no_letter_of_others(cast: Cast) -> None:
    id = queue(by=cast.anna)
    assert find_sending(cast.anna, id)
    assert find_sending(cast.stranger, id) is None
    assert list_sendings(cast.stranger) == []
    assert len(list_sendings(cast.administrator)) == 1
    with pytest.raises(NotFound):
        cancel_sending(sending_id=id, by=cast.stranger, now=utc_now())


def test_a_letter_brings_no_headers_of_its_own(server: Peer) -> None:
    queue(subject="Привет\r\nBcc: all@example.com", to="irina@example.com\r\nBcc: x@example.com")
    send_waiting(now=utc_now())
    assert server.recipients == ["irina@example.com"]
    assert server.letters[0]["Bcc"] is None


@pytest.mark.parametrize(("wrong", "field"), [({"to": "nobody"}, "to"), ({"text": " \n"}, "text"), ({"files": [1 << 40]}, "files")])
def test_what_cannot_be_sent_is_refused_with_its_field(cast: Cast, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        queue(**wrong)
    assert refused.value.field == field


@pytest.mark.own_database
def test_two_senders_at_once_send_each_letter_once(own_database: str, server: Peer) -> None:
    from tests.together import at_once

    for number in range(10):
        queue(f"client{number}@example.com")
    at_once([lambda: send_waiting(now=utc_now()) for _ in range(4)])
    assert sorted(server.recipients) == sorted({f"client{n}@example.com" for n in range(10)})
