"""What is done with an inquiry after it was given: answered, closed, marked, reopened, taken."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import OfficeCard, Staff, read_revision, read_staff
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.working_time import WorkingCalendar
from marshrut.intake.models import Inquiry, InquiryState
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules import CLASS, Demand
from marshrut.intake.services.distributing import give_to_somebody
from marshrut.intake.services.examples import SPAM, keep_example, take_spam_back
from marshrut.intake.services.passing_over import note_passing
from marshrut.intake.wording import first_action_title
from marshrut.journal.services import (
    Holder,
    Matter,
    NextAction,
    Place,
    add_touch,
    close_dossier,
    complete_task,
    lock_matter,
    reopen_dossier,
)

OUTCOMES = {"won": "won", "realised": "won", "lost": "lost", "not_realised": "lost"}
DISPOSITIONS = ("spam", "duplicate", "wrong_number", "wrong_address", "price_check")


def lock_inquiry(*, inquiry_id: int, by: Actor) -> tuple[Inquiry, Matter]:
    """The inquiry and its matter, locked; NotFound when absent or out of reach."""
    inquiry = Inquiry.objects.filter(pk=inquiry_id).first()
    if inquiry is None:
        raise NotFound("no_such_inquiry", _("There is no such inquiry within your reach."))
    matter = lock_matter(dossier_id=inquiry.dossier_id, by=by)
    inquiry.refresh_from_db()
    return inquiry, matter


@transaction.atomic
def answer_client(*, dossier_id: int, kind: str, body: str, by: Actor, now: datetime) -> None:
    """Log a call, a message, a meeting or a note. A person's turn to the client stops the response clock."""
    directions = {"call_out": "out", "message_out": "out", "email_out": "out", "call_in": "in", "meeting": "none", "note": "none"}
    if kind not in directions:
        raise Invalid("no_such_kind", _("Choose what was done."), field="kind", missing=("kind",))
    if kind == "note" and not body.strip():
        raise Invalid("body_missing", _("Write the note."), field="body", missing=("body",))
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    is_answer = kind != "note"
    if is_answer:
        note_passing(dossier_id=matter.id, kind=kind, reference=read_reference(by.revision), by=by, now=now)
    add_touch(dossier_id=matter.id, kind=kind, direction=directions[kind], body=body, by=by, now=now, is_answer=is_answer)
    if is_answer:
        stop_clock(dossier_id=matter.id, at=now)


@transaction.atomic
def answer_and_plan(
    *, dossier_id: int, kind: str, body: str, task_id: int, following: NextAction | None, by: Actor, now: datetime
) -> None:
    """Log what was said, and with it complete the planned action and plan the next one: all or nothing."""
    answer_client(dossier_id=dossier_id, kind=kind, body=body, by=by, now=now)
    complete_task(task_id=task_id, result="", following=following, by=by, now=now)


@transaction.atomic
def finish_action(
    *, dossier_id: int, task_id: int, result: str, following: NextAction | None, by: Actor, now: datetime
) -> None:
    """Complete a planned action in which nobody turned to the client. It is work all the same: while a new inquiry of theirs
    waits, it passes that one over."""
    sign(by.label)
    matter = lock_matter(dossier_id=dossier_id, by=by)
    note_passing(dossier_id=matter.id, kind="task", reference=read_reference(by.revision), by=by, now=now)
    complete_task(task_id=task_id, result=result, following=following, by=by, now=now)


