"""Who it is, while it is being typed: somebody known for certain, somebody like them, or somebody new. The reader decides."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marshrut.clients.models import ContactPoint, Person, Suspect
from marshrut.clients.services import look_over_new_people
from marshrut.deals.models import Deal
from marshrut.intake.models import Inquiry

pytestmark = pytest.mark.django_db
TYPED = {"phone": "+380 67 123-45-67", "name": "Мирослава Вовкулака", "channel": "phone", "message": "Турция"}


def client(holder: Any, name: str, phone: str = "") -> int:
    surname, given = name.split()
    person = Person.objects.create(display_name=name, surname=surname, given_name=given, search_name=name.lower(), owner_id=holder.id,
                                   office_id=holder.office_id)  # fmt: skip
    if phone:
        ContactPoint.objects.create(person=person, kind="phone", written=phone, normal=phone, tail=phone[-10:])
    look_over_new_people(now=timezone.now())
    return person.pk


def known(browser: Any, **typed: str) -> str:
    answer = browser.get("/clients/known", typed)
    assert answer.status_code == 200
    return answer.content.decode().strip()  # type: ignore[no-any-return]


def test_somebody_like_the_one_who_calls_is_offered_and_nobody_else_sees_them(look: Any, cast: Any) -> None:
    one = client(cast.anna, "Вовкулака Мирослава", "+79161112233")
    anna = look(cast.anna)
    shown = known(anna, name="Myroslava Vovkulaka", phone="0671234567")
    for word in ("Вовкулака Мирослава", f'value="{one}"', "Новый клиент", "111-22-33"):
        assert word in shown, word
    assert "Вовкулака" in known(anna, name="Вовкулака Мирослава")
    assert "checked" in known(anna, name="Вовкулака Мирослава", person=str(one)).split(f'value="{one}"')[1][:20]
    for nobody in ("Мирослава", "Иван Петренко", "", "Вовк", "\x00", "🙂 🙂", "а" * 5000):
        assert known(anna, name=nobody) == "", nobody
    assert known(anna, name="Вовкулака Мирослава", of_client="1") == ""
    assert known(look(cast.stranger), name="Вовкулака Мирослава", phone="0671234567") == ""


def test_whoever_is_known_for_certain_is_named_by_the_address_too_and_nobody_else_is_guessed(look: Any, cast: Any) -> None:
    one = client(cast.anna, "Вовкулака Мирослава")
    client(cast.anna, "Вовкулака Мира")
    ContactPoint.objects.create(person_id=one, kind="email", written="m@example.com", normal="m@example.com")
    shown = known(look(cast.anna), email="M@Example.com", name="Вовкулака Мира")
    assert "Вовкулака Мирослава" in shown
    assert "radio" not in shown
    assert "Вовкулака" not in known(look(cast.stranger), email="m@example.com")


def test_whoever_is_recognised_is_not_written_down_twice_and_the_number_is_kept(look: Any, cast: Any) -> None:
    one = client(cast.anna, "Вовкулака Мирослава", "+79161112233")
    assert look(cast.anna).post("/inquiries/new", {**TYPED, "person": str(one)}).status_code == 204
    inquiry = Inquiry.objects.get()
    assert (inquiry.person_id, inquiry.matched_by) == (one, "chosen")
    assert set(ContactPoint.objects.filter(person_id=one).values_list("normal", flat=True)) == {"+79161112233", "+380671234567"}
    assert not Suspect.objects.exists()


def test_somebody_new_is_written_down_and_stands_among_the_duplicates(look: Any, cast: Any) -> None:
    client(cast.anna, "Вовкулака Мирослава", "+380671234557")
    assert look(cast.anna).post("/inquiries/new", {**TYPED, "person": ""}).status_code == 204
    assert Person.objects.count() == 2
    look_over_new_people(now=timezone.now())
    assert Suspect.objects.get().kind == "double"


def test_another_clients_number_makes_a_pair_to_decide_about(look: Any, cast: Any) -> None:
    one = client(cast.anna, "Вовкулака Мирослава", "+79161112233")
    other = client(cast.anna, "Заболотный Пётр", "+380671234567")
    assert look(cast.anna).post("/inquiries/new", {**TYPED, "person": str(one)}).status_code == 204
    assert Inquiry.objects.get().person_id == one
    assert (Suspect.objects.get().person_id, Suspect.objects.get().other_id) == (one, other)
    assert "с телефоном другого" in look(cast.anna).get("/duplicates").content.decode()


def test_of_whoever_is_recognised_no_number_has_to_be_typed(look: Any, cast: Any) -> None:
    one = client(cast.anna, "Вовкулака Мирослава")
    anna = look(cast.anna)
    sent = {**TYPED, "phone": "", "person": str(one)}
    assert anna.post("/inquiries/new", sent).status_code == 422  # nobody could answer
    ContactPoint.objects.create(person_id=one, kind="messenger", written="@mira", normal="telegram:mira")
    assert anna.post("/inquiries/new", sent).status_code == 204
    assert Inquiry.objects.get().person_id == one


def test_nobody_is_recognised_whom_the_reader_does_not_see(look: Any, cast: Any) -> None:
    one = client(cast.anna, "Вовкулака Мирослава", "+79161112233")
    for number in (str(one), "0", "9" * 30, "-1", "x", "٣"):
        assert look(cast.stranger).post("/inquiries/new", {**TYPED, "person": number}).status_code == 404, number
        assert look(cast.stranger).post("/deals/new", {"person": number, "phone": "0671234567", "title": "Круиз"}).status_code == 404, number
    assert not Inquiry.objects.exists()


def test_a_refused_form_keeps_whom_the_reader_has_chosen(look: Any, cast: Any) -> None:
    one = client(cast.anna, "Вовкулака Мирослава", "+79161112233")
    answer = look(cast.anna).post("/inquiries/new", {**TYPED, "phone": "0671", "person": str(one)})
    assert answer.status_code == 422
    assert "checked" in answer.content.decode().split(f'name="person" value="{one}"')[1][:20]


def test_a_deal_for_somebody_recognised_keeps_the_number_too(look: Any, cast: Any) -> None:
    one = client(cast.anna, "Вовкулака Мирослава", "+79161112233")
    sent = {"person": str(one), "phone": "0671234567", "name": "Мирослава Вовкулака", "title": "Круиз", "funnel": "office",
            "next_title": "Позвонить", "next_due": (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")}  # fmt: skip
    assert look(cast.anna).post("/deals/new", sent).status_code == 204
    assert Deal.objects.get().dossier.person_id == one
    assert ContactPoint.objects.filter(person_id=one).count() == 2


def test_one_alike_and_three_cost_the_same(look: Any, cast: Any) -> None:
    anna = look(cast.anna)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert "Вовкулака" in known(anna, name="Вовкулака Мирослава")
        return len(seen)

    client(cast.anna, "Вовкулака Мирослава", "+79161112233")
    asked()
    one = asked()
    for end in "45":
        client(cast.anna, "Вовкулака Мирослава", f"+7916111223{end}")
    assert asked() == one
