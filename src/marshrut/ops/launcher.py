"""The launcher: brings a home up, keeps its processes alive, and takes everything down together.

While PostgreSQL comes up it loads what all its processes run, and they are copies of it (``forks``). It uses none of
that itself.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from . import databases, forks, homes, postgres
from .children import Child, stop_all
from .databases import Databases
from .forks import Part
from .postgres import PostgresError

WEB_PROCESSES = 2
_COMMAND_SECONDS = 30.0
_ASIDE_SECONDS = 5.0  # how long the processes of a killed launcher may still hold the port
_CHILDREN_STOP_SECONDS = 2.5
_DEATHS_AT_START = 3  # a process that dies this often before the doors open will not live
_LOOK_SECONDS = 0.5
_ANSWER_SECONDS = 60.0


class LauncherError(Exception):
    """The home cannot be brought up; the text is a sentence for a person."""


class StopAsked(BaseException):
    """Somebody pressed Ctrl-C or sent a signal to stop."""


@dataclass(frozen=True)
class Plan:
    """What to bring up: where it listens, what fills it first, what else is kept running.

    `fillers` are modules run at every start, in order, the first time before the doors open; what they print is shown.
    `extras` are modules kept running like the worker.
    """

    home: Path
    port: int
    host: str = "127.0.0.1"
    fillers: Sequence[str] = ("marshrut.ops.seed", "marshrut.ops.first_run")
    extras: Sequence[str] = ()

    @property
    def address(self) -> str:
        shown = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://[{shown}]:{self.port}" if ":" in shown else f"http://{shown}:{self.port}"


@dataclass
class _House:
    """The running parts of a home."""

    plan: Plan
    databases: Databases
    children: list[Child] = field(default_factory=list)
    database_pause: float = 0.0

    def look_after(self) -> None:
        self._look_after_database()
        for child in self.children:
            if sentence := child.look_after():
                _say(sentence)
            if news := child.news():
                sys.stderr.write(news)
                sys.stderr.flush()

    def _look_after_database(self) -> None:
        server = self.databases.server
        if server is None or server.process is None or server.process.poll() is None:
            return
        _say("PostgreSQL ended; it is started again.")
        time.sleep(self.database_pause)
        try:
            self.databases = databases.of(postgres.start(self.plan.home))
            self.database_pause = 0.0
        except PostgresError as problem:
            self.database_pause = min(self.database_pause * 2 + 0.5, 5.0)
            _say(str(problem))


def run(plan: Plan) -> int:
    """Bring a home up and keep it up until a signal; gives the exit code.

    Raises:
        LauncherError, HomeError, PostgresError, AccountError: with a sentence why it does not come up.
    """
    homes.prepare(plan.home)
    with _held(plan), _stop_signals() as wake, contextlib.suppress(StopAsked):
        _run(plan, wake)
    return 0


@contextlib.contextmanager
def _held(plan: Plan) -> Iterator[None]:
    """Hold the home as its launcher; a command that holds it for a moment is awaited, another launcher is not."""
    deadline = time.monotonic() + _COMMAND_SECONDS
    while True:
        with homes.held(plan.home, plan.address) as is_ours:
            if is_ours:
                yield
                return
        holder = homes.holder(plan.home)
        if holder.startswith("http") or time.monotonic() > deadline:
            raise LauncherError(f"Marshrut already runs in {plan.home}: {holder or 'another process holds it'}")
        time.sleep(0.1)


def _run(plan: Plan, wake: int) -> None:
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(_listen(plan.host, plan.port))
        house = _House(plan, databases.external() or databases.of(postgres.begin(plan.home)))
        stack.callback(_take_down, house)
        environ = databases.environ_for(plan.home, house.databases, port=plan.port)
        environ["MARSHRUT_ADDRESS"] = plan.address
        environ["MARSHRUT_HOSTS"] = _own_names(plan.host, environ.get("MARSHRUT_HOSTS", ""))
        _load(environ)
        if house.databases.server:
            postgres.finish(house.databases.server)
        databases.migrate(plan.home, house.databases, run=_run_to_its_end)
        tether_end, held_end = os.pipe()
        stack.callback(os.close, tether_end)
        stack.callback(os.close, held_end)
        house.children = _make_children(plan, environ, listening, tether_end)
        _fill_and_start(house, environ)
        _announce_when_answering(house, wake)
        while True:
            _wait(wake)
            house.look_after()


def _load(environ: dict[str, str]) -> None:
    try:
        forks.load(environ)
    except Exception as problem:
        traceback.print_exc()
        raise LauncherError(f"Marshrut's own parts cannot be loaded: {' '.join(str(problem).split())}") from problem


def _run_to_its_end(part: Part) -> int:
    running = forks.fork(part)
    try:
        return running.wait()
    except BaseException:
        running.kill()
        running.wait()
        raise


def _fill_and_start(house: _House, environ: dict[str, str]) -> None:
    """Fill, then open the doors; where the first data are in already, both at once, since little is left to fill."""
    seeded = house.plan.home / databases.SEEDED
    if seeded.exists():
        for child in house.children[:WEB_PROCESSES]:
            child.start()
    _fill(house.plan.fillers, environ)
    seeded.touch(mode=0o600)
    for child in house.children:
        if child.process is None:
            child.start()


def _make_children(plan: Plan, environ: dict[str, str], listening: socket.socket, tether: int) -> list[Child]:
    logs = plan.home / "logs"
    door = listening.fileno()
    children = [
        Child(f"web-{n}", "marshrut.ops.web", [str(door)], environ, logs / f"web-{n}.log", tether, [door])
        for n in range(1, WEB_PROCESSES + 1)
    ]
    for module in ("marshrut.ops.worker", *plan.extras):
        name = module.rpartition(".")[2]
        children.append(Child(name, module, [], environ, logs / f"{name}.log", tether))
    return children


def _take_down(house: _House) -> None:
    stop_all(house.children, _CHILDREN_STOP_SECONDS)
    for child in house.children:
        sys.stderr.write(child.news())
    if house.databases.server:
        postgres.stop(house.databases.server)


def _listen(host: str, port: int) -> socket.socket:
    """The socket all web processes share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    deadline = time.monotonic() + _ASIDE_SECONDS
    while True:
        try:
            listening.bind((host, port))
            listening.listen(1024)
        except OSError as problem:
            if time.monotonic() < deadline and problem.errno == errno.EADDRINUSE:
                time.sleep(0.1)
                continue
            listening.close()
            raise LauncherError(
                f"The address {host}:{port} cannot be used ({problem.strerror}): "
                f"name another port in MARSHRUT_PORT or with --port."
            ) from problem
        listening.setblocking(False)
        return listening


