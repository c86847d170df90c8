"""What stands on a day: clocks that run in an office's hours, actions that are planned there. For previews of its calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A response clock that runs: since when, and in whose hours."""

    inquiry_id: int
    began_at: datetime
    owner_id: int | None
    office_id: int | None


def running_clocks(people: Sequence[int], office_id: int, limit: int = 500) -> list[RunningClock]:
    """Clocks of what these people hold, and of what lies in the office's queues, the next step first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select i.raw_id, coalesce(i.clock_started_at, i.received_at), d.owner_id, d.office_id
                from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
                where i.clock_state = 'running' and i.warn_at is not null
                    and (d.owner_id = any(%s) or (d.owner_id is null and d.office_id = %s))
                order by i.warn_at limit {int(limit)}""",
            [list(people), office_id],
        )
        return [RunningClock(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action or a meeting that is planned, with whose matter it is."""

    at: datetime
    is_meeting: bool
    dossier_id: int
    owner_id: int | None
    office_id: int | None


def planned_between(people: Sequence[int], start: datetime, end: datetime, limit: int = 2000) -> list[PlannedAction]:
    """What these people are to do between two moments, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.due_at, t.kind = 'meeting', t.dossier_id, d.owner_id, d.office_id
                from journal_task t join journal_dossier d on d.id = t.dossier_id
                where t.state = 'pending' and t.assignee_id = any(%s)
                    and t.due_at >= timestamptz '{start.isoformat()}' and t.due_at < timestamptz '{end.isoformat()}'
                order by t.due_at limit {int(limit)}""",
            [list(people)],
        )
        return [PlannedAction(*row) for row in cursor.fetchall()]
