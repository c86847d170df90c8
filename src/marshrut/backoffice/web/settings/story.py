"""History of settings in words: who changed what, old → new, one line for each value.

A page tells the words of its tables once (`describe`). Columns that are not described are not shown; secrets never
enter history at all.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marshrut.agency.web.pages import Reader
from marshrut.core.saves import Save
from marshrut.core.undo import Past, Row
from marshrut.ui.wording import figure

Label = str | Promise
Said = Callable[[Any, Reader], str]
Stored = Mapping[str, Any]
"""A row as history writes it."""
LONGEST = 140
Together = Callable[[Sequence[Sequence[Past]], Reader], "list[list[Line]]"]
"""What each of some saves did to a table, told as a whole: a week's hours instead of windows added and removed."""


@dataclass(frozen=True)
class TableWords:
    """How a table is spoken of.

    `noun` is what one row is ("Office"); `name_of` says which one, from its columns `named_by` (a dict of them);
    `columns` are the words of its columns; `said` words the values of some. `hidden` columns are left out silently.
    `together` tells the rows of a save itself, instead of one by one.
    """

    noun: Label
    columns: Mapping[str, Label]
    named_by: Sequence[str] = ("name",)
    name_of: Callable[[Mapping[str, Any], Reader], str] | None = None
    said: Mapping[str, Said] = field(default_factory=dict)
    hidden: Sequence[str] = ("id",)
    together: Together | None = None

    def name(self, row: Mapping[str, Any], reader: Reader) -> str:
        if self.name_of:
            return self.name_of(row, reader)
        return " ".join(str(row.get(column) or "") for column in self.named_by)

    def value(self, column: str, value: Any, reader: Reader) -> str:
        said = self.said.get(column)
        return cut(said(value, reader) if said and value is not None else plain(value))


@dataclass(frozen=True)
class Line:
    """One line of a story: what, and its value before and after (None: not told)."""

    text: str
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True)
class Told:
    """One save in words. `hidden` says how many of its lines are not shown."""

    id: int
    at: datetime
    by: str
    lines: tuple[Line, ...]
    hidden: int = 0
    may_undo: bool = True


MOST_LINES = 8
WORDS: dict[str, TableWords] = {}


def describe(table: str, words: TableWords) -> None:
    """Say how a table is spoken of in stories."""
    WORDS[table] = words


def plain(value: Any) -> str:
    """A value nobody worded otherwise."""
    if value is None or value in ("", []):
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, list):
        return ", ".join(plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {plain(one)}" for key, one in value.items())
    return str(value)


def office_name(value: Any, reader: Reader) -> str:
    office = reader.staff.offices.get(int(value))
    return office.name if office else _("office no. %(number)s") % {"number": value}


def person_name(value: Any, reader: Reader) -> str:
    colleague = reader.staff.colleagues.get(int(value))
    return colleague.name if colleague else _("somebody who no longer works here")


def tell(saves: Sequence[Save], reader: Reader) -> list[Told]:
    """Saves in words: one statement for the names of people, one or two for each table that was touched."""
    known = {past.table for save in saves for past in save.changes if past.table in WORDS}
    alone = [past for save in saves for past in save.changes if past.table in known and WORDS[past.table].together is None]
    rows, people = _names(alone), names_of_actors([save.by for save in saves])
    wholes = [_told_together(table, saves, reader) for table in sorted(known)]
    told = []
    for number, save in enumerate(saves):
        lines = [line for whole in wholes if whole for line in whole[number]]
        lines += [line for past in save.changes for line in _lines(past, rows, reader)]
        told.append(
            Told(save.id, save.at, people[save.by], tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES), not save.is_foreign)
        )
    return told


def _told_together(table: str, saves: Sequence[Save], reader: Reader) -> list[list[Line]]:
    together = WORDS[table].together
    return together([[past for past in save.changes if past.table == table] for save in saves], reader) if together else []


def _lines(past: Past, rows: Mapping[Row, Mapping[str, Any]], reader: Reader) -> list[Line]:
    words = WORDS.get(past.table)
    if words is None or words.together:
        return []
    row = rows.get(past.row) or (past.diff if past.op == "D" else None) or {}
    called = f"{words.noun} {cut(words.name(row, reader))}".strip() if row else str(words.noun)
    if past.op == "I":
        return [Line(_("%(what)s: added") % {"what": called})]
    if past.op == "D":
        return [Line(_("%(what)s: removed") % {"what": called})]
    return [
        Line(f"{called}: {words.columns[column]}", words.value(column, old, reader), words.value(column, new, reader))
        for column, (old, new) in (past.diff or {}).items()
        if column in words.columns
    ]


def _names(pasts: Iterable[Past]) -> dict[Row, dict[str, Any]]:
    """What the rows are called: as they are now, else as they were when they were removed."""
    wanted: dict[str, set[int]] = {}
    for past in pasts:
        wanted.setdefault(past.table, set()).add(past.row_id)
    found: dict[Row, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        for table, ids in wanted.items():
            columns = WORDS[table].named_by
            listed = ", ".join(connection.ops.quote_name(column) for column in columns)
            cursor.execute(f"select id, {listed} from {connection.ops.quote_name(table)} where id = any(%s)", [list(ids)])
            found |= {(table, row[0]): dict(zip(columns, map(_written, row[1:]), strict=True)) for row in cursor.fetchall()}
            cursor.execute(
                "select row_id, diff from core_change where table_name = %s and row_id = any(%s) and op = 'D'", [table, list(ids)]
            )
            for row_id, diff in cursor.fetchall():
                found.setdefault((table, row_id), _read(diff))
    return found


def rows_ever(table: str, past: Iterable[Past]) -> dict[int, Stored]:
    """Every row of a small table as it is now, and those that are gone as they were when they went; one statement."""
    found: dict[int, Stored] = {one.row_id: one.diff for one in past if one.op == "D" and one.diff}
    with connection.cursor() as cursor:
        cursor.execute(f"select to_jsonb(t) from {connection.ops.quote_name(table)} t")
        rows = [_read(value) for (value,) in cursor.fetchall()]
    return found | {row["id"]: row for row in rows}


def _written(value: Any) -> Any:
    return value if isinstance(value, (int, str, bool, list, type(None))) else str(value)


def _read(diff: Any) -> Any:
    return json.loads(diff) if isinstance(diff, str) else diff


def names_of_actors(labels: Iterable[str]) -> dict[str, str]:
    """`employee:12` as a name; what is neither a person nor a token is said as what it is. One statement for each kind."""
    wanted = set(labels)
    names = {label: _said_actor(label) for label in wanted}
    for kind, table in (("employee", "agency_employee"), ("token", "agency_apitoken")):
        ids = [int(label.split(":")[1]) for label in wanted if label.startswith(f"{kind}:") and label.split(":")[1].isdigit()]
        if ids:
            with connection.cursor() as cursor:
                cursor.execute(f"select id, name from {table} where id = any(%s)", [ids])
                names |= {f"{kind}:{number}": name for number, name in cursor.fetchall()}
    return names


def _said_actor(label: str) -> str:
    kind, _colon, name = label.partition(":")
    if kind == "role":
        return _("directly in the database")
    return _("Marshrut itself") if kind == "system" else name or label


def cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
