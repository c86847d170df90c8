"""Reads of time: meetings that clash, matters that wait for later."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class Clash:
    """Another meeting of the same person at the same time."""

    task_id: int
    title: str
    due_at: datetime
    ends_at: datetime


def find_clashes(assignee_id: int | None, starts_at: datetime, ends_at: datetime, except_task: int | None = None) -> list[Clash]:
    """Meetings of this person that overlap this span. The caller may see the person's calendar."""
    if assignee_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """select id, title, due_at, ends_at from journal_task
               where assignee_id = %s and state = 'pending' and ends_at > %s and due_at < %s and due_at > %s - interval '1 day'
                   and id is distinct from %s
               order by due_at, id limit 5""",
            [assignee_id, starts_at, ends_at, starts_at, except_task],
        )
        return [Clash(*row) for row in cursor.fetchall()]
