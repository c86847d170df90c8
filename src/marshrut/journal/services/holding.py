"""Whose a matter is, and whether it is open at all."""

from datetime import datetime
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.services.dossiers import Holder, Matter, NextAction, Place, add_touch
from marshrut.journal.services.notices import notify
from marshrut.journal.services.tasks import add_task, cancel_tasks


def hand_over(
    *,
    matter: Matter,
    holder: Holder,
    reason: dict[str, Any],
    due_at: datetime | None,
    by: Actor,
    now: datetime,
    quiet: bool = False,
) -> None:
    """Give a matter and its planned actions to another holder; `due_at`, if given, is the new moment of the first one.

    Whoever gets it and whoever loses it are told, unless `quiet` (many at once: the caller tells of them together).
    """
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
    if not quiet and holder.owner_id != matter.owner_id:
        told: dict[str, Any] = {"dossier_id": matter.id, "by": by, "now": now}
        went = {"owner": holder.owner_id, "queue": holder.queue_id, "reason": reason}
        notify(employee_ids=[holder.owner_id], code="matter_given", data={"reason": reason}, **told)
        notify(employee_ids=[matter.owner_id], code="matter_taken", data=went, **told)


def close_dossier(*, matter: Matter, by: Actor, now: datetime) -> None:
    """Close the matter: planned actions are cancelled, the place stays as the last one reached."""
    cancel_tasks(dossier_id=matter.id, by=by, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            """update journal_dossier set is_open = false, phase = 'closed', closed_at = %s, waits_until = null, waits_for = ''
               where id = %s""",
            [now, matter.id],
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
