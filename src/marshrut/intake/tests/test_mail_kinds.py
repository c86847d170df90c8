"""Machines, mailings, bounces, site forms and our own mailbox: what must never be an inquiry, and what is one all the same."""

from email.message import EmailMessage

import pytest
from tests.cast import Cast

from marshrut.channels.models import Letter, MailDoor, RawMessage, Sending
from marshrut.channels.services import queue_message
from marshrut.clients.models import ContactPoint
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, NotFound
from marshrut.intake.models import Inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import discard_quarantined, understand_letter_again
from marshrut.intake.tests.mail_door import RUSSIAN, kept, letter, look, put
from marshrut.intake.tests.mail_door import door as door
from marshrut.journal.models import Notice, Task, Touch


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
