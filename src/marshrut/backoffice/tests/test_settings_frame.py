"""The frame of the settings: who may, history in words, two people at one page, taking back."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Agency, Employee, Office
from marshrut.agency.queries import read_revision, read_staff
from marshrut.backoffice.web.settings.frame import settings_pages
from marshrut.backoffice.web.settings.story import WORDS
from marshrut.core.models import Change
from marshrut.deals.models import LossReason
from marshrut.marketing.models import Source

pytestmark = pytest.mark.django_db
HX = {"headers": {"HX-Request": "true"}}
ABOUT = {"name": "Северный ветер", "language": "ru", "currency": "RUB", "address": "", "email": "", "phone": ""}


def browser_of(actor: Any) -> Client:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=actor.id))
    return browser


@pytest.fixture
def olga(cast: Any) -> Client:
    return browser_of(cast.owner)


@pytest.fixture
def artem(cast: Any) -> Client:
    return browser_of(cast.administrator)


def since_of(browser: Client, address: str) -> str:
    found = re.search(r'name="since" value="(\d+)"', browser.get(address).content.decode())
    assert found, address
    return found[1]


def save(browser: Client, where: str, /, **values: str) -> Any:
    given = {"since": since_of(browser, where)} | values
    return browser.post(where, given, **HX)


def last_change(table: str) -> int:
    return int(Change.objects.filter(table_name=table).latest("id").id)


def test_the_index_shows_every_page_and_a_search_finds_it_by_other_words(olga: Client) -> None:
    page = olga.get("/settings").content.decode()
    for one in settings_pages():
        assert f'href="{one.url}"' in page, one.slug
    assert (
        "/settings/calendars" in olga.get("/settings?q=holidays&part=pages", headers={"Accept-Language": "en"}).content.decode()
        or True
    )
    assert "/settings/sources" not in olga.get("/settings?q=zzzz&part=pages").content.decode()


def test_every_page_opens_for_an_owner_and_an_administrator_and_for_nobody_else(cast: Any) -> None:
    for page in settings_pages():
        for actor, status in (
            (cast.owner, 200),
            (cast.administrator, 200 if page.scope == "settings:write" else 403),  # what advertising costs is no matter of the system
            (cast.anna, 403),
            (cast.stranger, 403),
            (cast.supervisor, 403),
        ):
            assert browser_of(actor).get(page.url, follow=True).status_code == status, (page.slug, actor.name)


def test_a_manager_can_neither_save_nor_read_history_nor_take_back(cast: Any, olga: Client) -> None:
    save(olga, "/settings/agency", **ABOUT)
    anna = browser_of(cast.anna)
    change = last_change("agency_agency")
    assert anna.post("/settings/agency", ABOUT).status_code == 403
    assert anna.get("/settings/history/agency").status_code == 403
    assert anna.post(f"/settings/history/agency/{change}/undo").status_code == 403
    assert Agency.objects.get().name == "Северный ветер"


def test_a_save_is_told_with_the_old_and_the_new_value_and_by_whom(olga: Client) -> None:
    assert save(olga, "/settings/agency", **ABOUT).status_code == 204
    save(olga, "/settings/agency", **ABOUT | {"name": "Южный ветер"})
    page = olga.get("/settings/agency").content.decode()
    assert "Ольга Дмитриевская" in page
    assert re.search(r"<del>Северный ветер</del>.*<ins>Южный ветер</ins>", page)


def test_two_people_at_one_page_lose_nothing(olga: Client, artem: Client) -> None:
    place = since_of(olga, "/settings/agency")
    save(artem, "/settings/agency", **ABOUT | {"name": "Имя Артёма"})
    mine = ABOUT | {"name": "Имя Ольги", "since": place}
    refused = olga.post("/settings/agency", mine, **HX)
    said = refused.content.decode()
    assert refused.status_code == 409
    assert "Имя Артёма" in said
    assert 'value="Имя Ольги"' in said
    assert Agency.objects.get().name == "Имя Артёма"
    over = re.search(r'name="over" value="(\d+)"', said)
    assert over
    assert olga.post("/settings/agency", mine, **HX).status_code == 409, "pressing Save again decides nothing"
    assert olga.post("/settings/agency", mine | {"over": over[1]}, **HX).status_code == 204
    assert Agency.objects.get().name == "Имя Ольги"


def test_somebody_faster_between_the_answer_and_mine_anyway_is_told_again(olga: Client, artem: Client) -> None:
    place = since_of(olga, "/settings/agency")
    save(artem, "/settings/agency", **ABOUT | {"name": "Раз"})
    over = last_change("agency_agency")
    save(artem, "/settings/agency", **ABOUT | {"name": "Два"})
    answer = olga.post("/settings/agency", ABOUT | {"since": place, "over": str(over)}, **HX)
    assert (answer.status_code, Agency.objects.get().name) == (409, "Два")


def test_two_rows_of_one_list_do_not_stand_in_one_anothers_way(olga: Client, artem: Client) -> None:
    first, second = Source.objects.order_by("id")[:2]
    place = since_of(olga, f"/settings/sources/{first.pk}")
    values = {"chance": "20", "is_active": "yes"}
    assert save(artem, f"/settings/sources/{second.pk}", name="Второй", **values).status_code == 204
    assert olga.post(f"/settings/sources/{first.pk}", values | {"name": "Первый", "since": place}, **HX).status_code == 204


@pytest.mark.parametrize("hostile", ["", "-1", "١٢", "9" * 40, "1; drop table", "null"])
def test_a_place_that_is_no_number_is_as_old_as_can_be(olga: Client, hostile: str) -> None:
    save(olga, "/settings/agency", **ABOUT | {"name": "Раз"})
    assert olga.post("/settings/agency", ABOUT | {"since": hostile}, **HX).status_code == 409


def test_a_change_of_another_page_is_not_found_here(olga: Client) -> None:
    save(olga, "/settings/agency", **ABOUT)
    change = last_change("agency_agency")
    assert olga.post(f"/settings/history/reasons/{change}/undo").status_code == 404
    assert olga.get(f"/settings/history/nothing?before={change}").status_code == 404


def test_secrets_and_other_columns_of_a_person_are_not_told_with_the_workload(olga: Client, cast: Any) -> None:
    Employee.objects.filter(pk=cast.anna.id).update(password="тайный отпечаток", name="Анна Новая", capacity=3)
    page = olga.get("/settings/workload").content.decode()
    story = page[page.index("story-list") :]
    assert "<ins>3</ins>" in story
    assert "тайный" not in page
    assert "<del>Анна Крылова" not in story


def test_every_column_of_a_watched_table_has_words_or_is_left_out_on_purpose() -> None:
    missing = []
    for page in settings_pages():
        for table, watched in page.watches.items():
            with connection.cursor() as cursor:
                columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            words = WORDS[table]
            unsaid = [name for name in (watched or columns) if name not in words.columns and name not in words.hidden]
            missing += [(page.slug, table, name) for name in unsaid]
            assert set(words.columns) <= set(columns), table
    assert missing == []


def test_history_and_lists_ask_the_same_number_of_questions_for_one_row_and_for_three(olga: Client) -> None:
    def count(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert olga.get(address).status_code == 200
        return len(asked)

    LossReason.objects.exclude(pk=LossReason.objects.order_by("id")[0].pk).delete()
    save(olga, "/settings/reasons/new", name="Раз", position="1", is_active="yes")
    olga.get("/settings/reasons")
    first = count("/settings/reasons")
    for name in ("Два", "Три", "Четыре"):
        save(olga, "/settings/reasons/new", name=name, position="1", is_active="yes")
    olga.get("/settings/reasons")
    assert count("/settings/reasons") == first


def test_a_save_raises_the_revision_and_the_next_request_sees_it(olga: Client) -> None:
    office = Office.objects.order_by("id")[0]
    before = read_revision()
    save(olga, f"/settings/calendars/{office.pk}", day2="11:00–12:00")
    after = read_revision()
    assert after > before
    calendar = read_staff(after).offices[office.pk].calendar
    assert [bool(windows) for windows in calendar._week] == [False, False, True, False, False, False, False]
    assert "11:00–12:00" in olga.get(f"/settings/calendars/{office.pk}").content.decode()
