"""Criteria of category, what is said of criteria while they are edited, and the page of what corrections teach."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from marshrut.backoffice.tests.test_rule_pages import browser, browser_of, lines, month, since  # noqa: F401  the fixtures
from marshrut.core.clock import utc_now
from marshrut.intake.models import CategoryCriterion, Criterion, Learning, RuleSetting
from marshrut.intake.queries.rule_lists import read_criteria
from marshrut.intake.reference import read_reference
from marshrut.intake.services import correct_inquiry
from marshrut.intake.tests.conftest import agency, come  # noqa: F401  the fixtures

pytestmark = pytest.mark.django_db


def test_P01_a_criterion_of_category_says_what_it_would_decide_where_none_is_stated(browser: Client, month: list[Any]) -> None:  # noqa: F811
    form = {"name": "Китай", "category": "visa", **lines("c.0", "words_any", text="китай*")}
    said = browser.post("/settings/category-criteria/new?preview=1", form).content.decode()
    assert f"/inquiries/{month[4].pk}" in said
    assert "забирают критерии выше: «Виза» (1)" in said
    answer = browser.post("/settings/category-criteria/new", {**form, "since": since(browser, "/settings/category-criteria/new")})
    assert answer.status_code == 204
    assert CategoryCriterion.objects.get(name="Китай").category == "visa"
    refused = browser.post("/settings/category-criteria/new", {**form, "category": "космос"})
    assert refused.status_code == 422
    assert "Выберите категорию" in refused.content.decode()


def test_an_agency_without_criteria_of_category_may_begin_with_the_ready_ones(browser: Client) -> None:  # noqa: F811
    number = CategoryCriterion.objects.count()
    CategoryCriterion.objects.all().delete()
    page = browser.get("/settings/category-criteria").content.decode()
    assert "Начать с готового списка" in page
    browser.post("/settings/category-criteria", {"ready": "yes", "since": since(browser, "/settings/category-criteria")})
    assert CategoryCriterion.objects.count() == number > 5


def test_the_list_of_categories_is_put_in_order(browser: Client) -> None:  # noqa: F811
    ids = list(CategoryCriterion.objects.order_by("position").values_list("id", flat=True))
    wanted = {"ids": ids[::-1], "on": ids, "since": since(browser, "/settings/category-criteria")}
    assert browser.post("/settings/category-criteria", wanted).status_code == 204
    assert list(CategoryCriterion.objects.order_by("position").values_list("id", flat=True)) == ids[::-1]


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({**lines("c.0", "words_any", text="сафари*"), **lines("c.1", "words_none", text="сафари*")}, "Он никогда не выполнится"),
        ({**lines("c.0", "measure", measure="adults", comparison="above", number="5"),
          **lines("c.1", "measure", measure="adults", comparison="below", number="3")}, "Он никогда не выполнится"),
        ({**lines("c.0", "measure", measure="words", comparison="at_least", number="0")}, "Ему подходит любое обращение"),
        ({**lines("c.0", "words_any", text="дельтаплан*")}, "За месяц ему не подошло ничего"),
        ({**lines("c.0", "words_any", text="вакансии")}, r"забирают критерии выше: «Ищет работу» \(1\)"),
        ({**lines("c.0", "channel", pick="site_form")}, "забирает всё"),
    ],
)  # fmt: skip
def test_what_does_nothing_is_said_while_it_is_edited(browser: Client, month: list[Any], tree: dict[str, str], said: str) -> None:  # noqa: F811
    form = {"name": "Проба", "inquiry_class": "partner", **tree}
    answer = browser.post("/settings/criteria/new?preview=1", form).content.decode()
    assert re.search(said, answer), answer


def test_a_list_in_another_order_says_which_criteria_it_silences(browser: Client, month: list[Any]) -> None:  # noqa: F811
    everything = Criterion.objects.create(position=99, name="Всё подряд", inquiry_class="other", conditions={})
    ids = [row.id for row in read_criteria() if row.is_active]
    order = [everything.pk, *(number for number in ids if number != everything.pk)]
    said = browser.post("/settings/criteria?preview=1", {"ids": order, "on": order}).content.decode()
    assert "«Всё подряд» подходит к любому обращению" in said
    assert "всё забирает «Всё подряд» выше" in said


def test_the_preview_leads_to_all_it_would_match(browser: Client, come: Any, agency: Any) -> None:  # noqa: F811
    now = utc_now()
    came = [come(now, message=f"Сафари, вариант {number}") for number in "абвгдежз"]
    form = {"name": "Сафари", "inquiry_class": "partner", **lines("c.0", "words_any", text="сафари*")}
    few = browser.post("/settings/criteria/new?preview=1", form).content.decode()
    assert "preview=1&amp;all=1" in few
    assert sum(f"/inquiries/{one.pk}" in few for one in came) == 6
    everything = browser.post("/settings/criteria/new?preview=1&all=1", form).content.decode()
    assert all(f"/inquiries/{one.pk}" in everything for one in came)


# --- what corrections teach ------------------------------------------------------------------------------------------


@pytest.fixture
def taught(come: Any, agency: Any) -> list[Any]:  # noqa: F811
    """Two inquiries corrected, and what was learned with them."""
    now = utc_now() - timedelta(days=1)
    came = [come(now, message=words) for words in ("Ищу подработку", "Хотим на море")]
    for one, label in zip(came, ("job", "partner"), strict=True):
        correct_inquiry(inquiry_id=one.pk, inquiry_class=label, way="dialog", reference=read_reference(), by=agency.owner, now=now)
    judged = [[came[0].pk, "job", "job", 0.93], [came[1].pk, "partner", "job", 0.55]]
    figures = {"examples": 40, "earlier": 38, "later": 2, "right": 1, "gap": 0.1, "usual": 0.5, "strength": 0.1, "divisor": 1.0, "judged": judged}
    model = {"labels": ["job", "partner"], "usual": [0, 0], "terms": {"подра": [1, 2, -2]}}
    Learning.objects.create(kind="class", values=model, figures=figures, may_be_used=True, learned_at=now)
    return came


def test_P01_the_page_says_how_good_the_words_are_and_leads_to_the_inquiries_of_a_cell(browser: Client, taught: list[Any]) -> None:  # noqa: F811
    page = browser.get("/settings/words").content.decode()
    assert "Что за что принято" in page
    assert "axis=class&amp;truth=partner&amp;guess=job#cell" in page
    cell = browser.get("/settings/words?axis=class&truth=partner&guess=job").content.decode()
    assert f"/inquiries/{taught[1].pk}" in cell
    assert f"/inquiries/{taught[0].pk}" not in cell
    assert "Примеров мало: 0" in page, "of categories nobody has said anything"


def test_the_preview_says_what_a_confidence_would_have_decided(browser: Client, taught: list[Any]) -> None:  # noqa: F811
    said = browser.post("/settings/words?preview=1", {"decides_class": "yes", "class": "90", "category": "80"}).content.decode()
    assert "из 2 более поздних сообщений они решили бы 1, из них верно 1" in said
    assert "100 %" in said
    assert "только предлагают" in browser.post("/settings/words?preview=1", {"class": "90"}).content.decode()


def test_a_confidence_is_kept_told_and_taken_back(browser: Client, taught: list[Any]) -> None:  # noqa: F811
    form = {"decides_class": "yes", "class": "85", "category": "80", "since": since(browser, "/settings/words")}
    assert browser.post("/settings/words", form).status_code == 204
    assert RuleSetting.objects.get(slug="classification").values == {"class": 0.85}
    page = browser.get("/settings/words").content.decode()
    assert "Решает начиная с, классы" in page
    assert "85 %" in page
    refused = browser.post("/settings/words", {**form, "class": "много", "since": since(browser, "/settings/words")})
    assert refused.status_code == 422
    assert "от 50 до 99" in refused.content.decode()


def test_the_page_asks_as_often_for_one_example_as_for_many(browser: Client, taught: list[Any], come: Any) -> None:  # noqa: F811
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get("/settings/words?axis=class&truth=partner&guess=job")
        return len(asked)

    statements()
    few = statements()
    kept = Learning.objects.get(kind="class")
    kept.figures["judged"] += [[come(utc_now(), message="Море").pk, "partner", "job", 0.6] for _one in range(3)]
    kept.save()
    statements()
    assert statements() == few


def test_an_administrator_sees_figures_and_no_client(cast: Cast, taught: list[Any]) -> None:
    cell = browser_of(cast.administrator).get("/settings/words?axis=class&truth=partner&guess=job").content.decode()
    assert f"/inquiries/{taught[1].pk}" not in cell
    assert "Ещё 1 вам не доступно" in cell


def test_any_address_of_a_cell_is_a_page(browser: Client, taught: list[Any]) -> None:  # noqa: F811
    for query in ("axis=job", "axis=class&truth=космос&guess=", "axis=category&truth=visa&guess=%00", "axis=class&truth=job&guess=job&part=words"):
        assert browser.get(f"/settings/words?{query}").status_code == 200


# --- words in any form, and boards -----------------------------------------------------------------------------------


def test_words_of_a_new_line_are_found_in_any_form_unless_that_is_taken_away(browser: Client, come: Any, agency: Any) -> None:  # noqa: F811
    came = come(utc_now(), message="Интересуют визитки и дегустациями вин")
    opened = browser.get("/settings/criteria/new").content.decode()
    assert re.search(r'name="c\.0\.forms" value="1" checked', opened)
    form = {"name": "Вина", "inquiry_class": "partner", **lines("c.0", "words_any", text="дегустация, виза", forms="1")}
    assert f"/inquiries/{came.pk}" in browser.post("/settings/criteria/new?preview=1", form).content.decode()
    strict = {**form, **lines("c.0", "words_any", text="дегустация, виза")}
    del strict["c.0.forms"]
    assert f"/inquiries/{came.pk}" not in browser.post("/settings/criteria/new?preview=1", strict).content.decode()
    assert browser.post("/settings/criteria/new", {**form, "since": since(browser, "/settings/criteria/new")}).status_code == 204
    kept = Criterion.objects.get(name="Вина")
    assert kept.conditions == {"words_any": ["дегустация~", "виза~"]}
    again = browser.get(f"/settings/criteria/{kept.pk}").content.decode()
    assert ">дегустация, виза<" in again
    assert re.search(r'name="c\.0\.forms" value="1" checked', again)
    assert "дегустация, виза (в любой форме)" in browser.get("/settings/criteria").content.decode()


def test_a_criterion_may_ask_for_a_board(browser: Client, come: Any, agency: Any) -> None:  # noqa: F811
    came = come(utc_now(), message="Турция, всё включено, двое взрослых")
    form = {"name": "Всё включено", "inquiry_class": "partner", **lines("c.0", "board", pick="AI")}
    assert f"/inquiries/{came.pk}" in browser.post("/settings/criteria/new?preview=1", form).content.decode()
    assert browser.post("/settings/criteria/new", {**form, "since": since(browser, "/settings/criteria/new")}).status_code == 204
    page = browser.get(f"/settings/criteria/{Criterion.objects.get(name='Всё включено').pk}").content.decode()
    assert re.search(r'name="c\.0\.pick" value="AI" checked', page)
