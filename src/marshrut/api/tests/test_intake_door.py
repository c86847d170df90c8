"""POST /api/v1/inquiries: what comes in becomes somebody's next action, whatever it looks like."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from marshrut.api.tests.letters import Caller, inquiry, send
from marshrut.channels.models import RawMessage
from marshrut.intake.models import Inquiry
from marshrut.journal.models import Dossier, Task, Touch
from marshrut.marketing.models import Source

pytestmark = pytest.mark.django_db


def test_an_inquiry_is_stored_understood_given_to_a_manager_and_has_a_next_action(program: Client, cast: Any) -> None:
    answer = send(program, inquiry())
    assert answer.status_code == 201
    said = answer.json()
    assert said["state"] == "open"
    assert said["inquiry_class"] == "new_sale"
    assert said["class_reason"]
    assert said["person"]["name"] == "Ольга Ветрова"
    assert said["contact_set"] == {"complete": True, "missing": []}
    assert said["relevance"]["grade"] == "A"
    assert said["relevance"]["reasons"]
    assert 0 <= said["priority"]["score"] <= 100
    assert len(said["priority"]["reasons"]) == 3
    assert said["owner"]["id"] in (cast.anna.id, cast.boris.id)
    assert said["queue"] is None
    assert said["owner_reason"]
    assert said["respond_by"]
    assert said["next_action"]["title"]
    assert said["duplicate_of"] is None
    assert RawMessage.objects.get(pk=said["id"]).state == "understood"
    assert Task.objects.get(pk=said["next_action"]["id"]).assignee_id == said["owner"]["id"]


def test_the_same_phone_in_another_spelling_joins_the_open_matter(program: Client) -> None:
    first = send(program, inquiry()).json()
    for spelling in ("8 916 123 45 67", "89161234567", "9161234567", "+7(916)123-45-67", "8-916-1234567", "7 916 123 4567"):
        again = send(program, inquiry(contact={"phone": spelling}))
        said = again.json()
        assert again.status_code == 201
        assert said["state"] == "joined"
        assert said["duplicate_of"] == first["id"]
        assert said["person"] == {**first["person"], "matched_by": "phone"}
        assert said["owner"] == first["owner"]
        assert said["respond_by"] == first["respond_by"]
        assert said["next_action"]
    assert Dossier.objects.count() == 1


def test_phone_decides_before_mail_and_the_pair_goes_to_the_suspects(program: Client) -> None:
    first = send(program, inquiry()).json()
    other = send(program, inquiry(contact={"name": "Пётр Ильин", "email": "Petr@Mail.RU"})).json()
    assert other["person"]["id"] != first["person"]["id"]
    both = send(program, inquiry(contact={"phone": "89161234567", "email": "petr@mail.ru"})).json()
    assert both["person"]["id"] == first["person"]["id"]
    with connection.cursor() as cursor:
        cursor.execute("select person_id, other_id from clients_suspect")
        assert cursor.fetchall() == [(first["person"]["id"], other["person"]["id"])]


def test_a_junk_number_identifies_nobody(program: Client) -> None:
    first = send(program, inquiry(contact={"name": "Анна", "phone": "0000000000"})).json()
    second = send(program, inquiry(contact={"name": "Борис", "phone": "0000000000"})).json()
    assert first["person"]["id"] != second["person"]["id"]


def test_the_same_key_and_body_give_the_first_answer_and_another_body_a_conflict(program: Client) -> None:
    first = send(program, inquiry(), **{"Idempotency-Key": "k1"})
    again = send(program, inquiry(), **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other = send(program, inquiry(message="другое"), **{"Idempotency-Key": "k1"})
    assert other.status_code == 409
    assert other.json()["code"] == "key_reused"
    assert Inquiry.objects.count() == 1


def test_a_known_external_id_gives_the_first_inquiry_and_another_body_becomes_a_touch(program: Client) -> None:
    first = send(program, inquiry(external_id="lead-7"))
    again = send(program, inquiry(external_id="lead-7"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    changed = send(program, inquiry(external_id="lead-7", message="и ещё трансфер"), **{"Idempotency-Key": "new"})
    assert changed.status_code == 200
    assert changed.json()["id"] == first.json()["id"]
    send(program, inquiry(external_id="lead-7", message="и ещё трансфер"))
    assert list(Touch.objects.filter(kind="inquiry").order_by("id").values_list("body", flat=True)) == [
        "Хотим на Мальдивы вдвоём",
        "и ещё трансфер",
    ]
    assert Inquiry.objects.count() == 1


def test_an_unknown_source_is_kept_to_be_named(program: Client) -> None:
    assert send(program, inquiry(source="Новый-Партнёр")).json()["source"] == "новый-партнёр"
    assert Source.objects.get(slug="новый-партнёр").is_named is False


@pytest.mark.parametrize("way", [{"external_id": "x-1"}, {"visitor": "v-9"}])
def test_who_only_can_be_identified_by_an_id_gets_an_inquiry_without_a_person(program: Client, way: dict[str, str]) -> None:
    answer = send(program, {"channel": "api", **way})
    assert answer.status_code == 201
    assert answer.json()["person"] is None
    assert answer.json()["contact_set"]["complete"] is False


FLAWS = [
    {"request": {"adults": -5}}, {"request": {"adults": "много"}}, {"request": {"budget": {"amount": -1, "currency": "RUB"}}},
    {"request": {"budget": {"amount": 1e400, "currency": "RUB"}}}, {"request": {"dates": {"from": "2026-02-31"}}},
    {"request": {"dates": "завтра"}}, {"request": [1]}, {"request": {"children_ages": [1, "x", 500]}}, {"utm": 5}, {"received_at": "вчера"},
    {"received_at": "9999-12-31T23:59:59Z"}, {"message": {"a": 1}}, {"source": "x" * 5000}, {"external_id": 10**30}, {"visitor": ["v"]},
    {"request": {"directions": "Турция"}}, {"request": {"nights": {"from": 10**12}}}, {"request": {"category": "нет такой"}},
]  # fmt: skip


@pytest.mark.parametrize("flaw", FLAWS, ids=str)
def test_a_flaw_in_an_optional_field_never_refuses_a_reachable_inquiry(program: Client, flaw: dict[str, Any]) -> None:
    assert send(program, inquiry(**flaw)).status_code == 201


def test_nan_is_dropped_and_said(program: Client) -> None:
    answer = send(
        program, b'{"channel":"phone","contact":{"phone":"+79161234567"},"request":{"budget":{"amount":NaN,"currency":"RUB"}}}'
    )
    assert answer.status_code == 201
    assert answer.json()["flaws"][0]["field"].startswith("request.budget")


HOSTILE = ["\x00\x07Иван", "\u202eнави", "И\u200bван", "=CMD()|A1", "'; drop table clients_person; --", "<script>alert(1)</script>", "\ud800Иван",
           "А" * 100_000]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=lambda n: repr(n[:20]))
def test_hostile_names_are_stored_clean_and_never_executed(program: Client, name: str) -> None:
    import json

    answer = send(
        program, json.dumps(inquiry(contact={"name": name, "phone": "89161234567"}, message=name, utm={name: name})).encode()
    )
    assert answer.status_code == 201
    shown = answer.json()["person"]["name"]
    assert shown
    assert len(shown) <= 200
    assert not set(shown) & {"\x00", "\u202e", "\u200b", "\ud800"}


@pytest.mark.parametrize(
    ("contact", "why"), [({"phone": "9" * 40}, "contact"), ({"phone": "нет"}, "contact"), ({"email": "a@"}, "contact")]
)
def test_a_way_that_cannot_be_read_waits_in_quarantine_with_the_reason(program: Client, contact: dict[str, str], why: str) -> None:
    answer = send(program, {"channel": "phone", "contact": contact})
    assert answer.status_code == 202
    said = answer.json()
    assert said["state"] == "quarantined"
    assert why in said["reason"]
    shown = program.get(f"/api/v1/inquiries/{said['id']}")
    assert shown.status_code == 200
    assert shown.json()["state"] == "quarantined"


def test_an_unknown_channel_keeps_a_reachable_inquiry_in_quarantine(program: Client) -> None:
    answer = send(program, inquiry(channel="fax"))
    assert answer.status_code == 202
    assert "fax" in answer.json()["reason"]


@pytest.mark.parametrize(("body", "status"), [
    (b"", 400), (b"{", 400), (b"[]", 400), (b'"x"', 400), (b"\xff\xfe", 400), (b'{"channel": "phone"', 400), (b'{"a":' * 90 + b"1" + b"}" * 90, 422),
    (b"[" * 100_000, 422), (b'{"channel":"phone"}', 422), (b'{"channel":"phone","contact":{"name":"X"}}', 422),
    (b'{"channel":"phone","message":"' + b"x" * (10 * 1024 * 1024) + b'"}', 413),
], ids=lambda v: str(v)[:24])  # fmt: skip
def test_what_is_no_inquiry_is_refused_with_a_problem_and_not_stored(program: Client, body: bytes, status: int) -> None:
    answer = send(program, body)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert RawMessage.objects.count() == 0


def test_no_token_is_401_a_missing_scope_403(program: Client, caller: Caller) -> None:
    assert send(Client(), inquiry()).status_code == 401
    assert send(Client(headers={"Authorization": "Bearer wrong"}), inquiry()).status_code == 401
    refused = send(caller(scopes=frozenset({"deals:read"})), inquiry())
    assert refused.status_code == 403
    assert refused.json()["missing"] == ["inquiries:write"]
    assert program.get("/api/v1/ping").status_code == 204


def test_a_program_without_the_scope_for_people_learns_no_name(caller: Caller, program: Client) -> None:
    send(program, inquiry())
    blind = caller(scopes=frozenset({"inquiries:write", "inquiries:read"}))
    said = send(blind, inquiry()).json()
    assert said["person"]["name"] is None
    assert said["person"]["matched_by"] == "phone"
    assert blind.get("/api/v1/search?q=89161234567").json()["items"] == []


def test_the_number_of_statements_of_intake_is_fixed(program: Client, django_assert_max_num_queries: Any) -> None:
    send(program, inquiry())
    counts = set()
    for n in range(5):
        with django_assert_max_num_queries(12) as counted:
            assert (
                send(program, inquiry(contact={"name": f"Имя {n}", "phone": f"+7916555001{n}"}, external_id=f"e{n}")).status_code
                == 201
            )
        counts.add(len(counted))
    assert len(counts) == 1, counts


def test_a_program_says_what_an_inquiry_is_and_where_its_category_is_from_is_told(program: Client) -> None:
    came = send(program, inquiry(message="Нужна виза в Италию", request={})).json()
    assert (came["request"]["category"], came["category_origin"]) == ("visa", "criterion")
    assert came["category_reason"]
    address = f"/api/v1/inquiries/{came['id']}/class"
    said = program.post(address, {"inquiry_class": "partner", "category": "insurance"}, content_type="application/json").json()
    assert (said["inquiry_class"], said["request"]["category"], said["category_origin"]) == ("partner", "insurance", "person")
    none = program.post(address, {"category": ""}, content_type="application/json").json()
    assert (none["request"].get("category"), none["inquiry_class"]) == (None, "partner")
    refused = program.post(address, {"inquiry_class": "vip"}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, "inquiry_class")
    assert program.post(address, {}, content_type="application/json").status_code == 422
    assert send(program, inquiry(contact={"phone": "+79990001122"}, request={"category": "cruise"})).json()["category_origin"] == "stated"
