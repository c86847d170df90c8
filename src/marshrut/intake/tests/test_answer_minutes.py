"""How long a client waited is kept with the answer, in the hours of whoever held the matter then."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from marshrut.agency.models import Employee, WorkingWindow
from marshrut.intake.models import Inquiry
from marshrut.intake.services import answer_client
from marshrut.intake.tests.conftest import moscow
from marshrut.journal.models import Dossier

pytestmark = pytest.mark.django_db
Come = Callable[..., Any]
FRIDAY_EVENING, MONDAY_MORNING = moscow(27, 17, 55), moscow(30, 9, 5)


def answered(inquiry: Any, by: Any, at: datetime) -> float | None:
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="поговорили", by=by, now=at)
    return Inquiry.objects.values_list("answer_minutes", flat=True).get(pk=inquiry.pk)


def test_a_weekend_is_not_waited_through(agency: Any, come: Come) -> None:
    assert answered(come(FRIDAY_EVENING), agency.owner, MONDAY_MORNING) == 10


def test_on_duty_every_minute_counts(agency: Any, come: Come) -> None:
    Employee.objects.update(is_on_duty=True)
    assert answered(come(FRIDAY_EVENING), agency.owner, moscow(27, 18, 30)) == 35


def test_new_hours_and_another_holder_do_not_change_what_was(agency: Any, come: Come) -> None:
    inquiry = come(FRIDAY_EVENING)
    assert answered(inquiry, agency.owner, MONDAY_MORNING) == 10
    WorkingWindow.objects.update(opens="00:00", closes="00:00")
    Employee.objects.update(is_on_duty=True)
    Dossier.objects.filter(pk=inquiry.dossier_id).update(owner_id=agency.oleh.id)
    assert answered(inquiry, agency.owner, moscow(30, 12)) == 10


def test_an_answer_before_the_receipt_took_no_time(agency: Any, come: Come) -> None:
    assert answered(come(FRIDAY_EVENING), agency.owner, moscow(27, 17, 50)) == 0


def test_what_came_at_an_unknown_moment_has_no_minutes(agency: Any, come: Come) -> None:
    inquiry = come(FRIDAY_EVENING)
    Inquiry.objects.filter(pk=inquiry.pk).update(received_at=None)
    assert answered(inquiry, agency.owner, MONDAY_MORNING) is None
