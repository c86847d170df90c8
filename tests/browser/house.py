"""The real web process on a database of its own, and what the journeys do to it from outside the browser."""

import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import time_machine
from conftest import clone_database

from marshrut.ops import postgres
from tests.cast import BORIS

PATIENCE = 60.0  # seconds until something that never comes is given up: no measure of anything, machines are busy
_NAMES = (f"journeys_{number}" for number in itertools.count(1))


@dataclass(frozen=True)
class House:
    """A running Marshrut: its address, and its database as the application sees it."""

    url: str
    dsn: str

    def ask(self, statement: str, *values: Any) -> Any:
        """The first column of the first row; committed."""
        with psycopg.connect(self.dsn) as connection:
            cursor = connection.execute(statement, values)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def send_form(self, **fields: str) -> int:
        """A tourist fills in the site's form; the number of the inquiry."""
        from django.core.signing import TimestampSigner

        key = self.ask("select key from channels_form")
        with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1), tick=False):
            started = TimestampSigner(salt="public-form").sign(key)
        form = {"consent": "1", "started": started, "directions": "Вьетнам", "adults": "2", "nights": "14", **fields}
        with urllib.request.urlopen(f"{self.url}/f/{key}", urllib.parse.urlencode(form).encode(), timeout=PATIENCE) as answer:
            assert answer.status == 200
        return int(self.ask("select max(raw_id) from intake_inquiry"))


@contextmanager
def open_house(server: postgres.Server) -> Iterator[House]:
    """Start one web process as the launcher does, and end that very process afterwards."""
    name = next(_NAMES)
    clone_database(name)
    house_dsn = server.dsn(postgres.APP, name)
    with psycopg.connect(house_dsn) as connection:  # Boris is full: whatever comes in is Anna's
        connection.execute("update agency_employee set capacity = 0 where email = %s", [BORIS])
    with serving(house_dsn) as house:
        yield house


@contextmanager
def serving(house_dsn: str) -> Iterator[House]:
    """One web process on this database, ended afterwards."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    listening.setblocking(False)
    environ = {**os.environ, "MARSHRUT_DATABASE_URL": house_dsn}
    door = listening.fileno()
    process = subprocess.Popen([sys.executable, "-m", "marshrut.ops.web", str(door)], env=environ, pass_fds=[door])
    house = House(f"http://127.0.0.1:{listening.getsockname()[1]}", house_dsn)
    try:
        _await_answer(house.url)
        yield house
    finally:
        process.terminate()
        process.wait(10)
        listening.close()


def _await_answer(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{url}/login", timeout=PATIENCE):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
