"""Matters put aside for later: they leave the day's work, keep their next action, and come back by themselves."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import Colleague, Staff
from marshrut.core.errors import Invalid, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.journal.services.dossiers import Holder, Matter, NextAction, add_touch, lock_matter, stop_waiting
from marshrut.journal.services.holding import hand_over
from marshrut.journal.services.notices import notify
from marshrut.journal.services.tasks import add_task

ALARM = system("alarm")
BATCH = 200
LONGEST_WAIT = timedelta(days=3 * 366)

log = logging.getLogger(__name__)


@transaction.atomic
def put_aside(*, dossier_id: int, until: datetime, why: str, by: Actor, now: datetime) -> None:
    """Let a matter wait for later; what was planned before that moment moves there, so a next action stays planned.

    Refused when it is closed; Invalid without a reason, or when the moment does not lie ahead within three years.
    """
    reason = clean_text(why, 300)
    if not reason:
        raise Invalid("reason_missing", _("Say what it waits for."), field="why", missing=("why",))
    if not now < until <= now + LONGEST_WAIT:
        raise Invalid("due_in_the_past", _("Choose a moment that lies ahead, within three years."), field="until")
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    if not matter.is_open:
        raise Refused("matter_closed", _("The matter is closed; reopen it to plan something."))
    with connection.cursor() as cursor:
        cursor.execute("update journal_dossier set waits_until = %s, waits_for = %s where id = %s", [until, reason, matter.id])
        cursor.execute(
            """update journal_task set ends_at = ends_at + (%s - due_at), due_at = %s
               where dossier_id = %s and state = 'pending' and due_at < %s""",
            [until, until, matter.id, until],
        )
        is_planned = cursor.rowcount > 0
    if not is_planned:
        add_task(matter=matter, action=NextAction(_back_title(reason), until), by=by, now=now)
    add_touch(dossier_id=matter.id, kind="aside", direction="none", body=reason, by=by, now=now, data={"until": until.isoformat()})


def _back_title(why: str) -> str:
    return _("Back to the client: %(why)s") % {"why": why}


@transaction.atomic
def bring_back(*, dossier_id: int, by: Actor, now: datetime) -> None:
    """Bring a waiting matter back by hand, now. Refused when it does not wait."""
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    if matter.waits_until is None:
        raise Refused("not_waiting", _("This matter does not wait for later."))
    wake_matter(matter=matter, how="hand", by=by, now=now)


def wake_matter(*, matter: Matter, how: str, by: Actor, now: datetime) -> None:
    """A waiting matter, locked by the caller, stands in the day's work again: its first action is due now.

    `how` is time, inquiry or hand. A meeting is an appointment and is not moved; without another action one is planned.
    """
    why = _what_for(matter.id)
    stop_waiting(dossier_id=matter.id)
    with connection.cursor() as cursor:
        cursor.execute(
            """update journal_task set due_at = least(due_at, %s) where id = (
                   select id from journal_task where dossier_id = %s and state = 'pending' and kind <> 'meeting'
                   order by due_at, id limit 1)""",
            [now, matter.id],
        )
        is_planned = cursor.rowcount > 0
    if not is_planned:
        add_task(matter=matter, action=NextAction(_back_title(why), now), by=by, now=now)
    add_touch(dossier_id=matter.id, kind="returned", direction="none", body=why, by=by, now=now, data={"how": how})
    notify(
        employee_ids=[matter.owner_id], code="matter_returned", data={"why": why, "how": how}, dossier_id=matter.id, by=by, now=now
    )


def _what_for(dossier_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select waits_for from journal_dossier where id = %s", [dossier_id])
        return str(cursor.fetchone()[0])


def return_waiting(*, staff: Staff, now: datetime) -> int:
    """Bring back everything whose moment has come, the longest due first; how many were looked at.

    Each in a transaction of its own: one that breaks is left for the next run and holds up nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute("select id from journal_dossier where waits_until <= %s order by waits_until, id limit %s", [now, BATCH])
        due = [row[0] for row in cursor.fetchall()]
    for dossier_id in due:
        try:
            return_matter(dossier_id=dossier_id, staff=staff, now=now)
        except Exception:
            log.exception("dossier %s could not be brought back", dossier_id)
    return len(due)


@transaction.atomic
def return_matter(*, dossier_id: int, staff: Staff, now: datetime, by: Actor = ALARM) -> bool:
    """Bring one matter back if its moment has come and nobody has done so; False when there was nothing to do.

    Whose manager has left or is away, returns to the office's queue, and the supervisor is told.
    """
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    if not matter.is_open or matter.waits_until is None or matter.waits_until > now:
        return False
    is_left = matter.owner_id is not None and is_away(staff.colleagues.get(matter.owner_id), now)
    if is_left:
        matter = _to_queue(matter, staff, by, now)
    wake_matter(matter=matter, how="time", by=by, now=now)
    lead = staff.supervisor_of(matter.office_id) if matter.queue_id else None
    if lead is not None:
        data = {"why": "", "how": "queue"}
        notify(employee_ids=[lead.id], code="matter_returned", data=data, dossier_id=matter.id, by=by, now=now)
    return True


def _to_queue(matter: Matter, staff: Staff, by: Actor, now: datetime) -> Matter:
    """Nobody is there to take it up: it is the queue's."""
    holder = Holder(None, staff.queue_of(matter.office_id).id, matter.office_id)
    reason = {"code": "returned_owner_away"}
    hand_over(matter=matter, holder=holder, reason=reason, due_at=None, by=by, now=now, quiet=True)
    return replace(matter, owner_id=None, queue_id=holder.queue_id)


def is_away(colleague: Colleague | None, now: datetime) -> bool:
    """Whether somebody has left, or is absent at this moment."""
    return colleague is None or any(start <= now < end for start, end in colleague.absences)
