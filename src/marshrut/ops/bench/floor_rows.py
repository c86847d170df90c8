"""The rows of the floor's two tables, the same matters as those of the application's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import psycopg

from .floor import DDL, INDEXES
from .matters import Ids, Matter, Setting
from .patterns import SOURCES

_LEAD = ("id", "created_at", "manager", "source", "stage", "status", "first_name", "last_name", "name_lc", "phone",
         "phone_digits", "email", "destination", "budget", "note", "next_action_at")
_TOUCH = ("lead", "manager", "kind", "created_at", "body")
_SOURCE_NUMBERS = {slug: number for number, (slug, *_) in enumerate(SOURCES, 1)}
_STATUS = {"open": "o", "won": "w", "lost": "l", "dropped": "l"}


def make_tables(owner: psycopg.Connection[Any]) -> None:
    """The floor's tables, if the home has none yet."""
    owner.execute(DDL)
    owner.commit()


def finish_tables(owner: psycopg.Connection[Any]) -> None:
    """Their indexes, after the rows; and ids go on where the rows end."""
    owner.execute(INDEXES)
    owner.execute("select setval(pg_get_serial_sequence('floor_lead', 'id'), (select max(id) from floor_lead))")
    owner.commit()


def write(owner: psycopg.Connection[Any], matters: Iterable[tuple[Matter, Ids]], setting: Setting) -> None:
    """The same matters as rows of the floor."""
    drawn = list(matters)
    with owner.cursor() as cursor:
        with cursor.copy(f"copy floor_lead({', '.join(_LEAD)}) from stdin") as copy:
            for matter, ids in drawn:
                copy.write_row(_lead(matter, ids))
        with cursor.copy(f"copy floor_touch({', '.join(_TOUCH)}) from stdin") as copy:
            for matter, ids in drawn:
                for number, at in enumerate((matter.received_at, matter.answered_at, matter.ended_at or setting.now)):
                    copy.write_row((ids.raw, matter.manager, "ncc"[number], at, matter.pattern.message))
    owner.commit()


def _lead(matter: Matter, ids: Ids) -> tuple[Any, ...]:
    somebody, pattern = matter.somebody, matter.pattern
    return (
        ids.raw, matter.received_at, matter.manager, _SOURCE_NUMBERS[pattern.source_slug], matter.stage, _STATUS[matter.state],
        somebody.given_name, somebody.surname, f"{somebody.surname} {somebody.given_name}".lower(), somebody.written,
        somebody.phone[1:], somebody.email, pattern.direction, pattern.budget, pattern.message,
        matter.received_at + timedelta(days=1) if matter.state == "open" else None,
    )  # fmt: skip
