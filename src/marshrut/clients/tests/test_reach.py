"""Whom each reach finds: own clients, the team's, the office's, all, none; and who is held for a colleague."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from marshrut.agency.permissions import Actor
from marshrut.clients.models import Person
from marshrut.clients.permissions import people_in_reach
from marshrut.clients.queries import people_within
from marshrut.journal.models import Dossier, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast: Any) -> dict[str, int]:
    """A client of each, one of nobody's in the first office, and one of the stranger's whose open matter Anna holds."""
    made = {name: client(holder.id, holder.office_id) for name, holder in
            (("anna", cast.anna), ("boris", cast.boris), ("stranger", cast.stranger), ("held", cast.stranger))}  # fmt: skip
    made["nobody"] = client(None, cast.anna.office_id)
    matter = Dossier.objects.create(
        person_id=made["held"], owner_id=cast.anna.id, office_id=cast.anna.office_id, phase="deal", opened_at=timezone.now()
    )
    Task.objects.create(dossier=matter, title="Позвонить", due_at=timezone.now(), assignee_id=cast.anna.id, created_by="test")
    return made


def client(owner_id: int | None, office_id: int | None) -> int:
    return Person.objects.create(display_name="Марина Соколова", owner_id=owner_id, office_id=office_id).pk


def found(actor: Actor, people: dict[str, int]) -> set[str]:
    within = people_within(actor, list(people.values()))
    return {name for name, id in people.items() if id in within}


def test_each_finds_own_clients_and_those_whose_matter_they_hold(cast: Any, people: dict[str, int]) -> None:
    assert found(cast.anna, people) == {"anna", "held"}
    assert found(cast.boris, people) == {"boris"}
    assert found(cast.stranger, people) == {"stranger", "held"}


def test_a_team_an_office_all_and_nobody(cast: Any, people: dict[str, int]) -> None:
    team = replace(cast.boris, reach="team", members=(cast.anna.id, cast.boris.id))
    assert found(team, people) == {"anna", "boris", "held"}
    assert found(cast.supervisor, people) == {"anna", "boris", "nobody", "held"}
    assert found(replace(cast.supervisor, office_id=None), people) == set()
    assert found(cast.owner, people) == set(people)
    assert found(replace(cast.anna, reach="none"), people) == set()


@pytest.mark.parametrize("reach", ["own", "team", "office"])
def test_few_clients_are_looked_up_not_looked_for(cast: Any, people: dict[str, int], reach: str) -> None:
    reached, values = people_in_reach(replace(cast.anna, reach=reach), "p")
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain select p.id from clients_person p where {reached}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "BitmapOr" in plan, plan
