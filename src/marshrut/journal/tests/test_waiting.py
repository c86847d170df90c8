"""A matter waits for later and comes back by itself, by hand, or because the client came first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from marshrut.agency.models import Absence, Employee
from marshrut.agency.queries import read_revision, read_staff
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.deals.queries import read_board, read_funnels
from marshrut.desk.queries import list_today
from marshrut.intake.queries.exceptions import exception_sql
from marshrut.intake.queries.on_hand import loads_on_hand
from marshrut.intake.reference import read_reference
from marshrut.intake.rules import Effort
from marshrut.intake.services import answer_client, put_matter_aside
from marshrut.journal.models import Dossier, Notice, Task, Touch
from marshrut.journal.services import (
    NextAction,
    bring_back,
    forget_old_notices,
    move_task,
    notify,
    plan_action,
    plan_meeting,
    put_aside,
    return_waiting,
    tell_of_absences,
)

pytestmark = pytest.mark.django_db


def today_of(actor: Any, now: datetime, day_end: datetime) -> list[Any]:
    """What the actor has to do, under the exceptions as delivered."""
    return list_today(actor, now, day_end, exception_sql(read_reference().rules.exceptions, now, day_end))
Ask = Callable[..., Any]


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def matter(hers: Ask, cast: Any, now: datetime) -> Dossier:
    """Anna's matter; the client has been answered."""
    inquiry = hers()
    answer_client(dossier_id=inquiry.dossier_id, kind="call_out", body="Поговорили", by=cast.anna, now=now)
    return Dossier.objects.get(pk=inquiry.dossier_id)


def staff() -> Any:
    return read_staff(read_revision())


def test_what_waits_keeps_a_next_action_at_that_moment_and_says_why(matter: Dossier, cast: Any, now: datetime) -> None:
    until = now + timedelta(days=20)
    put_aside(dossier_id=matter.pk, until=until, why="  ждёт горящий тур ", by=cast.anna, now=now)
    matter.refresh_from_db()
    assert (matter.waits_until, matter.waits_for) == (until, "ждёт горящий тур")
    assert [t.due_at for t in Task.objects.filter(dossier=matter, state="pending")] == [until]
    assert Touch.objects.filter(dossier=matter, kind="aside", body="ждёт горящий тур").count() == 1


def test_it_leaves_today_the_board_and_the_load_and_is_counted_apart(matter: Dossier, cast: Any, now: datetime) -> None:
    funnel = read_funnels(read_revision())["office"]
    before = loads_on_hand([cast.anna.id], Effort(), now)[cast.anna.id]
    put_aside(dossier_id=matter.pk, until=now + timedelta(days=20), why="зарплата", by=cast.anna, now=now)
    assert today_of(cast.anna, now, now + timedelta(days=60)) == []
    column = read_board(cast.anna, funnel, inquiries_name="Новые")[0]
    assert (column.count, column.waiting, column.cards) == (0, 1, ())
    assert loads_on_hand([cast.anna.id], Effort(), now)[cast.anna.id] == before - 1


def test_it_comes_back_by_itself_once_however_often_the_job_runs(matter: Dossier, cast: Any, now: datetime) -> None:
    put_aside(dossier_id=matter.pk, until=now + timedelta(hours=1), why="зарплата", by=cast.anna, now=now)
    assert return_waiting(staff=staff(), now=now + timedelta(minutes=59)) == 0
    late = now + timedelta(days=3)  # the server was down meanwhile
    assert [return_waiting(staff=staff(), now=late) for _ in range(2)] == [1, 0]
    matter.refresh_from_db()
    assert (matter.waits_until, matter.waits_for, matter.owner_id) == (None, "", cast.anna.id)
    assert [row.dossier_id for row in today_of(cast.anna, late, late)] == [matter.pk]
    assert list(Notice.objects.filter(code="matter_returned").values_list("employee", flat=True)) == [cast.anna.id]
    assert Touch.objects.filter(dossier=matter, kind="returned").count() == 1


