"""P01: the database itself keeps anything unclassified from being assigned, whoever tries and however."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from marshrut.core.clock import utc_now
from marshrut.intake.tests.conftest import Agency

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "attempt",
    [
        "update intake_inquiry set inquiry_class = null where raw_id = {inquiry}",
        "update intake_inquiry set inquiry_class = '' where raw_id = {inquiry}",
        "update intake_inquiry set inquiry_class = 'unclassified' where raw_id = {inquiry}",
        """insert into journal_dossier(owner_id, phase, place, is_open, opened_at)
           select min(id), 'inquiry', 'inquiry', true, now() from agency_employee""",
        """insert into journal_dossier(queue_id, phase, place, is_open, opened_at)
           select min(id), 'inquiry', 'inquiry', true, now() from agency_queue""",
    ],
)
def test_bare_sql_cannot_assign_what_has_no_class(agency: Agency, come: Callable[..., Any], attempt: str) -> None:
    came = come(utc_now())
    refusal = r"inquiry_class|intake_inquiry_class|no inquiry with a class"
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt.format(inquiry=came.pk))
        cursor.execute("set constraints intake_dossier_classified immediate")
