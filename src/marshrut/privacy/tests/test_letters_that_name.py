"""Letters that hang on no matter and answer no other letter, and still are about somebody: bounces, and what we wrote past
the program. They are found by the addresses they name, go with whom they are about, and stand in what that person gets."""

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.cast import Cast

from marshrut.channels.models import Letter, RawMessage
from marshrut.channels.services.letters import look_through
from marshrut.channels.tasks import look_through_letters
from marshrut.clients.models import Person
from marshrut.core.clock import utc_now
from marshrut.core.errors import Refused
from marshrut.core.files import read_file
from marshrut.intake.tests.mail_door import letter
from marshrut.privacy.services import erase_person, hand_over_everything, keep_retention, set_rule
from marshrut.privacy.tests.test_erasing import close_all, receive, send

pytestmark = pytest.mark.django_db
HERS, OTHERS = "zabudkina@mail.ru", "other@mail.ru"


def bounce(recipient: str, id: str) -> bytes:
    """What a mail server says of a letter it could not deliver, without a word of which letter that was."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "MAILER-DAEMON@mx.example", "hello@nevsky.example", "Undelivered Mail"
    message["Return-Path"], message["Message-ID"] = "<>", f"<{id}@mx.example>"
    message.set_content(f"<{recipient}>: 550 mailbox unavailable")
    return message.as_bytes()


def report(recipient: str, id: str) -> bytes:
    """The same in the form of RFC 3464: the address stands in a part of its own."""
    status = f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: hello@nevsky.example\r\nSubject: failure\r\nMessage-ID: <{id}@mx.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n--b--\r\n"
    ).encode()


def ours(to: str, id: str, text: str = "Добрый день! Высылаю подборку.") -> bytes:
    """What somebody here wrote from the mailbox itself."""
    message = letter(text, sender="Анна <hello@nevsky.example>", id=f"<{id}@nevsky.example>")
    message.replace_header("To", to)
    return message.as_bytes()


@pytest.fixture
def nina(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A client whose matters are closed, so that no letter to her finds one."""
    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    came = send()
    close_all(came["person"]["id"], cast.owner)
    return int(came["person"]["id"])


def bodies() -> list[bytes]:
    return [body for raw in RawMessage.objects.exclude(file=None) if (body := b"".join(read_file(raw.file_id)))]


LETTERS = {
    "a bounce that names her in its words": (bounce(HERS, "b1"), bounce(OTHERS, "b2")),
    "a bounce that names her in its report": (report(HERS, "r1"), report(OTHERS, "r2")),
    "a letter to her from our own mailbox": (ours(HERS, "s1"), ours(OTHERS, "s2")),
    "a note about her to ourselves": (
        ours("hello@nevsky.example", "n1", f"Позвонить Нине, {HERS}"),
        ours("hello@nevsky.example", "n2", f"Позвонить Петру, {OTHERS}"),
    ),
}


@pytest.mark.parametrize("which", LETTERS)
def test_erased_with_her_and_with_nobody_else(which: str, cast: Cast, nina: int, tmp_path: Path) -> None:
    hers, others = LETTERS[which]
    receive(cast, tmp_path, (hers, "1"), (others, "2"))
    assert Letter.objects.filter(dossier=None).count() == 2
    erase_person(person_id=nina, ground="Письмо", by=cast.owner, now=utc_now())
    left = bodies()
    assert len(left) == 1
    assert OTHERS.encode() in left[0] or b"n2@nevsky" in left[0]
    assert set(Letter.objects.values_list("subject", flat=True)) >= {""}


@pytest.mark.parametrize("which", LETTERS)
def test_handed_over_to_her_and_not_what_is_anothers(which: str, cast: Cast, nina: int, tmp_path: Path) -> None:
    hers, others = LETTERS[which]
    receive(cast, tmp_path, (hers, "1"), (others, "2"))
    with hand_over_everything(person_id=nina, ground="Заявление", by=cast.owner, now=utc_now()) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    given = [archive.read(name) for name in archive.namelist() if name.endswith(".eml")]
    assert given == [hers]


def test_a_strangers_letter_that_only_mentions_her_stays_his(cast: Cast, nina: int, tmp_path: Path) -> None:
    message = letter("Я от Нины, zabudkina@mail.ru посоветовала вас", sender="Пётр <petr@example.com>", id="<p1@example.com>")
    message["Cc"] = HERS
    receive(cast, tmp_path, (message.as_bytes(), "1"))
    Letter.objects.update(dossier=None)
    erase_person(person_id=nina, ground="Письмо", by=cast.owner, now=utc_now())
    assert bodies() == [message.as_bytes()]


def test_letters_of_before_are_looked_through_and_nobody_is_erased_until_then(cast: Cast, nina: int, tmp_path: Path) -> None:
    receive(cast, tmp_path, (bounce(HERS, "b1"), "1"), (bounce(OTHERS, "b2"), "2"))
    kept = list(Letter.objects.order_by("id").values_list("named", flat=True))
    Letter.objects.update(named=None)  # as an upgrade leaves them
    set_rule(subject="idle_people", days=1, is_active=True, by=cast.owner, now=utc_now())
    assert "idle_people" not in keep_retention(now=utc_now())
    for attempt in (erase_person, hand_over_everything):
        with pytest.raises(Refused, match="2"):
            attempt(person_id=nina, ground="Письмо", by=cast.owner, now=utc_now())
    look_through_letters(timestamp=0)
    assert list(Letter.objects.order_by("id").values_list("named", flat=True)) == kept
    assert look_through(most=10) == 0
    erase_person(person_id=nina, ground="Письмо", by=cast.owner, now=utc_now())
    assert len(bodies()) == 1


def test_a_letter_that_cannot_be_opened_any_more_holds_nobody_up(cast: Cast, nina: int, tmp_path: Path) -> None:
    receive(cast, tmp_path, (bounce(HERS, "b1"), "1"))
    Letter.objects.update(named=None)
    RawMessage.objects.update(file=None)
    look_through_letters(timestamp=0)
    assert Letter.objects.get().named == []
    assert Person.objects.get(pk=nina).erased_at is None
