"""Processes the launcher keeps running: started with a log and a tether, restarted when they die."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import forks, processes, tether
from .forks import Fork, Part

_STEADY_SECONDS = 10.0  # a process that lived this long may be restarted at once
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_LOG_LIMIT = 10 * 1024 * 1024  # bytes


@dataclass(eq=False)
class Child:
    """One kept process, which runs ``python -m module arguments`` as a copy of the launcher."""

    name: str
    module: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    tether: int
    inherited: Sequence[int] = ()
    process: Fork | None = field(default=None, init=False)
    deaths: int = field(default=0, init=False)
    _started_at: float = field(default=0.0, init=False)
    _pause: float = field(default=0.0, init=False)
    _restart_at: float | None = field(default=None, init=False)
    _shown: int = field(default=0, init=False)

    def start(self) -> None:
        self._turn_log()
        self._started_at, self._restart_at = time.monotonic(), None
        self._shown = self.log.stat().st_size if self.log.exists() else 0
        environ = {**self.environ, tether.VARIABLE: str(self.tether)}
        self.process = forks.fork(Part(
            name=self.name, module=self.module, arguments=self.arguments, environ=environ, log=self.log,
            kept=[self.tether, *self.inherited],
        ))  # fmt: skip

    def look_after(self) -> str | None:
        """Restart the process if it died and its pause is over; gives a sentence at the moment its death is seen."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        now = time.monotonic()
        if self._restart_at is None:
            self.deaths += 1
            is_steady = now - self._started_at > _STEADY_SECONDS
            self._pause = 0.0 if is_steady else min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
            self._restart_at = now + self._pause
            return f"{self.name} ended with {signal.Signals(-code).name if code < 0 else code}; it is started again."
        if now >= self._restart_at:
            self.start()
        return None

    def news(self) -> str:
        """What the process wrote since the last asking; processes of ours write only what somebody should see."""
        try:
            with open(self.log, "rb") as log:
                log.seek(self._shown)
                written = log.read(64 * 1024)
                self._shown = log.tell()
        except OSError:
            return ""
        if self._shown > _LOG_LIMIT:
            self._turn_log()
            self._shown = 0
        return written.decode("utf-8", "replace")

    def _turn_log(self) -> None:
        """Keep one older log; the file itself stays, since the process holds it open for appending."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.with_suffix(".old.log").write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)


def stop_all(children: Sequence[Child], seconds: float) -> None:
    """Ask all to end at once, wait together at most `seconds`, then end those that are left."""
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    processes.wait_until(lambda: all(process.poll() is not None for process in running), seconds)
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()
