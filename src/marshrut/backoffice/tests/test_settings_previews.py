"""What previews say before a save: true figures, and what would change; nothing is written."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import CustomField, Office
from marshrut.backoffice.tests.test_settings_frame import HX, artem, olga
from marshrut.catalog.models import Category, Direction, Skill
from marshrut.channels.models import Form
from marshrut.clients.models import Person
from marshrut.core.clock import utc_now
from marshrut.core.models import Change
from marshrut.deals.models import LossReason
from marshrut.intake.models import Criterion, Inquiry
from marshrut.intake.tests.conftest import agency, come  # noqa: F401  the fixtures
from marshrut.marketing.models import Source

__all__ = ["artem", "olga"]
pytestmark = pytest.mark.django_db


def told(browser: Client, address: str, /, **values: Any) -> str:
    """The preview as text."""
    before = Change.objects.count()
    answer = browser.post(f"{address}?preview=1", values, headers={**HX["headers"], "Accept-Language": "en"})
    assert answer.status_code == 200
    assert Change.objects.count() == before, "a preview writes nothing"
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


@pytest.fixture(autouse=True)
def english(cast: Any) -> None:
    from marshrut.agency.models import Employee

    Employee.objects.filter(pk=cast.owner.id).update(language="en")


def test_a_category_says_who_asked_for_it_who_sells_it_and_what_switching_it_off_does(olga: Client, come: Any, cast: Any) -> None:  # noqa: F811
    cruise = Category.objects.get(slug="cruise")
    for _ in range(2):
        come(utc_now(), request={"category": "cruise"})
    Inquiry.objects.update(outcome="won", state="closed")
    come(utc_now() - timedelta(days=40), request={"category": "cruise"})
    Skill.objects.create(employee_id=cast.anna.id, category=cruise)
    Criterion.objects.create(position=90, name="О круизах", inquiry_class="partner", conditions={"any": [{"category": ["cruise"]}]})
    said = told(olga, f"/settings/categories/{cruise.pk}", name="Круизы", position="1", is_active="")
    for part in ("2 inquiries of the last thirty days", "2 of 2 closed, 100 %", "Анна Крылова", "О круизах", "not recognised any more", "“Круизы” too"):
        assert part in said, part
    assert "not recognised" not in told(olga, f"/settings/categories/{cruise.pk}", name=cruise.name, position="1", is_active="yes")


def test_a_direction_counts_what_the_new_spellings_find_and_shows_the_old_price(olga: Client, come: Any) -> None:  # noqa: F811
    come(utc_now(), message="Хотим в Шерегеш")
    place = Direction.objects.create(slug="sheregesh", name="Шория", aliases=[], floor_price=1500, currency="RUB")
    said = told(olga, f"/settings/directions/{place.pk}", name="Шория", aliases="шерегеш", floor_price="2000", currency="RUB", is_active="yes")
    assert re.search(r"0 → after 1 of 1", said)
    assert re.search(r"1.500.*→.*2.000", said)


def test_a_reason_says_how_often_it_was_given_and_shows_the_list_as_it_will_be(olga: Client, come: Any) -> None:  # noqa: F811
    first, second = LossReason.objects.filter(is_active=True).order_by("position")[:2]
    one = come(utc_now())
    from marshrut.agency.permissions import system
    from marshrut.intake.services import close_inquiry

    close_inquiry(inquiry_id=one.pk, outcome="lost", reason=f"{first.name}: у соседей дешевле", by=system("test"), now=utc_now())
    said = told(olga, f"/settings/reasons/{first.pk}", name="Цена", position=second.position + 1, is_active="yes")
    assert "1 of 1" in said
    assert f"keep the name “{first.name}”" in said
    offered = said[said.index("choose from") :]
    assert offered.index(second.name) < offered.index("Цена"), "it stands where its place says"
    assert "1 lost in three months" in html.unescape(olga.get("/settings/reasons").content.decode())


def test_a_source_says_what_came_from_it_and_what_goes_by_it(olga: Client, come: Any) -> None:  # noqa: F811
    site = Source.objects.get(slug="site")
    for _ in range(3):
        come(utc_now(), source="site")
    Form.objects.update(source_slug="site", name="Форма на главной")
    said = told(olga, f"/settings/sources/{site.pk}", name=site.name, chance="20", is_active="")
    for part in ("3 inquiries of the last thirty days", "nothing is closed yet", "Форма на главной", "12 % → after 20 %", "still taken"):
        assert part in said, part


def test_an_office_shows_its_coming_week_in_the_zone_that_was_typed(olga: Client, come: Any) -> None:  # noqa: F811
    office = Office.objects.get(slug="podil")
    values = {"name": office.name, "country": "UA", "time_zone": "Asia/Almaty", "queue": "Черга Подолу"}
    said = told(olga, f"/settings/offices/{office.pk}", **values)
    assert said.count("09:00–18:00") == 5
    assert said.count("closed") == 2
    assert "1 person" in said
    assert "kept by the new zone" in said
    assert "Choose a time zone" in told(olga, f"/settings/offices/{office.pk}", **values | {"time_zone": "Mars/One"})
    assert told(olga, "/settings/offices/new", **values).count("10:00–19:00") == 5


def test_a_limit_says_who_is_full_and_how_much_the_office_would_still_take(olga: Client, come: Any, cast: Any) -> None:  # noqa: F811
    for _ in range(4):
        come(utc_now())
    held = Inquiry.objects.filter(dossier__owner_id=cast.anna.id).count()
    said = told(olga, f"/settings/workload/{cast.anna.id}", capacity=str(held), share_weight="1", is_on_duty="yes")
    assert f"Has now {held} new or overdue" in said
    assert "as many as come → after 0 inquiries" in said
    assert "Full now in the office Анна Крылова" in said
    assert "a full share" in told(olga, f"/settings/workload/{cast.anna.id}", capacity="", share_weight="0")


def test_skills_show_who_would_have_got_how_many(olga: Client, come: Any, cast: Any) -> None:  # noqa: F811
    cruise = Category.objects.get(slug="cruise")
    for _ in range(4):
        come(utc_now(), request={"category": "cruise"})
    said = told(olga, f"/settings/skills/{cast.anna.id}", category=[cruise.pk])
    assert "2 → after 4" in said
    assert re.search(r"Борис Самойлов 2 → after 0", said)
    Skill.objects.create(employee_id=cast.anna.id, category=cruise)
    assert f"Nobody would be skilled in: {cruise.name}" in told(olga, f"/settings/skills/{cast.anna.id}")


def test_a_field_is_shown_with_an_example_and_says_what_would_not_fit(olga: Client) -> None:
    field = CustomField.objects.create(subject="person", slug="club", name="Карта", kind="text")
    for number, value in enumerate(("12", "золотая")):
        Person.objects.create(display_name=str(number), search_name=str(number), custom={"club": value})
    values = {"name": "Номер карты", "choices": "", "position": "1", "in_list": "yes", "is_active": "yes"}
    said = told(olga, f"/settings/fields/{field.pk}", kind="number", **values)
    assert "1 value would not fit" in said
    assert "2 cards have a value" in said
    assert said.count("12,5") == 2, "on the card and in the list"
    assert "Write what can be chosen" in told(olga, f"/settings/fields/{field.pk}", kind="choice", **values)


def test_previews_ask_the_same_number_of_statements_for_one_inquiry_and_for_four(olga: Client, come: Any, cast: Any) -> None:  # noqa: F811
    category, site = Category.objects.get(slug="cruise"), Source.objects.get(slug="site")
    asked = (
        (f"/settings/categories/{category.pk}", {"name": "Круиз", "position": "1", "is_active": "yes"}),
        (f"/settings/sources/{site.pk}", {"name": "Сайт", "chance": "20", "is_active": "yes"}),
        (f"/settings/workload/{cast.anna.id}", {"capacity": "5", "share_weight": "1"}),
        (f"/settings/skills/{cast.anna.id}", {"category": [category.pk]}),
    )
    counts: list[list[int]] = []
    for number in (1, 3):
        for _ in range(number):
            come(utc_now(), request={"category": "cruise"})
        counts.append([_statements(olga, address, values) for address, values in asked])
    assert counts[0] == counts[1]


def _statements(browser: Client, address: str, values: dict[str, Any]) -> int:
    browser.post(f"{address}?preview=1", values, **HX)
    with CaptureQueriesContext(connection) as asked:
        browser.post(f"{address}?preview=1", values, **HX)
    return len(asked)
