"""Outside working time a client is told when they are answered: once, in their language, and no machine ever is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from marshrut.agency.models import Employee, WorkingWindow
from marshrut.channels.models import MailDoor, MessageTemplate, Sending
from marshrut.core.errors import Refused
from marshrut.core.vault import unseal
from marshrut.intake.models import Inquiry, NextAnswer, QuietReply
from marshrut.intake.reference import read_reference
from marshrut.intake.rules.quiet import QuietPlace, QuietReplies, text_in
from marshrut.intake.services import answer_client
from marshrut.intake.services.quiet_replies import say_by_hand
from marshrut.intake.tests.conftest import MONDAY, moscow
from marshrut.intake.tests.mail_door import door as door
from marshrut.intake.tests.mail_door import letter, look, put
from marshrut.journal.models import Touch

pytestmark = pytest.mark.django_db
Come = Callable[..., Any]
NIGHT = moscow(23, 23)
TEXTS = {"ru": "Здравствуйте, {name}! Ответим: {opens}. {agency}", "uk": "Вітаємо, {name}! Відповімо: {opens}. {agency}", "en": "Hello, {name}! We answer on {opens}."}


@pytest.fixture
def texts(agency: Any) -> dict[str, int]:
    """A text in each language, said in every office and channel."""
    made = {language: MessageTemplate.objects.create(name=language, language=language, subject="", text=text).pk for language, text in TEXTS.items()}
    QuietReply.objects.create(in_russian_id=made["ru"], in_ukrainian_id=made["uk"], in_english_id=made["en"])
    return made


def mail(name: str = "Ольга Ветрова", address: str = "olga@example.com", **more: Any) -> dict[str, Any]:
    return {"contact": {"name": name, "email": address}, **more}


def said() -> list[str]:
    return [unseal(bytes(row.sealed_text), "outbox", row.message_id.encode()).decode() for row in Sending.objects.order_by("id")]


def test_P05_who_writes_at_night_is_told_when_we_answer(texts: Any, come: Come) -> None:
    inquiry = come(NIGHT, **mail())
    sending = Sending.objects.get()
    assert (sending.to, sending.purpose, sending.dossier_id) == ("olga@example.com", "auto", inquiry.dossier_id)
    touch = Touch.objects.get(kind="email_auto")
    assert touch.body.startswith("Здравствуйте, Ольга! Ответим: вторник 24 ноября, 09:00.")
    assert (touch.is_answer, inquiry.clock_state) == (False, "running"), "it is no answer"


def test_by_day_nobody_is_told_anything(texts: Any, come: Come) -> None:
    come(MONDAY, **mail())
    assert not Sending.objects.exists()


@pytest.mark.parametrize(("message", "language", "begins"), [("Добрий вечір! Хочемо в Єгипет", "", "Вітаємо"), ("Hello, two weeks on Crete please", "", "Hello"),
                                                            ("", "uk", "Вітаємо"), ("", "kk", "Здравствуйте")])  # fmt: skip
def test_it_is_said_in_the_clients_language(texts: Any, come: Come, message: str, language: str, begins: str) -> None:
    come(NIGHT, **mail(message=message, language=language))
    assert Touch.objects.get(kind="email_auto").body.startswith(begins)


def test_a_person_is_told_once_from_closing_to_opening(texts: Any, come: Come) -> None:
    first = come(NIGHT, **mail())
    come(moscow(24, 2), **mail())
    come(moscow(24, 8, 59), **mail())
    assert Sending.objects.count() == 1
    answer_client(dossier_id=first.dossier_id, kind="message_out", body="…", by=first_actor(), now=moscow(24, 10))
    come(moscow(24, 13, 30), **mail())  # over lunch
    assert Sending.objects.count() == 2
    assert NextAnswer.objects.get().state == "running", "an automatic word stops nothing"


def first_actor() -> Any:
    from marshrut.agency.permissions import system

    return system("test")


def test_a_name_that_is_no_name_is_left_out(texts: Any, come: Come) -> None:
    """What a stranger writes as their name is not sent on to anybody in the agency's name."""
    come(NIGHT, **mail(name="Win $900 at http://bad.example now"))
    body = Touch.objects.get(kind="email_auto").body
    assert body.startswith("Здравствуйте! Ответим")
    assert "bad.example" not in body


