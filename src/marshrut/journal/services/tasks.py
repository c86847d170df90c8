"""Next actions: planned, done and what is next, put off, cancelled."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.journal.services.dossiers import Matter, NextAction, add_touch, lock_matter, stop_waiting
from marshrut.journal.services.notices import notify

LONGEST_MEETING = timedelta(days=1)


def add_task(*, matter: Matter, action: NextAction, by: Actor, now: datetime) -> int:
    """Plan a next action for whoever holds the matter; its id. Refused for a closed matter, Invalid without a title."""
    if not matter.is_open:
        raise Refused("matter_closed", _("The matter is closed; reopen it to plan something."))
    title = clean_text(action.title, 300)
    if not title:
        raise Invalid("title_missing", _("Say what is to be done."), field="title", missing=("title",))
    refuse_span(action)
    if matter.waits_until and action.due_at < matter.waits_until:
        stop_waiting(dossier_id=matter.id)
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into journal_task(dossier_id, kind, title, due_at, ends_at, place, state, assignee_id, queue_id,
                   created_at, created_by)
               values (%s, %s, %s, %s, %s, %s, 'pending', %s, %s, %s, %s) returning id""",
            [
                matter.id,
                action.kind,
                title,
                action.due_at,
                action.ends_at,
                clean_text(action.place, 500),
                matter.owner_id,
                matter.queue_id,
                now,
                by.label,
            ],
        )
        return int(cursor.fetchone()[0])


def retitle_tasks(*, dossier_id: int, was: str, title: str) -> int:
    """Word planned actions of a matter anew that are still worded as they were set; how many. The caller has signed."""
    if was == title:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_task set title = %s where dossier_id = %s and state = 'pending' and title = %s",
            [clean_text(title, 300), dossier_id, clean_text(was, 300)],
        )
        return int(cursor.rowcount)


def refuse_span(action: NextAction) -> None:
    """Invalid when an action that has an end would end before it begins, or last longer than a day."""
    if action.ends_at is not None and not timedelta() < action.ends_at - action.due_at <= LONGEST_MEETING:
        raise Invalid("span_impossible", _("It ends after it begins, and within a day."), field="ends_at")


@transaction.atomic
def plan_action(*, dossier_id: int, action: NextAction, by: Actor, now: datetime) -> int:
    """Plan one more action on a matter within reach; its id. Whose it is, is told when somebody else planned it."""
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    task_id = add_task(matter=matter, action=action, by=by, now=now)
    data = {"title": clean_text(action.title, 300), "due_at": action.due_at.isoformat(), "task": task_id}
    notify(employee_ids=[matter.owner_id], code="task_planned", data=data, dossier_id=matter.id, by=by, now=now)
    return task_id


@transaction.atomic
def plan_meeting(
    *, dossier_id: int, title: str, starts_at: datetime, ends_at: datetime, place: str, by: Actor, now: datetime
) -> int:
    """Plan a meeting on a matter within reach; its id. Invalid when it lies in the past or has no plausible length.

    `place` is a room, an address or a link. Two meetings at once are no refusal: `find_clashes` warns.
    """
    if starts_at <= now:
        raise Invalid("due_in_the_past", _("Choose a moment that lies ahead."), field="due_at")
    action = NextAction(title, starts_at, "meeting", ends_at, place)
    return plan_action(dossier_id=dossier_id, action=action, by=by, now=now)


@dataclass(frozen=True, slots=True)
class LockedTask:
    """An action locked for a change, with its matter."""

    id: int
    matter: Matter
    kind: str
    title: str
    due_at: datetime
    state: str
    ends_at: datetime | None = None


def lock_task(*, task_id: int, by: Actor) -> LockedTask:
    """A task and its dossier, locked; NotFound when absent or out of reach."""
    with connection.cursor() as cursor:
        cursor.execute("select dossier_id from journal_task where id = %s", [task_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("no_such_task", _("There is no such action within your reach."))
    matter = lock_matter(dossier_id=row[0], by=by)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, kind, title, due_at, state, ends_at from journal_task where id = %s for no key update", [task_id]
        )
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
    move_task(task_id=task_id, due_at=due_at, reason=reason, by=by, now=now)


@transaction.atomic
def move_task(
    *,
    task_id: int,
    due_at: datetime,
    reason: str = "",
    ends_at: datetime | None = None,
    place: str | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Give an action another moment, sooner or later; a meeting keeps its length unless `ends_at` says otherwise.

    Both moments stay in the story; one that came later counts as postponed. Refused when it is completed, Invalid when
    the moment does not lie ahead or the length is none.
    """
    if due_at <= now:
        raise Invalid("due_in_the_past", _("Choose a moment that lies ahead."), field="due_at")
    sign(by.label)
    task = lock_task(task_id=task_id, by=by)
    if task.state != "pending":
        raise Refused("task_done", _("This action is completed already."))
    if ends_at is None and task.ends_at is not None:
        ends_at = due_at + (task.ends_at - task.due_at)
    refuse_span(NextAction(task.title, due_at, task.kind, ends_at))
    _write_move(task, due_at, ends_at, place)
    if task.matter.waits_until and due_at < task.matter.waits_until:
        stop_waiting(dossier_id=task.matter.id)
    moved = {"title": task.title, "from": task.due_at.isoformat(), "to": due_at.isoformat()}
    add_touch(dossier_id=task.matter.id, kind="postponed", direction="none", body=reason.strip(), by=by, now=now, data=moved)


def _write_move(task: LockedTask, due_at: datetime, ends_at: datetime | None, place: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """update journal_task set due_at = %s, ends_at = %s, place = coalesce(%s, place), postponed = postponed + %s
               where id = %s""",
            [due_at, ends_at, None if place is None else clean_text(place, 500), int(due_at > task.due_at), task.id],
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
