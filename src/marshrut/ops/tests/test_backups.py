"""Everything of a home goes into one file and comes back whole, into an empty home only; a torn or foreign file is refused."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from conftest import clone_database

from marshrut.ops import databases, homes, postgres
from marshrut.ops.backups import archive, command, dump, settling
from marshrut.ops.backups.archive import DUMP, KEYS, MANIFEST, ArchiveError, Manifest

from .machine import a_place, is_open_to_others

IDENTITY, RECIPIENT = archive.make_key()


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A small archive with a key; the members beside it."""
    (tmp_path / KEYS).write_text("ключ", encoding="utf-8")
    (tmp_path / DUMP).write_bytes(os.urandom(3_000_000))
    target = tmp_path / "kept"
    manifest = Manifest("2026-11-22T10:00:00+00:00", "0.1.0", {"a": ["1", "2"]})
    archive.write(target, manifest, {KEYS: tmp_path / KEYS, DUMP: tmp_path / DUMP}, RECIPIENT)
    return target


def read(path: Path, identity: str, work: Path) -> tuple[Manifest, dict[str, bytes]]:
    work.mkdir()
    with archive.opened(path, identity, work) as (manifest, parts):
        return manifest, {name: part.read_bytes() for name, part in parts.items()}


def plain(target: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(target, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return target


def test_what_went_in_comes_out_and_nobody_else_can_read_it(written: Path, tmp_path: Path) -> None:
    manifest, parts = read(written, IDENTITY, tmp_path / "work")
    assert manifest.tables == {"a": ["1", "2"]}
    assert parts == {KEYS: (tmp_path / KEYS).read_bytes(), DUMP: (tmp_path / DUMP).read_bytes()}
    assert not is_open_to_others(written)
    assert "ключ".encode() not in written.read_bytes()


@pytest.mark.parametrize("identity", ["", archive.make_key()[0]], ids=["none", "another"])
def test_without_the_right_key_it_stays_closed(written: Path, tmp_path: Path, identity: str) -> None:
    with pytest.raises(ArchiveError, match="encrypted" if not identity else "another key"):
        read(written, identity, tmp_path / "work")


@pytest.mark.parametrize("kept", [0, 5, 100, 1_000_000, 2_999_000])
def test_a_torn_archive_is_refused(written: Path, tmp_path: Path, kept: int) -> None:
    torn = tmp_path / "torn"
    torn.write_bytes(written.read_bytes()[:kept])
    with pytest.raises(ArchiveError):
        read(torn, IDENTITY, tmp_path / "work")


@pytest.mark.parametrize("place", [30, 150, 400, 70_000, 2_500_000])
def test_an_altered_archive_is_refused(written: Path, tmp_path: Path, place: int) -> None:
    content = bytearray(written.read_bytes())
    content[place] ^= 1
    altered = tmp_path / "altered"
    altered.write_bytes(content)
    with pytest.raises(ArchiveError):
        read(altered, IDENTITY, tmp_path / "work")


def test_a_part_that_is_not_what_the_list_says_is_refused(tmp_path: Path) -> None:
    listed = {"made_at": "", "version": "", "tables": {}, "format": 1, "parts": {KEYS: ["1", "0" * 64], DUMP: ["1", "0" * 64]}}
    altered = plain(tmp_path / "altered", {MANIFEST: json.dumps(listed).encode(), KEYS: b"x", DUMP: b"y"})
    with pytest.raises(ArchiveError, match="torn or altered: data-keys"):
        read(altered, "", tmp_path / "work")


@pytest.mark.parametrize(
    "members",
    [
        {"photo.jpg": b"x"},
        {MANIFEST: b"{"},
        {MANIFEST: b"[]"},
        {MANIFEST: json.dumps({"made_at": 1}).encode()},
        {MANIFEST: json.dumps({"made_at": "", "version": "", "tables": {}, "parts": {"../etc": ["1", "2"]}}).encode()},
        {MANIFEST: json.dumps({"made_at": "", "version": "", "tables": {}, "format": 9,
                               "parts": {KEYS: ["1", "2"], DUMP: ["1", "2"]}}).encode()},
    ],
)  # fmt: skip
def test_a_foreign_archive_is_refused_with_a_sentence(tmp_path: Path, members: dict[str, bytes]) -> None:
    with pytest.raises(ArchiveError, match=r"\.$"):
        read(plain(tmp_path / "foreign", members), "", tmp_path / "work")


def test_a_backup_never_overwrites_another(written: Path, tmp_path: Path) -> None:
    before = written.read_bytes()
    with pytest.raises(ArchiveError, match="exists already"):
        archive.write(written, Manifest("", "", {}), {KEYS: tmp_path / KEYS, DUMP: tmp_path / DUMP}, "")
    assert written.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([KEYS, DUMP, "kept"])


def test_a_key_file_is_private_and_says_both_halves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.make_key_file(tmp_path / "key")
    recipient = capsys.readouterr().out.strip()
    assert archive.read_key(tmp_path / "key")[1] == recipient
    assert not is_open_to_others(tmp_path / "key")
    (tmp_path / "public").write_text(recipient)
    assert archive.read_key(tmp_path / "public") == ("", recipient)
    for text in ("", "hello", recipient[:-1], "AGE-SECRET-KEY-1QQQ"):
        (tmp_path / "bad").write_text(text)
        with pytest.raises(ArchiveError):
            archive.read_key(tmp_path / "bad")


def test_a_database_comes_back_row_for_row_and_only_into_an_empty_one(postgres_server: postgres.Server, tmp_path: Path) -> None:
    clone_database("kept")
    source, target = (postgres_server.dsn(postgres.OWNER, name) for name in ("kept", "returned"))
    tables = dump.write_dump(postgres_server.binaries, source, tmp_path / DUMP)
    assert int(tables["agency_employee"][0]) == 6
    try:
        postgres.create_database(postgres_server, "returned")
        dump.read_dump(postgres_server.binaries, target, tmp_path / DUMP, tables)
        with psycopg.connect(target) as connection:
            assert dump.count_rows(connection) == tables
        with pytest.raises(ArchiveError, match="empty one only"):
            dump.read_dump(postgres_server.binaries, target, tmp_path / DUMP, tables)
    finally:
        for name in ("kept", "returned"):
            postgres.drop_database(postgres_server, name)


@pytest.mark.parametrize("wrong", ["agency_employee", "of_another_program"])
def test_what_differs_from_what_was_kept_is_never_there(postgres_server: postgres.Server, tmp_path: Path, wrong: str) -> None:
    clone_database("noticed")
    source, target = (postgres_server.dsn(postgres.OWNER, name) for name in ("noticed", "returned"))
    try:
        with psycopg.connect(source, autocommit=True) as connection:
            connection.execute("create table of_another_program()")
        tables = dump.write_dump(postgres_server.binaries, source, tmp_path / DUMP)
        count, digest = tables.pop(wrong)
        expected = tables if wrong == "of_another_program" else {**tables, wrong: [count, digest + "1"]}
        postgres.create_database(postgres_server, "returned")
        with pytest.raises(ArchiveError, match=f"not what was kept: {wrong}. Nothing was changed"):
            dump.read_dump(postgres_server.binaries, target, tmp_path / DUMP, expected)
        with psycopg.connect(target) as connection:
            assert dump.count_rows(connection) == {}
    finally:
        for name in ("noticed", "returned"):
            postgres.drop_database(postgres_server, name)


def test_a_restored_home_goes_on_with_no_session_no_link_and_no_letter_of_the_archive(postgres_server: postgres.Server) -> None:
    clone_database("settled")
    url = postgres_server.dsn(postgres.OWNER, "settled")
    with ExitStack() as at_the_end:
        at_the_end.callback(postgres.drop_database, postgres_server, "settled")
        home = at_the_end.enter_context(a_place())
        homes.prepare(home)
        with psycopg.connect(url) as connection:
            connection.execute("insert into agency_loginsession(employee_id, digest) select id, sha256('key') from agency_employee limit 1")
            connection.execute(
                """insert into agency_accesslink(employee_id, kind, digest, created_by, expires_at)
                   select id, 'reset', sha256('link'), 'system:test', now() + interval '1 hour' from agency_employee limit 1"""
            )
            connection.execute(
                """insert into channels_sending(purpose, "to", sealed_text, message_id, state, try_at, created_by)
                   values ('message', 'a@b.example', 'x', 'm@b.example', 'waiting', now(), 'system:test')"""
            )
        said = settling.settle(home, databases.Databases(url, url))
        assert said == "Sessions ended: 1. Links revoked: 1. Letters held: 1; the outbox shows them."
        with psycopg.connect(url) as connection:
            left = connection.execute(
                """select (select count(*) from agency_loginsession where ended_at is null),
                          (select count(*) from agency_accesslink where revoked_at is null),
                          (select count(*) from channels_sending where state = 'waiting')"""
            ).fetchone()
        assert left == (0, 0, 0)
        with pytest.raises(ArchiveError, match="could not be ended"):
            settling.settle(home, databases.Databases(postgres_server.dsn(postgres.OWNER, "none"), url))


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MARSHRUT_", "DATABASE_URL"))}
    return subprocess.run([sys.executable, "-P", "-m", "marshrut.ops", *arguments], env={**environ, "MARSHRUT_HOME": str(home)},
                          capture_output=True, text=True, check=False, timeout=120)  # fmt: skip


def test_a_home_is_kept_and_restored_on_an_empty_machine_by_two_commands(tmp_path: Path) -> None:
    with a_place() as home, a_place("new") as new, a_place("third") as third:
        assert run(home, "user", "olga@agency.example", "--role", "owner", "--password", "дорога дальняя 7").returncode == 0
        assert run(home, "backup-key", str(tmp_path / "key")).returncode == 0
        kept = run(home, "backup", str(tmp_path / "kept"), "--key", str(tmp_path / "key"))
        assert kept.returncode == 0, kept.stderr
        back = run(new, "restore", str(tmp_path / "kept"), "--key", str(tmp_path / "key"))
        assert back.returncode == 0, back.stderr
        assert "Sessions ended: 0." in back.stderr
        assert (new / "secrets" / "data-key").read_text() == (home / "secrets" / "data-key").read_text()
        assert "0 broken" in run(new, "doctor").stdout
        again = run(new, "restore", str(tmp_path / "kept"), "--key", str(tmp_path / "key"))
        assert (again.returncode, "is not empty" in again.stderr) == (1, True)
        (tmp_path / "torn").write_bytes((tmp_path / "kept").read_bytes()[:-1000])
        torn = run(third, "restore", str(tmp_path / "torn"), "--key", str(tmp_path / "key"))
        assert (torn.returncode, third.exists()) == (1, False), torn.stderr


def test_a_restore_that_fails_leaves_what_lay_there(tmp_path: Path) -> None:
    (tmp_path / "torn").write_bytes(b"no archive")
    with a_place() as foreign, a_place("home") as home:
        foreign.mkdir()
        (foreign / "thesis.txt").write_text("years of work")
        refused = run(foreign, "restore", str(tmp_path / "torn"))
        assert (refused.returncode, "holds other files" in refused.stderr) == (1, True), refused.stderr
        assert [path.name for path in foreign.iterdir()] == ["thesis.txt"]
        homes.prepare(home)
        (home / "mail").mkdir()
        (home / "mail" / "letter").write_text("not read yet")
        refused = run(home, "restore", str(tmp_path / "torn"))
        assert (refused.returncode, "archive" in refused.stderr) == (1, True), refused.stderr
        assert (home / "mail" / "letter").read_text() == "not read yet"
        assert list((home / "secrets").iterdir()) == []