@pytest.mark.parametrize(
    "about",
    [
        {"contact": {"name": "Ольга", "phone": "+79161112233"}},  # nowhere to write to
        mail(channel="walk_in"),
        mail(channel="import"),
        mail(received_at="2026-11-20T10:00:00+00:00"),  # came long ago, and is only read now
        mail(message="SEO продвижение сайтов http://a.example http://b.example http://c.example http://d.example http://e.example"),
    ],
)
def test_whom_a_word_would_not_reach_or_help_is_told_nothing(texts: Any, come: Come, about: dict[str, Any]) -> None:
    come(NIGHT, **about)
    assert not Sending.objects.exists()


def test_a_channel_or_an_office_may_be_silent(agency: Any, texts: Any, come: Come) -> None:
    QuietReply.objects.create(channel="site_form", is_active=False)
    come(NIGHT, **mail())
    assert not Sending.objects.exists()
    come(NIGHT, **mail(channel="messenger", address="taras@example.com"))
    assert Sending.objects.count() == 1


def test_a_text_taken_out_of_use_is_not_said(texts: Any, come: Come) -> None:
    MessageTemplate.objects.update(is_active=False)
    come(NIGHT, **mail())
    assert not Sending.objects.exists()


def test_letters_are_answered_in_their_thread_and_machines_never(door: MailDoor, cast: Cast) -> None:
    now = timezone.now()
    Employee.objects.update(is_on_duty=False)
    WorkingWindow.objects.all().delete()
    WorkingWindow.objects.bulk_create(
        WorkingWindow(office_id=office, weekday=(now.weekday() + 3) % 7, opens="09:00", closes="10:00") for office in (cast.anna.office_id, cast.stranger.office_id)
    )
    QuietReply.objects.create(in_russian=MessageTemplate.objects.create(name="Ночь", language="ru", text="Ответим: {opens}"))
    date = now.strftime("%a, %d %b %Y %H:%M:%S +0000")

    def dated(*given: Any, **more: Any) -> Any:
        message = letter(*given, **more)
        message.replace_header("Date", date)
        return message

    put(door, dated("Out of office", id="<auto@x>", Auto_Submitted="auto-replied"), "1")
    put(door, dated("Скидки недели!", id="<bulk@x>", sender="shop@example.com", List_Unsubscribe="<mailto:u@example.com>", Precedence="bulk"), "2")
    look(0)
    assert not Sending.objects.exists()
    put(door, dated(), "3")
    assert look(0) == {"inquiry": 1}
    sending = Sending.objects.get()
    assert (sending.subject, sending.in_reply_to) == ("Re: Тур в Турцию", "one@example.com")
    put(door, dated("И ещё вопрос", id="<two@example.com>", In_Reply_To="<one@example.com>"), "4")
    assert look(0) == {"reply": 1}
    assert Sending.objects.count() == 1
    assert Inquiry.objects.count() == 1


def test_the_row_that_names_more_counts() -> None:
    rows = QuietReplies({QuietPlace(): {"ru": 1}, QuietPlace(7): {"ru": 2}, QuietPlace(None, "email"): {"ru": 3}, QuietPlace(7, "email"): {}})
    assert [rows.of(office, channel) for office, channel in ((1, "phone"), (7, "phone"), (1, "email"), (7, "email"), (1, "walk_in"))] == [
        {"ru": 1}, {"ru": 2}, {"ru": 3}, {}, {}]  # fmt: skip
    assert (text_in({"ru": 1, "uk": 2}, "uk", "ru"), text_in({"ru": 1}, "en", "ru"), text_in({"en": 5}, "ru", "uk"), text_in({}, "ru", "ru")) == (2, 1, 5, None)


