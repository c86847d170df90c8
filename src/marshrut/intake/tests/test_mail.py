"""Mail comes in: kept to the byte, an inquiry or a reply in its thread, and machines never an inquiry."""

import hashlib
import os
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.cast import Cast

from marshrut.agency.permissions import system
from marshrut.channels.models import Attachment, Letter, MailDoor, RawMessage, Sending
from marshrut.channels.queries import attachments_of, find_attachment
from marshrut.channels.services import queue_message
from marshrut.clients.models import ContactPoint
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.files import read_file
from marshrut.intake.models import Inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import close_inquiry, discard_quarantined, mail_doors, read_doors, understand_letter_again
from marshrut.journal.models import Dossier, Notice, Task, Touch

SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "mail"
RUSSIAN = "Здравствуйте! Хотим в Турцию вдвоём, море и всё включено. Сколько будет стоить?"


@pytest.fixture
def door(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailDoor:
    """A Maildir of the office «Невский», empty."""
    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return MailDoor.objects.create(
        name="Почта", kind="maildir", path=str(tmp_path / "box"), address="hello@nevsky.example", source_slug="email",
        office_id=cast.anna.office_id,
    )


def letter(text: str = RUSSIAN, *, sender: str = "Ирина Лебедева <irina@example.com>", id: str | None = "<one@example.com>",
           subject: str = "Тур в Турцию", **headers: str) -> EmailMessage:
    """A letter as a decent program writes it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "hello@nevsky.example", subject
    message["Date"] = "Sun, 22 Nov 2026 09:00:00 +0300"
    if id:
        message["Message-ID"] = id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def put(door: MailDoor, raw: bytes | EmailMessage, name: str = "1") -> bytes:
    """Lay a letter into the door's folder; its bytes."""
    data = raw if isinstance(raw, bytes) else raw.as_bytes()
    (Path(door.path) / "new" / name).write_bytes(data)
    return data


def look(minutes: int = 1) -> dict[str, int]:
    """The job looks into the doors."""
    return read_doors(reference=read_reference(), now=utc_now() + timedelta(minutes=minutes))


def kept(raw: RawMessage) -> bytes:
    return b"".join(read_file(raw.file_id))


def test_a_letter_becomes_an_inquiry_and_its_bytes_are_kept_sealed(door: MailDoor) -> None:
    data = put(door, letter())
    assert look() == {"inquiry": 1}
    raw = RawMessage.objects.get(channel="email")
    assert kept(raw) == data
    assert bytes(raw.body) == b""
    assert raw.office_id == door.office_id
    assert RUSSIAN.encode() not in b"".join(bytes(p.sealed) for p in raw.file.pieces.all())
    inquiry = Inquiry.objects.get(pk=raw.pk)
    assert inquiry.person.contacts.get().normal == "irina@example.com"
    assert inquiry.person.surname == "Лебедева"
    assert "Турцию вдвоём" in inquiry.message
    assert inquiry.clock_state == "running"
    assert [f.name for f in (Path(door.path) / "cur").iterdir()] == ["1:2,S"]
    assert not [*(Path(door.path) / "new").iterdir()]


def test_the_same_letter_twice_or_after_a_crash_before_the_move_is_one(door: MailDoor) -> None:
    data = put(door, letter())
    look()
    put(door, data, "again")
    assert look() == {"known": 1}
    assert Inquiry.objects.count() == 1
    assert Letter.objects.count() == 1


def test_two_letters_that_share_a_message_id_are_two(door: MailDoor) -> None:
    put(door, letter(), "1")
    put(door, letter("Другое письмо", sender="oleg@example.com"), "2")
    assert look() == {"inquiry": 2}


def test_letters_without_an_id_are_told_apart_by_their_bytes(door: MailDoor) -> None:
    put(door, letter(id=None), "1")
    put(door, letter("Ещё одно", id=None), "2")
    put(door, letter(id=None), "3")
    assert look() == {"inquiry": 2, "known": 1}


def test_a_copy_through_another_mailbox_is_kept_and_is_no_second_inquiry(door: MailDoor) -> None:
    put(door, letter(), "1")
    put(door, b"Received: from elsewhere\r\n" + letter().as_bytes(), "2")
    assert look() == {"inquiry": 1, "copy": 1}
    assert RawMessage.objects.filter(state="repeat").count() == 1


def test_a_reply_stands_in_its_thread_and_asks_its_holder_for_an_answer(door: MailDoor, cast: Cast) -> None:
    put(door, letter())
    look()
    inquiry = Inquiry.objects.get()
    quoted = "Берём второй вариант!\n\nпт, 20 нояб. 2026 г. в 14:03, Анна <hello@nevsky.example>:\n> Вот отели"
    put(door, letter(quoted, id="<two@example.com>", In_Reply_To="<one@example.com>", subject="Re: Тур"), "2")
    assert look() == {"reply": 1}
    touch = Touch.objects.get(kind="email_in")
    assert (touch.dossier_id, touch.direction, touch.body) == (inquiry.dossier_id, "in", "Берём второй вариант!")
    assert Task.objects.filter(dossier_id=inquiry.dossier_id, kind="write", title="Ответить на письмо клиента", state="pending").count() == 1
    assert Notice.objects.filter(code="reply_came", employee_id=inquiry.dossier.owner_id).exists()
    put(door, letter("И ещё", id="<three@example.com>", References="<zero@x> <two@example.com>"), "3")
    look()
    assert Task.objects.filter(dossier_id=inquiry.dossier_id, title="Ответить на письмо клиента").count() == 1
    assert Inquiry.objects.count() == 1


def test_a_reply_in_a_closed_matter_is_a_new_inquiry(door: MailDoor, cast: Cast) -> None:
    put(door, letter())
    look()
    first = Inquiry.objects.get()
    close_inquiry(inquiry_id=first.pk, outcome="lost", reason="дорого", by=cast.owner, now=utc_now())
    put(door, letter("Передумали, едем", id="<two@x>", In_Reply_To="<one@example.com>"), "2")
    assert look() == {"inquiry": 1}
    assert Inquiry.objects.exclude(pk=first.pk).get().dossier_id != first.dossier_id


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"}, {"X_Autoreply": "yes"}, {"Precedence": "auto_reply"},
    {"subject": "Автоответ: я в отпуске"}, {"subject": "Автовідповідь: мене немає"}, {"subject": "Automatic reply: away"},
])  # fmt: skip
def test_an_automatic_reply_is_kept_and_never_an_inquiry(door: MailDoor, headers: dict[str, str]) -> None:
    data = put(door, letter("Меня нет до понедельника", **headers))
    assert look() == {"auto_reply": 1}
    assert Inquiry.objects.count() == 0
    assert kept(RawMessage.objects.get()) == data


