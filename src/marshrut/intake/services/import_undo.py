"""An import taken out again: what its rows made goes. What people have worked on since stays, and each such row is kept with
the reason; whoever has seen to it asks for the rest once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, connection, transaction

from marshrut.core.history import forget_values
from marshrut.intake.models import ImportProblem, ImportRun
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
        kept = _worked_on(cursor, rows, run.created_by)
        going = [row for row in rows if row.id not in kept]
        used = _used_since(cursor, run, going)
        going = [replace(row, contacts=[one for one in row.contacts or () if one not in used]) for row in going]
        kept |= dict.fromkeys(_delete(cursor, going), HELD)
        _say_why(cursor, run, [row for row in rows if row.id in kept], kept)
    figures = run.figures
    run.figures = {**figures, "kept": figures.get("kept", 0) + len(kept), "taken": figures.get("taken", 0) + len(rows) - len(kept),
                   "ways": figures.get("ways", 0) + len(used), "undo_before": rows[-1].number}
    return True


def _say_why(cursor: Any, run: ImportRun, rows: Sequence[_Row], why: Mapping[int, str]) -> None:
    """A line for each row that stays, under the name of its client."""
    if not rows:
        return
    cursor.execute(
        """select i.raw_id, left(p.display_name, 80) from intake_inquiry i join clients_person p on p.id = i.person_id
           where i.raw_id = any(%s)""",
        [[row.raw_id for row in rows]],
    )
    names = dict(cursor.fetchall())
    ImportProblem.objects.bulk_create(
        ImportProblem(run=run, number=row.number, code=why[row.id], value=names.get(row.raw_id, "")) for row in rows
    )


_OURS = "('inquiry', 'clock', 'owner')"  # kinds of touches that come by themselves
_WORKED_ON = f"""
    select * from (
        select w.id, case
            when i.answered_at is not null then 'kept_answered'
            when w.made_id is null then case when i.state <> 'joined' then 'kept_moved' end
            when d.phase not in ('inquiry', 'closed') or d.waits_until is not null then 'kept_moved'
            when d.is_open = (i.class_reason ->> 'code' is not distinct from 'imported') then 'kept_ended'
            when exists (select from journal_touch t where t.dossier_id = d.id
                         and (t.kind not in {_OURS} or t.kind <> 'inquiry' and t.by not like 'system:%%')) then 'kept_touched'
            when exists (select from journal_task t where t.dossier_id = d.id and (t.state = 'done' or t.postponed > 0
                         or t.created_by <> %s and t.created_by not like 'system:%%')) then 'kept_planned'
            when exists (select from intake_inquiry o where o.dossier_id = d.id and o.raw_id <> all(%s)) then 'kept_came_again'
        end as why
        from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) w(id, raw_id, made_id)
        join intake_inquiry i on i.raw_id = w.raw_id
        join journal_dossier d on d.id = i.dossier_id) found
    where why is not null"""
HELD = "kept_held"
"""Something hangs on the row's matter or client that imports do not know of, such as a letter."""


def _worked_on(cursor: Any, rows: Sequence[_Row], label: str) -> dict[int, str]:
    """Rows whose matter somebody has done something about, with what: opened or closed it, spoke, planned, or came again."""
    raws = [row.raw_id for row in rows]
    cursor.execute(_WORKED_ON, [label, raws, [row.id for row in rows], raws, [row.dossier_id for row in rows]])
    return dict(cursor.fetchall())


