"""Fill an empty home: one office, its queue, both tour funnels, sources, directions, rules and one form."""

import json
import secrets
from datetime import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from marshrut.agency.models import Office, Queue, WorkingWindow
from marshrut.catalog.models import Category, Direction
from marshrut.channels.models import Form
from marshrut.core.history import sign
from marshrut.deals.models import Funnel, LossReason, Stage
from marshrut.deals.rules import funnel_templates
from marshrut.intake.models import CategoryCriterion, ClockPolicy, Criterion, RelevanceCriterion
from marshrut.intake.rules import default_category_criteria, default_criteria, default_relevance
from marshrut.marketing.models import Source

ROOMS = Path(__file__).resolve().parents[3]
CONSENT = "Согласен на обработку персональных данных для подбора и бронирования поездки."


def read_data(room: str, name: str) -> list[dict[str, Any]]:
    """The rows of a room's data file."""
    return json.loads((ROOMS / room / "data" / f"{name}.json").read_text("utf-8"))  # type: ignore[no-any-return]


class Command(BaseCommand):
    help = "Fill an empty home with what every agency begins with; does nothing to one that has an office."

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('seed_home', 0))")  # two starts at once seed once
        if Office.objects.exists():
            return
        sign("system:seed")
        seed_agency()
        seed_catalogue()
        seed_rules()
        seed_funnels()


def seed_agency() -> None:
    office = Office.objects.create(slug="main", name="Главный офис", time_zone="Europe/Moscow", country="RU")
    Queue.objects.create(slug="common", name="Общая очередь")
    WorkingWindow.objects.bulk_create(
        WorkingWindow(office=office, weekday=day, opens=opens, closes=closes)
        for day in range(6)
        for opens, closes in ((time(10), time(14)), (time(15), time(19)))
    )
    Form.objects.create(key="f" + secrets.token_hex(4), name="Форма на сайте", source_slug="site", consent_text=CONSENT,
                        consent_version="1")


def seed_catalogue() -> None:
    Category.objects.bulk_create(Category(**row, position=n) for n, row in enumerate(read_data("catalog", "categories")))
    Direction.objects.bulk_create(Direction(**row) for row in read_data("catalog", "directions"))
    Source.objects.bulk_create(Source(**row) for row in read_data("marketing", "sources"))


def seed_rules() -> None:
    Criterion.objects.bulk_create(Criterion(position=n, **row) for n, row in enumerate(default_criteria()))
    CategoryCriterion.objects.bulk_create(CategoryCriterion(position=n, **row) for n, row in enumerate(default_category_criteria()))
    RelevanceCriterion.objects.bulk_create(
        RelevanceCriterion(position=n, **row) for n, row in enumerate(default_relevance()["criteria"]))
    ClockPolicy.objects.create()


def seed_funnels() -> None:
    for n, template in enumerate(template for template in funnel_templates() if template.at_start):
        funnel = Funnel.objects.create(slug=template.slug, name=template.name["ru"], position=n)
        Stage.objects.bulk_create(Stage(funnel=funnel, position=p, **stage.worded("ru")) for p, stage in enumerate(template.stages))
    LossReason.objects.bulk_create(LossReason(position=n, **row) for n, row in enumerate(read_data("deals", "loss_reasons")))
