"""New inquiries stand above everything but the listed exceptions. Whoever works on something else meanwhile is written down,
with the exception that covers it or with none: nobody is held up, and nothing of it is lost."""

from datetime import datetime, timedelta

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.queries.exceptions import RANKED, exception_sql
from marshrut.intake.queries.lists import new_sql
from marshrut.intake.reference import Reference
from marshrut.intake.rules.exceptions import CALL_NOW

GRACE = timedelta(minutes=5)
"""Work that was begun before the inquiry came is no passing over: an inquiry counts from then on."""


def note_passing(*, dossier_id: int, kind: str, reference: Reference, by: Actor, now: datetime) -> None:
    """Write down that `by` turns to the client of this matter while new inquiries of theirs wait, if any do. One statement; the
    caller has opened the transaction, holds the matter, and has not stopped its clock or completed its action yet.

    Whoever turns to a new inquiry passes no other over: among the new ones priority says which first.
    """
    if by.kind != "employee":
        return
    rules, office = reference.rules.exceptions, reference.staff.offices.get(by.office_id or 0) or reference.staff.first_office
    listed = exception_sql(rules, now, office.calendar.local_day_bounds(now)[1])
    is_call = kind == "call_in" and CALL_NOW in rules.on
    with connection.cursor() as cursor:
        cursor.execute(
            f"""insert into intake_passedover(employee_id, dossier_id, raw_id, exception, at)
                select %s, %s, i.raw_id, coalesce(%s, (%s::text[])[(
                    select min({listed.rank}) from journal_task t where t.dossier_id = %s and t.state = 'pending') + 1], ''), %s
                from journal_dossier d cross join lateral (
                    select * from intake_inquiry where dossier_id = d.id offset 0) i
                where d.owner_id = %s and d.is_open and d.place = 'inquiry' and d.waits_until is null and {new_sql("i")}
                    and i.clock_started_at < %s
                    and not exists (select from intake_inquiry w where w.dossier_id = %s and {new_sql("w")})""",
            [by.id, dossier_id, CALL_NOW if is_call else None, list(RANKED), dossier_id, now, by.id, now - GRACE, dossier_id],
        )