_USED = """
    select c.id from clients_contactpoint c
    cross join lateral (
        select case when c.kind = 'phone' then c.tail else split_part(c.normal, ':', 2 - (c.kind = 'email')::int) end as said) w
    where c.id = any(%s) and w.said <> '' and (
        exists (select from intake_inquiry i join channels_rawmessage r on r.id = i.raw_id
                where i.person_id = c.person_id and i.matched_by = c.kind
                and not exists (select from intake_importedrow o where o.run_id = %s and o.raw_id = i.raw_id)
                and (r.body = ''::bytea or position(w.said in case when c.kind = 'phone'
                         then regexp_replace(encode(r.body, 'escape'), '\\D', '', 'g') else lower(encode(r.body, 'escape')) end) > 0))
        or c.kind = 'email' and (exists (select from channels_letter l where l.sender = c.normal)
                                 or exists (select from channels_sending s where s."to" = c.normal))
        or exists (select from journal_dossier d join journal_touch t on t.dossier_id = d.id where d.person_id = c.person_id
                   and t.kind <> 'inquiry' and position(w.said in case when c.kind = 'phone'
                       then regexp_replace(t.body, '\\D', '', 'g') else lower(t.body) end) > 0))"""


def _used_since(cursor: Any, run: ImportRun, rows: Sequence[_Row]) -> set[int]:
    """Ways to reach people that these rows brought and that somebody has used since: the client came by them, wrote, was
    written to, or they stand in what was noted. They stay with the client."""
    made = [one for row in rows for one in row.contacts or ()]
    if not made:
        return set()
    cursor.execute(_USED, [made, run.pk])
    return {found[0] for found in cursor.fetchall()}


def _delete(cursor: Any, rows: Sequence[_Row]) -> list[int]:
    """Delete what these rows made; the ids of those that have to stay, because something we do not know of holds them."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            _delete_all(cursor, rows)
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
            return []
    except IntegrityError:
        if len(rows) == 1:
            return [rows[0].id]
        middle = len(rows) // 2
        return [*_delete(cursor, rows[:middle]), *_delete(cursor, rows[middle:])]


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
    gone = {"intake_inquiry": raws, "channels_rawmessage": raws}
    for table, column in (("journal_notice", "dossier_id"), ("journal_touch", "dossier_id"), ("journal_task", "dossier_id"),
                          ("clients_holding", "dossier_id"), ("journal_dossier", "id")):
        gone[table] = _deleted(cursor, table, column, dossiers)
    cursor.execute("delete from channels_rawmessage where id = any(%s)", [raws])
    contacts = [one for row in rows for one in row.contacts or ()]
    gone["clients_contactpoint"] = _deleted(cursor, "clients_contactpoint", "id", contacts)
    for table, ids in _forget_people(cursor, people).items():
        gone[table] = [*gone.get(table, ()), *ids]
    forget_values(gone)  # nobody is left through whom what stands in the history could be erased


def _deleted(cursor: Any, table: str, column: str, ids: Sequence[int]) -> list[int]:
    cursor.execute(f"delete from {table} where {column} = any(%s) returning id", [list(ids)])
    return [found[0] for found in cursor.fetchall()]


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


def _forget_people(cursor: Any, people: Sequence[int]) -> dict[str, list[int]]:
    """People this import made, unless they have something else by now; the ids that are gone, by table."""
    cursor.execute(
        """select p.id from unnest(%s::bigint[]) p(id) where not exists (select from journal_dossier d where d.person_id = p.id)
           and not exists (select from intake_inquiry i where i.person_id = p.id)
           and not exists (select from clients_consent c where c.person_id = p.id)
           and not exists (select from clients_relation r where p.id in (r.person_id, r.other_id))
           and not exists (select from clients_person m where m.merged_into_id = p.id or m.id = p.id and m.merged_into_id is not null)""",
        [people],
    )
    gone = [row[0] for row in cursor.fetchall()]
    cursor.execute("delete from clients_suspect where person_id = any(%s) or other_id = any(%s) returning id", [gone, gone])
    found = {"clients_suspect": [row[0] for row in cursor.fetchall()]}
    cursor.execute("delete from clients_likeness where person_id = any(%s)", [gone])
    for table, column in (("clients_holding", "person_id"), ("clients_contactpoint", "person_id"), ("clients_person", "id")):
        found[table] = _deleted(cursor, table, column, gone)
    return found
