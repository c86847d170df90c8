"""New inquiries stand above everything but the listed exceptions. Whoever works on something else meanwhile is written down,
with the exception that covers it or with none: nobody is held up, and nothing of it is lost."""

from datetime import datetime, timedelta

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.queries.exceptions import exception_sql
from marshrut.intake.reference import Reference
from marshrut.intake.rules.exceptions import CALL_NOW, DUE_KINDS, DUE_TODAY, LONGEST_WAIT, TRIP_TROUBLE, TROUBLE

GRACE = timedelta(minutes=5)
"""Work that was begun before the inquiry came is no passing over: an inquiry counts from then on."""


def note_passing(*, dossier_id: int, kind: str, reference: Reference, by: Actor, now: datetime) -> None:
    """Write down that `by` turned to the client of this matter while new inquiries of theirs waited, if any did. One statement;
    the caller has opened the transaction and holds the matter."""
    if by.kind != "employee":
        return
    rules, office = reference.rules.exceptions, reference.staff.first_office
    covered = exception_sql(rules, now, office.calendar.local_day_bounds(now)[1])
    due = ", ".join(f"'{name}'" for name in DUE_KINDS)
    is_call = kind == "call_in" and CALL_NOW in rules.on
    with connection.cursor() as cursor:
        cursor.execute(
            f"""insert into intake_passedover(employee_id, dossier_id, raw_id, exception, at)
                select %s, %s, i.raw_id, coalesce(%s, (
                    select case when t.kind = '{TROUBLE}' then '{TRIP_TROUBLE}' when t.kind in ({due}) then '{DUE_TODAY}'
                                else '{LONGEST_WAIT}' end
                    from journal_task t where t.dossier_id = %s and t.state = 'pending' and {covered} order by t.due_at limit 1), ''), %s
                from journal_dossier d cross join lateral (
                    select raw_id from intake_inquiry where dossier_id = d.id and state = 'open' and clock_state = 'running'
                    and answered_at is null and clock_started_at < %s offset 0) i
                where d.owner_id = %s and d.is_open and d.place = 'inquiry' and d.waits_until is null and d.id <> %s""",
            [by.id, dossier_id, CALL_NOW if is_call else None, dossier_id, now, now - GRACE, by.id, dossier_id],
        )
