"""Queues watched: one that waits too long, grows too long or has nobody to give to calls for its supervisor, once each time."""

from datetime import datetime

from django.db import transaction

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff
from marshrut.core.history import sign
from marshrut.intake.models import QueueAlarm
from marshrut.intake.queries.queues import QueueLine, waiting_in_queues
from marshrut.intake.reference import Reference
from marshrut.intake.services.clocks import CLOCK
from marshrut.journal.services import notify

NOBODY, TOO_LONG, TOO_MANY = "nobody_at_work", "too_long", "too_many"


@transaction.atomic
def watch_queues(*, reference: Reference, now: datetime, by: Actor = CLOCK) -> int:
    """Begin and end alarms; for how many offices one is on. Outside the hours of their office inquiries wait and call nobody."""
    sign(by.label)
    called = {(one.queue_id, one.office_id): one for one in QueueAlarm.objects.select_for_update().filter(ended_at=None)}
    calling = 0
    for line in waiting_in_queues():
        office = reference.staff.offices.get(line.office_id or 0) or reference.staff.first_office
        minutes = office.calendar.working_minutes_between(line.since, now)
        reason = _why_it_calls(line, minutes, reference, now) if office.calendar.is_open(now) else ""
        if reason:
            calling += 1
            _call(called.pop((line.queue_id, line.office_id), None), line, reason, minutes, reference, by, now)
    if called:
        QueueAlarm.objects.filter(pk__in=[alarm.pk for alarm in called.values()]).update(ended_at=now)
    return calling


def _why_it_calls(line: QueueLine, minutes: float, reference: Reference, now: datetime) -> str:
    alarm = reference.rules.distribution.alarm
    if not any(c.is_at_work(now) for c in reference.staff.sellers if line.office_id in (None, c.office_id) or c.is_on_duty):
        return NOBODY
    return TOO_LONG if minutes >= alarm.minutes else TOO_MANY if line.waiting >= alarm.length else ""


def _call(
    alarm: QueueAlarm | None, line: QueueLine, reason: str, minutes: float, reference: Reference, by: Actor, now: datetime
) -> None:
    """An alarm begins and whoever answers for the office is told; one that goes on keeps how bad it became."""
    if alarm is None:
        QueueAlarm.objects.create(
            queue_id=line.queue_id, office_id=line.office_id, reason=reason, began_at=now, waiting=line.waiting, longest_minutes=minutes
        )
        data = {"reason": reason, "queue": line.queue_id, "count": line.waiting, "minutes": round(minutes)}
        notify(employee_ids=_whom_to_tell(reference.staff, line.office_id, now), code="queue_alarm", data=data, by=by, now=now)
    elif alarm.waiting < line.waiting or alarm.longest_minutes < minutes:
        alarm.waiting, alarm.longest_minutes = max(alarm.waiting, line.waiting), max(alarm.longest_minutes, minutes)
        alarm.save(update_fields=["waiting", "longest_minutes"])


def _whom_to_tell(staff: Staff, office_id: int | None, now: datetime) -> set[int | None]:
    """The office's supervisor; when they are away themselves, also the other supervisors and the owners."""
    lead = staff.supervisor_of(office_id)
    if lead is not None and lead.is_at_work(now):
        return {lead.id}
    return {c.id for c in staff.colleagues.values() if c.role in ("supervisor", "owner")}
