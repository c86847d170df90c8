"""The worker process: runs jobs and the periodic sweeps. Run by the launcher; any number may run beside one another."""

from __future__ import annotations

import threading

import django
from procrastinate.contrib.django import app

from marshrut.intake.rules.text import warm_up

from . import tether

_CONCURRENCY = 2
_GRACEFUL_SECONDS = 1.5  # a job cut off is done again: every job may run twice
_HEARTBEAT_SECONDS = 5.0  # how often the worker says in the database that it lives; readiness reads it


def work() -> None:
    """Work until a signal ends the process."""
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        working.run_worker(
            concurrency=_CONCURRENCY,
            shutdown_graceful_timeout=_GRACEFUL_SECONDS,
            update_heartbeat_interval=_HEARTBEAT_SECONDS,
            delete_jobs="successful",
        )


if __name__ == "__main__":
    tether.hold()
    django.setup()
    threading.Thread(target=warm_up, daemon=True).start()  # so that the first letter does not wait for the words
    work()
