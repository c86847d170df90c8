"""Letters at the desk: written from the card, seen on their way, files opened by whom they may be, mail in quarantine judged."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.channels.models import Attachment, MailServer, MessageTemplate, RawMessage, Sending
from marshrut.channels.queries.mail import DoorCard
from marshrut.channels.services import keep_upload
from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import take_letter
from marshrut.intake.tests.mail_door import letter
from marshrut.journal.models import Task, Touch

pytestmark = pytest.mark.django_db


def enter(who: Any) -> Client:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=who.id), backend="marshrut.agency.web.backends.EmailBackend")
    return browser


def come(cast: Cast, **more: Any) -> tuple[str, Inquiry | None]:
    """A letter comes to the office «Невский»."""
    import io

    door = DoorCard(1, "Почта", "maildir", "/", "hello@nevsky.example", "email", cast.anna.office_id, True, None, "", None)
    files = more.pop("files", ())
    message = letter(**more)
    for name, kind, data in files:
        message.add_attachment(data, maintype=kind.split("/")[0], subtype=kind.split("/")[1], filename=name)
    data = message.as_bytes()
    kind = take_letter(door=door, stream=io.BytesIO(data), size=len(data), reference=read_reference(), now=utc_now())
    return kind, Inquiry.objects.order_by("pk").last()


@pytest.fixture
def inquiry(cast: Cast) -> Inquiry:
    """Irina's letter, given to Anna, with her passport and her wishes."""
    Employee.objects.filter(pk=cast.boris.id).update(is_on_duty=False, capacity=0)
    _kind, made = come(cast, files=[("загранпаспорт.jpg", "image/jpeg", b"\xff\xd8\xff\xe0scan"), ("пожелания.txt", "text/plain", b"wishes")])
    assert made is not None
    assert made.dossier.owner_id == cast.anna.id
    return made


def said(**more: Any) -> dict[str, Any]:
    return {"how": "email", "to": "0", "subject": "Re: Тур в Турцию", "text": "Добрый день, Ирина!"} | more


def test_a_letter_from_the_card_answers_stops_the_clock_and_waits_in_the_outbox(inquiry: Inquiry, cast: Cast) -> None:
    due = (utc_now() + timedelta(days=1)).isoformat()
    answer = enter(cast.anna).post(reverse("write", args=[inquiry.dossier_id]), said(
        complete_task="1", next_title="Позвонить Ирине", next_due=due, files=SimpleUploadedFile("Подборка.pdf", b"%PDF-1.4 x")))
    assert answer.status_code == 204
    sending = Sending.objects.get()
    assert (sending.to, sending.state, sending.dossier_id) == ("irina@example.com", "waiting", inquiry.dossier_id)
    assert sending.in_reply_to == "one@example.com"
    assert [a.name for a in sending.attachments.all()] == ["Подборка.pdf"]
    touch = Touch.objects.get(kind="email_out")
    assert touch.is_answer
    assert touch.direction == "out"
    assert touch.data["sending"] == sending.pk
    inquiry.refresh_from_db()
    assert inquiry.clock_state in ("met", "missed")
    assert Task.objects.get(dossier_id=inquiry.dossier_id, state="pending").title == "Позвонить Ирине"


def test_the_composer_begins_with_the_address_the_thread_and_a_template_filled(inquiry: Inquiry, cast: Cast) -> None:
    card = MessageTemplate.objects.create(name="Знакомство", subject="{agency}: подбор", text="Здравствуйте, {name}! Я {manager}. {trip} {curly}")
    browser = enter(cast.anna)
    page = browser.get(reverse("write", args=[inquiry.dossier_id])).content.decode()
    assert "irina@example.com" in page
    assert "Re: Тур в Турцию" in page
    assert "Знакомство" in page
    page = browser.get(reverse("write", args=[inquiry.dossier_id]), {"template": card.pk}).content.decode()
    assert f"Я {cast.anna.name}." in page
    assert "{curly}" in page
    assert "Здравствуйте, {name}" not in page


@pytest.mark.parametrize(("wrong", "field"), [
    ({"text": " "}, "f-text"), ({"text": "Здравствуйте, {name}!"}, "f-text"), ({"to": "9"}, "f-to"),
    ({"complete_task": "1"}, ""), ({"complete_task": "1", "next_title": "x", "next_due": "вчера"}, "f-next_due"),
    ({"how": "viber"}, ""),
])  # fmt: skip
def test_what_cannot_be_sent_comes_back_with_a_sentence_and_nothing_done(inquiry: Inquiry, cast: Cast, wrong: dict[str, str], field: str) -> None:
    answer = enter(cast.anna).post(reverse("write", args=[inquiry.dossier_id]), said(**wrong))
    page = answer.content.decode()
    assert answer.status_code in (409, 422) and f'id="{field}-note"' in page if field else answer.status_code in (409, 422)
    assert not Sending.objects.exists()
    assert not Touch.objects.filter(kind="email_out").exists()


