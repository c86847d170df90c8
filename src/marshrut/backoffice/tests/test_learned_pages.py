"""What history says, exceptions and replays in the browser; the dialog that says what a priority was made of."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.core.clock import utc_now
from marshrut.intake.models import Learning, LearningRun, PassedOver, RuleSetting
from marshrut.intake.queries.learning import used_kinds
from marshrut.intake.services.learning import keep_learned
from marshrut.intake.services.learning_runs import work_on_runs
from marshrut.intake.tests.conftest import agency, come  # noqa: F401  the fixtures

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
QUALITY = {"cases": 40, "won": 9, "auc": 0.81, "brier": 0.14, "log_loss": 0.4, "ece": 0.05, "off": 0.01,
           "parts": [[10, 1, 0.1, 0.02, 0.4], [10, 2, 0.3, 0.06, 0.5], [10, 3, 0.4, 0.1, 0.6], [10, 3, 0.95, 0.1, 0.6]]}  # fmt: skip
CHANCE = {
    "usual": -1.0,
    "facts": [{"name": "source", "bounds": [], "levels": {"site": 0.8}, "missing": 0.0, "rare": -0.5},
              {"name": "also.мин", "bounds": [5.0, 20.0], "levels": {"0": -0.7, "1": 0.2, "2": 0.9}, "missing": 0.0, "rare": 0.0}],
    "labels": {"also.мин": "Минут на сайте", "source=site": "Сайт"},
}  # fmt: skip
FIGURES = {"cases": 140, "earlier": 100, "quality": QUALITY, "bar": QUALITY | {"auc": 0.6}, "leaking": ["also.тег"], "beats": True,
           "facts": [["also.мин", 0.6, [["2", 0.9, 30], ["0", -0.7, 40]]], ["source", 0.4, [["site", 0.8, 70]]]]}  # fmt: skip


@pytest.fixture
def browser(cast: Cast) -> Client:
    """Olga, the owner, in English."""
    found = Client(headers={"Accept-Language": "en"})
    Employee.objects.filter(pk=cast.owner.id).update(language="en")
    found.force_login(Employee.objects.get(pk=cast.owner.id))
    return found


@pytest.fixture
def learned(agency: Any) -> None:  # noqa: F811
    now = utc_now()
    keep_learned(kind="chance", values=CHANCE, figures=FIGURES, now=now)
    keep_learned(
        kind="rates",
        values={"sources": {"site": [0.2, 120, 24, 0.15]}, "channels": {}, "classes": {}},
        figures={"cases": 120},
        now=now,
    )
    spans = [[0, 0.25, 40, 12, 0.9], [0.25, 1, 30, 6, 0.5], [1, 4, 20, 2, 0.2], [4, 24, 5, 0, 0.1], [24, 720, 2, 0, 0.01]]
    keep_learned(
        kind="cooling", values={"": {"points": [[0, 1], [1, 0.4]], "spans": spans, "cases": 97}}, figures={"cases": 97}, now=now
    )
    keep_learned(
        kind="margin", values={"usual": {"hotel": [9000, 12, 7000]}, "share": {}, "direction": {}}, figures={"cases": 12}, now=now
    )


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def since(browser: Client, address: str) -> str:
    found = re.search(r'name="since" value="(\d+)"', browser.get(address).content.decode())
    assert found
    return found[1]


def test_an_empty_history_says_what_to_do(browser: Client, agency: Any) -> None:  # noqa: F811
    assert "Nothing has been learned yet" in page(browser, "/settings/learned")


def test_what_was_learned_is_shown_with_its_quality_its_facts_and_its_cases(browser: Client, learned: None) -> None:
    shown = page(browser, "/settings/learned")
    for said in ("puts the buyer first in 81. The source alone: in 60", "Минут на сайте", "over 20", "also.тег", "0.810",
                 "120", "97 answers", "Margins of own deals"):  # fmt: skip
        assert said in shown, said
    assert "1 of ten parts lies beside it" in shown
    assert shown.count("<circle") == 4


def test_the_owner_decides_whether_a_chance_counts_and_history_tells_it(browser: Client, learned: None) -> None:
    address = "/settings/learned"
    browser.post(address, {"kind": "chance", "use": "yes", "since": since(browser, address)}, headers=HTMX)
    assert used_kinds()["chance"] is True
    assert "Chance of a sale: no → yes" in re.sub("<[^>]+>", "", page(browser, address)).replace("&rarr;", "→")
    browser.post(address, {"kind": "chance", "unuse": "yes", "since": since(browser, address)}, headers=HTMX)
    assert used_kinds()["chance"] is False
    assert browser.post(address, {"kind": "weather", "use": "yes", "since": since(browser, address)}, headers=HTMX).status_code in (
        200,
        204,
        404,
    )


def test_learning_is_asked_for_by_a_button_and_said_while_it_goes_on(browser: Client, agency: Any) -> None:  # noqa: F811
    browser.post("/settings/learned", {"learn": "yes"}, headers=HTMX)
    assert LearningRun.objects.filter(kind="learning").count() == 1
    assert "every 1s" in page(browser, "/settings/learned")
    work_on_runs(utc_now)
    assert "Last learned" in page(browser, "/settings/learned")
    assert Learning.objects.filter(kind="rates").exists()


def test_numbers_nobody_has_replayed_are_not_saved_without_asking(browser: Client, agency: Any, come: Any) -> None:  # noqa: F811
    for _number in range(3):
        come(utc_now() - timedelta(hours=2))
    address, typed = "/settings/priority", {"vip_factor": "3"}
    first = browser.post(address, {**typed, "since": since(browser, address)}, headers=HTMX)
    assert first.status_code == 409
    assert "Save without looking" in first.content.decode()
    assert not RuleSetting.objects.filter(slug="priority").exists()
    browser.post(address, {**typed, "since": since(browser, address), "replay": "yes"}, headers=HTMX)
    run = LearningRun.objects.get(kind="replay")
    assert "worked through once more" in page(browser, f"/settings/priority/replays/{run.pk}")
    work_on_runs(utc_now)
    told = page(browser, f"/settings/priority/replays/{run.pk}")
    assert "of 3 inquiries" in told
    assert "VIP clients count" in told
    assert browser.post(address, {**typed, "since": since(browser, address)}, headers=HTMX).status_code in (200, 204)
    assert RuleSetting.objects.get(slug="priority").values == {"vip_factor": 3}
    assert browser.get("/settings/priority/replays/999999").status_code == 404


def test_the_list_of_exceptions_is_tried_saved_and_refused_by_field(browser: Client, agency: Any, come: Any) -> None:  # noqa: F811
    come(utc_now())
    address = "/settings/exceptions"
    form = {"on": ["trip_trouble"], "hours.call": "10"}
    tried = browser.post(f"{address}?preview=1", {**form, "since": since(browser, address)}, headers=HTMX)
    assert "Nothing comes before new inquiries now" in tried.content.decode()
    bad = browser.post(address, {**form, "hours.call": "-3", "since": since(browser, address)}, headers=HTMX)
    assert bad.status_code == 422
    assert 'aria-invalid="true"' in bad.content.decode()
    browser.post(address, {**form, "since": since(browser, address)}, headers=HTMX)
    assert RuleSetting.objects.get(slug="exceptions").values == {"on": ["trip_trouble"], "longest_hours": {"call": 10}}
    browser.post(address, {"restore": "yes", "since": since(browser, address)}, headers=HTMX)
    assert not RuleSetting.objects.filter(slug="exceptions").exists()


def test_a_priority_says_in_a_dialog_what_it_was_made_of(browser: Client, agency: Any, come: Any) -> None:  # noqa: F811
    inquiry = come(utc_now(), channel="phone")
    shown = page(browser, f"/inquiries/{inquiry.pk}/priority")
    for said in ("Chance of a sale", "Margin at stake", "Lost in the next hour without an answer", "Minutes of the next step",
                 "no own cases yet", "published studies", "What an hour of work on it saves"):  # fmt: skip
        assert said in shown, said
    inquiry.priority_parts = []
    inquiry.save(update_fields=["priority_parts"])
    assert "before the parts of a priority were kept" in page(browser, f"/inquiries/{inquiry.pk}/priority")


def test_who_passed_over_what_is_one_page_in_as_many_statements_for_one_row_as_for_three(
    browser: Client,
    agency: Any,  # noqa: F811
    come: Any,  # noqa: F811
) -> None:
    inquiry, other = come(utc_now()), come(utc_now())
    counted = []
    for number in (1, 2):
        for _row in range(number):
            PassedOver.objects.create(
                employee_id=agency.anna.id, dossier_id=other.dossier_id, raw_id=inquiry.pk, exception="", at=utc_now()
            )
        with CaptureQueriesContext(connection) as queries:
            shown = page(browser, "/passed-over")
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert "3 times" in shown
    assert "3 of them without an exception" in shown
