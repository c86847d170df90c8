"""Processes of ours as copies of the launcher: what they all run is loaded once, for the time and the memory of one.

The launcher itself uses none of it, opens no connection and starts no thread, so that a copy begins clean.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import processes

_LOADED = (
    "marshrut.config.front", "marshrut.config.urls", "procrastinate.contrib.django", "uvicorn", "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop", "uvicorn.protocols.http.httptools_impl",
)  # fmt: skip


class Fork:
    """A running copy, with the manners of ``subprocess.Popen``; `returncode` is negative where a signal ended it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._look(os.WNOHANG)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        code = self._look(0)
        assert code is not None
        return code

    def terminate(self) -> None:
        processes.send(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        processes.send(self.pid, signal.SIGKILL)

    def _look(self, how: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, how)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def load(environ: Mapping[str, str]) -> None:
    """Load what our processes run, with the settings of `environ`; once, before the first copy.

    Whatever is wrong with settings or code comes out of here as it is.
    """
    os.environ.update(environ)
    processes.keep_memory_together()
    gc.disable()  # nothing loaded becomes garbage, and holes would only be filled by the copies, page by page
    try:
        importlib.import_module("django").setup()
        for name in _LOADED:
            importlib.import_module(name)
        importlib.import_module("marshrut.intake.rules.text").warm_up()
        gc.freeze()  # a collection in a copy would write to every page of what is shared
    finally:
        gc.enable()


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a copy is to be: ``python -m module arguments`` in `environ`, listed by the system as “marshrut `name`”.

    It writes into `log`, or where the launcher does, and keeps the descriptors `kept`.
    """

    name: str
    module: str
    environ: Mapping[str, str]
    arguments: Sequence[str] = ()
    log: Path | None = None
    kept: Sequence[int] = ()


def fork(part: Part) -> Fork:
    """Begin a copy of this process, in a session of its own, that does its part and ends with this process at the latest."""
    assert threading.active_count() == 1, "the locks of other threads would stay locked in a copy"
    sys.stdout.flush()
    sys.stderr.flush()
    bind = processes.die_with_parent(signal.SIGTERM)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # the launcher's handlers are not the copy's
    try:
        if pid := os.fork():
            return Fork(pid)
        code = 1
        try:
            bind()
            _leave_the_launcher(part)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            code = _run(part)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)  # whatever happened: the launcher's own way out is not the copy's
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_the_launcher(part: Part) -> None:
    """Take over nothing but what is loaded: no signal, no descriptor, no environment."""
    signal.set_wakeup_fd(-1)
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(kind, signal.SIG_DFL if kind != signal.SIGINT else signal.default_int_handler)
    os.setsid()
    processes.name_this(f"marshrut {part.name}")
    _direct(os.devnull, os.O_RDONLY, 0)
    if part.log:
        for output in (1, 2):
            _direct(part.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, output)
        os.chdir(part.log.parent)
    last = 2
    for number in sorted(part.kept):
        os.closerange(last + 1, number)
        last = number
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)  # what is said into a log stands there in its order
    os.environ.clear()
    os.environ.update(part.environ)


def _direct(path: Path | str, how: int, number: int) -> None:
    opened = os.open(path, how, 0o600)
    os.dup2(opened, number)
    os.close(opened)


def _run(part: Part) -> int:
    """Run the module to its end as ``python -m`` does; gives the exit code."""
    sys.argv = [part.module, *part.arguments]
    code = 0
    try:
        runpy.run_module(part.module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # running threads come to their end, as in any other process
    sys.stdout.flush()
    sys.stderr.flush()
    return code
