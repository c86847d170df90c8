"""Ready-made rows in bulk, for demo and bench: written by COPY in the order of their references, history and guards on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

COLUMNS: dict[str, tuple[str, ...]] = {
    "clients_person": (
        "id", "surname", "given_name", "patronymic", "display_name", "search_name", "owner_id", "office_id",
        "past_deals", "created_at",
    ),
    "clients_contactpoint": ("person_id", "kind", "written", "normal", "tail"),
    "channels_rawmessage": (
        "id", "channel", "source_slug", "external_id", "body", "body_digest", "received_at", "state", "reason", "by",
    ),
    "clients_consent": ("person_id", "raw_id", "text", "version", "channel", "given_at"),
    "journal_dossier": (
        "id", "person_id", "owner_id", "queue_id", "office_id", "phase", "place", "worth", "currency", "is_open",
        "opened_at", "closed_at",
    ),
    "journal_task": (
        "dossier_id", "kind", "title", "due_at", "state", "assignee_id", "queue_id", "result", "created_at",
        "created_by", "done_at", "done_by",
    ),
    "journal_touch": ("dossier_id", "kind", "direction", "at", "by", "body", "data", "is_answer"),
    "intake_inquiry": (
        "raw_id", "dossier_id", "person_id", "matched_by", "channel", "source_id", "external_id", "received_at", "state",
        "joined_to_id", "inquiry_class", "class_reason", "category_reason", "message", "request", "flaws", "budget", "currency",
        "contact_missing", "relevance", "relevance_reasons", "priority", "priority_reasons", "owner_reason",
        "respond_by", "clock_started_at", "warn_at", "clock_state", "answered_at", "answer_minutes",
        "clock_step", "reroutes", "outcome",
        "disposition", "close_reason", "utm", "visitor", "priority_parts", "arrival", "request_origin", "is_missed_call",
    ),
    "deals_deal": (
        "id", "dossier_id", "inquiry_id", "stage_id", "stage_entered_at", "title", "amount", "currency", "facts", "state",
        "close_reason", "opened_at", "closed_at", "closed_by", "margin",
    ),
    "deals_stageentry": ("deal_id", "stage_id", "entered_at", "left_at", "by"),
    "deals_gateanswer": ("deal_id", "dossier_id", "gate_id", "agreed", "words", "consequence", "rule_id", "at", "by"),
    "deals_stopreview": ("dossier_id", "closed_at", "verdict", "note", "at", "by"),
    "intake_correction": ("inquiry_id", "axis", "before", "after", "reason_before", "way", "at", "by", "by_name"),
}
"""Tables in the order in which they are written, and the columns of a row."""


class Rows:
    """Rows that wait to be written. Values are as COPY takes them: texts, numbers, moments, JSON and arrays as texts."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}

    def add(self, table: str, *values: Any) -> None:
        """One row, its values in the order of `COLUMNS`."""
        self._waiting[table].append(values)

    def add_many(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._waiting[table].extend(rows)

    def named(self, table: str, **values: Any) -> None:
        """One row by name of column; what is left out is null."""
        self._waiting[table].append(tuple(values.get(column) for column in COLUMNS[table]))

    def write(self, cursor: Any) -> int:
        """Write everything with this cursor of Django's, inside the caller's transaction; how many rows."""
        written = 0
        for table, rows in self._waiting.items():
            if rows:
                with cursor.copy(f"copy {table}({', '.join(COLUMNS[table])}) from stdin") as copy:
                    for row in rows:
                        copy.write_row(row)
                written += len(rows)
                rows.clear()
        return written


def sign_quietly(cursor: Any, who: str) -> None:
    """For the rest of this transaction history says who fills the home, and no open page is told of each row."""
    cursor.execute("select set_config('marshrut.by', %s, true), set_config('marshrut.quiet', 'on', true)", [who])


def new_ids(cursor: Any, table: str, number: int) -> list[int]:
    """As many new ids of a table, taken from its own sequence."""
    cursor.execute("select array_agg(nextval(pg_get_serial_sequence(%s, 'id'))) from generate_series(1, %s)", [table, number])
    return cursor.fetchone()[0] or []
