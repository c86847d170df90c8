"""Grade × conversion: which grades were bought, in the window one chooses, before and after a change; a useless criterion is seen to be one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.backoffice.tests.test_rule_pages import browser, lines  # noqa: F401  the fixture
from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry, RelevanceCriterion, RuleSetting
from marshrut.intake.services import close_inquiry
from marshrut.intake.tests.conftest import agency, come  # noqa: F401  the fixtures

pytestmark = pytest.mark.django_db
WANTS: dict[str, Any] = {"directions": ["turkey"], "nights": {"from": 7}, "category": "package_tour"}


@pytest.fixture
def ended(agency: Any, come: Callable[..., Any]) -> Callable[..., None]:  # noqa: F811
    def end(number: int, won: int, days_ago: int, budget: int) -> None:
        at = utc_now() - timedelta(days=days_ago)
        for place in range(number):
            request = {**WANTS, "adults": 2, "budget": {"amount": budget, "currency": "RUB"}}
            one = come(at, request=request)
            by = {"by": agency.owner, "now": at + timedelta(hours=1)}
            close_inquiry(inquiry_id=one.pk, outcome="won" if place < won else "lost", reason="Дорого", **by)

    return end


def table(page: str) -> list[list[str]]:
    import re

    rows = re.findall(r"<tr>(.*?)</tr>", page.partition('id="outcomes-head"')[2].partition("</table>")[0], re.S)[1:]
    return [re.findall(r">([^<>]+)</t[hd]>", row) for row in rows]


def test_Q02_grades_are_held_against_how_inquiries_ended_in_the_window_one_chooses(
    browser: Client, ended: Callable[..., None]  # noqa: F811
) -> None:
    ended(4, 3, 10, 200_000)
    ended(5, 0, 60, 20_000)
    assert [row[:3] for row in table(browser.get("/settings/relevance?days=30").content.decode())] == [
        ["A", "4", "3"], ["B", "0", "0"], ["C", "0", "0"]]  # fmt: skip
    for address in ("/settings/relevance", "/settings/relevance?days=365", "/settings/relevance?days=-1", "/settings/relevance?days=x"):
        assert [row[:3] for row in table(browser.get(address).content.decode())] == [["A", "4", "3"], ["B", "0", "0"], ["C", "5", "0"]]


def test_grades_are_those_of_the_rules_in_force_not_of_the_day(browser: Client, ended: Callable[..., None]) -> None:  # noqa: F811
    ended(3, 1, 10, 200_000)
    Inquiry.objects.update(relevance="C")
    assert table(browser.get("/settings/relevance").content.decode())[0][:3] == ["A", "3", "1"]


def test_a_preview_says_what_conversion_each_grade_would_have_had(browser: Client, ended: Callable[..., None]) -> None:  # noqa: F811
    ended(4, 2, 10, 200_000)
    ended(4, 0, 10, 400_000)
    form = {"name": "Дорогие", "points": "-2", **lines("c.0", "measure", measure="budget_per_person_night", comparison="above", number="20000")}
    said = browser.post("/settings/relevance/new?preview=1", form, headers={"Accept-Language": "ru"}).content.decode()
    assert "25\u00a0%" in said, "of all eight a quarter"
    assert "50\u00a0%" in said, "without the four nobody bought"
    assert "4 из 8" in said
    nothing = browser.post("/settings/relevance/new?preview=1", {**form, "c.0.number": "900000"}).content.decode()
    assert "За месяц" in nothing
    all_of_them = browser.post("/settings/relevance/new?preview=1", {**form, "c.0.number": "1"}).content.decode()
    assert "каждого обращения" in all_of_them


def test_a_criterion_that_separates_nobody_is_called_useless_and_two_of_one_name_are_both_told(
    browser: Client, ended: Callable[..., None]  # noqa: F811
) -> None:
    RelevanceCriterion.objects.all().delete()
    for place, conditions in enumerate(({"budget_per_person_night_above": 20_000}, {"budget_per_person_night_below": 20_000})):
        RelevanceCriterion.objects.create(position=place, code="own", name="Одно имя", points=-1, conditions=conditions)
    ended(20, 10, 10, 200_000)
    ended(20, 10, 10, 400_000)
    page = browser.get("/settings/relevance").content.decode().partition('id="useful-head"')[2]
    assert page.count("Одно имя") == 2
    assert page.count('class="warm"') == 2


def test_the_page_and_the_preview_ask_the_same_whatever_has_ended(browser: Client, ended: Callable[..., None]) -> None:  # noqa: F811
    counts = []
    for number in (1, 2):
        ended(number, 1, 10, 200_000)
        for ask in (lambda: browser.get("/settings/relevance"), lambda: browser.post("/settings/relevance?preview=1", {})):
            ask()
            with CaptureQueriesContext(connection) as asked:
                ask()
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_the_order_tried_is_reckoned_with_what_was_learned_as_the_order_in_use_is(browser: Client, agency: Any, come: Any) -> None:  # noqa: F811
    """Numbers left as they are move nobody: what history says counts on both sides."""
    from marshrut.intake.services.learning import keep_learned

    for channel in ("phone", "messenger", "site_form"):
        come(utc_now(), channel=channel)
    rates = {"sources": {"site": [0.9, 500, 450, 0.15]}, "channels": {}, "classes": {}}
    keep_learned(kind="rates", values=rates, figures={"cases": 500}, now=utc_now())
    said = browser.post("/settings/priority?preview=1", {}).content.decode()
    assert "↑" not in said
    assert "↓" not in said
    import re

    pairs = re.findall(r"(\d+) → (\d+)", said)
    assert pairs
    assert all(before == after for before, after in pairs)
    assert not RuleSetting.objects.exists()


def test_pages_of_rules_say_how_far_open_inquiries_have_been_reckoned_anew(browser: Client) -> None:  # noqa: F811
    from marshrut.intake.models import LearningRun

    addresses = ("/settings/priority", "/settings/relevance", "/settings/relevance/numbers", "/settings/priority?part=reckoning")
    assert not any("every 2s" in browser.get(address).content.decode() for address in addresses)
    run = LearningRun.objects.create(kind="reckon", asked={"mark": "x"}, progress=0.4, result={"changed": 0}, created_at=utc_now(), created_by="x")
    for address in addresses:
        page = browser.get(address).content.decode()
        assert "40 %" in page
        assert "every 2s" in page
    LearningRun.objects.filter(pk=run.pk).update(finished_at=utc_now(), progress=1)
    assert "every 2s" not in browser.get("/settings/priority").content.decode()
