"""What was saved together: read from history by the tables of a page, told apart by transaction, taken back whole.

`Watched` names the tables of a page; a table with columns is watched in those alone (an employee's capacity, not the
name), and as `ComingAndGoing` when its rows are added and removed on the page too. Columns that never enter history
(secrets) are neither read nor written here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from marshrut.core.errors import NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.undo import ChangedSince, Past, Row, Step, Values, plan_undo

Watched = Mapping[str, Sequence[str]]


class ComingAndGoing(tuple[str, ...]):
    """Watched columns of a table whose rows come and go on its page: what was added and removed is told and taken back too."""


FIELDS = "id, at, by, table_name, row_id, op, diff, transaction"
MOST_READ = 2000  # rows of history behind one page of saves


@dataclass(frozen=True)
class Save:
    """What one person saved at once. `id` is that of its last change."""

    id: int
    at: datetime
    by: str
    changes: tuple[Past, ...]

    @property
    def is_foreign(self) -> bool:
        """Whether no person or token saved it: a migration, first data, somebody's hand in the database."""
        return self.by.startswith(("role:", "system:"))


class Overtaken(Refused):
    """Somebody else has saved the same page meanwhile; `saves` tells what, `newest` is where the page stands now."""

    def __init__(self, saves: Sequence[Save], newest: int) -> None:
        super().__init__("overtaken", _("Somebody saved this page while you were working on it. Nothing of yours is lost."))
        self.saves = tuple(saves)
        self.newest = newest


class SinceChanged(Refused):
    """A save cannot be taken back any more; `later` is who changed the same since."""

    def __init__(self, later: Sequence[Past]) -> None:
        super().__init__("changed_since", _("This was changed again since, so it cannot be taken back by itself."))
        self.later = tuple(later)


def lock_settings() -> None:
    """One save of settings at a time, so that whoever looks whether somebody was faster sees it. Until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('marshrut settings'))")


def newest_change(watched: Watched, rows: Iterable[Row] | None = None) -> int:
    """The number of the last change of these tables (of these rows alone when they are named); 0 when there was none."""
    sql, values = _rows_of(watched, rows)
    with connection.cursor() as cursor:
        cursor.execute(f"with mine as materialized ({sql}) select coalesce(max(id), 0) from mine", values)
        return int(cursor.fetchone()[0])


def read_saves(watched: Watched, *, limit: int, before: int | None = None, rows: Iterable[Row] | None = None) -> list[Save]:
    """The last `limit` saves, newest first, of these rows alone when they are named; before the change `before` if given."""
    sql, values = _rows_of(watched, rows)
    until = "where id < %s" if before else ""
    with connection.cursor() as cursor:
        # Materialised: found by table through the index, not by walking back through everybody's history.
        cursor.execute(
            f"with mine as materialized ({sql}) select * from mine {until} order by id desc limit {MOST_READ}",
            [*values, *([before] if before else [])],
        )
        return _grouped(cursor.fetchall(), watched)[:limit]


def saves_since(watched: Watched, since: int, rows: Iterable[Row] | None = None) -> list[Save]:
    """What was saved after the change `since`, of these rows alone when they are named; newest first."""
    sql, values = _rows_of(watched, rows)
    with connection.cursor() as cursor:
        cursor.execute(f"with mine as materialized ({sql}) select * from mine where id > %s order by id desc", [*values, since])
        return _grouped(cursor.fetchall(), watched)


def read_past(table: str) -> list[Past]:
    """Everything that ever happened to the rows of a table, oldest first. For small tables that are told as a whole."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {FIELDS} from core_change where table_name = %s order by id", [table])
        rows = cursor.fetchall()
    return [
        Past(number, at, by, name, row_id, op, None if diff is None else _read(diff)) for number, at, by, name, row_id, op, diff, _ in rows
    ]


def refuse_overtaken(watched: Watched, since: int, rows: Iterable[Row] | None = None) -> None:
    """Overtaken when these were saved after `since`. Takes the lock: ask first thing in the transaction that saves."""
    lock_settings()
    saves = saves_since(watched, since, rows)
    if saves:
        raise Overtaken(saves, saves[0].id)


def find_save(watched: Watched, change_id: int, rows: Iterable[Row] | None = None) -> Save:
    """The save this change belongs to. NotFound for one of other tables, or of other rows when some are named."""
    sql, values = _rows_of(watched, rows)
    with connection.cursor() as cursor:
        # A restored home counts transactions anew: the hour and the person tell equal numbers apart.
        cursor.execute(
            f"""with mine as materialized ({sql}), this as (select * from mine where id = %s)
                select m.* from mine m join this t on m.id = t.id
                or (m.transaction = t.transaction and m.by = t.by and abs(extract(epoch from m.at - t.at)) < 3600)
                order by m.id desc""",
            [*values, change_id],
        )
        found = _grouped(cursor.fetchall(), watched)
    if not found:
        raise NotFound("no_such_change", _("There is no such change."))
    return found[0]


