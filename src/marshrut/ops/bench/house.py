"""The bench's own home: loaded once, served by the real launcher in a process of its own, watched from outside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marshrut.ops import homes, launcher, processes

from .wire import Wire, request_bytes

_START_SECONDS = 60.0


def bench_home() -> Path:
    """`bench` inside the chosen home: rows to measure by never mix with an agency's own."""
    homes.prepare(homes.chosen_home())
    return homes.chosen_home() / "bench"


def environ_of(home: Path) -> dict[str, str]:
    """The environment of commands on that home; always its own PostgreSQL, whatever DATABASE_URL says."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MARSHRUT_OWNER_DATABASE_URL")}
    return {**kept, "MARSHRUT_HOME": str(home)}


def command(home: Path, *arguments: str, module: str = "marshrut.ops") -> str:
    """Run a command of ours on that home; what it printed. LauncherError with its sentence when it fails."""
    done = subprocess.run([sys.executable, "-P", "-m", module, *arguments], env=environ_of(home), stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        raise launcher.LauncherError(f"“{' '.join(arguments) or module}” failed on {home}; the reason stands above.")
    return done.stdout.strip()


def samples_of(home: Path) -> dict[str, Any]:
    """What to ask about in that home; see `samples`."""
    return json.loads(command(home, module="marshrut.ops.bench.samples"))  # type: ignore[no-any-return]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """A running server of ours."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.started_in = 0.0
        self._launcher: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._launcher is not None  # asked for only while it runs
        return self._launcher.pid

    def start(self) -> None:
        """Start it and wait until it is ready; how long that took is kept."""
        begun = time.monotonic()
        log = self.home.parent / "logs" / "bench.log"
        with open(log, "ab") as written:
            self._launcher = subprocess.Popen(
                [sys.executable, "-P", "-m", "marshrut.ops", "up", "--port", str(self.port)], env=environ_of(self.home),
                stdin=subprocess.DEVNULL, stdout=written, stderr=written, start_new_session=True)  # fmt: skip
        while not self.is_ready():
            if self._launcher.poll() is not None or time.monotonic() - begun > _START_SECONDS:
                raise launcher.LauncherError(f"The server does not come up; see {log}.")
            time.sleep(0.05)
        self.started_in = time.monotonic() - begun

    def is_ready(self) -> bool:
        wire = Wire(self.port, timeout=5)
        try:
            return wire.ask(request_bytes("GET", "/readyz", {})).status == 200
        except (OSError, ValueError):
            return False
        finally:
            wire.close()

    def stop(self) -> float:
        """Ctrl-C; seconds until everything has ended."""
        begun = time.monotonic()
        if self._launcher and self._launcher.poll() is None:
            self._launcher.send_signal(signal.SIGINT)
            self._launcher.wait(30)
        return time.monotonic() - begun

    def reap(self) -> None:
        """After the launcher was killed: take note of its end."""
        if self._launcher:
            self._launcher.wait(10)


@contextlib.contextmanager
def running(home: Path) -> Iterator[House]:
    """The server of that home, stopped at the end whatever happens."""
    house = House(home, free_port())
    house.start()
    try:
        yield house
    finally:
        house.stop()


def processes_of(launcher_pid: int, home: Path) -> dict[str, list[int]]:
    """Process ids by what they are: launcher, web, worker, postgres (the postmaster)."""
    found: dict[str, list[int]] = {"launcher": [launcher_pid], "web": [], "worker": [], "postgres": []}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError, ValueError):
            words = folder.joinpath("cmdline").read_bytes().decode(errors="replace").split("\0")
            parent = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            name = processes.name_of(int(folder.name))
            if parent == launcher_pid and name.startswith("marshrut web-"):
                found["web"].append(int(folder.name))
            elif parent == launcher_pid and name == "marshrut worker":
                found["worker"].append(int(folder.name))
            elif words[0].endswith("/postgres") and str(home / "postgres") in " ".join(words):
                found["postgres"].append(int(folder.name))
    return found


def memory_of(pids: list[int]) -> float:
    """Their proportional memory (PSS) together, in MB; nan where the system does not say."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return float("nan")
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
