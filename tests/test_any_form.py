"""Whatever is typed into a form of ours, or sent past it, is answered clearly: never a 5xx, and nothing half done."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marshrut.ops.doctor_promises import PROMISES
from tests.test_rights_matrix import ACTION, LIST, PAGES, RECORD, World, ask, world  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db
BOUNDED = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
NASTY = st.sampled_from([
    "", " ", "\x00", "\ud800", "\u202e", "0", "-1", "9" * 40, "1e999", "NaN", "null", "on", "99999-99-99", "2026-13-45", "2026-02-30T25:61", "0001-01-01T00:00",
    "9999-12-31T23:59", "2027-01-15T10:00", "15.01.2027", "23:59", "office", "distance", "won", "lost", "spam", "call", "call_out", "note", "need_recorded",
    "money_and_passports", "+7 916 123-45-67", "a@b.ru", "<script>", "{{7*7}}", "'; drop table x; --", "İ" * 300, "А" * 30_000, "500000", "-5 ₽", "дорого",
])  # fmt: skip
ANY = NASTY | st.text(st.characters(codec=None), max_size=30)
FORMS = [*(route for route, kind in PAGES.items() if kind == ACTION), "/inquiries/new", "/login", "/f/<slug:key>"]
QUERIES = [route for route, kind in PAGES.items() if kind in (LIST, RECORD)]


def names_in(page: Any, more: tuple[str, ...] = ()) -> list[str]:
    """Names of the fields a page shows; a file shows none."""
    text = "" if page.streaming else page.content.decode()
    return sorted({*re.findall(r'name="([\w.\[\]-]+)"', text), *more} - {"csrfmiddlewaretoken", "viewport"})


def broken_promises() -> list[str]:
    """Sentences about the data that hold no more."""
    broken = []
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
        for _name, sentence, sql in PROMISES:
            cursor.execute(sql)
            broken += [sentence] if cursor.fetchall() else []
    return broken


@pytest.mark.parametrize("route", FORMS)
def test_anything_typed_into_a_form_is_answered_clearly(world: World, route: str) -> None:  # noqa: F811
    browser, address = world.seeing["owner"], world.address(route)
    if route == "/login":
        browser.logout()
    fields = names_in(ask(browser, "GET", address), ("reason", "title", "due_at", "facts", "next"))

    @BOUNDED
    @given(typed=st.dictionaries(st.sampled_from(fields), ANY, max_size=len(fields)))
    def type_in(typed: dict[str, str]) -> None:
        sent = {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}
        with transaction.atomic():
            answer = browser.post(address, sent)
            assert answer.status_code < 500, (address, sent)
            assert broken_promises() == [], (address, sent)
            transaction.set_rollback(True)

    type_in()


@pytest.mark.parametrize("route", QUERIES)
def test_anything_asked_of_a_page_is_answered_clearly(world: World, route: str) -> None:  # noqa: F811
    browser, address = world.seeing["owner"], world.address(route).partition("?")[0]
    keys = (
        "q",
        "part",
        "owner",
        "source",
        "state",
        "class",
        "funnel",
        "after",
        "before",
        "cursor",
        "page",
        "phone",
        "cards",
        "limit",
        "filter",
        "tab",
        "id",
        "view",
    )
    fields = names_in(ask(browser, "GET", address), keys)

    @BOUNDED
    @given(asked=st.dictionaries(st.sampled_from(fields), ANY, max_size=5), is_part=st.booleans())
    def look(asked: dict[str, str], is_part: bool) -> None:
        sent = {name: value.encode("utf-8", "replace").decode() for name, value in asked.items()}
        headers = {"HX-Request": "true"} if is_part else {}
        with transaction.atomic():
            answer = browser.get(address, sent, headers=headers)
        assert answer.status_code in (200, 204, 302, 400, 404, 422), (address, sent)

    look()
