"""Lists of deals and persons for programs: paging, filters, reach, what is hidden, and the same cost whatever the rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from marshrut.agency.models import CustomField, Employee
from marshrut.agency.permissions import EVERYTHING
from marshrut.api.tests.letters import Caller, inquiry, send
from marshrut.core.clock import utc_now
from marshrut.deals.models import Deal
from marshrut.marketing.models import Source

pytestmark = pytest.mark.django_db
NAMES = ("Ольга Ветрова", "Пётр Ильин", "Фёдор Пугачёв")


def ask(client: Client, path: str, **query: Any) -> Any:
    return client.get(f"/api/v1{path}", query)


def found(client: Client, path: str, **query: Any) -> list[int]:
    answer = ask(client, path, **query)
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def sell(program: Client, number: int, **more: Any) -> dict[str, Any]:
    contact = {"name": NAMES[number], "phone": f"+791612345{number}0", "email": f"guest{number}@mail.ru"}
    came = send(program, inquiry(contact=contact, **more)).json()
    deal = program.post(f"/api/v1/inquiries/{came['id']}/deal", {"funnel": "office"}, content_type="application/json").json()
    return {**deal, "person_id": came["person"]["id"]}


@pytest.fixture
def deals(program: Client) -> list[dict[str, Any]]:
    return [sell(program, number) for number in range(3)]


def test_deals_come_the_latest_first_and_go_on_where_they_ended(program: Client, deals: list[dict[str, Any]]) -> None:
    ids = [deal["id"] for deal in deals]
    for query in ({}, {"state": "all"}, {"sort": "-number"}, {"sort": "-amount"}):
        first = ask(program, "/deals", limit=2, **query).json()
        rest = ask(program, "/deals", limit=2, after=first["next"], **query).json()
        assert [item["id"] for item in (*first["items"], *rest["items"])] == ids[::-1], query
        assert rest["next"] is None
    assert found(program, "/deals", sort="number") == ids


def test_a_deal_in_the_list_says_what_its_card_says(program: Client, deals: list[dict[str, Any]]) -> None:
    line = next(item for item in ask(program, "/deals").json()["items"] if item["id"] == deals[0]["id"])
    card = program.get(f"/api/v1/deals/{deals[0]['id']}").json()
    same = set(line) & set(card) - {"person"}
    assert {"funnel", "stage", "amount", "owner", "next_action", "title", "opened_at"} <= same
    assert {name: line[name] for name in same} == {name: card[name] for name in same}
    assert (line["person"]["name"], line["phone"], line["source"]) == ("Ольга Ветрова", "+79161234500", "site")


def test_deals_are_narrowed_by_state_stage_holder_and_days(program: Client, deals: list[dict[str, Any]], cast: Any) -> None:
    ended, moved, other = deals
    program.post(f"/api/v1/deals/{ended['id']}/close", {"outcome": "won"}, content_type="application/json")
    program.post(f"/api/v1/deals/{moved['id']}/stage", {"stage": "need_recorded", "facts": {"need": "море"}}, content_type="application/json")
    assert found(program, "/deals", state="won") == found(program, "/deals", state="closed") == [ended["id"]]
    assert found(program, "/deals", stage="office/need_recorded") == [moved["id"]]
    assert found(program, "/deals", owner=other["owner"]["id"], stage=other["funnel"] + "/" + other["stage"]) == [other["id"]]
    assert len(found(program, "/deals", office=cast.anna.office_id)) == 2
    assert found(program, "/deals", office=cast.stranger.office_id) == []
    assert found(program, "/deals", opened_to="2020-01-01") == []
    assert len(found(program, "/deals", opened_from=utc_now().date() - timedelta(days=1))) == 2


def test_a_source_that_was_merged_finds_what_it_went_into(program: Client, deals: list[dict[str, Any]]) -> None:
    Source.objects.create(slug="site-old", name="Старый сайт", merged_into=Source.objects.get(slug="site"))
    assert found(program, "/deals", source="site-old") == found(program, "/deals", source="site") != []
    assert ask(program, "/deals", source="nowhere").status_code == 422


@pytest.mark.parametrize("query", ["8 916 123-45-00", "1234500", "guest0@mail.ru", "ветр", "ОЛЬГА ВЕТ", "dtnhjdf"])
def test_persons_are_found_by_phone_address_and_part_of_a_name(program: Client, deals: list[dict[str, Any]], query: str) -> None:
    assert found(program, "/persons", q=query) == [deals[0]["person_id"]]
    assert found(program, "/deals", q=query) == [deals[0]["id"]]


def test_persons_are_narrowed_by_own_fields_and_go_on_where_they_ended(program: Client, deals: list[dict[str, Any]]) -> None:
    CustomField.objects.create(subject="person", slug="hobby", name="Увлечение", kind="choice", choices=["Лыжи", "Море"])
    with connection.cursor() as cursor:
        cursor.execute("update clients_person set custom = %s where id = %s", ['{"hobby": "Море"}', deals[1]["person_id"]])
    assert found(program, "/persons", **{"custom.hobby": "море"}) == [deals[1]["person_id"]]
    people = [deal["person_id"] for deal in deals]
    first = ask(program, "/persons", limit=2).json()
    rest = ask(program, "/persons", limit=2, after=first["next"]).json()
    assert [item["id"] for item in (*first["items"], *rest["items"])] == people[::-1]
    item = first["items"][1]
    assert (item["name"], item["open_matters"], item["custom"]) == ("Пётр Ильин", 1, {"hobby": "Море"})
    assert found(program, "/persons", sort="name") == people
    assert found(program, "/persons", trips_from=1) == []


def test_the_stranger_finds_nothing_and_a_manager_finds_their_own(
    stranger: Client, program: Client, deals: list[dict[str, Any]], cast: Any
) -> None:
    assert [found(stranger, path, state="all") for path in ("/deals", "/persons")] == [[], []]
    anna = Client()
    anna.force_login(Employee.objects.get(pk=cast.anna.id))
    hers = [deal["id"] for deal in deals if deal["owner"]["id"] == cast.anna.id]
    assert found(anna, "/deals", sort="number") == found(anna, "/deals", sort="number", owner="me") == hers


def test_what_is_hidden_from_somebody_is_hidden_in_lists_too(program: Client, deals: list[dict[str, Any]], cast: Any) -> None:
    Deal.objects.update(margin=5000)
    marketer = Employee.objects.create(email="m@a.example", name="Мария Пряхина", role="marketer", office_id=cast.anna.office_id, password="!")
    browser = Client()
    browser.force_login(marketer)
    for path, name in (("/deals", "person"), ("/persons", "email")):
        said = ask(browser, path).content.decode()
        assert "Ветрова" in said, name
        assert "1234500" not in said
        assert "guest0@" not in said
    assert ask(browser, "/deals").json()["items"][0]["margin"] is None
    assert ask(program, "/deals").json()["items"][0]["margin"] == {"amount": "5000.00", "currency": "RUB"}


def test_who_may_not_read_people_gets_deals_without_them_and_searches_for_nobody(caller: Caller, deals: list[dict[str, Any]]) -> None:
    blind = caller(scopes=EVERYTHING - {"persons:read"})
    said = ask(blind, "/deals").content.decode()
    assert "Ветрова" not in said
    assert "1234500" not in said
    for path in ("/deals", "/inquiries"):
        refused = ask(blind, path, q="Ветрова")
        assert (refused.status_code, refused.json()["missing"]) == (403, ["persons:read"]), path
    assert ask(blind, "/persons").status_code == 403


@pytest.mark.parametrize("path", ["/deals", "/persons"])
def test_a_list_takes_the_same_number_of_statements_with_one_row_and_with_three(
    program: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for rows in (1, 3):
        for number in range(rows - 1 and 1, rows):
            sell(program, number)
        ask(program, path)
        with django_assert_max_num_queries(8) as asked:
            assert len(ask(program, path).json()["items"]) == rows
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("path", "field"),
    [("/deals?stage=office/none", "stage"), ("/deals?after=nonsense", "after"), ("/deals?sort=colour", "sort"), ("/deals?owner=me", "owner"),
     ("/deals?amount_from=much", "amount_from"), ("/persons?language=xx", "language"), ("/persons?after=WzEsMV0", None), ("/deals?state=some", "state"),
     ("/deals?changed_since=someday", "changed_since"), ("/persons?limit=0", "limit"), ("/deals?custom.colour=1", None), ("/persons?q=%00", None)],
)  # fmt: skip
def test_odd_questions_name_what_is_wrong_with_them(program: Client, path: str, field: str | None) -> None:
    answer = program.get(f"/api/v1{path}")
    assert (answer.status_code, answer.json().get("field")) == ((422, field) if field else (200, None)), answer.content
