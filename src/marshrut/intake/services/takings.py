"""What is taken from queues by hand is counted: how long it had waited, how good it was, and before whom it was taken."""

from datetime import datetime

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import QueueCard, Staff
from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.models import Inquiry, Taking
from marshrut.journal.services import Matter


def hours_of(staff: Staff, queue: QueueCard) -> WorkingCalendar:
    """The hours a queue's clock runs in: its office's, the common one's those of the first."""
    return (staff.offices.get(queue.office_id or 0) or staff.first_office).calendar


def count_taking(*, inquiry: Inquiry, matter: Matter, staff: Staff, by: Actor, now: datetime) -> None:
    """Somebody takes this inquiry from its queue by hand: how long it had waited, its priority, who had waited longer."""
    since = inquiry.clock_started_at or inquiry.received_at or now
    with connection.cursor() as cursor:
        cursor.execute(
            """select count(*) from journal_dossier d join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
               where d.is_open and d.queue_id = %s and d.waits_until is null and coalesce(i.clock_started_at, d.opened_at) < %s""",
            [matter.queue_id, since],
        )
        passed_over = cursor.fetchone()[0]
    waited = hours_of(staff, staff.queues[matter.queue_id or 0]).working_minutes_between(since, now)
    Taking.objects.create(
        raw_id=inquiry.pk, employee_id=by.id, at=now, waited_minutes=max(0.0, waited), priority=inquiry.priority, passed_over=passed_over
    )
