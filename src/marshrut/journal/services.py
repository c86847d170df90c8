"""Writes of the dossier: everything that is said, planned and done about a matter."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class NextAction:
    """What is to be done next, and by when."""

    title: str
    due_at: datetime
    kind: str = "call"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matter stands and what it is worth; kept true by the room in charge."""

    phase: str = "inquiry"
    name: str = "inquiry"
    worth: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a matter is: a manager's, or a named queue's."""

    owner_id: int | None
    queue_id: int | None
    office_id: int | None


@dataclass(frozen=True, slots=True)
class Matter:
    """A dossier locked for a change."""

    id: int
    person_id: int | None
    owner_id: int | None
    queue_id: int | None
    office_id: int | None
    phase: str
    place: str
    is_open: bool


def open_dossier(
    *,
    person_id: int | None,
    holder: Holder,
    place: Place,
    action: NextAction,
    said: str,
    heard: dict[str, Any],
    by: Actor,
    now: datetime,
) -> tuple[int, int]:
    """Open a matter with its first touch and its next action; the ids of dossier and task."""
    with connection.cursor() as cursor:
        cursor.execute(
            """with dossier as (
                   insert into journal_dossier(person_id, owner_id, queue_id, office_id, phase, place, worth, currency, is_open,
                       opened_at)
                   values (%s, %s, %s, %s, %s, %s, %s, %s, true, %s) returning id),
               touch as (
                   insert into journal_touch(dossier_id, kind, direction, at, by, body, data, is_answer)
                   select id, 'inquiry', 'in', %s, %s, %s, %s, false from dossier),
               task as (
                   insert into journal_task(dossier_id, kind, title, due_at, state, assignee_id, queue_id, created_at, created_by)
                   select id, %s, %s, %s, 'pending', %s, %s, %s, %s from dossier returning id)
               select dossier.id, task.id from dossier, task""",
            [
                person_id,
                holder.owner_id,
                holder.queue_id,
                holder.office_id,
                place.phase,
                place.name,
                place.worth,
                place.currency,
                now,
                now,
                by.label,
                said,
                orjson.dumps(heard).decode(),
                action.kind,
                action.title,
                action.due_at,
                holder.owner_id,
                holder.queue_id,
                now,
                by.label,
            ],
        )
        return cursor.fetchone()  # type: ignore[no-any-return]


def lock_matter(*, dossier_id: int, by: Actor) -> Matter:
    """The dossier, locked until the end of the transaction; NotFound when absent or out of reach."""
    reach, values = matters_in_reach(by, "d")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.id, d.person_id, d.owner_id, d.queue_id, d.office_id, d.phase, d.place, d.is_open
                from journal_dossier d where d.id = %s and {reach} for no key update""",
            [dossier_id, *values],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("no_such_matter", _("There is no such matter within your reach."))
    return Matter(*row)


def add_touch(
    *,
    dossier_id: int,
    kind: str,
    direction: str,
    body: str,
    by: Actor,
    now: datetime,
    is_answer: bool = False,
    data: dict[str, Any] | None = None,
) -> int:
    """Keep one thing said, done or noted; its id. Text from outside is cleaned, never refused."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into journal_touch(dossier_id, kind, direction, at, by, body, data, is_answer)
               values (%s, %s, %s, %s, %s, %s, %s, %s) returning id""",
            [
                dossier_id,
                kind,
                direction,
                now,
                by.label,
                clean_text(body, 20_000, keep_lines=True),
                orjson.dumps(data).decode() if data else None,
                is_answer,
            ],
        )
        return int(cursor.fetchone()[0])


def add_task(*, matter: Matter, action: NextAction, by: Actor, now: datetime) -> int:
    """Plan a next action for whoever holds the matter; its id. Refused for a closed matter, Invalid without a title."""
    if not matter.is_open:
        raise Refused("matter_closed", _("The matter is closed; reopen it to plan something."))
    title = clean_text(action.title, 300)
    if not title:
        raise Invalid("title_missing", _("Say what is to be done."), field="title", missing=("title",))
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into journal_task(dossier_id, kind, title, due_at, state, assignee_id, queue_id, created_at, created_by)
               values (%s, %s, %s, %s, 'pending', %s, %s, %s, %s) returning id""",
            [matter.id, action.kind, title, action.due_at, matter.owner_id, matter.queue_id, now, by.label],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def plan_action(*, dossier_id: int, action: NextAction, by: Actor, now: datetime) -> int:
    """Plan one more action on a matter within reach; its id."""
    sign(by.label)
    return add_task(matter=lock_matter(dossier_id=dossier_id, by=by), action=action, by=by, now=now)


@dataclass(frozen=True, slots=True)
class LockedTask:
    """An action locked for a change, with its matter."""

    id: int
    matter: Matter
    kind: str
    title: str
    due_at: datetime
    state: str


def lock_task(*, task_id: int, by: Actor) -> LockedTask:
    """A task and its dossier, locked; NotFound when absent or out of reach."""
    with connection.cursor() as cursor:
        cursor.execute("select dossier_id from journal_task where id = %s", [task_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("no_such_task", _("There is no such action within your reach."))
    matter = lock_matter(dossier_id=row[0], by=by)
    with connection.cursor() as cursor:
        cursor.execute("select id, kind, title, due_at, state from journal_task where id = %s for no key update", [task_id])
        found = cursor.fetchone()
    return LockedTask(found[0], matter, *found[1:])


@transaction.atomic
def complete_task(*, task_id: int, result: str, following: NextAction | None, by: Actor, now: datetime) -> int | None:
    """Complete an action, and plan the next one in the same gesture; the id of the next.

    Refused when it is done already, or when it is the only action of an open matter and no next one is given.
    """
    sign(by.label)
    task = lock_task(task_id=task_id, by=by)
    if task.state != "pending":
        raise Refused("task_done", _("This action is completed already."))
    if following is None and task.matter.is_open and not has_other_task(dossier_id=task.matter.id, task_id=task.id):
        raise Refused(
            "next_action_missing",
            _("It is the only action of an open matter: say what comes next, or close the matter."),
            field="next",
            missing=("next",),
        )
    finish_task(task_id=task.id, state="done", result=result, by=by, now=now)
    add_touch(dossier_id=task.matter.id, kind="task", direction="none", body=result, data={"title": task.title}, by=by, now=now)
    return add_task(matter=task.matter, action=following, by=by, now=now) if following else None


def has_other_task(*, dossier_id: int, task_id: int) -> bool:
    """Whether something else is planned for this matter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from journal_task where dossier_id = %s and state = 'pending' and id <> %s)",
            [dossier_id, task_id],
        )
        return bool(cursor.fetchone()[0])


