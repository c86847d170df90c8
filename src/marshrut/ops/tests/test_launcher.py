"""One command brings everything up; any process may be killed; one signal takes everything down."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import psycopg
import pytest

from marshrut.ops import databases, homes, postgres, processes

from .machine import a_place

PATIENCE = 60.0  # seconds until something that never comes is given up: no measure of anything, machines are busy
_MAKE_SESSION = """
import sys
import django; django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.conf import settings
from marshrut.agency.web.session_store import SessionStore
user = get_user_model().objects.get(email=sys.argv[1])
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
from marshrut.agency.services import start_session
from marshrut.core.clock import utc_now
start_session(employee_id=user.pk, session_key=session.session_key, now=utc_now())
print(user.pk, f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
"""


class Launched:
    """A launcher in a process of its own, as a person starts it, and the processes it keeps."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.environ = {**os.environ, "MARSHRUT_HOME": str(home), "MARSHRUT_PORT": str(port)}
        self.environ.pop("DATABASE_URL", None)
        self.launcher: subprocess.Popen[str] | None = None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same home."""
        return subprocess.run(
            [sys.executable, "-m", "marshrut.ops", *arguments], env=self.environ, capture_output=True, text=True,
            check=False, timeout=4 * PATIENCE,
        )  # fmt: skip

    def start(self) -> str:
        """Start it; give what it printed until it said where it is."""
        self.launcher = subprocess.Popen(
            [sys.executable, "-m", "marshrut.ops", "up"], env=self.environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert self.launcher.stdout is not None
        printed = ""
        while "Stop with" not in printed:
            line = self.launcher.stdout.readline()
            assert line, f"the launcher ended: {printed[-2000:]}"
            printed += line
        return printed

    def end(self, how: signal.Signals) -> None:
        """Send the launcher a signal and wait until the last process of the home is gone."""
        assert self.launcher is not None
        self.launcher.send_signal(how)
        self.launcher.wait(PATIENCE)
        assert processes.wait_until(lambda: not self.processes(), PATIENCE), self.processes()
        assert self.launcher.stdout is not None
        self.launcher.stdout.close()

    def processes(self, part: str = "") -> list[int]:
        """Ids of the home's live processes, PostgreSQL's included; with a `part` those of ours that are listed under that name."""
        found = set(processes.working_in(self.home / "postgres" / "data")) if not part else set()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                environ = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"MARSHRUT_HOME={self.home}\0".encode() in environ + b"\0" and processes.name_of(int(entry.name)).startswith(part):
                found.add(int(entry.name))
        return [pid for pid in found if processes.is_alive(pid)]

    def log_in(self, email: str) -> tuple[int, str]:
        """Make an account and a session for it; give the employee's id and the cookie."""
        assert self.command("user", email, "--role", "manager", "--name", "Анна").returncode == 0
        with databases.opened(self.home) as found:
            environ = databases.environ_for(self.home, found, port=self.port)
        made = subprocess.run(
            [sys.executable, "-c", _MAKE_SESSION, email], env=environ, capture_output=True, text=True, check=True
        )
        number, cookie = made.stdout.split()
        return int(number), cookie

    @contextmanager
    def stream(self, cookie: str) -> Iterator[HTTPResponse]:
        """An open event stream of a browser with this cookie."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as wire:
            wire.request("GET", "/events", headers={"Cookie": cookie})
            answer = wire.getresponse()
            assert (answer.status, answer.getheader("content-type")) == (200, "text/event-stream; charset=utf-8")
            assert answer.readline().startswith(b"retry: ")
            yield answer

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(scope="module")
def launched() -> Iterator[Launched]:
    """A home that was brought up once; each test leaves it up."""
    with a_place("a home") as home, closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        launched = Launched(home, port)
        launched.start()
        yield launched
        launched.end(signal.SIGTERM)


def test_commands_work_beside_the_running_launcher(launched: Launched) -> None:
    token = launched.command("token", "partner site")
    assert (token.returncode, token.stdout.strip().count("\n")) == (0, 0)
    assert token.stdout.startswith("mrt_")
    made = launched.command("user", "boris@example.org", "--role", "owner", "--name", "Борис")
    address, password = made.stdout.split()
    assert (address, len(password) > 10) == ("boris@example.org", True)
    changed = launched.command("user", "boris@example.org", "--role", "owner", "--password", "another password")
    assert changed.stdout == "boris@example.org\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["user", "c@example.org", "--role", "owner", "--password", "short"], "8"),
        (["token", "x", "--scopes", "everything"], "everything"),
        (["up"], "already runs in"),
        (["up", "--port", "99999"], "from 1 to 65535"),
        (["fly"], "invalid choice"),
    ],
)
def test_what_a_person_gets_wrong_is_answered_with_a_sentence(
    launched: Launched, arguments: list[str], sentence: str
) -> None:
    done = launched.command(*arguments)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_every_command_explains_itself(launched: Launched) -> None:
    for command in ("up", "test", "token", "user"):
        done = launched.command(command, "--help")
        assert done.returncode == 0
        assert "MARSHRUT_HOME" in done.stdout


def test_a_second_home_on_a_taken_port_says_so_and_leaves_nothing_running(launched: Launched) -> None:
    with a_place() as home:
        second = Launched(home, launched.port)
        done = second.command("up")
        assert done.returncode == 1
        assert f"127.0.0.1:{launched.port} cannot be used" in done.stderr
        assert second.processes() == []


@pytest.mark.parametrize("part", ["marshrut web-", "marshrut worker", "postgres"])
def test_a_killed_process_is_started_again(launched: Launched, part: str) -> None:
    if part == "postgres":
        victims = [int((launched.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])]
    else:
        victims = launched.processes(part)
    assert victims
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    assert processes.wait_until(lambda: not any(map(processes.is_alive, victims)), PATIENCE)
    assert processes.wait_until(launched.answers, PATIENCE, step=0.1)
    assert processes.wait_until(lambda: postgres.attach(launched.home) is not None, PATIENCE)
    if part != "postgres":
        assert processes.wait_until(lambda: len(launched.processes(part)) == len(victims), PATIENCE)
    assert launched.command("token", "after the fall").returncode == 0


def test_kill_9_of_the_launcher_leaves_no_process_and_the_next_start_keeps_the_data(launched: Launched) -> None:
    assert launched.command("user", "kept@example.org", "--role", "owner", "--name", "Кто остался").returncode == 0
    launched.end(signal.SIGKILL)
    printed = launched.start()
    assert f"http://127.0.0.1:{launched.port}" in printed
    with databases.opened(launched.home) as found, psycopg.connect(found.app_url) as connection:
        assert connection.execute("select 1 from agency_employee where name = 'Кто остался'").fetchone()


def test_an_immediate_restart_after_kill_9_finds_port_and_database(launched: Launched) -> None:
    assert launched.launcher is not None
    assert launched.launcher.stdout is not None
    launched.launcher.kill()
    launched.launcher.wait()
    launched.launcher.stdout.close()
    launched.start()
    assert launched.answers()


def test_a_signal_ends_everything_open_streams_included(launched: Launched) -> None:
    _, cookie = launched.log_in("anna@example.org")
    with launched.stream(cookie) as stream:
        launched.end(signal.SIGINT)
        assert stream.read().strip() in (b"", b": still here")  # it came to its end
    launched.start()


def test_what_is_announced_reaches_its_owners_streams_in_every_process(launched: Launched) -> None:
    anna, cookie = launched.log_in("anna@example.org")
    boris, _ = launched.log_in("boris@example.org")
    with ExitStack() as stack, databases.opened(launched.home) as found:
        streams = [stack.enter_context(launched.stream(cookie)) for _ in range(6)]
        with psycopg.connect(found.app_url) as connection:
            for owner in (boris, anna):
                said = json.dumps({"kind": "inquiry", "id": owner, "owner": owner, "office": None})
                connection.execute("select pg_notify('marshrut_live', %s)", [said])
        heard = [read_event(stream) for stream in streams]
        assert {(event["event"], json.loads(event["data"])["id"]) for event in heard} == {("inquiry", anna)}


def test_after_the_database_fell_every_page_is_told_to_fetch_anew(launched: Launched) -> None:
    _, cookie = launched.log_in("anna@example.org")
    with launched.stream(cookie) as stream:
        os.kill(int((launched.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        assert read_event(stream)["event"] == "resync"


def read_event(stream: HTTPResponse) -> dict[str, str]:
    """The next event of a stream, as its fields; comments and bare fields are passed over."""
    fields: dict[str, str] = {}
    while "data" not in fields:
        line = stream.readline().decode()
        assert line, "the stream ended"
        name, _, value = line.rstrip("\n").partition(": ")
        fields[name] = value
    return fields


def test_a_stranger_gets_no_stream(launched: Launched) -> None:
    for headers in ({}, {"Cookie": "marshrut_session=guessed"}, {"Cookie": "\xff\xfe=;;;"}):
        stream = HTTPConnection("127.0.0.1", launched.port, timeout=PATIENCE)
        stream.request("GET", "/events", headers=headers)
        answer = stream.getresponse()
        assert answer.status == 401
        assert json.loads(answer.read())["title"] == "Unauthorized"
        stream.close()


def test_our_processes_stay_small(launched: Launched) -> None:
    kilobytes = 0
    assert launched.launcher is not None
    for pid in [launched.launcher.pid, *launched.processes("marshrut ")]:
        for line in (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    assert 0 < kilobytes < 300 * 1024


def test_a_command_on_a_home_at_rest_starts_the_database_for_itself_and_stops_it_after() -> None:
    with a_place() as home:
        resting = Launched(home, homes.DEFAULT_PORT)
        made = resting.command("user", "first@example.org", "--role", "owner", "--name", "Первая")
        assert made.stdout.startswith("first@example.org ")
        assert resting.command("token", "first").stdout.startswith("mrt_")
        assert resting.processes() == []


def test_a_postgresql_named_in_the_environment_is_used_and_a_wrong_name_is_a_sentence() -> None:
    with postgres.throw_away() as server, a_place() as home:
        elsewhere = Launched(home, homes.DEFAULT_PORT)
        elsewhere.environ |= {
            "DATABASE_URL": server.dsn(postgres.APP), "MARSHRUT_OWNER_DATABASE_URL": server.dsn(postgres.OWNER),
        }  # fmt: skip
        assert elsewhere.command("token", "first").stdout.startswith("mrt_")
        assert not (home / "postgres").exists()
        with psycopg.connect(server.dsn(postgres.APP)) as connection:
            assert connection.execute("select name from agency_apitoken").fetchall() == [("first",)]
        for url, sentence in (("mysql://here", "must begin with postgresql://"),
                              (server.dsn(postgres.APP, "nowhere"), "nowhere"),
                              ("postgresql://nobody@127.0.0.1:1/x", "does not let us in")):  # fmt: skip
            elsewhere.environ |= {"DATABASE_URL": url, "MARSHRUT_OWNER_DATABASE_URL": ""}
            assert_refused(elsewhere.command("token", "second"), sentence)


def assert_refused(done: subprocess.CompletedProcess[str], *sentences: str) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    for sentence in sentences:
        assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_tables_that_cannot_be_brought_up_to_date_stop_the_start_with_what_to_do() -> None:
    with postgres.throw_away() as server, a_place() as home, closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
        probe.close()
        elsewhere = Launched(home, port)
        elsewhere.environ |= {"DATABASE_URL": server.dsn(), "MARSHRUT_OWNER_DATABASE_URL": server.dsn(postgres.OWNER, "nowhere")}
        assert_refused(elsewhere.command("up"), "PostgreSQL does not let us in", "nowhere")
        elsewhere.environ["MARSHRUT_OWNER_DATABASE_URL"] = server.dsn(postgres.OWNER)
        with psycopg.connect(server.dsn(postgres.OWNER)) as connection:  # somebody made a table by hand that we bring
            connection.execute("create table procrastinate_jobs (id bigint)")
        assert_refused(elsewhere.command("up"), "procrastinate_jobs", "Nothing was changed", "An upgrade that fails")
        assert elsewhere.processes() == []