@transaction.atomic
def undo_save(*, watched: Watched, change_id: int, by: str, rows: Iterable[Row] | None = None) -> Save:
    """Take a whole save back. Refused with a sentence when it no longer stands or something depends on it.

    It is a change like any other: signed, kept in history, and can be taken back itself.
    """
    lock_settings()
    save = find_save(watched, change_id, rows)
    if save.is_foreign:
        raise Refused("not_ours", _("Only what a person saved is taken back here."))
    touched = {past.row for past in save.changes}
    later = [past for one in saves_since(watched, save.id, touched) for past in one.changes]
    try:
        steps = plan_undo(save.changes, _present(touched), sorted(later, key=lambda past: past.id))
    except ChangedSince as error:
        raise SinceChanged(error.by) from error
    sign(by)
    try:
        with transaction.atomic():
            for step in steps:
                _apply(step)
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
                cursor.execute("set constraints all deferred")
    except IntegrityError as error:
        raise Refused("depended_on", _("Something else depends on this by now, so it cannot be taken back.")) from error
    except DatabaseError as error:
        raise Refused("cannot_undo", _("This cannot be taken back any more: the tables have changed since.")) from error
    return save


def _rows_of(watched: Watched, rows: Iterable[Row] | None) -> tuple[str, list[Any]]:
    """History of the watched tables; of those with columns, the updates that touch one, and what came and went where that is
    watched; of these rows alone when named."""
    whole = [table for table, columns in watched.items() if not columns]
    conditions: list[str] = ["table_name = any(%s)"]
    values: list[Any] = [whole]
    for table, columns in watched.items():
        if columns:
            ops = ["I", "D"] if isinstance(columns, ComingAndGoing) else []
            conditions.append("(table_name = %s and (op = any(%s) or op = 'U' and jsonb_exists_any(diff, %s)))")
            values += [table, ops, list(columns)]
    where = f"({' or '.join(conditions)})"
    if rows is not None:
        named = sorted(set(rows))
        where += " and (table_name, row_id) in (select * from unnest(%s::text[], %s::bigint[]))"
        values += [[table for table, _row in named], [row_id for _table, row_id in named]]
    return f"select {FIELDS} from core_change where {where}", values


def _grouped(rows: Iterable[tuple[Any, ...]], watched: Watched) -> list[Save]:
    """Rows of history, newest first, as saves: one transaction of one person each."""
    groups: list[tuple[tuple[Any, ...], list[Past]]] = []
    for number, at, by, table, row_id, op, diff, transaction_id in rows:
        columns = watched.get(table) or ()
        kept = _read(diff) if diff is not None else None
        if kept is not None and columns and op == "U":  # a row that went is kept whole, to come back whole
            kept = {key: pair for key, pair in kept.items() if key in columns}
        key = (transaction_id if transaction_id is not None else -number, by)
        if not groups or groups[-1][0] != key:
            groups.append((key, []))
        groups[-1][1].append(Past(number, at, by, table, row_id, op, kept))
    return [Save(pasts[0].id, pasts[0].at, pasts[0].by, tuple(reversed(pasts))) for _key, pasts in groups]


def _read(diff: Any) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(diff) if isinstance(diff, str) else diff
    return value


def _present(rows: Iterable[Row]) -> dict[Row, Values]:
    """The rows as they are now, as history would write them."""
    by_table: dict[str, list[int]] = {}
    for table, row_id in rows:
        by_table.setdefault(table, []).append(row_id)
    found: dict[Row, Values] = {}
    with connection.cursor() as cursor:
        for table, ids in by_table.items():
            cursor.execute(f"select id, to_jsonb(t) from {_quoted(table)} t where id = any(%s) for update", [ids])
            found |= {(table, row_id): _read(values) for row_id, values in cursor.fetchall()}
    return found


def _apply(step: Step) -> None:
    table = _quoted(step.table)
    names = [_quoted(name) for name in step.values]
    given = json.dumps(step.values)
    with connection.cursor() as cursor:
        if step.op == "delete":
            cursor.execute(f"delete from {table} where id = %s", [step.row_id])
        elif step.op == "insert":
            listed = ", ".join(names)
            cursor.execute(
                f"insert into {table} ({listed}) select {listed} from jsonb_populate_record(null::{table}, %s::jsonb)", [given]
            )
        else:
            sets = ", ".join(f"{name} = r.{name}" for name in names)
            cursor.execute(
                f"update {table} t set {sets} from jsonb_populate_record(null::{table}, %s::jsonb) r where t.id = %s",
                [given, step.row_id],
            )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
