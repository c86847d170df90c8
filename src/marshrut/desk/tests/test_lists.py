"""Lists of inquiries, deals and clients: what a filter finds, who sees it, and that no address breaks them."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marshrut.agency.models import CustomField, Employee
from marshrut.agency.permissions import Actor
from marshrut.core.clock import utc_now
from marshrut.deals.rules.list_filters import PAGES, read_list_query
from marshrut.deals.services import close_deal, open_deal
from marshrut.desk.tests.conftest import Ask
from marshrut.journal.services import set_custom

pytestmark = pytest.mark.django_db
LISTS = {"inquiries": "/lists/inquiries", "deals": "/lists/deals", "clients": "/clients"}
NAMES = sorted({n for page in PAGES.values() for n in (*page.words, *page.flags)} | {
    f"{n}_{end}" for page in PAGES.values() for n in (*page.days, *page.numbers) for end in ("from", "to")
} | {"q", "state", "sort", "columns", "after", "shown", "part", "view", "custom.room", "custom.room.from", "custom.room.to", "exact"})  # fmt: skip
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["'", "%", "%s", "\\", "\0", "1e400", "NaN", "-1", "9" * 30, "2026-02-30", "31.12.9999", "0001-01-01", "any", "me",
                     "none", "open", "all", "-due", "received", "$.x ? (@ > 1)", "{}", "[]", "null", "A", "1", "site", "﹪", "½", "১২"]),
)  # fmt: skip


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code, answer.headers)
    return str(answer.content.decode())


def numbers(page: str) -> list[int]:
    """The ids of the rows, in their order."""
    return [int(found) for found in re.findall(r'data-id="(\d+)"', page)]


@pytest.mark.parametrize("address", LISTS.values())
def test_a_list_shows_what_is_within_reach_and_nothing_else(address: str, anna: Client, stranger: Client, hers: Ask, cast: Any) -> None:
    inquiry = hers(name="Марина Соколова")
    open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now())
    hers(name="Марина Соколова", phone="+79215559999")
    assert "Соколова" in text(anna, address)
    assert "Соколова" not in text(stranger, address)
    assert numbers(text(stranger, f"{address}?q=Соколова&state=all")) == []


def test_filters_stand_in_the_address_and_narrow_what_is_seen(anna: Client, hers: Ask, cast: Any) -> None:
    first = hers(name="Анна Перова", channel="phone", source="yandex")
    second = hers(name="Вера Второва", request={"budget": {"amount": 90000, "currency": "RUB"}, "directions": ["Турция"]})
    for query, expected in {
        "channel=phone": [first.pk], "source=yandex": [first.pk], "budget_to=100000&currency=RUB": [second.pk],
        "direction=turkey": [second.pk], "q=Второва": [second.pk], f"q={first.pk}": [first.pk], "owner=me": [second.pk, first.pk],
        "owner=none": [], "state=closed": [], "received_from=2020-01-01&received_to=2020-12-31": [],
        "received_from=01.01.2020": [second.pk, first.pk], "sort=received": [first.pk, second.pk], "relevance=A&relevance=B&relevance=C": [second.pk, first.pk],
        "overdue=1": [], "waiting=1": [], "clock=running": [second.pk, first.pk], "stage=inquiry": [second.pk, first.pk], "stage=office/need_recorded": [],
    }.items():  # fmt: skip
        assert numbers(text(anna, f"/lists/inquiries?{query}")) == expected, query


def test_what_is_not_known_is_said_and_narrows_nothing(anna: Client, hers: Ask) -> None:
    inquiry = hers()
    page = text(anna, "/lists/inquiries?channel=pigeon&priority_from=many&received_from=yesterday&sort=colour")
    assert numbers(page) == [inquiry.pk]
    for value in ("pigeon", "many", "yesterday", "colour"):
        assert f"«{value}»" in page or f"“{value}”" in page, value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(LISTS)), st.lists(st.tuples(st.sampled_from(NAMES), HOSTILE), max_size=6))
def test_any_address_is_answered(own_field: None, anna: Client, page: str, pairs: list[tuple[str, str]]) -> None:
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value.encode("utf-8", "replace").decode())
    assert anna.get(f"{LISTS[page]}?{query.urlencode()}").status_code == 200
    assert anna.get(f"/lists/{page}/count?{query.urlencode()}").status_code == 200


@given(st.sampled_from(list(PAGES.values())), st.dictionaries(st.sampled_from(NAMES), st.lists(HOSTILE, max_size=3), max_size=8))
def test_a_description_holds_only_what_is_known(page: Any, query: dict[str, list[str]]) -> None:
    known: dict[str, Any] = {name: ("A", "1", "any") for name in page.words}
    wanted = read_list_query(page, query, known, ())
    assert wanted.sort in page.sorts
    assert all(set(values) <= {"A", "1", "any"} for values in wanted.words.values())
    assert wanted.state in (page.states or ("",))


@pytest.fixture
def own_field(cast: Any) -> None:
    CustomField.objects.create(subject="matter", slug="room", name="Номер комнаты", kind="number", in_list=True)
    CustomField.objects.create(subject="person", slug="hobby", name="Увлечение", kind="choice", choices=["Лыжи", "Море"], in_list=True)


def test_the_agency_s_own_fields_are_columns_and_filters(own_field: None, anna: Client, hers: Ask, cast: Any) -> None:
    low, high = hers(name="Анна Перова"), hers(name="Вера Второва")
    set_custom(dossier_id=low.dossier_id, values={"room": "12"}, by=cast.anna, now=utc_now())
    set_custom(dossier_id=high.dossier_id, values={"room": "30,5"}, by=cast.anna, now=utc_now())
    assert "Номер комнаты" in text(anna, "/lists/inquiries")
    assert numbers(text(anna, "/lists/inquiries?custom.room=12")) == [low.pk]
    assert numbers(text(anna, "/lists/inquiries?custom.room.from=20")) == [high.pk]
    assert numbers(text(anna, "/lists/inquiries?custom.room.from=1&custom.room.to=20")) == [low.pk]
    assert "30.5" in text(anna, "/lists/inquiries?custom.room.from=20")


def test_further_filters_are_read_when_they_are_asked_for_and_one_that_is_on_stands_above_the_list(own_field: None, anna: Client) -> None:
    bare, others = text(anna, "/lists/inquiries"), text(anna, "/lists/inquiries?part=filters")
    for name in ('name="channel"', 'name="custom.room.from"', 'name="budget_from"'):
        assert name not in bare
        assert name in others
    assert 'name="source"' in bare
    assert 'name="source"' not in others
    narrowed = "/lists/inquiries?channel=phone"
    assert 'name="channel"' in text(anna, narrowed)
    assert 'name="channel"' not in text(anna, f"{narrowed}&part=filters")


def test_deals_stand_by_when_they_were_opened_and_not_by_when_their_inquiry_came(anna: Client, hers: Ask, cast: Any) -> None:
    came_first, came_later = hers(name="Анна Перова"), hers(name="Вера Второва")
    for minutes, inquiry in ((1, came_later), (2, came_first)):
        open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now() + timedelta(minutes=minutes))
    told = text(anna, "/lists/deals")
    assert told.index("Анна Перова") < told.index("Вера Второва")


@pytest.mark.parametrize("address", LISTS.values())
def test_as_many_statements_for_one_row_as_for_three(address: str, anna: Client, hers: Ask, cast: Any) -> None:
    def count() -> int:
        text(anna, address)  # the reference data of this revision are read
        with CaptureQueriesContext(connection) as asked:
            text(anna, address)
        return len(asked)

    def arrive(name: str) -> None:
        open_deal(inquiry_id=hers(name=name).pk, funnel="office", by=cast.anna, now=utc_now())
        hers(name=name, phone=None)

    arrive("Анна Перова")
    first = count()
    arrive("Вера Второва")
    arrive("Зоя Третья")
    assert count() == first


def test_the_next_rows_go_on_where_the_first_ended(anna: Client, hers: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.desk.web import lists

    monkeypatch.setattr(lists, "PAGE", 2)
    made = [hers(name=f"Клиент {word}").pk for word in ("Первый", "Второй", "Третий", "Четвёртый", "Пятый")]
    for sort, expected in (("-received", made[::-1]), ("number", made), ("-budget", made[::-1]), ("due", None), ("client", None)):
        seen, address = [], f"/lists/inquiries?sort={sort}"
        while address:
            page = text(anna, address)
            seen += numbers(page)
            more = re.search(r'hx-get="([^"]*part=rows[^"]*)"', page)
            address = more[1].replace("&amp;", "&") if more else ""
        assert len(seen) == len(set(seen)) == 5, sort
        assert expected is None or seen == expected, sort


def test_phones_are_hidden_from_whoever_may_not_see_them(look: Callable[[Actor], Client], hers: Ask, cast: Any) -> None:
    hers(name="Марина Соколова", phone="+79215550142", message="Мой номер +7 921 555-01-42")
    Employee.objects.filter(pk=cast.supervisor.id).update(unmasked=[])
    browser = look(cast.supervisor)
    for address in ("/lists/inquiries?columns=phone,message", "/clients?columns=phone,email"):
        page = text(browser, address)
        assert "Соколова" in page
        assert "5550142" not in page
        assert "555-01-42" not in page


def test_closed_deals_are_found_by_their_end_and_reason(anna: Client, hers: Ask, cast: Any) -> None:
    lost, won = (open_deal(inquiry_id=hers(name=name).pk, funnel="office", by=cast.anna, now=utc_now()) for name in ("Анна Перова", "Вера Второва"))
    close_deal(deal_id=lost, outcome="lost", reason="Дорого: нашли дешевле", by=cast.anna, now=utc_now())
    close_deal(deal_id=won, outcome="won", reason="", by=cast.anna, now=utc_now())
    assert numbers(text(anna, "/lists/deals")) == []
    assert numbers(text(anna, "/lists/deals?state=lost")) == [lost]
    assert numbers(text(anna, "/lists/deals?state=closed")) == [won, lost]
    assert numbers(text(anna, "/lists/deals?state=all&sort=number")) == [lost, won]
    assert "нашли дешевле" in text(anna, "/lists/deals?state=lost&columns=reason")


def test_how_many_there_are_is_said(anna: Client, hers: Ask) -> None:
    hers()
    assert "1 строка" in text(anna, "/lists/inquiries/count")


@pytest.mark.parametrize("written", [{"email": "irina.secret@example.com"}, {"messenger": {"kind": "telegram", "id": "irina_secret"}}])
def test_who_gave_no_name_is_not_shown_in_full_to_whoever_may_not_see_contacts(
    look: Callable[[Actor], Client], hers: Ask, cast: Any, written: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from marshrut.desk.web import lists

    inquiry = hers(contact=written)
    hers(name="Ян Последний")
    monkeypatch.setattr(lists, "PAGE", 1)
    Employee.objects.filter(pk=cast.anna.id).update(unmasked=[])
    for address in (*LISTS.values(), "/clients?sort=name&state=all", "/lists/inquiries?sort=client", f"/clients/{inquiry.person_id}",
                    f"/privacy/people/{inquiry.person_id}", f"/inquiries/{inquiry.pk}", "/", "/board", "/search?q=secret"):
        page = text(look(cast.anna), address)
        assert "secret" not in page.replace("q=secret", "").replace('value="secret"', ""), address
        for cursor in re.findall(r"after=([\w-]+)", page):
            told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            assert b"secret" not in told, address


@pytest.mark.parametrize(("asked", "found"), [("+7 921 555-00-77", 1), ("9215550077", 1), ("5550077", 0), ("077", 0), ("irina.p@example.com", 1),
                                              ("irina.p", 0), ("example", 0), ("Перова", 1)])
def test_a_part_of_a_number_or_an_address_finds_nobody_for_whoever_may_not_see_them(
    look: Callable[[Actor], Client], hers: Ask, cast: Any, asked: str, found: int
) -> None:
    named = hers(contact={"name": "Анна Перова", "phone": "+79215550077", "email": "irina.p@example.com"})
    hers(contact={"email": "irina.p2@example.com"})
    Employee.objects.filter(pk=cast.anna.id).update(unmasked=[])
    browser = look(cast.anna)
    for address, key in (("/clients", named.person_id), ("/lists/inquiries", named.pk)):
        shown = browser.get(address, {"q": asked, "state": "all"}).content.decode()
        assert numbers(shown) == [key] * found, address
