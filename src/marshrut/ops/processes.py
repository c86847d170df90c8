"""Processes of the machine as the operating system shows them: who lives, who belongs to us, who dies with whom."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_M_ARENA_MAX = -8
_PROC = Path("/proc")


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """A ``preexec_fn`` after which the child gets signal `how` when its parent dies, even by kill -9.

    Linux only; elsewhere it does nothing, and the child must notice by itself (``ops.tether``).
    """
    parent = os.getpid()
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def preexec() -> None:
        prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl: no signal will ever come
            os._exit(1)

    return preexec


def name_this(name: str) -> None:
    """Let the system list this process under a name, of which it keeps 15 bytes; Linux only."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def keep_memory_together() -> None:
    """Let all threads share two heaps: glibc gives each its own, and what one has freed none of the others can use."""
    with contextlib.suppress(AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def name_of(pid: int) -> str:
    """The name a process is listed under; "" when there is none."""
    try:
        return (_PROC / str(pid) / "comm").read_text().rstrip("\n")
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return not _PROC.joinpath("self").exists()


def working_in(folder: Path) -> list[int]:
    """Ids of live processes whose working folder is `folder`: PostgreSQL's own all stand in their data folder."""
    found = []
    for entry in _PROC.glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == str(folder) and is_alive(int(entry.name)):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def wait_until(is_so: Callable[[], bool], seconds: float, *, step: float = 0.02) -> bool:
    """Ask `is_so` every `step` seconds; False when it never was within `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


def send(pid: int, how: signal.Signals) -> None:
    """Send a signal; a process that is gone already is what we wanted."""
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
