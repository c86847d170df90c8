"""History in people's words: a day's hours before and after, days off in a line, numbers by name, each page its own."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Employee, Holiday, Office, Shift, WorkingWindow
from marshrut.backoffice.tests.test_settings_frame import HX, artem, browser_of, olga, save, since_of
from marshrut.intake.models import RuleSetting

__all__ = ["artem", "olga"]
commits = pytest.mark.usefixtures("own_database")  # a save is known by its transaction


def story(browser: Client, address: str) -> str:
    page = browser.get(address, headers={"Accept-Language": "en"}).content.decode()
    told = page[page.index('id="story-head"') :]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", told)))


@pytest.fixture
def english(cast: Any) -> Client:
    Employee.objects.filter(pk=cast.owner.id).update(language="en")
    return browser_of(cast.owner)


@commits
def test_hours_are_told_by_day_as_they_were_and_became(english: Client) -> None:
    office = Office.objects.get(slug="podil")
    address = f"/settings/calendars/{office.pk}"
    week = dict.fromkeys(("day0", "day1", "day2", "day3"), "10:00–19:00") | {"day4": "09:00–13:00, 14:00–18:00"}
    assert save(english, address, **week).status_code == 204
    said = story(english, address)
    assert f"{office.name}, Mon–Thu: 09:00–18:00 → 10:00–19:00" in said
    assert f"{office.name}, Friday: 09:00–18:00 → 09:00–13:00, 14:00–18:00" in said
    assert save(english, address, **week | {"day4": "09:00–13:00, 14:00–17:00", "day6": "12:00–14:00"}).status_code == 204
    latest, _earlier = story(english, address).split("Mon–Thu")
    assert "Friday: 09:00–13:00, 14:00–18:00 → 09:00–13:00, 14:00–17:00" in latest, "the whole day, with the window that stayed"
    assert "Sunday: closed → 12:00–14:00" in latest
    undo = re.search(r"/settings/history/calendars/\d+/undo", english.get(address).content.decode())
    assert undo
    assert english.post(undo[0], **HX).status_code == 204
    assert "Sunday: 12:00–14:00 → closed" in story(english, address)
    assert "Mon–Thu: 09:00–18:00 → 10:00–19:00" in story(english, address), "what was told before stays as it was"


def test_a_persons_own_hours_are_told_with_their_name(english: Client, cast: Any) -> None:
    Shift.objects.filter(employee_id=cast.anna.id).delete()
    save(english, f"/settings/workload/{cast.anna.id}", capacity="", share_weight="1", is_on_duty="yes", day0="09–14", day2="09–14")
    assert "Анна Крылова, Mon, Wed: no hours of their own → 09:00–14:00" in story(english, "/settings/workload")


def test_days_off_come_and_go_in_one_line_and_a_short_day_tells_its_hours(english: Client) -> None:
    office = Office.objects.order_by("id")[0]
    address = f"/settings/calendars/{office.pk}"
    Holiday.objects.filter(office=office).delete()
    assert english.post(f"{address}/public", {"since": "9" * 18, "year": "2027"}, **HX).status_code == 204
    told = [line for line in re.findall(r"<li>(.*?)</li>", english.get(address).content.decode(), re.S) if "added" in line]
    assert len(told) == 1
    said = story(english, address)
    assert f"{office.name}, days off added: 1 January 2027" in said
    assert re.search(r"and \d+ more", said)
    english.post(f"{address}/days/2027-01-01", {"since": "9" * 18, "name": "", "hours": "10–16"}, **HX)
    said = story(english, address)
    assert f"{office.name}, 1 January 2027: closed → 10:00–16:00" in said
    assert "days off added: 1 January 2027 10:00" not in said, "it came as a whole day off"


def test_rule_sets_that_share_a_table_are_told_and_taken_back_each_on_its_own_page(english: Client, cast: Any) -> None:
    pages = {"/settings/priority": ("vip_factor", "3"), "/settings/relevance/numbers": ("c_at_most", "-3")}
    for address, (name, value) in pages.items():
        assert save(english, address, unseen="yes", **{name: value}).status_code == 204
    order = {"order": ["skill", "clients_manager", "office"], "on": ["skill", "office"], "take_by_hand": "yes"}
    from marshrut.intake.rules import STEPS

    order["order"] += [step for step in STEPS if step not in order["order"]]
    order["on"] = [step for step in order["order"] if step != "clients_manager"]
    answer = english.post("/settings/distribution", order | {"since": since_of(english, "/settings/distribution")}, **HX)
    assert answer.status_code == 204, "others' saves stand in nobody's way"
    priority, relevance, distribution = (story(english, address) for address in (*pages, "/settings/distribution"))
    assert re.search(r"VIP clients count: [\d.]+ → 3", priority)
    assert re.search(r"C from so many points: -?\d+ → -3", relevance)
    assert "Steps that are not asked: empty → The client's own manager" in distribution
    assert "Order of the steps" in distribution
    for said, foreign in ((priority, "C from so"), (relevance, "VIP"), (distribution, "VIP")):
        assert foreign not in said
    change = re.search(r"/settings/history/priority/(\d+)/undo", english.get("/settings/priority").content.decode())
    assert change
    assert english.post(f"/settings/history/relevance-numbers/{change[1]}/undo", **HX).status_code == 404
    assert english.post(change[0], **HX).status_code == 204
    assert not RuleSetting.objects.filter(slug="priority").exists()


@commits
def test_what_was_restored_is_told_value_by_value(english: Client) -> None:
    address = "/settings/priority"
    assert save(english, address, unseen="yes", vip_factor="3").status_code == 204
    assert save(english, address, unseen="yes", vip_factor="4").status_code == 204
    assert save(english, address, restore="yes").status_code == 204
    said = story(english, address)
    assert "As delivered again" in said
    assert re.search(r"VIP clients count: 4 → [\d.]+", said)
    assert "VIP clients count: 3 → 4" in said
    assert re.search(r"VIP clients count: [\d.]+ → 3", said), "what was added first is known from what came after it"


def test_telling_hours_asks_the_same_number_of_statements_for_one_save_and_for_three(english: Client) -> None:
    address = f"/settings/calendars/{Office.objects.order_by('id')[0].pk}"
    counts = []
    for hours in (["10–19"], ["10–18", "11–17", "12–16"]):
        for one in hours:
            save(english, address, day0=one, day3=one)
        english.get(address)
        with CaptureQueriesContext(connection) as asked:
            english.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert WorkingWindow.objects.exists()