@pytest.mark.parametrize("gone", ["left", "absent"])
def test_it_comes_back_to_the_queue_when_its_manager_is_not_there(matter: Dossier, cast: Any, now: datetime, gone: str) -> None:
    put_aside(dossier_id=matter.pk, until=now + timedelta(hours=1), why="зарплата", by=cast.anna, now=now)
    if gone == "left":
        Employee.objects.filter(pk=cast.anna.id).update(is_active=False, left_at=now)
    else:
        Absence.objects.create(employee_id=cast.anna.id, starts_at=now, ends_at=now + timedelta(days=9))
    return_waiting(staff=staff(), now=now + timedelta(hours=2))
    matter.refresh_from_db()
    assert matter.owner_id is None
    assert matter.queue_id is not None
    assert list(Notice.objects.values_list("employee", "code")) == [(cast.supervisor.id, "matter_returned")]


def test_a_client_who_comes_first_brings_it_back_at_once(hers: Ask, matter: Dossier, cast: Any, now: datetime) -> None:
    put_aside(dossier_id=matter.pk, until=now + timedelta(days=20), why="зарплата", by=cast.anna, now=now)
    phone = matter.person.contacts.get(kind="phone").normal
    again = hers(phone=phone)
    matter.refresh_from_db()
    assert again.dossier_id == matter.pk
    assert matter.waits_until is None
    assert Touch.objects.get(dossier=matter, kind="returned").data == {"how": "inquiry"}


def test_it_is_brought_back_by_hand_and_its_action_is_due_now(matter: Dossier, cast: Any, now: datetime) -> None:
    put_aside(dossier_id=matter.pk, until=now + timedelta(days=20), why="зарплата", by=cast.anna, now=now)
    bring_back(dossier_id=matter.pk, by=cast.anna, now=now)
    assert Task.objects.get(dossier=matter, state="pending").due_at <= now
    with pytest.raises(Refused):
        bring_back(dossier_id=matter.pk, by=cast.anna, now=now)


def test_planning_or_moving_something_earlier_ends_the_waiting(matter: Dossier, cast: Any, now: datetime) -> None:
    until = now + timedelta(days=20)
    put_aside(dossier_id=matter.pk, until=until, why="зарплата", by=cast.anna, now=now)
    plan_action(dossier_id=matter.pk, action=NextAction("Позвонить", until + timedelta(days=1)), by=cast.anna, now=now)
    assert Dossier.objects.get(pk=matter.pk).waits_until == until
    task = Task.objects.filter(dossier=matter, state="pending").earliest("due_at")
    move_task(task_id=task.pk, due_at=now + timedelta(days=2), by=cast.anna, now=now)
    assert Dossier.objects.get(pk=matter.pk).waits_until is None


def test_a_meeting_is_an_appointment_and_is_not_dragged_to_now(matter: Dossier, cast: Any, now: datetime) -> None:
    until = now + timedelta(days=20)
    put_aside(dossier_id=matter.pk, until=until, why="зарплата", by=cast.anna, now=now)
    Task.objects.filter(dossier=matter, state="pending").update(kind="meeting")
    bring_back(dossier_id=matter.pk, by=cast.anna, now=now)
    kinds = dict(Task.objects.filter(dossier=matter, state="pending").values_list("kind", "due_at"))
    assert kinds == {"meeting": until, "call": now}


def test_what_makes_no_sense_is_refused_with_a_sentence(hers: Ask, matter: Dossier, cast: Any, now: datetime) -> None:
    ahead = now + timedelta(days=2)
    for until, why in ((now, "зарплата"), (now + timedelta(days=4000), "зарплата"), (ahead, "  ")):
        with pytest.raises(Invalid):
            put_aside(dossier_id=matter.pk, until=until, why=why, by=cast.anna, now=now)
    with pytest.raises(Refused):
        put_matter_aside(dossier_id=hers(name="Другой Клиент").dossier_id, until=ahead, why="зарплата", by=cast.anna, now=now)
    with pytest.raises(NotFound):
        put_aside(dossier_id=matter.pk, until=ahead, why="зарплата", by=cast.stranger, now=now)
    with pytest.raises(NotFound):
        bring_back(dossier_id=matter.pk, by=cast.stranger, now=now)


