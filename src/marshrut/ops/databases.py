"""Which database a home uses, as addresses: its own embedded PostgreSQL, or the one ``DATABASE_URL`` names."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import homes, postgres
from .forks import Part
from .postgres import PostgresError

SEEDED = "database-is-seeded"  # a mark in the home: its first data are in
_BUSY_SECONDS = 30.0


@dataclass(frozen=True)
class Databases:
    """Addresses of the application's and of the owner's access; `server` is ours to keep alive, or None."""

    app_url: str
    owner_url: str
    server: postgres.Server | None = None


def external(environ: Mapping[str, str] = os.environ) -> Databases | None:
    """The PostgreSQL named by ``DATABASE_URL``, its owner by ``MARSHRUT_OWNER_DATABASE_URL``; None when none is."""
    url = environ.get("DATABASE_URL", "").strip()
    if not url:
        return None
    if not url.startswith(("postgres://", "postgresql://")):
        raise PostgresError("DATABASE_URL must begin with postgresql://, since Marshrut keeps its data in PostgreSQL.")
    return Databases(url, environ.get("MARSHRUT_OWNER_DATABASE_URL", "").strip() or url)


def of(server: postgres.Server) -> Databases:
    """The addresses of a running embedded server."""
    return Databases(server.dsn(postgres.APP), server.dsn(postgres.OWNER), server)


def environ_for(home: Path, databases: Databases, *, port: int | None = None, as_owner: bool = False) -> dict[str, str]:
    """The environment in which a process of ours works on this home."""
    return {
        **os.environ,
        "MARSHRUT_HOME": str(home),
        "MARSHRUT_PORT": str(port or homes.chosen_port()),
        "MARSHRUT_SECRET_KEY": homes.secret(home, "signing-key"),
        "MARSHRUT_DATA_KEYS": os.environ.get("MARSHRUT_DATA_KEYS") or homes.secret(home, "data-key"),
        "MARSHRUT_DATABASE_URL": databases.owner_url if as_owner else databases.app_url,
        "MARSHRUT_OWNER_DATABASE_URL": databases.owner_url,
        "DJANGO_SETTINGS_MODULE": "marshrut.config.settings",
        "PYTHONUNBUFFERED": "1",
    }


def migrate(home: Path, databases: Databases, *, run: Callable[[Part], int] | None = None) -> None:
    """Bring the tables up to date, in a process of its own with the owner's access, which `run` begins and waits for.

    Without `run` that process starts from nothing: what a command has loaded is not what the part needs.

    Raises:
        PostgresError: the database is too old, lacks rights or extensions, or a migration failed.
    """
    environ, log = environ_for(home, databases, as_owner=True), home / "logs" / "migrate.log"
    log.write_bytes(b"")
    if (run or _run_from_nothing)(Part(name="migrate", module="marshrut.ops.migrate", environ=environ, log=log)) != 0:
        written = log.read_text(encoding="utf-8", errors="replace").splitlines()
        last = next((line for line in reversed(written) if line.strip()), "no reason was given")
        raise PostgresError(
            f"The database could not be brought up to date: {last} More is in {log}; the administrator's guide "
            f"(src/marshrut/desk/guides/en/administrator.md) says under “An upgrade that fails” what to do."
        )


def _run_from_nothing(part: Part) -> int:
    command = [sys.executable, "-P", "-m", part.module, *part.arguments]
    with part.log.open("ab") if part.log else contextlib.nullcontext() as log:
        return subprocess.run(command, env=dict(part.environ), stdout=log, stderr=log, check=False).returncode


@contextlib.contextmanager
def opened(home: Path) -> Iterator[Databases]:
    """The databases of a home for one command: of the running launcher, else started for the command and stopped after.

    Raises:
        PostgresError: it cannot be started, or whoever holds the home does not come up.
    """
    homes.prepare(home)
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        with homes.held(home, "a command") as is_ours:
            if is_ours:
                with _started(home) as databases:
                    yield databases
                return
            if found := external() or _running(home):
                yield found
                return
        if time.monotonic() > deadline:
            raise PostgresError(f"Another process holds the home {home}, and its database does not answer.")
        time.sleep(0.1)


@contextlib.contextmanager
def _started(home: Path) -> Iterator[Databases]:
    named = external()
    databases = named or of(postgres.start(home))
    try:
        migrate(home, databases)
        _seed(home, databases)
        yield databases
    finally:
        if databases.server:
            postgres.stop(databases.server, wait_for_sessions=True)


def _seed(home: Path, databases: Databases) -> None:
    """Give a home that was never brought up what every home begins with: an office to work in."""
    seeded = home / SEEDED
    if seeded.exists() and databases.server:
        return
    command = [sys.executable, "-P", "-m", "marshrut.ops.seed"]
    done = subprocess.run(command, env=environ_for(home, databases), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PostgresError(f"The home could not be filled with its first data: {done.stderr.strip()[-500:]}")
    seeded.touch(mode=0o600)


def _running(home: Path) -> Databases | None:
    server = postgres.attach(home)
    return of(server) if server else None


@contextlib.contextmanager
def at_work(home: Path, *, as_owner: bool = False) -> Iterator[Databases]:
    """``opened``, with Django set up in this very process; for commands that use services and queries.

    Raises:
        PostgresError: as ``opened``.
    """
    with opened(home) as databases:
        os.environ.update(environ_for(home, databases, as_owner=as_owner))
        import django  # only now: the launcher's commands must stay small

        django.setup()
        try:
            yield databases
        finally:
            from django.db import connections

            connections.close_all()
