"""The embedded PostgreSQL: closed to strangers, careful with what is not ours, back after any death."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marshrut.ops import accounts, postgres, postgres_binaries, processes
from marshrut.ops.postgres import APP, OWNER, SUPERUSER, PostgresError, Server

from .machine import a_home, a_place, as_stranger, is_open_to_others, look_of


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for the tests that only look at it."""
    with a_home() as home:
        started = postgres.start(home, durable=False)
        yield started
        postgres.stop(started)


def ask(address: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_the_application_reads_and_writes_rows_and_nothing_else(server: Server) -> None:
    ask(server.dsn(OWNER), "create table if not exists letter (id bigint generated always as identity, body text)")
    ask(server.dsn(APP), "insert into letter (body) values ('a'); update letter set body = 'b'; delete from letter")
    for forbidden in ("truncate letter", "drop table letter", "create table mine ()", "create temp table mine ()",
                      "create schema mine", "create role mine", "create database mine",
                      "alter table letter disable trigger all", "copy letter to program 'id'"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(server.dsn(APP), forbidden)


def test_letters_of_our_languages_are_known(server: Server) -> None:
    found = ask(server.dsn(), "select lower('ЁЖЇЄ'), upper('ґ'), cardinality(show_trgm('Їжак')) > 3")
    assert found == [("ёжїє", "Ґ", True)]


def test_no_network_and_no_access_without_the_right_password(server: Server) -> None:
    assert ask(server.dsn(OWNER), "show listen_addresses") == [("",)]
    for role in (APP, OWNER, SUPERUSER):
        for address in (server.dsn(role).replace(f":{server.passwords[role]}@", "@"),
                        server.dsn(role).replace(server.passwords[role], "guessed")):  # fmt: skip
            with pytest.raises(psycopg.OperationalError, match="password"):
                ask(address, "select 1")


def test_the_password_is_not_to_be_seen_in_the_list_of_processes_nor_in_the_log(server: Server) -> None:
    shown = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    logs = "".join(path.read_text() for path in (server.home / "logs").iterdir())
    assert "unix_socket_directories" in shown
    assert not any(password in shown + logs + repr(server) for password in server.passwords.values())


def test_another_account_cannot_connect_even_with_the_password_nor_read_anything(server: Server) -> None:
    for private in (server.data, server.socket_folder, server.home / "secrets", server.home / "logs"):
        assert not is_open_to_others(private)
    if os.geteuid() != 0:  # an ordinary account cannot play another one; the modes above are what keeps it out
        return
    psql = str(server.binaries.program("psql"))
    environ = {"PATH": os.defpath, "PGPASSWORD": server.passwords[APP]}
    entered = as_stranger(psql, server.dsn(APP), "-c", "select 1", environ=environ)
    assert entered.returncode != 0
    assert "Permission denied" in entered.stderr
    for path in (server.data / "PG_VERSION", server.home / "secrets" / f"database-{APP}", server.socket_folder):
        assert as_stranger("ls", "-l", str(path)).returncode != 0


def test_started_as_root_it_runs_under_an_account_that_is_not(server: Server) -> None:
    assert server.pid is not None
    expected = accounts.database_account()
    assert os.stat(f"/proc/{server.pid}").st_uid == (expected.uid if expected else os.geteuid()) != 0


def test_nothing_outside_the_home_changes_its_owner_or_mode() -> None:
    binaries = postgres_binaries.find(Path("/nonexistent"), accounts.database_account()).folder
    with a_place() as home:
        homes_parent = home.parent
        watched = [homes_parent, binaries / "postgres", binaries.parent / "share", Path("/tmp"), Path.cwd()]
        before = look_of(*watched)
        from marshrut.ops import homes

        homes.prepare(home)
        server = postgres.start(home, durable=False)
        during = look_of(*watched)
        postgres.stop(server)
        assert during == look_of(*watched) == before
        assert [path.name for path in homes_parent.iterdir()] == [home.name]


@pytest.mark.parametrize("name", ["a home with spaces", "дім, 'з' \"лапками\"", "l" * 140])
def test_any_path_will_do_and_a_long_one_gets_a_private_short_folder_for_its_socket(name: str) -> None:
    with a_home(name) as home:
        server = postgres.start(home, durable=False)
        try:
            assert ask(server.dsn(), "select 1") == [(1,)]
            assert not is_open_to_others(server.socket_folder)
            assert len(os.fsencode(server.socket_folder / ".s.PGSQL.5432")) <= 107
        finally:
            postgres.stop(server)
        assert server.socket_folder.exists() == (server.socket_folder.parent == home)


def test_a_link_laid_in_place_of_the_short_folder_is_not_followed() -> None:
    with a_home("l" * 140) as home, a_place("trap") as trap:
        trap.mkdir(mode=0o700)
        link = trap.with_name("link")
        link.symlink_to(trap)
        (home / "socket-folder").write_text(str(link))
        server = postgres.start(home, durable=False)
        try:
            assert server.socket_folder not in (link, trap)
            assert list(trap.iterdir()) == []
        finally:
            postgres.stop(server)


def test_two_homes_run_at_once_and_know_nothing_of_each_other(server: Server) -> None:
    with a_home() as home:
        other = postgres.start(home, durable=False)
        try:
            ask(other.dsn(OWNER), "create table only_here ()")
            assert ask(server.dsn(), "select to_regclass('only_here')") == [(None,)]
            with pytest.raises(psycopg.OperationalError):
                ask(other.dsn().replace(other.passwords[APP], server.passwords[APP]), "select 1")
        finally:
            postgres.stop(other)


def test_what_was_committed_survives_kill_9_of_the_postmaster_and_the_next_start_is_clean() -> None:
    with a_home() as home:
        server = postgres.start(home)
        with psycopg.connect(server.dsn(OWNER), autocommit=True) as held:
            held.execute("create table kept as select 7 as n")
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            again = postgres.start(home)
        try:
            assert ask(again.dsn(OWNER), "select n from kept") == [(7,)]
        finally:
            postgres.stop(again)
        assert processes.working_in(home / "postgres" / "data") == []


def test_a_lock_file_that_names_another_living_process_is_not_believed() -> None:
    with a_home() as home:
        server = postgres.start(home)
        lines = (server.data / "postmaster.pid").read_text().splitlines()
        postgres.stop(server)
        account = accounts.database_account()
        who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        with subprocess.Popen(["sleep", "60"], cwd="/", **who) as stranger:  # type: ignore[call-overload]
            (server.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]))
            assert postgres.attach(home) is None
            again = postgres.start(home)
            try:
                assert ask(again.dsn(), "select 1") == [(1,)]
                assert stranger.poll() is None
            finally:
                postgres.stop(again)
                stranger.kill()