def test_files_over_twenty_five_megabytes_are_refused_and_nothing_is_kept(inquiry: Inquiry, cast: Cast) -> None:
    big = [SimpleUploadedFile(f"{n}.bin", bytes(13 << 20)) for n in range(2)]
    answer = enter(cast.anna).post(reverse("write", args=[inquiry.dossier_id]), said(files=big))
    assert answer.status_code == 422
    assert "25" in answer.content.decode()
    assert not Attachment.objects.filter(letter=None).exists()


def test_a_messenger_is_opened_by_a_link_and_the_touch_written_down(inquiry: Inquiry, cast: Cast) -> None:
    from marshrut.clients.models import ContactPoint

    ContactPoint.objects.create(person_id=inquiry.person_id, kind="phone", written="+7 921 555-33-22", normal="+79215553322", tail="9215553322")
    answer = enter(cast.anna).post(reverse("write", args=[inquiry.dossier_id]), said(how="whatsapp", text="Добрый день & привет"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "https://wa.me/79215553322?text=%D0%94" in page
    assert "%26" in page
    assert 'rel="noopener noreferrer"' in page
    assert Touch.objects.get(kind="message_out").is_answer
    assert not Sending.objects.exists()


def test_the_card_shows_how_a_letter_fares_and_lets_it_be_sent_again(inquiry: Inquiry, cast: Cast) -> None:
    browser = enter(cast.anna)
    browser.post(reverse("write", args=[inquiry.dossier_id]), said())
    sending = Sending.objects.get()
    page = browser.get(reverse("inquiry", args=[inquiry.pk])).content.decode()
    assert "ждёт отправки" in page
    assert reverse("sending_cancel", args=[sending.pk]) in page
    Sending.objects.update(state="failed", problem="550 no such user")
    page = browser.get(reverse("inquiry", args=[inquiry.pk])).content.decode()
    assert "550 no such user" in page
    assert reverse("sending_repeat", args=[sending.pk]) in page
    assert browser.post(reverse("sending_repeat", args=[sending.pk])).status_code == 204
    assert Sending.objects.get().state == "waiting"
    assert browser.post(reverse("sending_cancel", args=[sending.pk])).status_code == 204
    assert Sending.objects.get().state == "cancelled"
    assert enter(cast.stranger).post(reverse("sending_repeat", args=[sending.pk])).status_code == 404


def test_a_card_with_three_letters_and_files_asks_as_often_as_one_with_one(inquiry: Inquiry, cast: Cast) -> None:
    browser, url = enter(cast.anna), reverse("inquiry", args=[inquiry.pk])
    browser.post(reverse("write", args=[inquiry.dossier_id]), said())
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    for n in range(2):
        browser.post(reverse("write", args=[inquiry.dossier_id]), said(files=SimpleUploadedFile(f"{n}.txt", b"x")))
    with CaptureQueriesContext(connection) as three:
        assert browser.get(url).content.decode().count("ждёт отправки") == 3
    assert len(one) == len(three)


def test_a_file_is_saved_and_never_runs_here(inquiry: Inquiry, cast: Cast) -> None:
    page = keep_upload(name="page.html", pieces=[b"<script>alert(1)</script>"], start=b"<script>", dossier_id=inquiry.dossier_id)
    answer = enter(cast.anna).get(reverse("attachment", args=[page]), {"show": "1"})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].endswith("sandbox")


def test_each_opening_of_a_passport_is_written_down_once(inquiry: Inquiry, cast: Cast) -> None:
    scan = Attachment.objects.get(name="загранпаспорт.jpg")
    assert scan.is_private
    browser = enter(cast.anna)
    answer = browser.get(reverse("attachment", args=[scan.pk]), {"show": "1"})
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline;")
    assert b"".join(answer.streaming_content) == b"\xff\xd8\xff\xe0scan"
    opened = Touch.objects.get(kind="file_opened")
    assert opened.by == cast.anna.label
    assert opened.data["name"] == "загранпаспорт.jpg"
    browser.get(reverse("attachment", args=[Attachment.objects.get(name="пожелания.txt").pk]))
    assert Touch.objects.filter(kind="file_opened").count() == 1


def test_whoever_may_not_see_passports_does_not_find_one(inquiry: Inquiry, cast: Cast) -> None:
    scan, wishes = Attachment.objects.get(name="загранпаспорт.jpg"), Attachment.objects.get(name="пожелания.txt")
    Employee.objects.filter(pk=cast.anna.id).update(unmasked=["phone"])
    browser = enter(cast.anna)
    assert browser.get(reverse("attachment", args=[scan.pk])).status_code == 404
    assert browser.get(reverse("attachment", args=[wishes.pk])).status_code == 200
    page = browser.get(reverse("inquiry", args=[inquiry.pk])).content.decode()
    assert "пожелания.txt" in page
    assert "загранпаспорт.jpg" not in page
    for who in (cast.stranger, cast.administrator):
        assert enter(who).get(reverse("attachment", args=[wishes.pk])).status_code == 404


def test_a_mailing_is_read_discarded_or_let_in_by_whoever_answers_for_the_office(cast: Cast) -> None:
    for n in range(2):
        assert come(cast, text=f"Скидки №{n}", id=f"<{n}@x>", List_Id="<a.b>")[0] == "quarantined"
    first, second = RawMessage.objects.filter(state="quarantined").order_by("pk")
    watcher = enter(cast.supervisor)
    assert "irina@example.com" in watcher.get(reverse("inbox"), {"tab": "quarantine"}).content.decode()
    assert "Скидки №0" in watcher.get(reverse("quarantine_letter", args=[first.pk])).content.decode()
    assert watcher.post(reverse("quarantine_discard", args=[first.pk]), {"reason": ""}).status_code == 422
    assert watcher.post(reverse("quarantine_discard", args=[first.pk]), {"reason": "Рассылка"}).status_code == 204
    assert watcher.post(reverse("quarantine_release", args=[second.pk])).status_code == 204
    assert Inquiry.objects.filter(pk=second.pk).exists()
    assert RawMessage.objects.get(pk=first.pk).state == "discarded"
    assert watcher.post(reverse("quarantine_release", args=[first.pk])).status_code == 404


def test_the_quarantine_of_one_office_is_not_anothers(cast: Cast) -> None:
    come(cast, List_Id="<a.b>")
    raw = RawMessage.objects.get(state="quarantined")
    foreign = Employee.objects.create(email="oksana@podil.example", name="Оксана", role="supervisor", office_id=cast.stranger.office_id, password="!")
    browser = enter(foreign)
    assert "irina" not in browser.get(reverse("inbox"), {"tab": "quarantine"}).content.decode()
    for name in ("quarantine_letter", "quarantine_discard"):
        assert browser.get(reverse(name, args=[raw.pk])).status_code == 404
    assert enter(cast.anna).get(reverse("quarantine_letter", args=[raw.pk])).status_code == 404
    RawMessage.objects.update(office=None)
    assert "irina" in browser.get(reverse("inbox"), {"tab": "quarantine"}).content.decode()


def test_a_letter_waits_and_says_that_no_server_is_set(inquiry: Inquiry, cast: Cast) -> None:
    MailServer.objects.all().delete()
    assert "Почтовый сервер ещё не настроен" in enter(cast.anna).get(reverse("write", args=[inquiry.dossier_id])).content.decode()


def test_whoever_may_not_see_numbers_gets_no_link_that_holds_one(inquiry: Inquiry, cast: Cast) -> None:
    inquiry.person.contacts.create(kind="phone", written="+79215550101", normal="+79215550101", tail="9215550101")
    Employee.objects.filter(pk=cast.anna.id).update(unmasked=[])
    answer = enter(cast.anna).post(reverse("write", args=[inquiry.dossier_id]), said(how="whatsapp"))
    assert answer.status_code == 422
    assert "Номера от вас скрыты" in answer.content.decode()
    assert "79215550101" not in answer.content.decode()
    assert not Touch.objects.filter(kind="message_out").exists()


def test_what_a_passport_s_file_is_called_is_for_whoever_may_open_it(inquiry: Inquiry, cast: Cast) -> None:
    private = Attachment.objects.get(is_private=True)
    Attachment.objects.filter(pk=private.pk).update(name="Паспорт 4510 998877.jpg")
    assert enter(cast.anna).get(reverse("attachment", args=[private.pk])).status_code == 200
    card = reverse("inquiry", args=[inquiry.pk])
    assert "998877" in enter(cast.anna).get(card).content.decode()
    Employee.objects.filter(pk=cast.anna.id).update(unmasked=["phone"])
    page = enter(cast.anna).get(card).content.decode()
    assert "998877" not in page
    assert "Открыт личный файл" in page or "файл" in page


def test_why_a_letter_failed_is_said_without_the_address(inquiry: Inquiry, cast: Cast) -> None:
    enter(cast.anna).post(reverse("write", args=[inquiry.dossier_id]), said())
    Sending.objects.update(state="failed", problem="550 <irina@example.com>: no such user")
    Employee.objects.filter(pk=cast.anna.id).update(unmasked=[])
    for address in (reverse("outbox"), reverse("inquiry", args=[inquiry.pk])):
        page = enter(cast.anna).get(address).content.decode()
        assert "no such user" in page
        assert "irina@" not in page


def test_a_paper_in_a_letter_that_waits_is_not_named_to_whoever_may_not_see_passports(cast: Cast) -> None:
    come(cast, text="Скидки", List_Unsubscribe="<mailto:no@x>", files=[("Паспорт 4510 998877.pdf", "application/pdf", b"%PDF-1.4"),
                                                                      ("прайс.txt", "text/plain", b"x")])
    address = reverse("quarantine_letter", args=[RawMessage.objects.get().pk])
    assert "998877" in enter(cast.supervisor).get(address).content.decode()
    Employee.objects.filter(pk=cast.supervisor.id).update(unmasked=["phone"])
    page = enter(cast.supervisor).get(address).content.decode()
    assert "998877" not in page
    assert "прайс.txt" in page
