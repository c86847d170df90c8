"""What a day off would do is said before it is saved: to clocks that run, to what is planned, to what comes that day."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.agency.models import Employee, Holiday
from marshrut.backoffice.tests.test_settings_frame import artem, olga
from marshrut.backoffice.tests.test_settings_previews import told
from marshrut.core.clock import utc_now
from marshrut.intake.tests.conftest import agency, come  # noqa: F401  the fixtures
from marshrut.journal.services import NextAction, plan_action, plan_meeting

__all__ = ["artem", "olga"]
pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Moscow")


@pytest.fixture(autouse=True)
def english(cast: Any) -> None:
    Employee.objects.filter(pk__in=[cast.owner.id, cast.administrator.id]).update(language="en")


def new_day(browser: Client, office: int, day: date, **more: str) -> str:
    return told(browser, f"/settings/calendars/{office}/days/new", day=day.isoformat(), name="Праздник", **{"hours": "", **more})


def test_a_day_off_moves_the_clocks_that_would_end_on_it(olga: Client, agency: Any, come: Any) -> None:  # noqa: F811
    inquiry = come(utc_now())
    day = inquiry.respond_by.astimezone(ZONE).date()
    said = new_day(olga, agency.offices["nevsky"], day)
    assert "Running clocks 1 is moved" in said
    assert f"№ {inquiry.pk}" in said
    assert "at their next step" in said
    assert "none is moved" in new_day(olga, agency.offices["nevsky"], day - timedelta(days=30))
    assert "none is moved" in new_day(olga, agency.offices["podil"], day), "another office's day"
    Employee.objects.filter(pk=agency.anna.id).update(is_on_duty=True)
    hers = come(utc_now())
    assert hers.dossier.owner_id == agency.anna.id
    told_again = [new_day(olga, agency.offices["nevsky"], one) for one in (day, hers.respond_by.astimezone(ZONE).date())]
    assert not any(f"№ {hers.pk}" in one for one in told_again), "whoever is on duty answers at any hour"


def test_a_day_off_counts_what_is_planned_on_it_and_a_short_day_what_is_outside_its_hours(olga: Client, agency: Any, come: Any) -> None:  # noqa: F811
    day = come(utc_now()).respond_by.astimezone(ZONE).date() + timedelta(days=7)
    Employee.objects.filter(pk=agency.anna.id).update(is_on_duty=True)
    inquiry, now = come(utc_now()), utc_now()
    by, at = agency.anna, datetime.combine(day, time(10), ZONE)
    plan_meeting(dossier_id=inquiry.dossier_id, title="Встреча", starts_at=at, ends_at=at + timedelta(hours=1), place="", by=by, now=now)
    plan_action(dossier_id=inquiry.dossier_id, action=NextAction("Позвонить", at + timedelta(hours=6), "call"), by=by, now=now)
    said = new_day(olga, agency.offices["nevsky"], day)
    assert "Planned while it is shut 1 action, 1 meeting" in said
    assert "tell the clients" in said
    assert "Planned while it is shut 1 action " in new_day(olga, agency.offices["nevsky"], day, **{"hours": "09:00–13:00"})
    assert "Planned while it is shut nothing" in new_day(olga, agency.offices["nevsky"], day + timedelta(days=1))


def test_an_ordinary_day_again_brings_answers_forward(olga: Client, agency: Any) -> None:  # noqa: F811
    day = utc_now().astimezone(ZONE).date() + timedelta(days=14)
    day -= timedelta(days=day.weekday())
    Holiday.objects.create(office_id=agency.offices["nevsky"], day=day, name="Выходной")
    said = told(olga, f"/settings/calendars/{agency.offices['nevsky']}/days/{day}", name="Выходной", hours="", remove="yes")
    assert "Tuesday, 09:15 → after" in said
    assert said.partition("→")[2].count("Monday, 12:15") == 1


def test_whoever_sees_no_clients_gets_no_number_of_theirs(artem: Client, agency: Any, come: Any) -> None:  # noqa: F811
    inquiry = come(utc_now())
    said = new_day(artem, agency.offices["nevsky"], inquiry.respond_by.astimezone(ZONE).date())
    assert "1 is moved" in said
    assert "№" not in said


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"day": ""}, "Choose the day first"), ({"day": "31.12.2026"}, "Choose a day"), ({"day": "1999-01-01"}, "within five years"),
     ({"hours": "10–12, 13–15"}, "One window"), ({"hours": "x"}, "One window")],
)  # fmt: skip
def test_a_day_that_cannot_be_read_gets_a_sentence(olga: Client, agency: Any, values: dict[str, str], sentence: str) -> None:  # noqa: F811
    given = {"day": utc_now().date().isoformat(), "name": "", "hours": "", **values}
    assert sentence in told(olga, f"/settings/calendars/{agency.offices['nevsky']}/days/new", **given)


def test_it_asks_as_many_statements_for_three_clocks_as_for_one(olga: Client, agency: Any, come: Any) -> None:  # noqa: F811
    def asked(day: date) -> int:
        with CaptureQueriesContext(connection) as statements:
            new_day(olga, agency.offices["nevsky"], day)
        return len(statements)

    day = come(utc_now()).respond_by.astimezone(ZONE).date()
    asked(day)
    one = asked(day)
    come(utc_now())
    come(utc_now())
    assert asked(day) == one
