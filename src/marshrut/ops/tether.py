"""The tether: a pipe whose other end the launcher holds, so that a process of ours notices its death on any system."""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "MARSHRUT_TETHER"
_GRACE_SECONDS = 3.0


def hold() -> None:
    """From now on end this process when the launcher is gone: politely first, then without asking.

    Does nothing in a process that no launcher started.
    """
    written = os.environ.pop(VARIABLE, "")
    if written:
        threading.Thread(target=_watch, args=(int(written),), name="tether", daemon=True).start()


def _watch(end: int) -> None:
    os.read(end, 1)  # nothing is ever written: this returns when the last holder of the other end has died
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)
