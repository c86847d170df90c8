"""The rows the bench measures by keep every promise, and are the same from the same seed."""

import random
from typing import Any

import psycopg
import pytest

from marshrut.ops import doctor, postgres

pytestmark = pytest.mark.own_database


@pytest.fixture
def address(own_database: str, postgres_server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> str:
    found = postgres_server.dsn(postgres.OWNER, own_database)
    monkeypatch.setenv("MARSHRUT_OWNER_DATABASE_URL", found)
    return found


def count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def test_a_load_keeps_every_promise_and_the_floor_has_the_same_rows(address: str) -> None:
    from marshrut.ops.bench.load import load

    loaded = load(300, seed=5)
    assert [finding for finding in doctor.examine() if finding.state != "ok"] == []
    assert loaded.rows == 300
    with psycopg.connect(address) as connection:
        assert count(connection, "intake_inquiry") == count(connection, "clients_person") == count(connection, "floor_lead") == 300
        assert count(connection, "journal_touch") == count(connection, "floor_touch") == 900
        assert count(connection, "deals_deal") == loaded.deals
        ours = connection.execute(
            """select s.slug, count(*), count(*) filter (where i.outcome = 'won') from intake_inquiry i
               join marketing_source s on s.id = i.source_id group by 1 order by 2, 3, 1""").fetchall()
        floors = connection.execute("select count(*), count(*) filter (where status = 'w') from floor_lead group by source order by 1, 2")
        assert [row[1:] for row in ours] == floors.fetchall()


def test_a_second_load_adds_to_the_first(address: str) -> None:
    from marshrut.ops.bench.load import load
    from marshrut.ops.bench.seeded import present_rows

    assert present_rows() == 0
    load(40, seed=1)
    load(30, seed=2)
    assert present_rows() == 70
    assert [finding for finding in doctor.examine() if finding.state != "ok"] == []


def test_the_same_seed_draws_the_same_people(address: str) -> None:
    from marshrut.ops.demo.people import make_somebody

    first, second = ([make_somebody(random.Random(7), language) for language in ("ru", "uk")] for _ in range(2))
    assert first == second


def test_answers_are_read_whole_however_they_are_sent() -> None:
    from marshrut.ops.bench.wire import _joined

    assert _joined(b"4\r\nMarh\r\n5\r\nrut/n\r\n0\r\n\r\n") == b"Marhrut/n"
