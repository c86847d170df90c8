"""A real PostgreSQL of its own for the suite, migrated and seeded once.

A test rolls back what it did, or (mark `own_database`) works in a database of its own that really commits.
"""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from marshrut.ops import postgres

# A property holds or it does not; how long a busy machine took to look is no part of it.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

_STACK = ExitStack()
_SERVERS: list[postgres.Server] = []
_NAMES = (f"own_{number}" for number in itertools.count(1))
TEMPLATE = postgres.DATABASE


def pytest_configure(config: pytest.Config) -> None:
    """Start the throw-away server and fill its template before Django reads its settings.

    When several processes share the suite each has a server of its own, and the one that only hands tests out has none.
    """
    if hands_tests_out(config):
        return
    server = _STACK.enter_context(postgres.throw_away())
    _SERVERS.append(server)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "marshrut.config.settings",
        "MARSHRUT_SECRET_KEY": "of the tests, and of nothing else",
        "MARSHRUT_DATA_KEYS": "also of the tests, and of nothing else",
        "MARSHRUT_DATABASE_URL": server.dsn(postgres.OWNER),
    }
    for module in (["marshrut.ops.migrate"], ["django", "seed_home"], ["tests.cast"]):
        done = subprocess.run([sys.executable, "-m", *module], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise pytest.UsageError(f"{module}: {done.stdout}{done.stderr}")
    clone_database("suite")
    os.environ["MARSHRUT_DATABASE_URL"] = server.dsn(postgres.APP, "suite")
    import django

    django.setup()


def hands_tests_out(config: pytest.Config) -> bool:
    """Whether this process runs no test itself: `-n` was given, and it is not one of those started by it."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


LONGEST = ("tests/browser", "src/marshrut/ops", "src/marshrut/api")
"""Where tests wait for processes: they begin, so that no process of the suite is left alone with them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent
    items.sort(key=lambda item: not item.path.is_relative_to(root) or not str(item.path.relative_to(root)).startswith(LONGEST))


def pytest_unconfigure() -> None:
    _STACK.close()


def clone_database(name: str) -> None:
    """A copy of the migrated and seeded template, with its cast."""
    server = _SERVERS[0]
    with psycopg.connect(server.dsn(postgres.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{TEMPLATE}" owner {postgres.OWNER}')
        connection.execute(f'revoke temp on database "{name}" from public')  # grants on a database are not copied with it


@pytest.fixture(scope="session")
def postgres_server() -> postgres.Server:
    """The throw-away PostgreSQL of the suite."""
    return _SERVERS[0]


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The suite's database stands already; nothing is created or dropped by Django."""


@pytest.fixture
def own_database(django_db_blocker: Any) -> Iterator[str]:
    """The name of a database of this test's own, where commits are real and other connections see them."""
    from django.db import connections

    name = next(_NAMES)
    clone_database(name)
    settings = connections.settings["default"]
    before = settings["NAME"]
    connections.close_all()
    settings["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        yield name
        connections.close_all()
    settings["NAME"] = before
    connections["default"].settings_dict["NAME"] = before


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Any:
    """The people of every test: two managers of one office, a stranger of another, supervisor, owner, administrator."""
    from tests.cast import read_cast

    if "own_database" not in request.fixturenames:
        request.getfixturevalue("db")
    return read_cast()
