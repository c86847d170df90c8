"""Several programs and people at the same moment, over real connections: nothing is lost, doubled or half done."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from tests.together import at_once

from marshrut.agency.models import Employee
from marshrut.api.tests.letters import Caller, inquiry, send
from marshrut.clients.models import Person
from marshrut.core.clock import utc_now
from marshrut.core.conflicts import DoAgain
from marshrut.intake.models import Inquiry
from marshrut.intake.reference import read_reference
from marshrut.intake.services import give_out_queue
from marshrut.journal.models import Dossier, Task, Touch
from marshrut.ops.doctor_promises import PROMISES

pytestmark = pytest.mark.own_database


@pytest.fixture
def doors(own_database: str, caller: Caller) -> list[Client]:
    """Eight programs, each with a token of its own."""
    return [caller() for _ in range(8)]


def post(client: Client, path: str, **body: Any) -> Callable[[], Any]:
    return lambda: client.post(f"/api/v1{path}", body, content_type="application/json")


def assert_promises_kept() -> None:
    for name, sentence, sql in PROMISES:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.fetchall() == [], f"{name}: {sentence}"


def test_one_external_id_sent_eight_times_at_once_is_one_inquiry(doors: list[Client]) -> None:
    answers = at_once([lambda d=d: send(d, inquiry(external_id="lead-1")) for d in doors])
    assert Counter(a.status_code for a in answers) == {201: 1, 200: 7}
    assert len({a.json()["id"] for a in answers}) == 1
    assert Inquiry.objects.count() == Person.objects.count() == Dossier.objects.count() == 1
    assert_promises_kept()


def test_one_external_id_with_eight_bodies_at_once_is_one_inquiry_and_seven_touches(doors: list[Client]) -> None:
    letters = [inquiry(external_id="lead-1", message=f"письмо {n}", contact={"phone": f"+7916111000{n}"}) for n in range(8)]
    answers = at_once([lambda d=d, n=n: send(d, letters[n]) for n, d in enumerate(doors)])
    assert Counter(a.status_code for a in answers) == {201: 1, 200: 7}
    assert len({a.json()["id"] for a in answers}) == 1
    assert sorted(Touch.objects.filter(kind="inquiry").values_list("body", flat=True)) == [f"письмо {n}" for n in range(8)]
    assert_promises_kept()


def test_one_idempotency_key_eight_times_at_once_is_one_inquiry(own_database: str, caller: Caller) -> None:
    door = caller()
    answers = at_once([lambda: send(door, inquiry(), **{"Idempotency-Key": "k"}) for _ in range(8)])
    assert Counter(a.status_code for a in answers) == {201: 1, 200: 7}
    assert len({a.content for a in answers}) == 1
    assert Inquiry.objects.count() == 1


def test_one_key_with_two_bodies_at_once_is_one_inquiry_and_conflicts(own_database: str, caller: Caller) -> None:
    door = caller()
    letters = [inquiry(), inquiry(message="другое")] * 4
    answers = at_once([lambda n=n: send(door, letters[n], **{"Idempotency-Key": "k"}) for n in range(8)])
    assert Counter(a.status_code for a in answers) == {201: 1, 200: 3, 409: 4}
    assert Inquiry.objects.count() == 1


def test_eight_first_inquiries_of_one_phone_at_once_are_one_person_and_one_open_matter(doors: list[Client]) -> None:
    spellings = ("+79161234567", "8 916 123 45 67", "9161234567", "8(916)1234567") * 2
    answers = at_once([lambda d=d, n=n: send(d, inquiry(contact={"phone": spellings[n]})) for n, d in enumerate(doors)])
    assert {a.status_code for a in answers} == {201}
    said = [a.json() for a in answers]
    assert Counter(s["state"] for s in said) == {"open": 1, "joined": 7}
    assert len({s["person"]["id"] for s in said}) == len({s["owner"]["id"] for s in said}) == 1
    assert Person.objects.count() == Dossier.objects.count() == 1
    assert_promises_kept()


def test_two_hundred_inquiries_by_eight_hands_are_all_owned_and_planned_in_fair_shares(doors: list[Client], cast: Any) -> None:
    answers = at_once(
        [lambda n=n: send(doors[n % 8], inquiry(contact={"phone": f"+7916{n:07}"}, external_id=f"e{n}")) for n in range(1, 201)]
    )
    assert Counter(a.status_code for a in answers) == {201: 200}
    said = [a.json() for a in answers]
    assert len({s["id"] for s in said}) == len({s["person"]["id"] for s in said}) == Inquiry.objects.count() == 200
    assert all(s["owner"] and s["next_action"] and s["respond_by"] for s in said)
    shares = Counter(s["owner"]["id"] for s in said)
    assert set(shares) == {cast.anna.id, cast.boris.id}
    assert max(shares.values()) - min(shares.values()) <= 1
    assert_promises_kept()


@pytest.fixture
def deal(doors: list[Client]) -> dict[str, Any]:
    came = send(doors[0], inquiry()).json()
    return post(doors[0], f"/inquiries/{came['id']}/deal", funnel="office")().json()


def test_one_inquiry_becomes_a_deal_once(doors: list[Client]) -> None:
    came = send(doors[0], inquiry()).json()
    answers = at_once([post(d, f"/inquiries/{came['id']}/deal", funnel="office") for d in doors])
    assert Counter(a.status_code for a in answers) == {201: 1, 409: 7}
    assert_promises_kept()


def test_a_deal_is_closed_once_and_the_others_are_told(doors: list[Client], deal: dict[str, Any]) -> None:
    answers = at_once([post(d, f"/deals/{deal['id']}/close", outcome="won") for d in doors])
    assert Counter(a.status_code for a in answers) == {200: 1, 409: 7}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"deal_closed"}
    assert Person.objects.get().past_deals == 1
    assert_promises_kept()


def test_an_action_is_completed_once_with_one_next_one(doors: list[Client], deal: dict[str, Any]) -> None:
    due = (utc_now() + timedelta(days=1)).isoformat()
    following = {"title": "Позвонить", "due_at": due}
    answers = at_once([post(d, f"/tasks/{deal['next_action']['id']}/complete", result="да", next=following) for d in doors])
    assert Counter(a.status_code for a in answers) == {200: 1, 409: 7}
    assert Task.objects.filter(title="Позвонить").count() == 1
    assert_promises_kept()


def test_a_deal_moved_and_closed_at_once_stands_where_one_of_them_left_it(doors: list[Client], deal: dict[str, Any]) -> None:
    moves = [post(d, f"/deals/{deal['id']}/stage", stage="need_recorded", facts={"need": "море"}) for d in doors[:4]]
    ends = [post(d, f"/deals/{deal['id']}/close", outcome="lost", reason="дорого") for d in doors[4:]]
    answers = at_once([call for pair in zip(moves, ends, strict=True) for call in pair])
    assert {a.status_code for a in answers} <= {200, 409, 422}
    assert sum(a.json().get("state") == "lost" for a in answers if a.status_code == 200) == 1
    assert_promises_kept()


def test_an_inquiry_that_joins_while_the_matter_closes_is_never_left_on_a_closed_matter(doors: list[Client]) -> None:
    for n in range(6):
        letter = inquiry(contact={"phone": f"+7916222000{n}"})
        came = send(doors[0], letter).json()
        calls = [lambda d=d, body=letter: send(d, body) for d in doors[:7]]
        answers = at_once([*calls, post(doors[7], f"/inquiries/{came['id']}/close", outcome="lost", reason="дорого")])
        assert {a.status_code for a in answers} <= {200, 201}
    assert_promises_kept()


def test_who_loses_a_deadlock_is_asked_again_and_nobody_sees_it(doors: list[Client]) -> None:
    """Two views lock two matters in opposite order, so that the database has to end one of them."""
    for n in range(2):
        send(doors[0], inquiry(contact={"phone": f"+7916333000{n}"}))
    ids = list(Dossier.objects.order_by("id").values_list("id", flat=True))
    attempts: list[int] = []
    meeting = threading.Barrier(2)

    def view(request: HttpRequest, order: list[int], with_other: list[bool]) -> HttpResponse:
        attempts.append(order[0])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select from journal_dossier where id = %s for update", [order[0]])
            if with_other.pop():
                meeting.wait(timeout=20)
            cursor.execute("select from journal_dossier where id = %s for update", [order[1]])
        return HttpResponse("done")

    def ask(order: list[int]) -> bytes:
        return DoAgain(lambda request: HttpResponse()).process_view(HttpRequest(), view, (order, [False] * 4 + [True]), {}).content

    assert at_once([lambda: ask(ids), lambda: ask(ids[::-1])]) == [b"done", b"done"]
    assert len(attempts) == 3


def test_four_workers_at_once_give_each_waiting_inquiry_out_once(doors: list[Client], cast: Any) -> None:
    managers = Employee.objects.filter(role="manager")
    managers.update(capacity=0)
    said = [send(doors[0], inquiry(contact={"phone": f"+7916444{n:04}"})).json() for n in range(12)]
    assert all(s["queue"] and not s["owner"] for s in said)
    managers.filter(pk__in=[cast.anna.id, cast.boris.id]).update(capacity=None)
    reference = read_reference()
    given = at_once([lambda: give_out_queue(reference=reference, now=utc_now())] * 4)
    assert sum(given) == 12
    assert Touch.objects.filter(kind="owner").count() == 12
    assert Counter(Dossier.objects.values_list("owner_id", flat=True)) == {cast.anna.id: 6, cast.boris.id: 6}
    assert_promises_kept()