def test_a_meeting_has_a_length_and_lies_ahead_and_moving_keeps_its_length(matter: Dossier, cast: Any, now: datetime) -> None:
    start = now + timedelta(days=1)
    for begins, ends in ((start, start), (start, start + timedelta(days=2)), (now - timedelta(hours=1), now + timedelta(hours=1))):
        with pytest.raises(Invalid):
            plan_meeting(dossier_id=matter.pk, title="Встреча", starts_at=begins, ends_at=ends, place="", by=cast.anna, now=now)
    late = plan_meeting(
        dossier_id=matter.pk,
        title="Встреча",
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        place="офис",
        by=cast.anna,
        now=now,
    )
    move_task(task_id=late, due_at=start - timedelta(hours=2), by=cast.anna, now=now)
    task = Task.objects.get(pk=late)
    assert (task.ends_at - task.due_at, task.postponed, task.place) == (timedelta(hours=3), 0, "офис")
    move_task(task_id=late, due_at=start, by=cast.anna, now=now)
    assert Task.objects.get(pk=late).postponed == 1
    assert Touch.objects.filter(dossier=matter, kind="postponed").count() == 2


def test_whoever_plans_for_another_tells_them(matter: Dossier, cast: Any, now: datetime) -> None:
    action = NextAction("Позвонить", now + timedelta(days=1))
    plan_action(dossier_id=matter.pk, action=action, by=cast.anna, now=now)
    assert Notice.objects.count() == 0
    plan_action(dossier_id=matter.pk, action=action, by=cast.supervisor, now=now)
    notice = Notice.objects.get()
    assert (notice.employee_id, notice.code, notice.data["by"]) == (cast.anna.id, "task_planned", "Вера Журавлёва")


def test_whoever_stands_in_is_told_once_when_it_begins_and_once_when_it_ends(cast: Any, now: datetime) -> None:
    starts, ends = now + timedelta(hours=1), now + timedelta(days=5)
    Absence.objects.create(employee_id=cast.anna.id, substitute_id=cast.boris.id, starts_at=starts, ends_at=ends)
    told = [tell_of_absences(now=at) for at in (now, starts, starts + timedelta(days=1), ends, ends, ends + timedelta(days=2))]
    assert told == [0, 1, 0, 1, 0, 0]
    assert list(Notice.objects.order_by("id").values_list("employee", "code")) == [
        (cast.boris.id, "absence_begins"), (cast.boris.id, "absence_ends")]  # fmt: skip


def test_whoever_stands_in_for_long_is_not_told_again(cast: Any, now: datetime) -> None:
    Absence.objects.create(employee_id=cast.anna.id, substitute_id=cast.boris.id, starts_at=now, ends_at=now + timedelta(days=300))
    told = []
    for days in (0, 61, 122):
        forget_old_notices(now=now + timedelta(days=days))
        told.append(tell_of_absences(now=now + timedelta(days=days)))
    assert told == [1, 0, 0]


def test_old_notices_go_and_newer_ones_stay(cast: Any, now: datetime) -> None:
    for days in (61, 59):
        notify(employee_ids=[cast.anna.id], code="clock_warning", by=cast.boris, now=now - timedelta(days=days))
    assert [forget_old_notices(now=now) for _ in range(2)] == [1, 0]
    assert Notice.objects.count() == 1


def test_a_matter_handed_over_is_told_to_both_with_the_reason(matter: Dossier, cast: Any, now: datetime) -> None:
    from marshrut.journal.services import Holder, hand_over, lock_matter

    locked = lock_matter(dossier_id=matter.pk, by=cast.supervisor)
    given = {
        "matter": locked,
        "holder": Holder(cast.boris.id, None, locked.office_id),
        "due_at": None,
        "by": cast.supervisor,
        "now": now,
    }
    hand_over(**given, reason={"code": "rerouted"})
    assert dict(Notice.objects.values_list("code", "employee")) == {"matter_given": cast.boris.id, "matter_taken": cast.anna.id}
    assert Notice.objects.get(code="matter_taken").data["reason"] == {"code": "rerouted"}
    hand_over(**{**given, "holder": Holder(cast.anna.id, None, locked.office_id)}, reason={"code": "rerouted"}, quiet=True)
    assert Notice.objects.count() == 2
