"""Whatever stands in whatever field: the door answers clearly, and who can be reached is never refused."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from marshrut.api.tests.letters import send
from marshrut.core.phones import read_phone
from marshrut.ops.doctor_promises import PROMISES

pytestmark = pytest.mark.django_db

BOUNDED = settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
NASTY = st.sampled_from([
    "\x00", "\ud800", "\u202eнави", "\u200b\u200d", "İ" * 200, "ﷺ" * 300, "=1+1", "'; drop table x; --", "<script>", "{{7*7}}", "9" * 40, "٠" * 12,
    "NaN", "1e999", "-0", "9999-12-31T23:59:59-14:00", "0001-01-01", "2026-02-31", "\n" * 50, "\u2028", "À" * 3000, "e\u0301" * 400, "%s%n", "\\",
])  # fmt: skip
TEXT = st.text(st.characters(codec=None), max_size=40) | NASTY
SCALAR = st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.sampled_from([10**400, -(10**400)]) | st.floats() | TEXT
ANYTHING = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=8)
PHONES = st.sampled_from(["+7 916 123-45-67", "8 (916) 765-43-21", "9161112233", "+380 67 123 45 67", "+375 29 123-45-67"])


def objects(**fields: Any) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional={name: field | ANYTHING for name, field in fields.items()}) | ANYTHING


SPAN = objects(**{"from": SCALAR, "to": SCALAR})
REQUEST = objects(
    category=st.sampled_from(["hotel", "нет"]), directions=st.lists(TEXT, max_size=3), dates=SPAN, nights=SPAN, adults=SCALAR,
    children_ages=st.lists(SCALAR, max_size=3), rooms=SCALAR, budget=objects(amount=SCALAR, currency=st.sampled_from(["RUB", "₽", "XXX"])),
)  # fmt: skip
CONTACT = {"name": ANYTHING, "phone": ANYTHING, "email": ANYTHING, "messenger": objects(kind=TEXT, id=TEXT)}
REST = {
    "source": ANYTHING, "external_id": ANYTHING, "received_at": ANYTHING, "message": ANYTHING, "request": REQUEST,
    "utm": st.dictionaries(TEXT, ANYTHING, max_size=3) | ANYTHING, "visitor": ANYTHING,
}  # fmt: skip
LETTER = st.fixed_dictionaries({}, optional={"channel": st.just("api") | ANYTHING, "contact": objects(**CONTACT), **REST})
REACHABLE = st.fixed_dictionaries(
    {"channel": st.just("site_form"), "contact": st.fixed_dictionaries({**{k: v for k, v in CONTACT.items() if k != "phone"}, "phone": PHONES})},
    optional=REST,
)  # fmt: skip


def assert_kept(program: Client, answer: Any) -> dict[str, Any]:
    """What was acknowledged is found again under its id, and every promise about the data holds."""
    said = answer.json()
    if answer.status_code in (200, 201, 202):
        assert program.get(f"/api/v1/inquiries/{said['id']}").status_code == 200
        assert answer["Content-Type"] == "application/json"
    else:
        assert answer["Content-Type"] == "application/problem+json"
        assert said["detail"]
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
        for name, sentence, sql in PROMISES:
            if name.endswith(("planned", "owned", "assigned", "matter", "understood_is_inquiry")):
                cursor.execute(sql)
                assert cursor.fetchall() == [], sentence
    return said


@BOUNDED
@given(letter=LETTER)
@example(letter={"channel": "api", "external_id": 10**400})
@example(letter={"channel": "api", "contact": {"email": "a@b.ru", "phone": "\ud800"}, "source": "İ" * 120})
def test_anything_in_any_field_is_answered_clearly(program: Client, letter: Any) -> None:
    answer = send(program, json.dumps(letter).encode())
    assert answer.status_code in (200, 201, 202, 400, 413, 422), answer.content
    assert_kept(program, answer)


@BOUNDED
@given(letter=REACHABLE)
@example(letter={"channel": "phone", "contact": {"phone": "+7 916 123-45-67", "name": "İ" * 200}, "source": "İ" * 200})
@example(letter={"channel": "phone", "contact": {"phone": "+7 916 123-45-67"}, "request": {"adults": 10**4999, "rooms": 1e308}})
@example(letter={"channel": "phone", "contact": {"phone": "+7 916 123-45-67", "messenger": {"kind": "ﷺ" * 40, "id": "ﷺ" * 200}}})
@example(letter={"channel": "phone", "contact": {"phone": "+7 916 123-45-67"}, "external_id": "𝕏" * 600, "visitor": "𝕏" * 600})
def test_who_can_be_reached_is_never_refused_and_always_has_a_next_action(program: Client, letter: dict[str, Any]) -> None:
    answer = send(program, _as_json(letter))
    assert answer.status_code in (200, 201), answer.content
    said = assert_kept(program, answer)
    assert bool(said["owner"]) != bool(said["queue"])
    assert said["next_action"]
    if answer.status_code == 201:
        phone = read_phone(letter["contact"]["phone"], ("RU", "UA"))
        assert phone is not None
        found = program.get("/api/v1/search", {"q": letter["contact"]["phone"]}).json()["items"]
        assert said["person"]["id"] in [item["id"] for item in found]


def _as_json(letter: Any) -> bytes:
    import sys

    most, _ = sys.get_int_max_str_digits(), sys.set_int_max_str_digits(0)
    try:
        return json.dumps(letter).encode()
    finally:
        sys.set_int_max_str_digits(most)


def test_two_ids_that_differ_in_the_twentieth_digit_are_two_inquiries(program: Client) -> None:
    ids = {send(program, {"channel": "api", "external_id": 10**24 + n}).json()["id"] for n in range(3)}
    assert len(ids) == 3


def test_a_byte_order_mark_is_no_reason_to_refuse(program: Client) -> None:
    assert send(program, b'\xef\xbb\xbf{"channel":"phone","contact":{"phone":"+79161234567"}}').status_code == 201


def test_what_waited_in_quarantine_is_understood_when_its_sender_mends_it(program: Client) -> None:
    broken = send(program, {"channel": "phone", "external_id": "x-1", "source": "ats", "contact": {"phone": "нет"}})
    waiting = send(program, {"channel": "fax", "external_id": "x-2", "contact": {"phone": "+79161234567"}})
    assert (broken.status_code, waiting.status_code) == (201, 202)
    mended = send(program, {"channel": "phone", "external_id": "x-2", "contact": {"phone": "+79161234567"}})
    assert mended.status_code == 201
    assert mended.json()["id"] == waiting.json()["id"]
    assert mended.json()["next_action"]
    again = send(program, {"channel": "phone", "external_id": "x-2", "contact": {"phone": "+79161234567"}})
    assert (again.status_code, again.json()["id"]) == (200, waiting.json()["id"])


def test_a_stranger_who_guesses_an_external_id_learns_only_that_it_is_known(program: Client, stranger: Client) -> None:
    letter = {
        "channel": "phone",
        "source": "site",
        "external_id": "x-1",
        "message": "тайна",
        "contact": {"name": "Ольга", "phone": "+79161234567"},
    }
    first = send(program, letter).json()
    again = send(stranger, {"channel": "phone", "source": "site", "external_id": "x-1"})
    assert again.status_code == 200
    assert again.json() == {"id": first["id"], "number": first["id"], "state": "open"}
