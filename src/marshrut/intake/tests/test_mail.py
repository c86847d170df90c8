"""Mail comes in: each letter is kept to the byte, once, as an inquiry or a reply in its thread."""

from pathlib import Path

from tests.cast import Cast

from marshrut.agency.permissions import system
from marshrut.channels.models import Attachment, Letter, MailDoor, RawMessage
from marshrut.channels.queries import attachments_of, find_attachment
from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry
from marshrut.intake.services import close_inquiry
from marshrut.intake.tests.mail_door import RUSSIAN, kept, letter, look, put
from marshrut.intake.tests.mail_door import door as door
from marshrut.journal.models import Dossier, Notice, Task, Touch


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


def test_the_system_signs_what_mail_brought(door: MailDoor) -> None:
    put(door, letter())
    look()
    assert Touch.objects.get(kind="inquiry").by == system("mail").label