def test_an_automatic_reply_in_a_known_thread_is_a_quiet_line(door: MailDoor) -> None:
    put(door, letter())
    look()
    tasks = Task.objects.count()
    put(door, letter("В отпуске", id="<a@x>", In_Reply_To="<one@example.com>", Auto_Submitted="auto-replied"), "2")
    look()
    assert Touch.objects.get(kind="email_auto").is_answer is False
    assert Task.objects.count() == tasks


def test_a_mailing_waits_for_a_person_who_may_discard_it_with_a_reason(door: MailDoor, cast: Cast) -> None:
    put(door, letter("Скидки!", List_Unsubscribe="<mailto:no@x>"))
    assert look() == {"quarantined": 1}
    raw = RawMessage.objects.get()
    assert raw.reason == "Рассылка, а не письмо человека"
    with pytest.raises(Invalid):
        discard_quarantined(raw_id=raw.pk, reason=" ", by=cast.supervisor, now=utc_now())
    discard_quarantined(raw_id=raw.pk, reason="спам", by=cast.supervisor, now=utc_now())
    raw.refresh_from_db()
    assert (raw.state, raw.verdict, raw.reason) == ("discarded", "спам", "Рассылка, а не письмо человека")
    with pytest.raises(NotFound):
        discard_quarantined(raw_id=raw.pk, reason="спам", by=cast.supervisor, now=utc_now())