def _own_names(host: str, named: str) -> str:
    """Names under which the site may be asked for, besides the loopback ones."""
    own = [socket.gethostname()] if host in ("0.0.0.0", "::", "") else [host]
    return ",".join(filter(None, [*named.split(","), *own]))


def _fill(modules: Sequence[str], environ: dict[str, str]) -> None:
    for module in modules:
        if _run_to_its_end(Part(name="filling", module=module, environ=environ)) != 0:
            raise LauncherError("The home could not be filled with its first data; the reason stands above.")


def _announce_when_answering(house: _House, wake: int) -> None:
    deadline = time.monotonic() + _ANSWER_SECONDS
    while not _answers(house.plan):
        if time.monotonic() > deadline:
            raise LauncherError(f"The web processes do not answer; see {house.plan.home}/logs.")
        _wait(wake, 0.05)
        house.look_after()
        if failing := [child.name for child in house.children if child.deaths >= _DEATHS_AT_START]:
            raise LauncherError(f"{failing[0]} cannot start; the reason stands above, and in {house.plan.home}/logs.")
    print(f"Marshrut: {house.plan.address}/", flush=True)
    print("Stop with Ctrl-C.", flush=True)


def _answers(plan: Plan) -> bool:
    host = "127.0.0.1" if plan.host in ("0.0.0.0", "") else "::1" if plan.host == "::" else plan.host
    try:
        with socket.create_connection((host, plan.port), timeout=5) as wire:
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return wire.recv(12).startswith(b"HTTP/1.")
    except OSError:
        return False


@contextlib.contextmanager
def _stop_signals() -> Iterator[int]:
    """Turn stop signals into ``StopAsked``, once; gives a descriptor that any signal wakes, a child's end included."""
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.getsignal(kind) for kind in (*stopping, signal.SIGCHLD)}

    def stop(_number: int, _frame: FrameType | None) -> None:
        for kind in stopping:
            signal.signal(kind, signal.SIG_IGN)
        raise StopAsked

    for kind in stopping:
        signal.signal(kind, stop)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    woken_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(woken_before)
        for kind, handler in before.items():
            signal.signal(kind, handler)
        os.close(reading)
        os.close(writing)


def _wait(wake: int, seconds: float = _LOOK_SECONDS) -> None:
    """Until a signal comes or the time is over."""
    if select.select([wake], [], [], seconds)[0]:
        with contextlib.suppress(BlockingIOError):
            os.read(wake, 4096)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
