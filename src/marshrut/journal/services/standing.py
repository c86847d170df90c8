"""What a matter was like before something was done with many at once, and how exactly that is put back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor


def read_standing(*, dossier_id: int) -> dict[str, Any]:
    """Holder, office, what it waits for, and whose each planned action is; plain values, to be kept. The caller holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select owner_id, queue_id, office_id, waits_until, waits_for from journal_dossier where id = %s", [dossier_id]
        )
        owner, queue, office, until, why = cursor.fetchone()
        cursor.execute(
            "select id, assignee_id, queue_id from journal_task where dossier_id = %s and state = 'pending' order by id",
            [dossier_id],
        )
        tasks = [list(row) for row in cursor.fetchall()]
    waits = [until.isoformat(), why] if until else None
    return {"owner": owner, "queue": queue, "office": office, "waits": waits, "tasks": tasks}


def hands_of(standing: Mapping[str, Any]) -> set[int]:
    """Everybody it was in the hands of: its holder and whoever had an action planned on it."""
    return {hand for hand in (standing["owner"], *(assignee for _task, assignee, _queue in standing["tasks"])) if hand is not None}


def restore_standing(*, dossier_id: int, standing: Mapping[str, Any], was_closed: bool, by: Actor, now: datetime) -> None:
    """Put an open matter back into the hands it was in, action by action; what was done or cancelled since stays so.

    `was_closed`: closing it cancelled the actions, so they are planned again, in the place of the one its reopening set, and
    it waits for what it waited for. The caller holds the lock and has looked whether everybody still works here.
    """
    columns = [list(column) for column in zip(*standing["tasks"], strict=True)] or [[], [], []]
    states = "'pending', 'cancelled'" if was_closed else "'pending'"
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_dossier set owner_id = %s, queue_id = %s, office_id = %s where id = %s",
            [standing["owner"], standing["queue"], standing["office"], dossier_id],
        )
        cursor.execute(
            f"""update journal_task t set assignee_id = r.assignee, queue_id = r.queue, state = 'pending', done_at = null, done_by = null
                from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) r(id, assignee, queue)
                where t.id = r.id and t.dossier_id = %s and t.state in ({states})""",
            [*columns, dossier_id],
        )
        if was_closed and columns[0]:
            cursor.execute(
                """update journal_task set state = 'cancelled', done_at = %s, done_by = %s
                   where dossier_id = %s and state = 'pending' and not id = any(%s)""",
                [now, by.label, dossier_id, columns[0]],
            )
        if was_closed and standing["waits"]:
            cursor.execute(
                "update journal_dossier set waits_until = %s, waits_for = %s where id = %s and %s::timestamptz > %s",
                [*standing["waits"], dossier_id, standing["waits"][0], now],
            )
