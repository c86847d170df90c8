"""The cast of the tests. Run as a module it is written into the template database; in tests it is read from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marshrut.agency.permissions import Actor

PASSWORD = "дорога дальняя 7"
ANNA, BORIS, OLEH = "anna@nevsky.example", "boris@nevsky.example", "oleh@podil.example"
VERA, OLGA, ARTEM = "vera@nevsky.example", "olga@agency.example", "artem@agency.example"


def write_cast() -> None:
    """Two offices in two zones. Anna and Boris are on duty round the clock; Oleh, the stranger, is given nothing."""
    from datetime import time

    from marshrut.agency.models import Employee, Office, Queue, WorkingWindow
    from marshrut.agency.permissions import system
    from marshrut.agency.services import add_employee
    from marshrut.core.clock import utc_now

    Office.objects.filter(slug="main").update(slug="nevsky", name="Офис «Невский»")
    podil = Office.objects.create(slug="podil", name="Офіс «Поділ»", time_zone="Europe/Kyiv", country="UA")
    Queue.objects.create(slug="podil", name="Черга Подолу", office=podil)
    WorkingWindow.objects.bulk_create(WorkingWindow(office=podil, weekday=d, opens=time(9), closes=time(18)) for d in range(5))
    people = (
        (ANNA, "Анна Крылова", "manager", "nevsky", None, True),
        (BORIS, "Борис Самойлов", "manager", "nevsky", None, True),
        (OLEH, "Олег Коваленко", "manager", "podil", 0, False),
        (VERA, "Вера Журавлёва", "supervisor", "nevsky", None, False),
        (OLGA, "Ольга Дмитриевская", "owner", "nevsky", None, False),
        (ARTEM, "Артём Панченко", "administrator", "nevsky", None, False),
    )
    for email, name, role, office, capacity, duty in people:
        add_employee(
            email=email,
            name=name,
            role=role,
            password=PASSWORD,
            office=office,
            by=system("cast"),
            now=utc_now(),
            capacity=capacity,
            is_on_duty=duty,
        )
    assert Employee.objects.count() == len(people)


@dataclass(frozen=True)
class Cast:
    """Actors by name. Anna is who most tests look through; Oleh is the stranger of another office."""

    anna: Actor
    boris: Actor
    stranger: Actor
    supervisor: Actor
    owner: Actor
    administrator: Actor


def read_cast() -> Cast:
    from marshrut.agency.models import Employee
    from marshrut.agency.queries import actor_of_employee

    ids = dict(Employee.objects.values_list("email", "id"))
    return Cast(*(actor_of_employee(ids[email]) for email in (ANNA, BORIS, OLEH, VERA, OLGA, ARTEM)))


if __name__ == "__main__":
    import django

    django.setup()
    write_cast()
