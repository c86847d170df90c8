"""How a change is taken back: from what history says of it, the steps that put things as they were before.

Pure: rows of history in, steps out. A change is taken back only while what it left still stands; what somebody
changed after it is not silently lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = tuple[str, int]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """One row of history: `op` is I, U or D; `diff` holds [old, new] by column of an update, the whole row of a delete."""

    id: int
    at: datetime
    by: str
    table: str
    row_id: int
    op: str
    diff: Mapping[str, Any] | None = None

    @property
    def row(self) -> Row:
        return self.table, self.row_id


@dataclass(frozen=True, slots=True)
class Step:
    """One statement that takes a change back: `op` is insert, update or delete; `values` are those to be written."""

    op: str
    table: str
    row_id: int
    values: Values


class ChangedSince(Exception):
    """What the change left does not stand any more; `by` is what changed it since, newest last (empty: unknown)."""

    def __init__(self, past: Past, by: Sequence[Past]) -> None:
        super().__init__(f"{past.table} {past.row_id} was changed since")
        self.past = past
        self.by = tuple(by)


def plan_undo(changes: Sequence[Past], present: Mapping[Row, Values], later: Sequence[Past]) -> list[Step]:
    """The steps, in order, that take back `changes` (one save, oldest first).

    `present` are the rows as they are now (absent ones left out), `later` what history says of the same rows after
    the save. ChangedSince when a value that the save left is not there any more.
    """
    now = {row: dict(values) for row, values in present.items()}
    steps = []
    for past in reversed(changes):
        since = [one for one in later if one.row == past.row]
        steps.append(_TAKE_BACK[past.op](past, now, since))
    return steps


def _unmake(past: Past, now: dict[Row, Values], since: Sequence[Past]) -> Step:
    """What was added goes, unless it was changed since in a way that still stands."""
    if past.row not in now or _still_differs(since):
        raise ChangedSince(past, since)
    del now[past.row]
    return Step("delete", past.table, past.row_id, {})


def _remake(past: Past, now: dict[Row, Values], since: Sequence[Past]) -> Step:
    """What was taken away comes back under its own number."""
    if past.row in now:
        raise ChangedSince(past, since)
    now[past.row] = dict(past.diff or {})
    return Step("insert", past.table, past.row_id, dict(past.diff or {}))


def _revert(past: Past, now: dict[Row, Values], since: Sequence[Past]) -> Step:
    """What was changed gets its former values."""
    diff = past.diff or {}
    row = now.get(past.row)
    if row is None:
        raise ChangedSince(past, since)
    touched = [one for one in since if one.op == "U" and set(one.diff or {}) & set(diff)]
    if any(row.get(column) != left for column, (_old, left) in diff.items()):
        raise ChangedSince(past, touched)
    former = {column: old for column, (old, _left) in diff.items()}
    row |= former
    return Step("update", past.table, past.row_id, former)


def _still_differs(since: Sequence[Past]) -> bool:
    """Whether later updates, taken together, left some value other than the first one found."""
    first: Values = {}
    last: Values = {}
    for past in since:
        for column, pair in (past.diff or {}).items() if past.op == "U" else ():
            first.setdefault(column, pair[0])
            last[column] = pair[1]
    return any(first[column] != last[column] for column in first)


_TAKE_BACK = {"I": _unmake, "D": _remake, "U": _revert}
