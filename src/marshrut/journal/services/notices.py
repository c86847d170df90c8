"""Notices: what one person should know, kept until it is seen."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction

from marshrut.agency.permissions import Actor

CODES = (
    "matter_given",
    "matter_taken",
    "clock_warning",
    "clock_escalation",
    "task_planned",
    "reply_came",
    "matter_returned",
    "import_finished",
    "sending_failed",
    "handed_over",
    "absence_begins",
    "absence_ends",
    "gate_refused",
    "gate_decided",
    "stop_reviewed",
)
"""What can be told, and muted; each is worded for the reader by the desk."""
NOTICE_AGE = timedelta(days=60)


def notify(
    *,
    employee_ids: Iterable[int | None],
    code: str,
    data: dict[str, Any] | None = None,
    dossier_id: int | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Tell these people something in the caller's transaction; how many were told.

    Nobody is told what they did themselves (`by`), what they have muted, or anything after they left; None among the
    ids is nobody. `data` holds codes, ids and short values, no contacts: the reader's language words it, and whoever
    cannot see the matter any more reads no name. One statement; none when nobody is left to tell.
    """
    told = {number for number in employee_ids if number and not (by.kind == "employee" and number == by.id)}
    if not told:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into journal_notice(employee_id, code, data, dossier_id, at)
               select e.id, %s, %s, %s, %s from agency_employee e
               where e.id = any(%s) and e.is_active and not (%s = any(e.muted)) order by e.id""",
            [code, orjson.dumps({"by": by.name, **(data or {})}).decode(), dossier_id, now, list(told), code],
        )
        return int(cursor.rowcount)


@transaction.atomic
def see_notices(*, by: Actor, now: datetime, notice_ids: Iterable[int] | None = None) -> int:
    """Mark these notices (or all) of the actor as seen; how many were not seen before. Foreign ids change nothing."""
    only, values = ("", []) if notice_ids is None else ("and id = any(%s)", [list(notice_ids)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"update journal_notice set seen_at = %s where employee_id = %s and seen_at is null {only}", [now, by.id, *values]
        )
        return int(cursor.rowcount)


_ABSENCES = """
    insert into journal_notice(employee_id, code, data, at)
    select a.substitute_id, t.code, jsonb_build_object('absence', a.id, 'name', e.name, 'until', a.ends_at), %s
    from agency_absence a join agency_employee e on e.id = a.employee_id join agency_employee s on s.id = a.substitute_id
    cross join (values ('absence_begins'), ('absence_ends')) t(code)
    where a.starts_at <= %s and a.ends_at > %s and (t.code = 'absence_ends') = (a.ends_at <= %s)
        and s.is_active and not (t.code = any(s.muted))
        and not exists (select from journal_notice n where n.employee_id = a.substitute_id and n.code = t.code
                        and n.data->>'absence' = a.id::text)"""


@transaction.atomic
def tell_of_absences(*, now: datetime) -> int:
    """Tell whoever stands in for somebody that their absence has begun, or ended within the last day; how many were told.

    Each is told once, however often this runs; what began while the server was down is told late.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ABSENCES, [now, now, now - timedelta(days=1), now])
        return int(cursor.rowcount)


@transaction.atomic
def forget_old_notices(*, now: datetime) -> int:
    """Notices are kept for sixty days; how many went. What was told of an absence is kept until nothing more is told of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """delete from journal_notice n where n.at < %s and not exists (
                   select from agency_absence a where a.id::text = n.data->>'absence' and a.ends_at > %s)""",
            [now - NOTICE_AGE, now - timedelta(days=1)],
        )
        return int(cursor.rowcount)
