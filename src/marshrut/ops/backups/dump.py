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

# No session comes along; what says who was logged in does, as history, and is ended after a restore (settling.py).
LEFT_OUT = ("django_session",)
# What a dump of PostgreSQL 17 or later says at its beginning and an older one does not know.
_NEWER = ("SET transaction_timeout = 0;\n",)
_DIFFERENT = "What was restored is not what was kept"
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
        _pour(reader, player, comparison(expected))
        complaint, torn = (process.stderr.read().decode(errors="replace") if process.stderr else "" for process in (player, reader))
    if _DIFFERENT in complaint:
        raise ArchiveError(f"{_line_with(_DIFFERENT, complaint)}. Nothing was changed.")
    if reader.returncode != 0 or player.returncode != 0:
        raise ArchiveError(f"The copy of the database could not be read back: {_last_line(torn or complaint)}")


def _pour(reader: subprocess.Popen[bytes], playing: subprocess.Popen[bytes], comparison: str) -> None:
    """The script line by line until the first data, without what an older server does not know; then in pieces.

    Last comes the comparison, still in the transaction: what differs was never there.
    """
    script, player = cast("IO[bytes]", reader.stdout), cast("IO[bytes]", playing.stdin)
    try:
        for line in script:
            if line.decode(errors="replace") not in _NEWER:
                player.write(line)
            if line.startswith(b"COPY "):
                break
        while piece := script.read(1 << 20):
            player.write(piece)
        player.write(comparison.encode())
        player.close()
    except BrokenPipeError:  # it has given up, and says why
        while script.read(1 << 20):
            pass


def comparison(expected: dict[str, list[str]]) -> str:
    """SQL that fails with the name of the first table that does not hold what it must, or that should not be there."""
    given = {name: ["0", "0"] if name in LEFT_OUT else known for name, known in sorted(expected.items())}
    checks = (
        f"do $check$ begin if (select array[count, hash] from ({_ROWS.format(table=_quoted(name))}) r(count, hash)) "
        f"is distinct from array[{', '.join(_literal(value) for value in known)}] "
        f"then raise exception '{_DIFFERENT}: %', {_literal(name)}; end if; end $check$;\n"
        for name, known in given.items()
    )
    more = (
        "do $check$ declare extra text; begin select min(relname) into extra from pg_class where relkind = 'r' "
        f"and relnamespace = current_schema()::regnamespace and relname <> all(array[{', '.join(map(_literal, given))}]::text[]); "
        f"if extra is not null then raise exception '{_DIFFERENT}: %', extra; end if; end $check$;\n"
    )
    return "reset search_path;\nset timezone to 'UTC';\nset datestyle to 'ISO';\n" + "".join(checks) + more


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    """Text as SQL; what an archive says is hostile until it stands in quotes, and a block of ours is never closed by it."""
    if "$check$" in text or "\0" in text:
        raise ArchiveError("This is no list of tables of ours.")
    return "'" + text.replace("'", "''") + "'"


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


def _line_with(words: str, text: str) -> str:
    return next(line[line.index(words) :].strip() for line in text.splitlines() if words in line)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"