def finish_task(*, task_id: int, state: str, result: str, by: Actor, now: datetime) -> None:
    """End a pending action as done or cancelled; one that has ended already stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_task set state = %s, result = %s, done_at = %s, done_by = %s where id = %s and state = 'pending'",
            [state, clean_text(result, 20_000, keep_lines=True), now, by.label, task_id],
        )


@transaction.atomic
def postpone_task(*, task_id: int, due_at: datetime, reason: str, by: Actor, now: datetime) -> None:
    """Put an action off to a later moment. A reason is asked for, and the moment must lie ahead."""
    if not reason.strip():
        raise Invalid("reason_missing", _("Say why it is postponed."), field="reason", missing=("reason",))
    if due_at <= now:
        raise Invalid("due_in_the_past", _("Choose a moment that lies ahead."), field="due_at")
    sign(by.label)
    task = lock_task(task_id=task_id, by=by)
    if task.state != "pending":
        raise Refused("task_done", _("This action is completed already."))
    with connection.cursor() as cursor:
        cursor.execute("update journal_task set due_at = %s, postponed = postponed + 1 where id = %s", [due_at, task_id])
    add_touch(
        dossier_id=task.matter.id,
        kind="postponed",
        direction="none",
        body=reason.strip(),
        by=by,
        now=now,
        data={"title": task.title, "from": task.due_at.isoformat(), "to": due_at.isoformat()},
    )


def replace_tasks(*, matter: Matter, action: NextAction, by: Actor, now: datetime) -> int:
    """Cancel what was planned and plan this instead: the target has changed."""
    cancel_tasks(dossier_id=matter.id, by=by, now=now)
    return add_task(matter=matter, action=action, by=by, now=now)


def cancel_tasks(*, dossier_id: int, by: Actor, now: datetime) -> None:
    """Cancel everything that is planned for a matter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_task set state = 'cancelled', done_at = %s, done_by = %s where dossier_id = %s and state = 'pending'",
            [now, by.label, dossier_id],
        )


def hand_over(*, matter: Matter, holder: Holder, reason: dict[str, Any], due_at: datetime | None, by: Actor, now: datetime) -> None:
    """Give a matter and its planned actions to another holder; `due_at`, if given, is the new moment of the first one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_dossier set owner_id = %s, queue_id = %s, office_id = %s where id = %s",
            [holder.owner_id, holder.queue_id, holder.office_id, matter.id],
        )
        cursor.execute(
            """update journal_task set assignee_id = %s, queue_id = %s, due_at = coalesce(%s, due_at)
               where dossier_id = %s and state = 'pending'""",
            [holder.owner_id, holder.queue_id, due_at, matter.id],
        )
    add_touch(
        dossier_id=matter.id,
        kind="owner",
        direction="none",
        body="",
        by=by,
        now=now,
        data={"from": matter.owner_id, "owner": holder.owner_id, "queue": holder.queue_id, "reason": reason},
    )


def move_dossier(*, dossier_id: int, place: Place) -> None:
    """Write down where the matter stands now and what it is worth."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_dossier set phase = %s, place = %s, worth = %s, currency = %s where id = %s",
            [place.phase, place.name, place.worth, place.currency, dossier_id],
        )


def close_dossier(*, matter: Matter, by: Actor, now: datetime) -> None:
    """Close the matter: planned actions are cancelled, the place stays as the last one reached."""
    cancel_tasks(dossier_id=matter.id, by=by, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_dossier set is_open = false, phase = 'closed', closed_at = %s where id = %s", [now, matter.id]
        )


def reopen_dossier(*, matter: Matter, holder: Holder, place: Place, action: NextAction, by: Actor, now: datetime) -> None:
    """Open a closed matter again, with a next action."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update journal_dossier set is_open = true, closed_at = null, phase = %s, place = %s, worth = %s, currency = %s,
               owner_id = %s, queue_id = %s, office_id = %s where id = %s""",
            [place.phase, place.name, place.worth, place.currency, holder.owner_id, holder.queue_id, holder.office_id, matter.id],
        )
    opened = Matter(matter.id, matter.person_id, holder.owner_id, holder.queue_id, holder.office_id, place.phase, place.name, True)
    add_task(matter=opened, action=action, by=by, now=now)


def fold_tallies() -> int:
    """Add up the running sums of open dossiers; how many rows became one each. Runs any number of times."""
    with connection.cursor() as cursor:
        cursor.execute(
            """with gone as (delete from journal_tally returning *)
               insert into journal_tally(place, owner_id, office_id, currency, number, amount)
               select place, owner_id, office_id, currency, sum(number), sum(amount) from gone
               group by place, owner_id, office_id, currency having sum(number) <> 0 or sum(amount) <> 0"""
        )
        return int(cursor.rowcount)