def test_a_class_may_have_words_of_its_own(agency: Any, texts: Any, come: Come) -> None:
    trouble = MessageTemplate.objects.create(name="беда", language="ru", text="Беда в поездке? Звоните круглосуточно: {phone}")
    QuietReply.objects.create(inquiry_class="job", is_active=False)
    QuietReply.objects.create(inquiry_class="trip_trouble", in_russian=trouble)
    rows = read_reference().rules.quiet
    assert rows.of(1, "email", "trip_trouble") == {"ru": trouble.pk}
    assert (rows.of(1, "email", "job"), rows.of(1, "email", "spam")) == ({}, {})
    assert rows.of(1, "email", "new_sale")["ru"] == texts["ru"]


def by_phone(come: Come, at: Any = NIGHT) -> Inquiry:
    inquiry: Inquiry = come(at, channel="phone", missed=True, contact={"name": "Ольга Ветрова", "phone": "+79161112233"})
    return inquiry


def send(inquiry: Inquiry, agency: Any, at: Any = NIGHT, how: str = "whatsapp") -> str:
    return say_by_hand(dossier_id=inquiry.dossier_id, how=how, reference=read_reference(), by=agency.supervisor, now=at)


def test_whom_no_letter_reaches_is_told_by_hand_and_it_is_no_answer(agency: Any, texts: Any, come: Come) -> None:
    inquiry = by_phone(come)
    assert not Sending.objects.exists()
    assert send(inquiry, agency).startswith("Здравствуйте, Ольга! Ответим: вторник 24 ноября, 09:00.")
    touch = Touch.objects.get(kind="message_auto")
    inquiry.refresh_from_db()
    assert (touch.is_answer, touch.data["how"], inquiry.clock_state) == (False, "whatsapp", "running")
    with pytest.raises(Refused):
        send(inquiry, agency, moscow(24, 1))
    assert Touch.objects.filter(kind="message_auto").count() == 1, "once from closing to opening"


def test_by_day_and_for_whom_a_letter_told_there_are_no_ready_words(agency: Any, texts: Any, come: Come) -> None:
    with pytest.raises(Refused):
        send(by_phone(come, MONDAY), agency, MONDAY)
    with pytest.raises(Refused):
        send(come(NIGHT, **mail()), agency)


def test_the_card_offers_the_words_at_night_to_whoever_may_send_them(agency: Any, texts: Any, come: Come) -> None:
    """Hours that end with this minute, for a page asks the clock on the wall."""
    WorkingWindow.objects.all().delete()
    far = (timezone.now().weekday() + 3) % 7
    WorkingWindow.objects.bulk_create(WorkingWindow(office_id=office, weekday=far, opens="09:00", closes="10:00") for office in agency.offices.values())
    inquiry = by_phone(come, timezone.now())
    address = f"/dossiers/{inquiry.dossier_id}/quiet"
    browsers = {who.id: browser_of(who) for who in (agency.supervisor, agency.oleh)}
    page = browsers[agency.supervisor.id].get(f"/inquiries/{inquiry.pk}").content.decode()
    assert [f"{address}/{how}" in page for how in ("whatsapp", "telegram", "viber")] == [True] * 3
    assert browsers[agency.oleh.id].post(f"{address}/whatsapp").status_code == 404
    assert browsers[agency.supervisor.id].post(f"{address}/pigeon").status_code == 409
    answer = browsers[agency.supervisor.id].post(f"{address}/whatsapp").content.decode()
    assert "https://wa.me/79161112233?text=%D0%97" in answer
    assert address not in browsers[agency.supervisor.id].get(f"/inquiries/{inquiry.pk}").content.decode(), "they have been told"


def browser_of(who: Any) -> Client:
    found = Client()
    found.force_login(Employee.objects.get(pk=who.id))
    return found
