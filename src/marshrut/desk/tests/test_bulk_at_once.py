"""A bulk action beside others at the same moment: no row twice, nobody's own change lost, every promise kept."""

import contextlib
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from tests.together import at_once

from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError
from marshrut.deals.models import BulkRow
from marshrut.deals.services.bulk import start_bulk, work_off
from marshrut.desk.tests.conftest import Ask
from marshrut.intake.models import Inquiry
from marshrut.intake.services import close_inquiry
from marshrut.journal.models import Task
from marshrut.ops.doctor_promises import PROMISES

pytestmark = pytest.mark.own_database


def test_several_workers_on_one_run_do_each_row_once(own_database: str, hers: Ask, cast: Any) -> None:
    ids = [hers(name=f"Клиент {word}").pk for word in ("Первый", "Второй", "Третий", "Четвёртый", "Пятый", "Шестой")]
    options = {"title": "Позвонить", "due_at": utc_now() + timedelta(days=1), "kind": "call"}
    run = start_bulk(page="inquiries", action="plan", options=options, ids=ids, language="ru", by=cast.anna, now=utc_now())
    at_once([partial(work_off, run_id=run, now=utc_now())] * 4)
    work_off(run_id=run, now=utc_now())
    assert set(BulkRow.objects.filter(run_id=run).values_list("state", flat=True)) == {"done"}
    assert Task.objects.filter(title="Позвонить").count() == len(ids)


def test_what_a_colleague_closes_meanwhile_is_refused_and_the_rest_is_done(own_database: str, hers: Ask, cast: Any) -> None:
    inquiries = [hers(name=f"Клиент {word}") for word in ("Первый", "Второй", "Третий", "Четвёртый")]
    ids = [inquiry.pk for inquiry in inquiries]
    run = start_bulk(page="inquiries", action="spam", options={}, ids=ids, language="ru", by=cast.anna, now=utc_now())

    def close(pk: int) -> None:
        with contextlib.suppress(DomainError):  # the bulk action may have been first
            close_inquiry(inquiry_id=pk, outcome="won", reason="", by=cast.supervisor, now=utc_now())

    at_once([partial(work_off, run_id=run, now=utc_now()), partial(close, ids[3]), partial(close, ids[2])])
    work_off(run_id=run, now=utc_now())
    for item_id, state in BulkRow.objects.filter(run_id=run).values_list("item_id", "state"):
        ended = Inquiry.objects.get(pk=item_id)
        assert ended.state == "closed"
        assert (ended.disposition == "spam") == (state == "done")
    for name, sentence, sql in PROMISES:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.fetchall() == [], f"{name}: {sentence}"
