"""Many matters go to other hands at once: somebody leaves, or is suddenly away. Whole sets, a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor


@dataclass(frozen=True, slots=True)
class Passed:
    """One matter and who holds it from now on: a person, or a named queue."""

    dossier_id: int
    owner_id: int | None
    queue_id: int | None
    office_id: int | None


def lock_matters_of(employee_id: int) -> list[tuple[int, int | None, int | None]]:
    """Open matters of somebody, locked: (dossier, person, office), in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, person_id, office_id from journal_dossier where owner_id = %s and is_open order by id for no key update",
            [employee_id],
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def pass_matters(*, from_id: int, passed: Sequence[Passed], reason: dict[str, Any], by: Actor, now: datetime) -> None:
    """Give these matters, with what this person had planned on them, to their new holders; each story says so."""
    if not passed:
        return
    columns: list[list[Any]] = [[one.dossier_id for one in passed], [one.owner_id for one in passed], [one.queue_id for one in passed],
               [one.office_id for one in passed]]  # fmt: skip
    rows = "unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) r(id, owner, queue, office)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update journal_dossier d set owner_id = r.owner, queue_id = r.queue, office_id = coalesce(r.office, d.office_id)
                from {rows} where d.id = r.id and d.owner_id = %s and d.is_open""",
            [*columns, from_id],
        )
        cursor.execute(
            f"""update journal_task t set assignee_id = r.owner, queue_id = r.queue from {rows}
                where t.dossier_id = r.id and t.state = 'pending' and t.assignee_id = %s""",
            [*columns, from_id],
        )
        cursor.execute(
            f"""insert into journal_touch(dossier_id, kind, direction, at, by, body, data)
                select r.id, 'owner', 'none', %s, %s, '',
                    jsonb_build_object('from', %s::bigint, 'owner', r.owner, 'queue', r.queue, 'reason', %s::jsonb) from {rows}""",
            [now, by.label, from_id, orjson.dumps(reason).decode(), *columns],
        )


def return_tasks_of(employee_id: int) -> int:
    """What somebody had planned on matters of others goes to whoever holds the matter; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update journal_task t set assignee_id = d.owner_id, queue_id = d.queue_id from journal_dossier d
               where d.id = t.dossier_id and t.assignee_id = %s and t.state = 'pending' and d.is_open
                   and d.owner_id is distinct from %s""",
            [employee_id, employee_id],
        )
        return int(cursor.rowcount)


def matters_of_the_left(limit: int = 500) -> list[tuple[int, int, int | None]]:
    """Open matters that came to somebody in the very moment they left: (dossier, whose, office), locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.id, d.owner_id, d.office_id from agency_employee e
                join journal_dossier d on d.owner_id = e.id and d.is_open
                where not e.is_active order by d.id limit {int(limit)} for no key update of d skip locked"""
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]
