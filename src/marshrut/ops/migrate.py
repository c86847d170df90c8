"""Bring the tables up to date: looks whether this PostgreSQL will do, then migrates. Run as the owner, by itself."""

from __future__ import annotations

import importlib
import os
import sys
import traceback

import django
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from .pending import has_pending_migrations
from .postgres_binaries import OLDEST_MAJOR
from .postgres_settings import EXTENSIONS


class Unfit(Exception):
    """This PostgreSQL will not do; the text is a sentence for a person."""


def be_the_owner() -> None:
    """Use the address in the environment, also in a copy of a process whose settings were read for the application's."""
    read_url = importlib.import_module(settings.SETTINGS_MODULE).read_database_url
    connection.settings_dict.update(read_url(os.environ["MARSHRUT_DATABASE_URL"]))


def require_fit_server() -> None:
    """Look at version, alphabet and extensions; make those that are missing.

    Raises:
        Unfit: and why.
    """
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        raise Unfit(f"PostgreSQL does not let us in: {' '.join(str(problem).split())}") from problem
    version = connection.connection.info.server_version // 10000
    if version < OLDEST_MAJOR:
        raise Unfit(f"This is PostgreSQL {version}; Marshrut needs {OLDEST_MAJOR} or later.")
    with connection.cursor() as cursor:
        for name in EXTENSIONS:
            _require_extension(cursor, name)
        cursor.execute("SELECT lower('Ж') = 'ж' AND cardinality(show_trgm('ж')) > 0")
        if not cursor.fetchone()[0]:
            raise Unfit("This database knows no Cyrillic letters: create it with the encoding UTF8 and locale C.UTF-8.")


def _require_extension(cursor: CursorWrapper, name: str) -> None:
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [name])
    if cursor.fetchone():
        return
    try:
        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    except DatabaseError as problem:
        sentence = f"The database lacks the extension {name}: let its administrator run CREATE EXTENSION {name}."
        raise Unfit(sentence) from problem


def migrate_at_once() -> None:
    """All pending migrations in one transaction: when one fails, the tables are as the former version left them.

    The job queue's own come first, by themselves: they add values to a type and use them, which takes two transactions.
    """
    call_command("migrate", "procrastinate", interactive=False, verbosity=1)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A table with checks still to come cannot be altered: they are made at once.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        call_command("migrate", interactive=False, verbosity=1)


UNSEEN = """
    select distinct c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.reltuples > 0 and a.attnum > 0 and not a.attisdropped
        and not exists (select from pg_stats s where s.schemaname = 'public' and s.tablename = c.relname and s.attname = a.attname)
    order by 1"""
"""Tables with rows and a column that nobody has made statistics of."""


def look_at_new_columns() -> list[str]:
    """Make statistics of new columns, and say of which tables.

    Until a tenth of a table has changed, PostgreSQL would not do it by itself, and would guess that next to nothing is empty
    in a new column where everything is: lists of a large home took four times as long after an upgrade.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNSEEN)
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"analyze {table}")
    return tables


def main() -> int:
    """Exit code 0 when the tables are up to date; else a sentence on the last line of stderr."""
    django.setup()
    try:
        be_the_owner()
        require_fit_server()
        if has_pending_migrations():  # the command is slow even with nothing to do
            migrate_at_once()
            look_at_new_columns()
    except Unfit as problem:
        print(problem, file=sys.stderr)
        return 1
    except Exception as problem:
        traceback.print_exc()
        reason = " ".join(str(problem).split())[:300]
        print(f"{reason.rstrip('. ')}. Nothing was changed: the former version starts on these data as before.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