def stop_clock(*, dossier_id: int, at: datetime) -> None:
    """The client has been answered: kept in time if the breach moment had not come.

    How many working minutes it took is kept with the answer, by the hours of whoever holds the matter at that moment. A first
    answer that comes after the clock broke is written down, too; nothing is in time any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """select i.raw_id, i.received_at, d.owner_id, d.office_id from intake_inquiry i
               join journal_dossier d on d.id = i.dossier_id where i.dossier_id = %s
                   and (i.clock_state = 'running' or i.clock_state = 'missed' and i.answered_at is null and i.state = 'open')""",
            [dossier_id],
        )
        for inquiry_id, received_at, owner_id, office_id in cursor.fetchall():
            cursor.execute(
                """update intake_inquiry set answered_at = %s, answer_minutes = %s, warn_at = null,
                       clock_state = case when clock_state = 'running' and respond_by >= %s and reroutes = 0 then 'met'
                           else 'missed' end where raw_id = %s""",
                [at, _minutes_until(received_at, at, owner_id, office_id), at, inquiry_id],
            )
        _stop_next_answer(cursor, dossier_id, at)


def _stop_next_answer(cursor: Any, dossier_id: int, at: datetime) -> None:
    """Whoever wrote again has been answered; also when that came after the clock had broken."""
    cursor.execute(
        """select n.id, n.since, d.owner_id, d.office_id from intake_nextanswer n join journal_dossier d on d.id = n.dossier_id
           where n.dossier_id = %s and n.answered_at is null and n.state in ('running', 'missed')""",
        [dossier_id],
    )
    for clock_id, since, owner_id, office_id in cursor.fetchall():
        cursor.execute(
            """update intake_nextanswer set answered_at = %s, answer_minutes = %s, warn_at = null,
                   answered_for = coalesce(answered_for, %s),
                   state = case when state = 'running' and respond_by >= %s and reroutes = 0 then 'met' else 'missed' end
               where id = %s""",
            [at, _minutes_until(since, at, owner_id, office_id), owner_id, at, clock_id],
        )


def _minutes_until(received_at: datetime | None, at: datetime, owner_id: int | None, office_id: int | None) -> float | None:
    """Working minutes from receipt to the answer; None when nobody knows when it was received."""
    if received_at is None:
        return None
    calendar = calendar_of(read_staff(read_revision()), owner_id, office_id)
    return max(0.0, calendar.working_minutes_between(received_at, at))


def calendar_of(staff: Staff, owner_id: int | None, office_id: int | None) -> WorkingCalendar:
    """The hours in which a response clock runs: of whoever holds the matter, else of its office."""
    owner = staff.colleagues.get(owner_id or 0)
    return owner.response_calendar if owner else office_of(staff, office_id).calendar


def office_of(staff: Staff, office_id: int | None) -> OfficeCard:
    """The office a matter belongs to, else the first."""
    return staff.offices.get(office_id or 0) or staff.first_office


@transaction.atomic
def close_inquiry(*, inquiry_id: int, outcome: str, reason: str, by: Actor, now: datetime) -> None:
    """Close an inquiry that has no deal: realised, not realised (with a reason), or a disposition such as spam.

    Refused when it is closed already or its deal is open; Invalid when the outcome is unknown or the reason missing.
    """
    sign(by.label)
    inquiry, matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    if inquiry.state != InquiryState.OPEN:
        raise Refused("inquiry_closed", _("This inquiry is not open."))
    if matter.phase != "inquiry":
        raise Refused("deal_open", _("This inquiry has become a deal: close the deal."), field="deal")
    result, disposition = _read_outcome(outcome, reason)
    if inquiry.inquiry_class == "spam" and result is None:
        disposition = "spam"
    _write_end(dossier_id=matter.id, outcome=result, disposition=disposition, reason=clean_text(reason, 1000))
    add_touch(
        dossier_id=matter.id,
        kind="close",
        direction="none",
        body=reason,
        by=by,
        now=now,
        data={"outcome": result, "disposition": disposition},
    )
    close_dossier(matter=matter, by=by, now=now)


def _read_outcome(outcome: str, reason: str) -> tuple[str | None, str]:
    if outcome in DISPOSITIONS:
        return None, outcome
    if outcome not in OUTCOMES:
        raise Invalid(
            "no_such_outcome",
            _("Say how it ended: won, lost, or one of %(dispositions)s.") % {"dispositions": ", ".join(DISPOSITIONS)},
            field="outcome",
            missing=("outcome",),
        )
    if OUTCOMES[outcome] == "lost" and not reason.strip():
        raise Invalid("reason_missing", _("Say why it was not realised."), field="reason", missing=("reason",))
    return OUTCOMES[outcome], ""


def _write_end(*, dossier_id: int, outcome: str | None, disposition: str, reason: str) -> None:
    """The leading inquiry ends as said; those that joined it end as its duplicates and do not enter conversion."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update intake_inquiry set state = 'closed', warn_at = null,
                   clock_state = case when clock_state = 'running' then 'stopped' else clock_state end,
                   outcome = case when state = 'open' then %s end,
                   disposition = case when state = 'open' then %s else 'duplicate' end,
                   close_reason = case when state = 'open' then %s else '' end
               where dossier_id = %s and state <> 'closed'""",
            [outcome, disposition, reason, dossier_id],
        )
        cursor.execute(
            "update intake_nextanswer set state = 'stopped', warn_at = null where dossier_id = %s and state = 'running'", [dossier_id]
        )


@transaction.atomic
def mark_spam(*, inquiry_id: int, by: Actor, now: datetime) -> None:
    """One click: the class is spam by hand, the inquiry closes with the disposition spam."""
    sign(by.label)
    inquiry, _matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    if inquiry.state == InquiryState.OPEN:
        keep_example(inquiry=inquiry, axis=CLASS, label="spam", way=SPAM, by=by, now=now)
    close_inquiry(inquiry_id=inquiry_id, outcome="spam", reason="", by=by, now=now)


@transaction.atomic
def reopen_inquiry(*, inquiry_id: int, reference: Reference, by: Actor, now: datetime) -> None:
    """Open a closed inquiry again for whoever held it (else by distribution), with a call to make."""
    sign(by.label)
    inquiry, matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    if matter.is_open or inquiry.state != InquiryState.CLOSED or inquiry.joined_to_id:
        raise Refused("inquiry_open", _("This inquiry is not closed by itself; open the one it joined."))
    holder = holder_again(matter, reference, now)
    reopen_outcome(inquiry_id=inquiry.pk)
    take_spam_back(inquiry=inquiry, by=by, now=now)
    title = first_action_title(inquiry.channel, inquiry.contact_missing, reference.staff.agency.language)
    action = NextAction(title, _soon(reference, holder, now))
    place = Place(worth=inquiry.budget, currency=inquiry.currency)
    reopen_dossier(matter=matter, holder=holder, place=place, action=action, by=by, now=now)
    add_touch(dossier_id=matter.id, kind="reopen", direction="none", body="", by=by, now=now)


def holder_again(matter: Matter, reference: Reference, now: datetime) -> Holder:
    """Whoever held a closed matter, if they still work here; else whom distribution names."""
    owner = reference.staff.colleagues.get(matter.owner_id or 0)
    if owner is not None:
        return Holder(owner.id, None, matter.office_id)
    return give_to_somebody(reference, Demand(matter.office_id, None, (), None), now).holder


def _soon(reference: Reference, holder: Holder, now: datetime) -> datetime:
    owner = reference.staff.colleagues.get(holder.owner_id or 0)
    calendar = owner.response_calendar if owner else reference.staff.first_office.calendar
    return calendar.add_working_minutes(now, 60)


def record_outcome(*, inquiry_id: int, outcome: str, reason: str) -> None:
    """The deal born of this inquiry has ended: write its outcome down. Called by the room of deals."""
    dossier_id = Inquiry.objects.values_list("dossier_id", flat=True).get(pk=inquiry_id)
    _write_end(dossier_id=dossier_id, outcome=outcome, disposition="", reason=reason)


def reopen_outcome(*, inquiry_id: int) -> None:
    """The matter is open again, and so is its inquiry; the response clock stays as it ended."""
    Inquiry.objects.filter(pk=inquiry_id).update(state=InquiryState.OPEN, outcome=None, disposition="", close_reason="")
