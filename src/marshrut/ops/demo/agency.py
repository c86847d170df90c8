"""Who works at the demo's agency: two offices in two time zones, their hours and holidays, people, skills and shifts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from marshrut.agency.models import Absence, Employee, Holiday, Office, Queue, Shift, WorkingWindow
from marshrut.catalog.models import Category, Direction, Skill
from marshrut.channels.models import Form
from marshrut.marketing.models import Source


def read_staff_data() -> dict[str, list[dict[str, Any]]]:
    """Offices and people as the data file has them."""
    return json.loads(Path(__file__).with_name("data").joinpath("staff.json").read_text("utf-8"))  # type: ignore[no-any-return]


def is_filled() -> bool:
    """Whether this home holds the demo's agency already."""
    slugs = [office["slug"] for office in read_staff_data()["offices"]]
    return Office.objects.filter(slug__in=slugs).count() == len(slugs)


def write_agency(password: str, now: datetime) -> None:
    """Offices, people (all with one password) and what they can do. The first office of the home becomes the demo's."""
    data = read_staff_data()
    offices = {row["slug"]: _write_office(row, number, now) for number, row in enumerate(data["offices"])}
    secret = make_password(password)
    for row in data["people"]:
        employee = Employee.objects.create(
            email=row["email"], name=row["name"], role=row["role"], office=offices[row["office"]], password=secret,
            capacity=row.get("capacity"), is_on_duty=row.get("duty", False),
            share_weight=row.get("weight", "1"), created_at=now - timedelta(days=400),
        )  # fmt: skip
        _write_skills(employee, row.get("skills", ()))
        _write_hours(employee, row, now)
    form = Form.objects.order_by("id").first()
    if form is not None:
        Form.objects.filter(pk=form.pk).update(office=offices["nevsky"])
        Form.objects.create(key=f"{form.key}-ua", name="Форма на сайті", source_slug="site", office=offices["podil"],
                            consent_text=form.consent_text, consent_version=form.consent_version)
    Source.objects.create(slug="vk-lookalike-2", name="vk-lookalike-2", is_named=False)


def _write_office(row: dict[str, Any], number: int, now: datetime) -> Office:
    about = {"name": row["name"], "time_zone": row["time_zone"], "country": row["country"]}
    if number == 0:
        office = Office.objects.order_by("id")[0]
        Office.objects.filter(pk=office.pk).update(slug=row["slug"], **about)
        WorkingWindow.objects.filter(office=office).delete()
    else:
        office = Office.objects.create(slug=row["slug"], **about)
        Queue.objects.create(slug=row["slug"], name=row["queue"], office=office)
    WorkingWindow.objects.bulk_create(
        WorkingWindow(office=office, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in _hours(row["hours"]))
    Holiday.objects.bulk_create(
        Holiday(office=office, day=f"{year}-{day}", name=name)
        for year in (now.year - 1, now.year, now.year + 1) for day, name in row["holidays"].items())
    return office


def _hours(written: dict[str, list[str]]) -> Iterator[tuple[int, time, time]]:
    for days, windows in written.items():
        first, _, last = days.partition("-")
        for weekday in range(int(first), int(last or first) + 1):
            for window in windows:
                opens, closes = window.split("-")
                yield weekday, time.fromisoformat(opens), time.fromisoformat(closes)


def _write_skills(employee: Employee, written: list[str]) -> None:
    """'package_tour/turkey' is a category in a direction, 'visa' a category, '/italy' a direction."""
    for text in written:
        category, _, direction = text.partition("/")
        Skill.objects.create(
            employee=employee,
            category=Category.objects.get(slug=category) if category else None,
            direction=Direction.objects.get(slug=direction) if direction else None)


def _write_hours(employee: Employee, row: dict[str, Any], now: datetime) -> None:
    if row.get("shift"):
        starts, ends = map(time.fromisoformat, row["shift"].split("-"))
        Shift.objects.bulk_create(Shift(employee=employee, weekday=day, starts=starts, ends=ends) for day in range(1, 7))
    if row.get("absent"):
        Absence.objects.create(employee=employee, starts_at=now - timedelta(days=4), ends_at=now + timedelta(days=9),
                               reason=row["absent"])
