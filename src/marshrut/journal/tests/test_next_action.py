"""P07 in bare SQL: the database refuses to commit an open matter without a next action, whoever tries and however."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from marshrut.ops import postgres

ACTION = "insert into journal_task(dossier_id, kind, title, due_at, state, assignee_id, created_by) values ({}, 'call', 'Позвонить', now(), 'pending', 1, 'test')"


@pytest.fixture
def dsn(own_database: str, postgres_server: postgres.Server) -> str:
    return postgres_server.dsn(postgres.APP, own_database)


@contextmanager
def connected(dsn: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(dsn) as connection:
        yield connection


def matter(connection: psycopg.Connection, actions: int = 1) -> int:
    """An open matter of the first employee with so many planned actions, committed."""
    owner = connection.execute("select min(id) from agency_employee").fetchone()[0]
    dossier = connection.execute(
        "insert into journal_dossier(owner_id, phase, place, is_open, opened_at) values (%s, 'deal', 'office/need', true, now()) returning id",
        [owner],
    ).fetchone()[0]
    for _ in range(actions):
        connection.execute(ACTION.replace("pending', 1", f"pending', {owner}").format(dossier))
    connection.commit()
    return dossier


@pytest.mark.own_database
@pytest.mark.parametrize("attempt", [
    "insert into journal_dossier(owner_id, phase, place, is_open, opened_at) select min(id), 'deal', 'office/need', true, now() from agency_employee",
    "delete from journal_task where dossier_id = {d}",
    "update journal_task set state = 'done', done_at = now(), done_by = 'x' where dossier_id = {d}",
    "update journal_task set state = 'cancelled', done_at = now(), done_by = 'x' where dossier_id = {d}",
    "update journal_task set dossier_id = (select max(id) from journal_dossier where id <> {d}) where dossier_id = {d}",
    "with gone as (delete from journal_task where dossier_id = {d} returning 1) select count(*) from gone",
    "merge into journal_task t using (select {d} as id) s on t.dossier_id = s.id when matched then delete",
])  # fmt: skip
def test_an_open_matter_cannot_lose_its_last_next_action(dsn: str, attempt: str) -> None:
    with connected(dsn) as connection:
        matter(connection)
        dossier = matter(connection)
        with pytest.raises(psycopg.errors.CheckViolation, match="next action"):
            connection.execute(attempt.format(d=dossier))
            connection.commit()
        connection.rollback()
        assert connection.execute(
            "select count(*) from journal_task where dossier_id = %s and state = 'pending'", [dossier]
        ).fetchone() == (1,)


@pytest.mark.own_database
def test_copy_of_an_open_matter_without_an_action_is_refused(dsn: str) -> None:
    with connected(dsn) as connection:
        owner = connection.execute("select min(id) from agency_employee").fetchone()[0]
        with pytest.raises(psycopg.errors.CheckViolation, match="next action"):
            with (
                connection.cursor() as cursor,
                cursor.copy("copy journal_dossier(owner_id, phase, place, is_open, opened_at) from stdin") as copy,
            ):
                copy.write_row((owner, "deal", "office/need", True, "2026-11-01 10:00+03"))
            connection.commit()


@pytest.mark.own_database
@pytest.mark.parametrize("table", ["journal_task", "journal_dossier", "intake_inquiry", "deals_deal"])
def test_truncate_is_refused_even_to_the_owner_of_the_tables(
    own_database: str, postgres_server: postgres.Server, table: str
) -> None:
    with (
        connected(postgres_server.dsn(postgres.OWNER, own_database)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"truncate {table} cascade")


@pytest.mark.own_database
def test_closed_is_closed_and_cannot_be_opened_without_an_action(dsn: str) -> None:
    with connected(dsn) as connection:
        dossier = matter(connection)
        connection.execute(
            "update journal_task set state = 'done', done_at = now(), done_by = 'x' where dossier_id = %s", [dossier]
        )
        connection.execute(
            "update journal_dossier set is_open = false, phase = 'closed', closed_at = now() where id = %s", [dossier]
        )
        connection.commit()
        with pytest.raises(psycopg.errors.CheckViolation, match="next action"):
            connection.execute(
                "update journal_dossier set is_open = true, phase = 'inquiry', closed_at = null where id = %s", [dossier]
            )
            connection.commit()


@pytest.mark.own_database
def test_two_people_completing_the_last_two_actions_at_once_cannot_both_pass(dsn: str) -> None:
    with connected(dsn) as first, connected(dsn) as second:
        dossier = matter(first, actions=2)
        low, high = (row[0] for row in first.execute("select id from journal_task where dossier_id = %s order by id", [dossier]))
        done = "update journal_task set state = 'done', done_at = now(), done_by = 'x' where id = %s"
        first.execute(done, [low])
        second.execute(done, [high])
        refused: list[Exception] = []

        def commit(connection: psycopg.Connection) -> None:
            try:
                connection.commit()
            except psycopg.errors.CheckViolation as error:
                refused.append(error)

        threads = [threading.Thread(target=commit, args=(c,)) for c in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        assert len(refused) == 1
        assert first.execute(
            "select count(*) from journal_task where dossier_id = %s and state = 'pending'", [dossier]
        ).fetchone() == (1,)


@pytest.mark.own_database
@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_an_old_snapshot_cannot_be_used_to_pass_by_the_check(dsn: str, level: str) -> None:
    with connected(dsn) as connection:
        dossier = matter(connection, actions=2)
        connection.execute(f"set transaction isolation level {level}")
        connection.execute(
            "delete from journal_task where id = (select min(id) from journal_task where dossier_id = %s)", [dossier]
        )
        with pytest.raises(psycopg.Error, match="READ COMMITTED"):
            connection.commit()


@pytest.mark.own_database
def test_an_open_inquiry_needs_an_open_matter(dsn: str) -> None:
    with connected(dsn) as connection:
        dossier = matter(connection)
        raw = connection.execute(
            "insert into channels_rawmessage(channel, source_slug, body, body_digest, state, by) values ('api', 'site', '', '', 'understood', 't') returning id"
        ).fetchone()[0]
        connection.execute(
            """insert into intake_inquiry(raw_id, dossier_id, channel, source_id, state, inquiry_class, class_reason, request, flaws,
               contact_missing, relevance, relevance_reasons, priority, priority_reasons, owner_reason, reroutes, utm)
               values (%s, %s, 'api', (select min(id) from marketing_source), 'open', 'other', '{}', '{}', '[]', '{}', 'B', '[]', 1, '[]', '[]', 0, '{}')""",
            [raw, dossier],
        )
        connection.commit()
        connection.execute(
            "update journal_task set state = 'done', done_at = now(), done_by = 'x' where dossier_id = %s", [dossier]
        )
        connection.execute(
            "update journal_dossier set is_open = false, phase = 'closed', closed_at = now() where id = %s", [dossier]
        )
        with pytest.raises(psycopg.errors.CheckViolation, match="its inquiry is open"):
            connection.commit()


@pytest.mark.own_database
def test_the_application_cannot_shadow_a_table_or_rewrite_history(dsn: str) -> None:
    with connected(dsn) as connection:
        matter(connection)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create temp table journal_task(id int)")
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added to"):
            connection.execute("delete from core_change")
