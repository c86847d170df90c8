"""A database as a file and back, by PostgreSQL's own tools, and what its tables hold as counts and hashes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ..postgres_binaries import Binaries
from .archive import ArchiveError

# Whoever is logged in is not logged in on a restored home.
LEFT_OUT = ("django_session",)
# What a dump of PostgreSQL 17 or later says at its beginning and an older one does not know.
_NEWER = ("SET transaction_timeout = 0;\n",)
_ROWS = """select count(*)::text, coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0)::text from {table} t"""


def write_dump(binaries: Binaries, url: str, target: Path) -> dict[str, list[str]]:
    """Write the dump and give what its tables hold, both of one snapshot: the site goes on meanwhile."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("begin isolation level repeatable read, read only")
        snapshot = connection.execute("select pg_export_snapshot()").fetchone()
        command = [
            str(binaries.program("pg_dump")), "--format=custom", "--no-owner", "--no-privileges", "--exclude-extension=*",
            *(f"--exclude-table-data={name}" for name in LEFT_OUT), f"--snapshot={snapshot[0] if snapshot else ''}",
            f"--file={target}",
        ]  # fmt: skip
        done = subprocess.run(command, env=_access(url), capture_output=True, text=True, check=False, umask=0o077)
        if done.returncode != 0:
            raise ArchiveError(f"The database could not be copied: {_last_line(done.stderr)}")
        return count_rows(connection)


def read_dump(binaries: Binaries, url: str, source: Path, expected: dict[str, list[str]]) -> None:
    """Fill an empty database from a dump and compare it with what it must hold, in one transaction: all or nothing.

    Raises:
        ArchiveError: the database is not empty, or the dump does not fit, or the rows are not those that were kept.
    """
    with psycopg.connect(url) as connection:
        if count_rows(connection):
            raise ArchiveError("The database has tables already: a backup is restored into an empty one only.")
    script = [str(binaries.program("pg_restore")), "--no-owner", "--no-privileges", "--file=-", str(source)]
    play = [str(binaries.program("psql")), "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    with (
        subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader,
        subprocess.Popen(
            play, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_access(url)
        ) as player,
    ):
        _pour(reader, player)
        complaint, torn = (process.stderr.read().decode(errors="replace") if process.stderr else "" for process in (player, reader))
    if reader.returncode != 0 or player.returncode != 0:
        raise ArchiveError(f"The copy of the database could not be read back: {_last_line(torn or complaint)}")
    with psycopg.connect(url) as connection:
        require_same(count_rows(connection), expected)


def _pour(reader: subprocess.Popen[bytes], playing: subprocess.Popen[bytes]) -> None:
    """The script line by line until the first data, without what an older server does not know; then in pieces."""
    script, player = cast("IO[bytes]", reader.stdout), cast("IO[bytes]", playing.stdin)
    try:
        for line in script:
            if line.decode(errors="replace") not in _NEWER:
                player.write(line)
            if line.startswith(b"COPY "):
                break
        while piece := script.read(1 << 20):
            player.write(piece)
        player.close()
    except BrokenPipeError:  # it has given up, and says why
        while script.read(1 << 20):
            pass


def require_same(found: dict[str, list[str]], expected: dict[str, list[str]]) -> None:
    """Whether the tables hold what they must.

    Raises:
        ArchiveError: and which do not.
    """
    wrong = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
    if wrong:
        raise ArchiveError(f"What was restored is not what was kept: {', '.join(wrong[:5])}. Nothing was changed.")


def count_rows(connection: psycopg.Connection[tuple[str, ...]]) -> dict[str, list[str]]:
    """Table → [number of rows, an order-free hash of them]; times as of UTC, so that a place makes no difference."""
    connection.execute("set timezone to 'UTC'")
    connection.execute("set datestyle to 'ISO'")
    return dict(_counted(connection))


def _counted(connection: psycopg.Connection[tuple[str, ...]]) -> Iterator[tuple[str, list[str]]]:
    names = connection.execute(
        "select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace order by 1"
    ).fetchall()
    for (name,) in names:
        if name in LEFT_OUT:
            yield name, ["0", "0"]
            continue
        row = connection.execute(sql.SQL(_ROWS).format(table=sql.Identifier(name))).fetchone()
        yield name, [*(row or ())]


def _access(url: str) -> dict[str, str]:
    """How libpq's programs reach the database: by the environment, where no other account can read the password."""
    known = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
             "sslmode": "PGSSLMODE"}
    said = conninfo_to_dict(url)
    return {**os.environ, **{variable: str(said[key]) for key, variable in known.items() if said.get(key)}}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"
