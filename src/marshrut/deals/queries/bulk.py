"""Reads of bulk actions: how far one is, and what became of each row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.clients.permissions import people_in_reach
from marshrut.journal.permissions import matters_in_reach

UNDO_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RunCard:
    """A bulk action of the reader's own and how far it is."""

    id: int
    page: str
    action: str
    options: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None
    undo_of: int | None
    undone_by: int | None
    total: int
    done: int
    refused: int

    @property
    def behind(self) -> int:
        """How many rows have their result."""
        return self.done + self.refused

    def may_be_undone(self, now: datetime) -> bool:
        """Whether it can still be taken back: finished, something was done, and not longer ago than a day."""
        is_fresh = self.finished_at is not None and now - self.finished_at < UNDO_WINDOW
        return is_fresh and self.done > 0 and self.undo_of is None and self.undone_by is None


_RUN = """select r.id, r.page, r.action, r.options, r.created_at, r.finished_at, r.undo_of_id,
        (select u.id from deals_bulkrun u where u.undo_of_id = r.id), count(*), count(*) filter (where w.state = 'done'),
        count(*) filter (where w.state = 'refused')
    from deals_bulkrun r join deals_bulkrow w on w.run_id = r.id
    where r.id = %s and r.employee_id = %s group by r.id"""


def find_run(actor: Actor, run_id: int) -> RunCard | None:
    """One's own bulk action; None when it is absent or somebody else's."""
    if actor.kind != "employee":
        return None
    with connection.cursor() as cursor:
        cursor.execute(_RUN, [run_id, actor.id])
        row = cursor.fetchone()
    return RunCard(*(*row[:3], _loaded(row[3]), *row[4:])) if row else None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row of a bulk action. `name` is the client's, as far as the reader sees them."""

    number: int
    item_id: int
    state: str
    note: str
    name: str | None


_NAMES = {
    "inquiries": """left join intake_inquiry i on i.raw_id = w.item_id left join journal_dossier d on d.id = i.dossier_id and {reach}
                    left join clients_person p on p.id = d.person_id""",
    "deals": """left join deals_deal l on l.id = w.item_id left join journal_dossier d on d.id = l.dossier_id and {reach}
                left join clients_person p on p.id = d.person_id""",
    "clients": "left join clients_person p on p.id = w.item_id and {reach}",
}


def run_rows(actor: Actor, run: RunCard, *, after: int = 0, limit: int = 100) -> list[RunRow]:
    """Rows of one's own bulk action with their results, refused ones first."""
    reach, values = people_in_reach(actor, "p") if run.page == "clients" else matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select w.number, w.item_id, w.state, w.note, p.display_name from deals_bulkrow w {_NAMES[run.page].format(reach=reach)}
                where w.run_id = %s order by w.state <> 'refused', w.number offset {int(after)} limit {int(limit)}""",
            [*values, run.id],
        )
        return [RunRow(number, item, state, note, actor.named(name) or None) for number, item, state, note, name in cursor.fetchall()]


def unfinished_runs() -> list[int]:
    """Bulk actions that still have rows before them, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("select id from deals_bulkrun where finished_at is null order by created_at, id limit 20")
        return [row[0] for row in cursor.fetchall()]


def _loaded(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value
