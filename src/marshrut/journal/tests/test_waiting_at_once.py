"""The alarm and a person work on one matter at the same moment, each with a connection of their own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.cast import read_cast
from tests.together import at_once

from marshrut.agency.permissions import system
from marshrut.agency.queries import read_revision, read_staff
from marshrut.core.clock import utc_now
from marshrut.journal.models import Dossier, Task, Touch
from marshrut.journal.services import Holder, NextAction, Place, complete_task, open_dossier, put_aside, return_matter


@pytest.mark.own_database
def test_the_alarm_and_a_person_at_the_same_moment_do_it_once(own_database: str) -> None:
    """The job wakes a matter while its manager completes the action: nothing is lost and nothing is doubled."""
    cast, now = read_cast(), utc_now()
    dossier = _waiting_matter(cast, now)
    task_id = Task.objects.get(dossier_id=dossier, state="pending").pk
    later, people = now + timedelta(hours=2), read_staff(read_revision())
    following = NextAction("Позвонить ещё", later + timedelta(days=1))
    at_once(
        [
            lambda: return_matter(dossier_id=dossier, staff=people, now=later),
            lambda: complete_task(task_id=task_id, result="Дозвонилась", following=following, by=cast.anna, now=later),
            lambda: return_matter(dossier_id=dossier, staff=people, now=later),
        ]
    )
    assert Dossier.objects.get(pk=dossier).waits_until is None
    assert Touch.objects.filter(dossier_id=dossier, kind="returned").count() == 1
    assert Task.objects.get(pk=task_id).state == "done"
    assert Task.objects.filter(dossier_id=dossier, state="pending").count() == 1


def _waiting_matter(cast: Any, now: datetime) -> int:
    with transaction.atomic():
        dossier, _task = open_dossier(
            person_id=None, holder=Holder(cast.anna.id, None, cast.anna.office_id), place=Place(phase="deal"), said="",
            action=NextAction("Позвонить", now + timedelta(minutes=5)), heard={}, by=system("test"), now=now,
        )  # fmt: skip
        put_aside(dossier_id=dossier, until=now + timedelta(hours=1), why="зарплата", by=cast.anna, now=now)
    return dossier
