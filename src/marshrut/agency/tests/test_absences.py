"""Who may stand in for somebody: whoever holds matters and would see the clients; anybody else is refused with a sentence."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from marshrut.agency.models import Absence, Employee
from marshrut.agency.services import save_absence
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid

pytestmark = pytest.mark.django_db


def away(cast: Cast, substitute: Any, by: Any = None) -> int:
    now = utc_now()
    return save_absence(employee_id=cast.anna.id, starts_at=now, ends_at=now + timedelta(days=7), substitute_id=substitute.id,
                        by=by or cast.owner, now=now)  # fmt: skip


def test_a_colleague_of_the_same_office_or_who_sees_all_stands_in(cast: Cast) -> None:
    for substitute in (cast.boris, cast.supervisor, cast.owner):
        away(cast, substitute)
        Absence.objects.all().delete()
    Employee.objects.filter(pk=cast.stranger.id).update(reach="all")
    assert away(cast, cast.stranger)


def test_whoever_would_not_see_the_clients_is_refused_and_nothing_is_saved(cast: Cast) -> None:
    for by in (cast.owner, cast.supervisor, cast.administrator):
        with pytest.raises(Invalid, match=r"Олег.*Анна") as refused:
            away(cast, cast.stranger, by)
        assert refused.value.field == "substitute"
    assert not Absence.objects.exists()


def test_whoever_works_with_no_clients_stands_in_for_nobody(cast: Cast) -> None:
    for role in ("administrator", "marketer", "accountant"):
        Employee.objects.filter(pk=cast.boris.id).update(role=role)
        with pytest.raises(Invalid) as refused:
            away(cast, cast.boris)
        assert refused.value.code == "holds_nothing"


def test_the_dialog_offers_only_who_can_stand_in_and_says_the_sentence_at_its_field(cast: Cast) -> None:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=cast.supervisor.id))
    asked = browser.get("/staff/absences/new").content.decode()
    offered = asked.partition('name="substitute"')[2].partition("</select>")[0]
    assert "Борис Самойлов" in offered
    assert "Олег Коваленко" not in offered
    assert "Артём" not in offered
    today = utc_now().date()
    given = {"employee": cast.anna.id, "starts": f"{today}", "ends": f"{today + timedelta(days=3)}", "reason": "", "substitute": cast.stranger.id}
    answer = browser.post("/staff/absences/new", given)
    assert answer.status_code == 422
    assert "другом офисе" in answer.content.decode()
