"""Queues as their supervisor sees them: who waits how long, which call for somebody, and who took what by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.rules import Demand


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue in which inquiries of an office wait: how many, and since when the longest waiting does."""

    queue_id: int
    office_id: int | None
    waiting: int
    since: datetime


def waiting_in_queues() -> list[QueueLine]:
    """Every queue that is not empty, office by office; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select d.queue_id, d.office_id, count(*), min(coalesce(i.clock_started_at, d.opened_at)) from journal_dossier d
               join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
               where d.is_open and d.queue_id is not null and d.waits_until is null group by 1, 2 order by 1, 2"""
        )
        return [QueueLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class WaitingInquiry:
    """One that waits in a queue, and what it asks of whoever gets it."""

    inquiry_id: int
    dossier_id: int
    demand: Demand


def waiting_longest_first(most: int) -> list[WaitingInquiry]:
    """What waits in queues, the longest waiting first, at most so many of each office; what was put aside for later waits for its
    day. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select raw_id, id, office_id, request->>'category', request->'directions', owner_id, request->>'language' from (
                    select i.raw_id, d.id, d.office_id, i.request, p.owner_id, d.opened_at,
                        row_number() over (partition by d.office_id order by d.opened_at, d.id) as place
                    from journal_dossier d join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
                    left join clients_person p on p.id = d.person_id
                    where d.is_open and d.queue_id is not null and d.waits_until is null) w
                where place <= {int(most)} order by opened_at, raw_id"""
        )
        return [_waiting(*row) for row in cursor.fetchall()]


def _waiting(inquiry_id: int, dossier_id: int, office_id: int | None, category: str | None, directions: Any, keeper_id: int | None,
             language: str | None) -> WaitingInquiry:  # fmt: skip
    listed = orjson.loads(directions) if isinstance(directions, (str, bytes)) else directions
    demand = Demand(office_id, category, tuple(listed or ()), keeper_id, language=language or "")
    return WaitingInquiry(inquiry_id, dossier_id, demand)


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """Inquiries of an office that wait in a queue and call for its supervisor: why, since when, how many there were at most and
    how long the longest waited, in working minutes."""

    queue_id: int
    office_id: int | None
    reason: str
    began_at: datetime
    waiting: int
    longest_minutes: float


def open_alarms(actor: Actor) -> list[AlarmLine]:
    """What calls now within reach, the first to call first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select queue_id, office_id, reason, began_at, waiting, longest_minutes from intake_queuealarm
               where ended_at is null order by began_at, id"""
        )
        return [line for line in (AlarmLine(*row) for row in cursor.fetchall()) if actor.sees(None, line.office_id)]


@dataclass(frozen=True, slots=True)
class TakingLine:
    """What one person took from queues by hand: how many, how many of them before somebody who had waited longer, their mean
    priority beside that of everything that was given out, and the mean wait in working minutes."""

    employee_id: int
    taken: int
    out_of_turn: int
    priority: float
    waited_minutes: float


@dataclass(frozen=True, slots=True)
class Takings:
    """Who took what, the most first; `priority` is the mean of all inquiries of the time, None when there were none."""

    lines: list[TakingLine]
    priority: float | None


def takings_since(since: datetime) -> Takings:
    """What was taken by hand since a moment; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select employee_id, count(*), count(*) filter (where passed_over > 0), avg(priority)::float, avg(waited_minutes)
               from intake_taking where at >= %s group by 1 order by 2 desc, 1""",
            [since],
        )
        lines = [TakingLine(*row) for row in cursor.fetchall()]
        if not lines:
            return Takings([], None)
        cursor.execute(f"select avg(priority)::float from intake_inquiry where received_at >= timestamptz '{since.isoformat()}'")
        return Takings(lines, cursor.fetchone()[0])