def test_a_letter_in_quarantine_can_still_be_let_in(door: MailDoor, cast: Cast) -> None:
    put(door, letter(List_Id="<portal.example>"))
    look()
    raw = RawMessage.objects.get()
    understand_letter_again(raw_id=raw.pk, reference=read_reference(), by=cast.supervisor, now=utc_now())
    assert Inquiry.objects.get(pk=raw.pk).message.endswith(RUSSIAN)
    assert Letter.objects.get(raw=raw).dossier_id == Inquiry.objects.get(pk=raw.pk).dossier_id


def test_a_site_form_that_answers_for_its_client_is_that_clients_inquiry(door: MailDoor) -> None:
    put(door, letter("Имя: Пётр\nТелефон: 8 (921) 555-33-22", sender="Сайт <noreply@site.example>", Reply_To="petr@example.com",
                     Auto_Submitted="auto-generated"))
    assert look() == {"inquiry": 1}
    normals = {c.normal for c in Inquiry.objects.get().person.contacts.all()}
    assert normals == {"petr@example.com", "+79215553322"}


def test_what_nobody_can_answer_waits_with_its_reason(door: MailDoor) -> None:
    put(door, b"Subject: hi\r\n\r\nno sender at all")
    assert look() == {"quarantined": 1}
    assert RawMessage.objects.get().reason == "В письме нет ни адреса, ни телефона для ответа"


