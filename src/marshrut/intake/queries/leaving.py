"""What somebody holds, and what it is about: asked before it is handed over."""

from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection


@dataclass(frozen=True, slots=True)
class Held:
    """How much of each somebody holds. `clocks`: inquiries nobody has answered yet; `elsewhere`: actions on matters of others."""

    clients: int
    inquiries: int
    deals: int
    tasks: int
    meetings: int
    clocks: int
    elsewhere: int

    @property
    def matters(self) -> int:
        return self.inquiries + self.deals


def held_by(employee_id: int) -> Held:
    """Counted in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select (select count(*) from clients_person where owner_id = e.id),
                   (select count(*) from journal_dossier where owner_id = e.id and is_open and phase = 'inquiry'),
                   (select count(*) from journal_dossier where owner_id = e.id and is_open and phase <> 'inquiry'),
                   (select count(*) from journal_task where assignee_id = e.id and state = 'pending'),
                   (select count(*) from journal_task where assignee_id = e.id and state = 'pending' and kind = 'meeting'),
                   (select count(*) from journal_dossier d join intake_inquiry i on i.dossier_id = d.id and i.clock_state = 'running'
                    where d.owner_id = e.id and d.is_open),
                   (select count(*) from journal_task t join journal_dossier d on d.id = t.dossier_id
                    where t.assignee_id = e.id and t.state = 'pending' and d.owner_id is distinct from e.id)
               from (values (%s::bigint)) e(id)""",
            [employee_id],
        )
        return Held(*cursor.fetchone())


def clients_kept_by(employee_id: int, *, lock: bool = False) -> list[int]:
    """Ids of everybody who is used to this manager."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id from clients_person where owner_id = %s order by id{' for no key update' if lock else ''}", [employee_id]
        )
        return [row[0] for row in cursor.fetchall()]


def open_matters_of(employee_id: int) -> list[tuple[int, int | None, int | None]]:
    """Open matters of somebody: (dossier, person, office)."""
    with connection.cursor() as cursor:
        cursor.execute("select id, person_id, office_id from journal_dossier where owner_id = %s and is_open order by id", [employee_id])
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def wishes_of(employee_id: int) -> dict[int, tuple[str | None, tuple[str, ...]]]:
    """What each open matter of somebody is about: (category, directions) of its latest inquiry, by dossier."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select distinct on (d.id) d.id, i.request from journal_dossier d join intake_inquiry i on i.dossier_id = d.id
               where d.owner_id = %s and d.is_open order by d.id, i.raw_id desc""",
            [employee_id],
        )
        found = {}
        for dossier_id, request in cursor.fetchall():
            asked = orjson.loads(request) if isinstance(request, str) else request or {}
            found[dossier_id] = (asked.get("category"), tuple(asked.get("directions") or ()))
        return found


def loads_of(employee_ids: list[int]) -> dict[int, int]:
    """Open matters by who holds them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select owner_id, count(*) from journal_dossier where owner_id = any(%s) and is_open group by owner_id", [employee_ids]
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class DueLine:
    """A planned action that falls into an absence."""

    task_id: int
    dossier_id: int
    title: str
    kind: str
    due_at: datetime
    person: str | None


def tasks_due(employee_id: int, since: datetime, until: datetime, limit: int = 200) -> list[DueLine]:
    """What somebody has planned between two moments, the earliest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.id, t.dossier_id, t.title, t.kind, t.due_at, p.display_name from journal_task t
                join journal_dossier d on d.id = t.dossier_id left join clients_person p on p.id = d.person_id
                where t.assignee_id = %s and t.state = 'pending' and t.due_at >= %s and t.due_at < %s
                order by t.due_at, t.id limit {int(limit)}""",
            [employee_id, since, until],
        )
        return [DueLine(*row) for row in cursor.fetchall()]
