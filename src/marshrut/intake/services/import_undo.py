"""An import taken out again: what its rows made goes, what people have worked on since stays and is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction

from marshrut.intake.models import ImportRun
from marshrut.intake.services.import_history import count_realised

BATCH = 1000


@dataclass(frozen=True, slots=True)
class _Row:
    """What one row of the file made."""

    id: int
    number: int
    raw_id: int
    dossier_id: int | None
    person_id: int | None
    contacts: Sequence[int] | None


def take_out_batch(run: ImportRun) -> bool:
    """Take out the next rows, the last first; False when none is left. The caller has locked the run and signed."""
    before = run.figures.get("undo_before") or 2**31 - 1
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select id, number, raw_id, dossier_id, person_id, contacts from intake_importedrow
                where run_id = %s and number < %s and raw_id is not null order by number desc limit {BATCH}""",
            [run.pk, before],
        )
        rows = [_Row(*found) for found in cursor.fetchall()]
        if not rows:
            return False
        worked_on = _worked_on(cursor, rows, run.created_by)
        going = [row for row in rows if row.id not in worked_on]
        kept = len(worked_on) + _delete(cursor, going)
    figures = run.figures
    run.figures = {**figures, "kept": figures.get("kept", 0) + kept, "taken": figures.get("taken", 0) + len(rows) - kept,
                   "undo_before": rows[-1].number}
    return True


_OURS = "('inquiry', 'clock', 'owner')"  # kinds of touches that come by themselves
_WORKED_ON = f"""
    select w.id from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) w(id, raw_id, made_id)
    join intake_inquiry i on i.raw_id = w.raw_id
    join journal_dossier d on d.id = i.dossier_id
    where i.answered_at is not null
        or w.made_id is null and i.state <> 'joined'
        or w.made_id is not null and (
            d.phase not in ('inquiry', 'closed')
            or d.waits_until is not null
            or d.is_open = (i.class_reason ->> 'code' is not distinct from 'imported')
            or exists (select from journal_touch t where t.dossier_id = d.id
                       and (t.kind not in {_OURS} or t.kind <> 'inquiry' and t.by not like 'system:%%'))
            or exists (select from journal_task t where t.dossier_id = d.id and (t.state = 'done' or t.postponed > 0
                       or t.created_by <> %s and t.created_by not like 'system:%%'))
            or exists (select from intake_inquiry o where o.dossier_id = d.id and o.raw_id <> all(%s)))"""


def _worked_on(cursor: Any, rows: Sequence[_Row], label: str) -> set[int]:
    """Rows whose matter somebody has done something about: opened or closed it, spoke, planned, or came again."""
    raws = [row.raw_id for row in rows]
    cursor.execute(_WORKED_ON, [[row.id for row in rows], raws, [row.dossier_id for row in rows], label, raws])
    return {found[0] for found in cursor.fetchall()}


def _delete(cursor: Any, rows: Sequence[_Row]) -> int:
    """Delete what these rows made; how many of them have to stay, because something we do not know of holds them."""
    if not rows:
        return 0
    try:
        with transaction.atomic():
            _delete_all(cursor, rows)
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
            return 0
    except IntegrityError:
        if len(rows) == 1:
            return 1
        middle = len(rows) // 2
        return _delete(cursor, rows[:middle]) + _delete(cursor, rows[middle:])


def _delete_all(cursor: Any, rows: Sequence[_Row]) -> None:
    raws = [row.raw_id for row in rows]
    dossiers = [row.dossier_id for row in rows if row.dossier_id]
    people = [row.person_id for row in rows if row.person_id]
    _wait_for_others(cursor, people)
    cursor.execute(
        """select person_id, -count(*)::int from intake_inquiry where raw_id = any(%s) and outcome = 'won'
           and class_reason ->> 'code' = 'imported' and person_id is not null group by person_id""",
        [raws],
    )
    count_realised(cursor, dict(cursor.fetchall()))
    _leave_joined(cursor, raws)
    cursor.execute("delete from intake_importedrow where id = any(%s)", [[row.id for row in rows]])
    cursor.execute("delete from intake_inquiry where raw_id = any(%s)", [raws])
    for table, column in (("journal_notice", "dossier_id"), ("journal_touch", "dossier_id"), ("journal_task", "dossier_id"),
                          ("clients_holding", "dossier_id"), ("journal_dossier", "id")):
        cursor.execute(f"delete from {table} where {column} = any(%s)", [dossiers])
    cursor.execute("delete from channels_rawmessage where id = any(%s)", [raws])
    cursor.execute("delete from clients_contactpoint where id = any(%s)", [[one for row in rows for one in row.contacts or ()]])
    _forget_people(cursor, people)


def _wait_for_others(cursor: Any, people: Sequence[int]) -> None:
    """Whoever brings in one of these people right now is waited for; whoever comes later finds them gone."""
    cursor.execute(
        """select count(pg_advisory_xact_lock(hashtextextended(n, 7))) from (
               select distinct normal n from clients_contactpoint where person_id = any(%s) order by normal) s""",
        [people],
    )


def _leave_joined(cursor: Any, raws: Sequence[int]) -> None:
    """Inquiries that joined somebody's open matter leave its story, and the answer that was planned for them its plan."""
    cursor.execute(
        """with said as (
               delete from journal_touch t using intake_inquiry i where i.raw_id = any(%s) and i.state = 'joined'
               and t.dossier_id = i.dossier_id and t.kind = 'inquiry' and t.data ->> 'inquiry' = i.raw_id::text returning t.*)
           delete from journal_task k using said where k.dossier_id = said.dossier_id and k.created_at = said.at
               and k.created_by = said.by and k.state = 'pending' and k.postponed = 0
               and exists (select from journal_task o where o.dossier_id = k.dossier_id and o.state = 'pending'
                           and o.created_at < k.created_at)""",
        [raws],
    )


def _forget_people(cursor: Any, people: Sequence[int]) -> None:
    """People this import made, unless they have something else by now."""
    cursor.execute(
        """select p.id from unnest(%s::bigint[]) p(id) where not exists (select from journal_dossier d where d.person_id = p.id)
           and not exists (select from intake_inquiry i where i.person_id = p.id)
           and not exists (select from clients_consent c where c.person_id = p.id)""",
        [people],
    )
    gone = [row[0] for row in cursor.fetchall()]
    cursor.execute("delete from clients_suspect where person_id = any(%s) or other_id = any(%s)", [gone, gone])
    for table, column in (("clients_holding", "person_id"), ("clients_contactpoint", "person_id"), ("clients_person", "id")):
        cursor.execute(f"delete from {table} where {column} = any(%s)", [gone])
