"""Two at the same moment: the last owners, one invitation; and what the database itself refuses."""

from typing import Any

import pytest
from django.db import connection, transaction
from tests.together import at_once

from marshrut.agency.models import Employee
from marshrut.agency.permissions import Actor
from marshrut.agency.queries import actor_of_employee
from marshrut.agency.services import Employment, accept_invitation, change_employee, invite_employee
from marshrut.core.clock import utc_now
from marshrut.core.errors import Refused

NEW = "новая дорога домой"


def test_the_database_itself_keeps_an_owner(own_database: str, cast: Any) -> None:
    with pytest.raises(Exception, match="agency_last_owner"), transaction.atomic():
        Employee.objects.filter(role="owner").update(is_active=False)
    with pytest.raises(Exception, match="agency_last"), transaction.atomic():
        Employee.objects.filter(role__in=["owner", "administrator"]).delete()


def test_two_last_owners_cannot_let_go_of_each_other_at_once(own_database: str, cast: Any) -> None:
    office = Employee.objects.get(pk=cast.owner.id).office
    other = Employee.objects.create(email="second@agency.example", name="Вторая", role="owner", office=office, password="!")
    owners = [cast.owner, actor_of_employee(other.id)]

    def demote(by: Actor, whom: Actor) -> str:
        rights = Employment(name=whom.name, role="manager", office_id=office.id)
        try:
            change_employee(employee_id=whom.id, employment=rights, by=by, now=utc_now())
        except Refused as refusal:
            return refusal.code
        return "done"

    said = at_once([lambda: demote(owners[0], owners[1]), lambda: demote(owners[1], owners[0])])
    assert sorted(said) == ["done", "last_owner"]
    assert Employee.objects.filter(role="owner", is_active=True).count() == 1


def test_two_with_one_invitation_do_not_both_get_in(own_database: str, cast: Any) -> None:
    rights = Employment(name="Нина", role="manager", office_id=cast.anna.office_id)
    letter = invite_employee(email="nina@agency.example", employment=rights, by=cast.owner, now=utc_now())

    def accept() -> str:
        try:
            accept_invitation(secret=letter.secret, name="Нина", password=NEW, now=utc_now())
        except Refused as refusal:
            return refusal.code
        return "in"

    assert sorted(at_once([accept] * 3)) == ["in", "used", "used"]


def test_bare_sql_meets_the_guard_too(own_database: str, cast: Any) -> None:
    with pytest.raises(Exception, match="agency_last_owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update agency_employee set role = 'manager' where role = 'owner'")