def test_a_server_left_behind_by_a_killed_launcher_is_ended_before_the_next_one() -> None:
    with a_home() as home:
        left = postgres.start(home, durable=False)
        again = postgres.start(home, durable=False)
        try:
            assert left.process is not None
            assert left.process.wait(5) == 0
            assert ask(again.dsn(), "select 1") == [(1,)]
        finally:
            postgres.stop(again)


def test_a_running_server_is_found_and_a_stopped_one_is_not(server: Server) -> None:
    found = postgres.attach(server.home)
    assert found == server
    assert found.process is None
    with a_home() as empty:
        assert postgres.attach(empty) is None


def test_stopping_does_not_wait_for_open_sessions() -> None:
    with a_home() as home:
        server = postgres.start(home, durable=False)
        idle = psycopg.connect(server.dsn())
        idle.execute("select 1")
        before = time.monotonic()
        postgres.stop(server)
        assert time.monotonic() - before < 4
        idle.close()
        assert server.pid is None


def test_data_of_another_major_version_is_refused_with_a_sentence_and_left_alone() -> None:
    with a_home() as home:
        postgres.stop(postgres.start(home, durable=False))
        version = home / "postgres" / "data" / "PG_VERSION"
        version.write_text("9\n")
        with pytest.raises(PostgresError, match="written by PostgreSQL 9"):
            postgres.start(home, durable=False)
        assert version.read_text() == "9\n"


def test_a_half_made_data_folder_is_made_anew() -> None:
    with a_home() as home:
        draft = home / "postgres" / "data.new"
        draft.mkdir(parents=True)
        (draft / "PG_VERSION").write_text("18\n")
        server = postgres.start(home, durable=False)
        try:
            assert ask(server.dsn(), "select 1") == [(1,)]
            assert not draft.exists()
        finally:
            postgres.stop(server)


def test_a_data_folder_that_cannot_be_started_is_a_sentence_that_names_the_log() -> None:
    with a_home() as home:
        postgres.stop(postgres.start(home, durable=False))
        (home / "postgres" / "data" / "global" / "pg_control").unlink()
        with pytest.raises(PostgresError, match=r"does not start: .*postgres-start\.log"):
            postgres.start(home, durable=False)
        assert processes.working_in(home / "postgres" / "data") == []


def test_programs_out_of_reach_are_copied_to_where_the_databases_account_can_run_them() -> None:
    packed = postgres_binaries.find(Path("/nonexistent"), None).folder
    with a_home() as home:
        copied = postgres_binaries._copied(packed, home / "binaries")
        assert copied == postgres_binaries._copied(packed, home / "binaries")
        asked = subprocess.run([str(copied / "psql"), "--version"], capture_output=True, text=True, check=True)
        assert "psql (PostgreSQL)" in asked.stdout
        assert accounts.can_reach(accounts.database_account(), copied / "postgres")