def test_a_bounce_fails_the_letter_it_is_about_and_tells_its_author(door: MailDoor, cast: Cast) -> None:
    sending = queue_message(to="nobody@example.com", subject="Привет", text="…", purpose="message", by=cast.anna, now=utc_now())
    Sending.objects.filter(pk=sending).update(state="sent", sent_at=utc_now())
    id = Sending.objects.get(pk=sending).message_id
    put(door, (
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nReturn-Path: <>\r\nMessage-ID: <b@mx>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; nobody@example.com\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n\r\n--b--\r\n").encode())
    assert look() == {"bounce": 1}
    failed = Sending.objects.get(pk=sending)
    assert (failed.state, failed.problem) == ("failed", "5.1.1 550 no such user")
    assert Notice.objects.get(employee_id=cast.anna.id, code="sending_failed").data["sending"] == sending
    assert Inquiry.objects.count() == 0


def from_us(*to: str, id: str = "<ours@n>", **more: str) -> EmailMessage:
    """A letter written from the mailbox itself."""
    message = letter("Добрый день, подберём!", sender="Анна <hello@nevsky.example>", id=id, **more)
    message.replace_header("To", ", ".join(to))
    return message


def test_a_letter_written_from_the_mailbox_itself_answers_the_client(door: MailDoor) -> None:
    put(door, letter())
    look()
    put(door, from_us("irina@example.com", In_Reply_To="<one@example.com>"), "2")
    assert look() == {"sent": 1}
    assert Touch.objects.get(kind="email_out").is_answer
    assert Inquiry.objects.get().clock_state in ("met", "missed")


def test_whoever_writes_in_our_name_to_us_and_the_client_answers_nothing(door: MailDoor) -> None:
    put(door, letter())
    look()
    put(door, from_us("hello@nevsky.example", Cc="irina@example.com"), "2")
    assert look() == {"sent": 1}
    assert not Touch.objects.get(kind="email_out").is_answer
    assert Inquiry.objects.get().clock_state == "running"


def test_a_form_that_sends_from_our_own_mailbox_brings_its_client(door: MailDoor) -> None:
    put(door, from_us("hello@nevsky.example", Reply_To="Ирина <irina@example.com>"))
    assert look() == {"inquiry": 1}
    assert ContactPoint.objects.get(person_id=Inquiry.objects.get().person_id).normal == "irina@example.com"


def test_a_letter_of_ours_to_ourselves_waits_for_a_person(door: MailDoor) -> None:
    put(door, from_us("hello@nevsky.example"))
    assert look() == {"quarantined": 1}
    assert RawMessage.objects.get().state == "quarantined"


@pytest.mark.parametrize("subject", ["В отпуске в августе хотим в Грецию", "On vacation in July: Crete for two", "Auto: rent in Crete",
                                     "У відпустці з 5 серпня хочемо в Туреччину", "Вне офиса: корпоратив в Сочи"])
def test_a_tourist_who_speaks_of_a_holiday_is_no_automatic_reply(door: MailDoor, subject: str) -> None:
    put(door, letter(subject=subject))
    put(door, letter(subject=subject, id="<robot@x>", Auto_Submitted="auto-replied"), "2")
    assert look() == {"inquiry": 1, "auto_reply": 1}


def test_letters_that_cannot_be_stored_as_they_say_are_kept_and_close_no_door(door: MailDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_doors, "MOST_AT_ONCE", 3)
    halves = b"Subject: =?utf-7?q?+2AA-?= \r\nFrom: =?utf-7?q?+2AA-?=x@evil.example\r\nMessage-ID: <%d@x>\r\n\r\nhello +2AA-\r\n"
    for n in range(3):
        put(door, halves % n, str(n))
    put(door, letter(), "9")
    told = look(), look()
    assert sum(sum(kinds.values()) for kinds in told) == 4
    assert RawMessage.objects.filter(channel="email").count() == 4
    assert told[1] == {"inquiry": 1}


def test_a_letter_that_cannot_be_moved_away_is_tried_later_and_takes_nobodys_place(door: MailDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_doors, "MOST_AT_ONCE", 2)
    current = Path(door.path) / "cur"
    current.rmdir()
    current.write_text("a file where a folder should be")
    for n in range(2):
        put(door, letter(id=f"<{n}@x>", sender=f"a{n}@example.com"), str(n))
    look()
    put(door, letter(id="<9@x>", sender="last@example.com"), "9")
    assert look() == {"inquiry": 1}
    assert "3" in MailDoor.objects.get().problem
    current.unlink()
    assert look(200) == {"known": 2}
    assert look(300) == {"known": 1}
    assert (MailDoor.objects.get().problem, list((Path(door.path) / "new").iterdir())) == ("", [])


@pytest.mark.parametrize("charset", ["koi8-r", "windows-1251", "cp866", "utf-8"])
@pytest.mark.parametrize("named", ["right", "missing", "wrong", "unknown"])
def test_russian_is_read_whatever_charset_it_came_in(door: MailDoor, charset: str, named: str) -> None:
    said = {"right": f"; charset={charset}", "missing": "", "wrong": "; charset=us-ascii", "unknown": "; charset=x-martian-7"}[named]
    head = f"From: irina@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/plain{said}\r\nContent-Transfer-Encoding: 8bit\r\n"
    put(door, head.encode() + "Subject: Отдых летом\r\n\r\n".encode(charset) + RUSSIAN.encode(charset))
    assert look() == {"inquiry": 1}
    assert Inquiry.objects.get().message == f"Отдых летом\n\n{RUSSIAN}"


def tnef(files: dict[str, bytes]) -> bytes:
    """A winmail.dat with these files."""
    def attribute(id: int, value: bytes) -> bytes:
        return b"\x02" + id.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + (sum(value) % 65536).to_bytes(2, "little")

    packed = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00"
    for name, data in files.items():
        packed += attribute(0x00069002, bytes(14)) + attribute(0x00018010, name.encode("cp1251") + b"\0") + attribute(0x0006800F, data)
    return packed


def test_what_outlook_wrapped_into_a_winmail_dat_is_unwrapped(door: MailDoor, cast: Cast) -> None:
    message = letter()
    message.add_attachment(tnef({"загранпаспорт.pdf": b"%PDF-1.4 x", "план.txt": b"hello"}), maintype="application", subtype="ms-tnef",
                           filename="winmail.dat")
    put(door, message)
    look()
    files = {a.name: a for a in Attachment.objects.all()}
    assert set(files) == {"загранпаспорт.pdf", "план.txt"}
    assert files["загранпаспорт.pdf"].is_private
    assert not files["план.txt"].is_private
    assert b"".join(read_file(files["загранпаспорт.pdf"].file_id)) == b"%PDF-1.4 x"


def test_a_torn_winmail_dat_is_kept_as_it_is(door: MailDoor) -> None:
    message = letter()
    torn = tnef({"a.bin": b"x" * 500})[:200]
    message.add_attachment(torn, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    put(door, message)
    look()
    assert [(a.name, b"".join(read_file(a.file_id))) for a in Attachment.objects.all()] == [("winmail.dat", torn)]


def test_forty_megabytes_come_in_through_flat_memory(door: MailDoor) -> None:
    body = os.urandom(1 << 20)
    message = letter()
    message.add_attachment(body * 40, maintype="image", subtype="jpeg", filename="скан.jpg")
    data = put(door, message)
    del message
    tracemalloc.start()
    assert look() == {"inquiry": 1}
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 24 << 20, f"{most >> 20} MB of our own at once"
    kept_file = Attachment.objects.get()
    assert kept_file.file.size == 40 << 20
    assert kept_file.is_private
    assert hashlib.sha256(kept(RawMessage.objects.get())).digest() == hashlib.sha256(data).digest()


def nested(depth: int) -> bytes:
    """A letter in a letter in a letter…"""
    head = b"From: irina@example.com\r\nSubject: bomb\r\n"
    for number in range(depth):
        head += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)
    return head + b"Content-Type: text/plain\r\n\r\nhello\r\n"


HOSTILE: dict[str, bytes | Callable[[], bytes]] = {
    "empty": b"",
    "only zeros": bytes(5000),
    "random": lambda: hashlib.shake_128(b"mail").digest(100_000),
    "deep": lambda: nested(3000),
    "many parts": lambda: b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000,
    "letters within letters": lambda: b"From: a@example.com\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"\r\nend",
    "endless header": lambda: b"From: a@example.com\r\nSubject: " + b"x" * 3_000_000 + b"\r\n\r\nhi",
    "endless line": lambda: b"From: a@example.com\r\n\r\n" + b"x" * 5_000_000,
    "many headers": lambda: b"From: a@example.com\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\nhi",
    "broken words": b"From: =?utf-8?B?!!!?= <a@example.com>\r\nSubject: =?koi8-r?Q?=F0=?= =?zip?B?eJw=?= =?\r\n\r\nhi",
    "codec that unpacks": b"From: a@example.com\r\nContent-Type: text/plain; charset=zlib_codec\r\n\r\nx\x9c",
    "boundary of quotes": b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nhi\r\n----\r\n",
    "lone surrogates": b"From: \xed\xa0\x80 <a@example.com>\r\nSubject: \xed\xa0\x80\xff\x00\r\n\r\n\x00\xff",
    "header injection": b"From: a@example.com\r\nSubject: =?utf-8?Q?a=0D=0ABcc:_all@example.com?=\r\n\r\nhi",
    "broken rfc 2231": b"From: a@example.com\r\nContent-Type: application/x; name*0*=martian'x'%ZZ; name*5=\r\n\r\nx",
    "bad base64": b"From: a@example.com\r\nContent-Type: image/png; name=../../etc/passwd\r\nContent-Transfer-Encoding: base64\r\n\r\n!a=b=c",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_letter_breaks_the_door_and_every_byte_is_kept(door: MailDoor, name: str) -> None:
    made = HOSTILE[name]
    data = put(door, made if isinstance(made, bytes) else made())
    assert sum(look().values()) == 1
    raw = RawMessage.objects.get(channel="email")
    assert kept(raw) == data
    assert "could not be" not in raw.reason
    assert MailDoor.objects.get().problem == ""


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="runs for the team only: its letters do not come with the program")
def test_a_hundred_and_three_real_letters_go_in_and_nothing_is_lost(door: MailDoor) -> None:
    sent = {put(door, file.read_bytes(), file.stem[:80]) for file in SHARED.glob("*.eml")}
    taken = look()
    assert sum(taken.values()) == len([*SHARED.glob("*.eml")]) >= 103
    assert {kept(raw) for raw in RawMessage.objects.filter(channel="email")} == sent
    assert taken["bounce"] == 5
    assert taken["copy"] >= 1, "one of the six bounces came twice"
    assert not RawMessage.objects.filter(reason__contains="понять").exists()
    assert not [*(Path(door.path) / "new").iterdir()]


def test_a_dropped_file_that_is_still_written_is_left_and_a_whole_one_moved_to_done(door: MailDoor, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    MailDoor.objects.filter(pk=door.pk).update(kind="drop", path=str(folder))
    (folder / "a.eml").write_bytes(letter().as_bytes())
    (folder / "notes.txt").write_bytes(b"no letter")
    assert look(minutes=0) == {}
    assert look() == {"inquiry": 1}
    assert sorted(f.name for f in folder.iterdir()) == ["done", "notes.txt"]
    assert (folder / "done" / "a.eml").exists()
    (folder / "a.eml").write_bytes(letter("Второе", id="<2@x>").as_bytes())
    look()
    assert (folder / "done" / "a.1.eml").exists()


def test_links_and_pipes_are_left_alone(door: MailDoor, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(letter().as_bytes())
    (Path(door.path) / "new" / "link").symlink_to(secret)
    os.mkfifo(Path(door.path) / "new" / "pipe")
    assert look() == {}


def test_a_door_that_cannot_be_read_says_so_and_hinders_no_other(door: MailDoor, tmp_path: Path) -> None:
    outside = MailDoor.objects.create(name="Чужая", kind="maildir", path="/etc", source_slug="email")
    escaped = tmp_path / "escape"
    escaped.symlink_to("/etc")
    linked = MailDoor.objects.create(name="Ссылка", kind="drop", path=str(escaped), source_slug="email")
    put(door, letter())
    assert look() == {"inquiry": 1}
    for one in (outside, linked):
        one.refresh_from_db()
        assert "MARSHRUT_MAIL_ROOTS" in one.problem
        assert one.problem_since
        assert one.checked_at
    door.refresh_from_db()
    assert door.problem == ""
    assert door.checked_at
    MailDoor.objects.filter(pk=outside.pk).update(path=door.path + "/../box2")
    (tmp_path / "box2" / "new").mkdir(parents=True)
    MailDoor.objects.filter(pk=outside.pk).update(path=str(tmp_path / "box2"))
    look()
    outside.refresh_from_db()
    assert outside.problem == ""
    assert outside.problem_since is None


def test_files_of_a_matter_are_seen_by_whom_they_may_be(door: MailDoor, cast: Cast) -> None:
    message = letter()
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="x.pdf")
    message.add_attachment(b"words", maintype="text", subtype="plain", filename="пожелания.txt")
    put(door, message)
    look()
    dossier = Dossier.objects.get()
    holder = cast.anna if dossier.owner_id == cast.anna.id else cast.boris
    private = Attachment.objects.get(name="x.pdf")
    assert {line.name for line in attachments_of(holder, dossier.pk)} == {"x.pdf", "пожелания.txt"}
    assert find_attachment(holder, private.pk) is not None
    assert find_attachment(cast.stranger, private.pk) is None
    from dataclasses import replace

    masked = replace(holder, unmasked=frozenset())
    assert find_attachment(masked, private.pk) is None
    assert [line.name for line in attachments_of(masked, dossier.pk)] == ["пожелания.txt"]


@pytest.mark.own_database
def test_two_processes_at_one_folder_keep_each_letter_once(own_database: str, cast: Cast, tmp_path: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.together import at_once

    monkeypatch.setenv("MARSHRUT_MAIL_ROOTS", str(tmp_path))
    (tmp_path / "box" / "new").mkdir(parents=True)
    door = MailDoor.objects.create(name="Почта", kind="maildir", path=str(tmp_path / "box"), source_slug="email")
    for number in range(12):
        put(door, letter(id=f"<{number}@x>", sender=f"client{number}@example.com"), str(number))
    at_once([look, look, look])
    look()
    assert Letter.objects.count() == Inquiry.objects.count() == 12


def test_the_system_signs_what_mail_brought(door: MailDoor) -> None:
    put(door, letter())
    look()
    assert Touch.objects.get(kind="inquiry").by == system("mail").label
