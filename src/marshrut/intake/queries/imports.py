"""Imports as their pages show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.permissions import imports_in_reach


@dataclass(frozen=True, slots=True)
class RunCard:
    """One import: where it is, what it did. `by` is the name of whoever started it, `figures` what else was counted.

    `is_forgotten`: the file itself is not kept any more (by the rule of how long files of leads are, or since all of it is in).
    """

    id: int
    file_name: str
    mode: str
    state: str
    office_id: int | None
    office: str | None
    total: int | None
    position: int
    made: int
    repeated: int
    refused: int
    problem: str
    source_slug: str
    created_at: datetime
    by: str
    started_at: datetime | None
    finished_at: datetime | None
    is_forgotten: bool
    mapping: dict[str, Any]
    figures: dict[str, Any]

    @property
    def lost(self) -> bool:
        """Whether it cannot go on: its file was forgotten before the end."""
        return self.is_forgotten and self.state in ("draft", "checked", "stopped", "failed")

    @property
    def is_at_work(self) -> bool:
        """Whether the worker is on it right now."""
        return self.state in ("checking", "running", "undoing")

    @property
    def share(self) -> int:
        """How far it is, in per cent."""
        done = self.figures.get("taken", 0) + self.figures.get("kept", 0) if self.state == "undoing" else self.position
        whole = self.made if self.state == "undoing" else self.total or 0
        return min(100, 100 * done // whole) if whole else 0


_CARD = """
    select r.id, r.file_name, r.mode, r.state, r.office_id, o.name, r.total, r.position, r.made, r.repeated, r.refused, r.problem,
        r.source_slug, r.created_at, coalesce(e.name, r.created_by), r.started_at, r.finished_at, f.size = 0, {mapping}, {figures}
    from intake_importrun r left join agency_office o on o.id = r.office_id
    left join agency_employee e on r.created_by = 'employee:' || e.id join core_storedfile f on f.id = r.file_id """


def list_imports(actor: Actor, limit: int = 100) -> list[RunCard]:
    """Imports within reach, the latest first, without their mappings."""
    reach, values = imports_in_reach(actor, "r")
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_CARD.format(mapping='null', figures='null')} where {reach} order by r.id desc limit {int(limit)}", values)
        return [_card(row) for row in cursor.fetchall()]


def find_import(actor: Actor, run_id: int) -> RunCard | None:
    """One import; None when absent or out of reach."""
    reach, values = imports_in_reach(actor, "r")
    with connection.cursor() as cursor:
        cursor.execute(f"{_CARD.format(mapping='r.mapping', figures='r.figures')} where r.id = %s and {reach}", [run_id, *values])
        row = cursor.fetchone()
    return _card(row) if row else None


def find_unfinished(actor: Actor, digest: bytes, mode: str) -> int | None:
    """The last import of these very contents that this actor began and that has not come to its end; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select r.id from intake_importrun r join core_storedfile f on f.id = r.file_id
               where f.digest = %s and r.mode = %s and r.created_by = %s and r.state not in ('done', 'undoing', 'undone')
               and not r.figures ? 'undo_before' order by r.id desc limit 1""",
            [digest, mode, actor.label],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _card(row: tuple[Any, ...]) -> RunCard:
    return RunCard(*row[:-2], *({} if value is None else orjson.loads(value) if isinstance(value, str) else value for value in row[-2:]))


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A row, or a value of one, that was left out, and why."""

    number: int
    column: str
    code: str
    value: str
    is_refusal: bool


def problems_of(run_id: int, after: int = 0, limit: int = 50) -> list[ProblemLine]:
    """What was left out of a run, in the order of the file, refused rows first within a row. `after` skips so many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select number, "column", code, value, is_refusal from intake_importproblem where run_id = %s
                order by is_refusal desc, number, id limit {int(limit)} offset %s""",
            [run_id, after],
        )
        return [ProblemLine(*row) for row in cursor.fetchall()]


def count_problems(run_id: int) -> dict[str, int]:
    """How many lines there are of each code."""
    with connection.cursor() as cursor:
        cursor.execute("select code, count(*) from intake_importproblem where run_id = %s group by code order by 2 desc", [run_id])
        return dict(cursor.fetchall())


def all_problems(run_id: int) -> Iterator[ProblemLine]:
    """Everything that was left out, for a download; read in pieces, whatever their number."""
    last = (-1, 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """select number, "column", code, value, is_refusal, id from intake_importproblem
                   where run_id = %s and (number, id) > (%s, %s) order by number, id limit 2000""",
                [run_id, *last],
            )
            rows = cursor.fetchall()
        yield from (ProblemLine(*row[:5]) for row in rows)
        if len(rows) < 2000:
            return
        last = (rows[-1][0], rows[-1][5])


def find_by_run(run_id: int) -> list[int]:
    """The first inquiries an import made, to look at."""
    with connection.cursor() as cursor:
        cursor.execute("select raw_id from intake_importedrow where run_id = %s and raw_id is not null order by number limit 5", [run_id])
        return [row[0] for row in cursor.fetchall()]
