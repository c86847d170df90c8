"""Every promise about the data, asked of the database itself. ``./marshrut doctor``; exit code 1 when one is broken.

Reads only. A promise is a sentence and a statement that gives the rows that break it: (how many, the first ids).
"""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import databases, homes
from .doctor_promises import FEWEST_VERSION, GUARDS, PROMISES, UNTRACKED, WITHOUT_INSERTS

_SECONDS = 120
_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one promise: `state` is ok, broken or warning; `samples` are the first few rows that break it."""

    name: str
    sentence: str
    state: str
    count: int
    samples: tuple[str, ...]


def run(arguments: Sequence[str]) -> int:
    """The command; gives 0 when everything holds, 1 when something is broken."""
    parser = argparse.ArgumentParser(
        prog="marshrut doctor", description="Check every promise about the data in SQL; exit code 1 when one is broken."
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    options = parser.parse_args(list(arguments))
    with databases.at_work(homes.chosen_home()):
        findings = examine(is_embedded=databases.external() is None)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        print_findings(findings)
    return 1 if any(finding.state == "broken" for finding in findings) else 0


def print_findings(findings: Sequence[Finding]) -> None:
    """One line for each promise, broken ones with how many and which."""
    for finding in findings:
        more = f": {finding.count}, such as {', '.join(finding.samples)}" if finding.state != "ok" else ""
        print(f"{finding.state:8}{finding.sentence}{more}")
    broken = sum(finding.state == "broken" for finding in findings)
    print(f"{len(findings)} promises, {broken} broken.")


def examine(*, is_embedded: bool = True) -> list[Finding]:
    """All findings on the database Django is set up for, seen in one snapshot."""
    from django.db import transaction

    with transaction.atomic(), _reading() as cursor:
        found = [_ask(cursor, name, sentence, sql) for name, sentence, sql in PROMISES]
        for name, sentence, look in _LOOKS:
            bad = look(cursor)
            found.append(_finding(name, sentence, len(bad), bad, is_grave=True))
        owned = _owned_tables(cursor)
        found.append(_finding("tables_not_owned", "The application's role does not own the tables", len(owned), owned,
                              is_grave=is_embedded))
    return found


@contextlib.contextmanager
def _reading() -> Iterator[Any]:
    """A cursor on one snapshot that can neither write nor run for ever."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("select set_config('statement_timeout', %s, true)", [f"{_SECONDS}s"])
        yield cursor


def _ask(cursor: Any, name: str, sentence: str, sql: str) -> Finding:
    cursor.execute(f"select count(*), (array_agg(b.id::text order by b.id))[1:{_SAMPLES}] from ({sql}) b(id)")
    count, samples = cursor.fetchone()
    return _finding(name, sentence, count, samples or (), is_grave=True)


def _finding(name: str, sentence: str, count: int, samples: Sequence[str], *, is_grave: bool) -> Finding:
    state = "ok" if not count else "broken" if is_grave else "warning"
    return Finding(name, sentence, state, count, tuple(samples[:_SAMPLES]))


def _triggers(cursor: Any) -> dict[str, tuple[str, bool, bool]]:
    """Triggers of our own by name: their table, whether they fire in every session, whether they wait for the commit."""
    cursor.execute(
        """select t.tgname, c.relname, t.tgenabled in ('O', 'A'), t.tgdeferrable and t.tginitdeferred
           from pg_trigger t join pg_class c on c.oid = t.tgrelid
           where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace"""
    )
    return {name: (table, fires, waits) for name, table, fires, waits in cursor.fetchall()}


def _missing_guards(cursor: Any) -> list[str]:
    found = _triggers(cursor)
    return [name for name, table in GUARDS.items() if found.get(name) != (table, True, True)]


def _disabled_triggers(cursor: Any) -> list[str]:
    """Row-level foreign keys are triggers too: none of them may be switched off."""
    cursor.execute(
        """select c.relname || '.' || t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
           where c.relnamespace = current_schema()::regnamespace and t.tgenabled not in ('O', 'A') order by 1"""
    )
    return [row[0] for row in cursor.fetchall()]


def _untracked_tables(cursor: Any) -> list[str]:
    """Tables of ours whose changes no history trigger notes."""
    from django.apps import apps

    ours = {m._meta.db_table for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("marshrut.")}
    found = _triggers(cursor)
    wanted = [
        (table, f"{table}_history_{event}")
        for table in sorted(ours - UNTRACKED)
        for event in ("update", "delete", "insert")
        if not (event == "insert" and table in WITHOUT_INSERTS)
    ]
    return [name for table, name in wanted if found.get(name, ("", False))[:2] != (table, True)]


def _waiting_migrations(_cursor: Any) -> list[str]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _old_server(cursor: Any) -> list[str]:
    cursor.execute("select current_setting('server_version_num')::int, current_setting('server_version')")
    number, version = cursor.fetchone()
    return [] if number >= FEWEST_VERSION else [version]


def _owned_tables(cursor: Any) -> list[str]:
    cursor.execute(
        """select relname from pg_class where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace
           and pg_has_role(current_user, relowner, 'member') order by 1"""
    )
    return [row[0] for row in cursor.fetchall()]


_LOOKS: tuple[tuple[str, str, Callable[[Any], list[str]]], ...] = (
    ("guards", "The triggers that hold the next action exist, fire, and wait for the commit", _missing_guards),
    ("triggers_enabled", "No trigger and no foreign key is switched off", _disabled_triggers),
    ("history_kept", "Every table of ours keeps its history", _untracked_tables),
    ("migrated", "All migrations are applied", _waiting_migrations),
    ("server_version", "PostgreSQL is 15 or later", _old_server),
)
