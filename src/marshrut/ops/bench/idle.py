"""What had fallen due while a home lay still is worked off before anything is measured: the machine is to answer requests only."""

from __future__ import annotations

import time
from typing import Any

import psycopg

_MOST_SECONDS = 300.0
_DUE = """select
    (select count(*) from intake_inquiry where clock_state = 'running' and warn_at <= now())
    + (select count(*) from intake_nextanswer where state = 'running' and warn_at <= now())
    + (select count(*) from procrastinate_jobs where status = 'todo' and coalesce(scheduled_at, now()) <= now())
    + (select count(*) from procrastinate_jobs j join procrastinate_workers w on w.id = j.worker_id
       where j.status = 'doing' and w.last_heartbeat > now() - interval '30 seconds')"""


def wait_until_idle(bare: psycopg.Connection[Any], *, most_seconds: float = _MOST_SECONDS) -> float:
    """Seconds until no clock was due and no job waited, twice in a row; no longer than `most_seconds`."""
    begun, quiet = time.monotonic(), 0
    while quiet < 2 and time.monotonic() - begun < most_seconds:
        found = bare.execute(_DUE).fetchone()
        quiet = quiet + 1 if found and not found[0] else 0
        time.sleep(0.25)
    return time.monotonic() - begun
