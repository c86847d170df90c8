"""What is taken from queues by hand, where the agency allows it: chosen by whoever answers for an office, or the next in turn by a
manager. It is counted: how long it had waited, how good it was, and before whom it was taken."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import QueueCard, Staff
from marshrut.core.errors import Refused
from marshrut.core.history import sign
from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.models import Inquiry, Taking
from marshrut.intake.queries.queues import WaitingInquiry, waiting_longest_first
from marshrut.intake.reference import Reference
from marshrut.intake.rules import Candidate, shortlist
from marshrut.intake.services.clock_settling import settle_clocks
from marshrut.intake.services.clocks import CLOCK, MOST_WAITING, keep_client
from marshrut.intake.services.matters import lock_inquiry
from marshrut.journal.services import Holder, Matter, hand_over, lock_matter

SELLERS = ("manager", "senior")


def may_choose(by: Actor, reference: Reference) -> bool:
    """Whether this person takes whichever inquiry of a queue they choose: whoever answers for an office, where the agency allows it."""
    return by.kind == "employee" and by.reach in ("office", "all") and reference.rules.distribution.may_take_by_hand


def may_take_next(by: Actor, reference: Reference) -> bool:
    """Whether this person takes the next in turn: whoever may choose, and managers where the agency allows it."""
    is_seller = by.kind == "employee" and by.role in SELLERS
    return may_choose(by, reference) or (is_seller and reference.rules.distribution.managers_take_next)


@transaction.atomic
def take_inquiry(*, inquiry_id: int, reference: Reference, by: Actor, now: datetime) -> None:
    """A supervisor or owner takes an inquiry that waits in a queue, and it is counted. Managers are given inquiries; they do not
    grab."""
    sign(by.label)
    inquiry, matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    if not may_choose(by, reference):
        raise Refused("no_grabbing", _("Inquiries are given out by rule; ask the supervisor."))
    if not matter.is_open:
        raise Refused("inquiry_closed", _("This inquiry is not open."))
    if matter.queue_id is None:
        raise Refused("owned_already", _("This inquiry has an owner already."))
    _take(inquiry, matter, {"code": "taken_by_hand", "name": by.name}, reference, by, now)


def next_in_line(*, reference: Reference, by: Actor, most: int = MOST_WAITING) -> list[WaitingInquiry]:
    """What waits that this person may have, by the agency's rules, the longest waiting first. What they have on their hands already
    does not count: whoever takes one more has chosen to."""
    one = reference.staff.colleagues.get(by.id)
    if one is None or not may_take_next(by, reference):
        return []
    skills = reference.catalogue.skills.get(one.id, frozenset())
    them = Candidate(one.id, one.name, one.office_id, True, skills=skills, serves_all_offices=one.is_on_duty or by.reach == "all",
                     languages=one.languages)  # fmt: skip
    plan = reference.rules.distribution
    return [waiting for waiting in waiting_longest_first(most) if shortlist(waiting.demand, [them], plan).chosen]


@transaction.atomic
def take_next(*, reference: Reference, by: Actor, now: datetime) -> int:
    """The longest waiting inquiry that this person may have is theirs, and it is counted; its id. Two who ask at once get two.

    Refused where the agency does not allow it, to whoever is absent, and when nothing waits that they may have.
    """
    sign(by.label)
    if not may_take_next(by, reference):
        raise Refused("no_grabbing", _("Inquiries are given out by rule; ask the supervisor."))
    if reference.staff.colleagues[by.id].why_gone(now) == "absent":
        raise Refused("absent", _("You are marked as absent: inquiries wait for those who are here."))
    for waiting in next_in_line(reference=reference, by=by):
        matter = lock_matter(dossier_id=waiting.dossier_id, by=CLOCK)
        if matter.is_open and matter.queue_id is not None:
            _take(Inquiry.objects.get(pk=waiting.inquiry_id), matter, {"code": "taken_next", "name": by.name}, reference, by, now)
            return waiting.inquiry_id
    raise Refused("nothing_waits", _("Nothing waits that you may take."))


def _take(inquiry: Inquiry, matter: Matter, reason: dict[str, Any], reference: Reference, by: Actor, now: datetime) -> None:
    """The clock runs on, by the hours of whoever takes it: the client still waits."""
    count_taking(inquiry=inquiry, matter=matter, staff=reference.staff, by=by, now=now)
    holder = Holder(by.id, None, matter.office_id)
    keep_client(inquiry, matter, holder)
    hand_over(matter=matter, holder=holder, reason=reason, due_at=None, by=by, now=now)
    Inquiry.objects.filter(pk=inquiry.pk).update(owner_reason=[reason])
    settle_clocks(reference=reference, dossiers=[matter.id], by=by)


def hours_of(staff: Staff, queue: QueueCard) -> WorkingCalendar:
    """The hours a queue's clock runs in: its office's, the common one's those of the first."""
    return (staff.offices.get(queue.office_id or 0) or staff.first_office).calendar


def count_taking(*, inquiry: Inquiry, matter: Matter, staff: Staff, by: Actor, now: datetime) -> None:
    """Somebody takes this inquiry from its queue by hand: how long it had waited, its priority, who had waited longer."""
    since = inquiry.clock_started_at or inquiry.received_at or now
    with connection.cursor() as cursor:
        cursor.execute(
            """select count(*) from journal_dossier d join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
               where d.is_open and d.queue_id = %s and d.waits_until is null and d.opened_at < (
                   select opened_at from journal_dossier where id = %s)""",
            [matter.queue_id, matter.id],
        )
        passed_over = cursor.fetchone()[0]
    waited = hours_of(staff, staff.queues[matter.queue_id or 0]).working_minutes_between(since, now)
    Taking.objects.create(
        raw_id=inquiry.pk, employee_id=by.id, at=now, waited_minutes=max(0.0, waited), priority=inquiry.priority, passed_over=passed_over
    )
