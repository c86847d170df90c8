"""``./marshrut backup``, ``restore`` and ``backup-key``: everything of a home in one file, and back."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from .. import accounts, databases, homes, postgres, postgres_binaries
from . import archive, dump, settling
from .archive import ArchiveError

_WARNING = (
    "Without --key the archive is not encrypted, and it holds passports, phones and the keys to them: keep it as you would "
    "keep the passports themselves."
)


def run_backup(arguments: Sequence[str]) -> int:
    """The command ``backup``; 0 when the archive is there, whole."""
    parser = argparse.ArgumentParser(
        prog="marshrut backup", description="Keep everything of this home in one file. The site may run meanwhile."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where to; must not exist")
    parser.add_argument("--key", type=Path, metavar="KEYFILE", help="encrypt for this key (age); see backup-key")
    options = parser.parse_args(list(arguments))
    return _said(lambda: backup(homes.chosen_home(), options.file.absolute(), options.key))


def run_restore(arguments: Sequence[str]) -> int:
    """The command ``restore``; 0 when the home holds what the archive does."""
    parser = argparse.ArgumentParser(prog="marshrut restore", description="Bring an empty home (MARSHRUT_HOME) to the state of an archive.")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--key", type=Path, metavar="KEYFILE", help="the key the archive was encrypted for")
    options = parser.parse_args(list(arguments))
    return _said(lambda: restore(homes.chosen_home(), options.file.absolute(), options.key))


def run_key(arguments: Sequence[str]) -> int:
    """The command ``backup-key``: make a key, print the half that only seals."""
    parser = argparse.ArgumentParser(prog="marshrut backup-key", description="Make a key for backups. Keep its file apart from them.")
    parser.add_argument("file", type=Path, metavar="KEYFILE")
    options = parser.parse_args(list(arguments))
    return _said(lambda: make_key_file(options.file))


def _said(work: object) -> int:
    try:
        work()  # type: ignore[operator]
    except ArchiveError as problem:
        print(f"marshrut: {problem}", file=sys.stderr)
        return 1
    return 0


def make_key_file(path: Path) -> None:
    """Write a new key to a private file that did not exist, and print its public half."""
    identity, recipient = archive.make_key()
    try:
        with open(path, "x", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f"# public key: {recipient}\n{identity}\n")
    except OSError as problem:
        raise ArchiveError(f"{path} cannot be made: {problem.strerror}.") from problem
    print(recipient)
    _tell(f"Keep {path} apart from the backups, in two places: without it nobody opens them. The line above is enough to make them.")


def backup(home: Path, target: Path, key: Path | None) -> None:
    """Write the archive of a home, running or not.

    Raises:
        ArchiveError: and why; nothing is left behind.
    """
    recipient = archive.read_key(key)[1] if key else ""
    _require_writable(target)
    if not recipient:
        _tell(_WARNING)
    began = time.monotonic()
    with databases.opened(home) as known, _workroom(home) as work:
        binaries = postgres_binaries.find(home, accounts.database_account())
        _tell("Copying the database …")
        copy = work / archive.DUMP
        tables = dump.write_dump(binaries, known.owner_url, copy)
        keys = work / archive.KEYS
        keys.write_text(databases.environ_for(home, known)["MARSHRUT_DATA_KEYS"], encoding="utf-8")
        _tell("Writing the archive …")
        manifest = archive.Manifest(datetime.now(UTC).isoformat(timespec="seconds"), version("marshrut"), tables)
        archive.write(target, manifest, {archive.KEYS: keys, archive.DUMP: copy}, recipient)
    rows = sum(int(count) for count, _hash in tables.values())
    _tell(f"{target}: {target.stat().st_size / 1e6:.1f} MB, {rows} rows of {len(tables)} tables, {time.monotonic() - began:.0f} s.")


def _require_writable(target: Path) -> None:
    """Said at once, and not after the whole database has been copied."""
    if target.is_dir():
        raise ArchiveError(f"{target} is a folder: name the file to write.")
    if target.exists():
        raise ArchiveError(f"{target} exists already: a backup never overwrites another.")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise ArchiveError(f"{target} cannot be written: its folder is not there, or not for this account.")


def restore(home: Path, source: Path, key: Path | None) -> None:
    """Fill an empty home from an archive, compare, and bring its tables up to date. It happens wholly or not at all.

    Raises:
        ArchiveError: and why; an empty home is left as empty as it was.
    """
    identity = archive.read_key(key)[0] if key else ""
    _require_empty(home)
    existed, began = home.exists(), time.monotonic()
    homes.prepare(home)  # refuses a folder that is somebody else's, or holds other things; nothing of it is touched then
    with homes.held(home, "a restore") as is_ours:
        if not is_ours:
            raise ArchiveError(f"Another process holds the home {home}. Nothing was changed.")
        before = _contents(home)
        try:
            _fill(home, source, identity)
        except BaseException:
            _clear(home, before) if existed else shutil.rmtree(home)
            raise
    _tell(f"Restored and compared, {time.monotonic() - began:.0f} s. Start it with ./marshrut up.")


def _fill(home: Path, source: Path, identity: str) -> None:
    with _workroom(home) as work:
        _tell("Reading the archive …")
        with archive.opened(source, identity, work) as (manifest, parts):
            _tell(f"It was made at {manifest.made_at} by Marshrut {manifest.version}.")
            _keep_keys(home, parts[archive.KEYS].read_text(encoding="utf-8").strip())
            named = databases.external()
            known = named or databases.of(postgres.start(home))
            try:
                _tell("Filling the database and comparing …")
                binaries = postgres_binaries.find(home, accounts.database_account())
                dump.read_dump(binaries, known.owner_url, parts[archive.DUMP], manifest.tables)
                _tell("Bringing the tables up to date …")
                databases.migrate(home, known)
                _tell(settling.settle(home, known))
                (home / databases.SEEDED).touch(mode=0o600)
            finally:
                if known.server:
                    postgres.stop(known.server, wait_for_sessions=True)


def _keep_keys(home: Path, keys: str) -> None:
    named = os.environ.get("MARSHRUT_DATA_KEYS", "")
    if named and not set(keys.split(",")) <= set(named.split(",")):
        raise ArchiveError("MARSHRUT_DATA_KEYS lacks a key the archive's files are sealed with: leave it out, or add the old one.")
    homes.keep_secret(home, "data-key", keys)


def _require_empty(home: Path) -> None:
    """An empty home has no data; what `prepare` makes beforehand does not count."""
    if (home / "postgres").exists() or (home / databases.SEEDED).exists() or (home / "secrets" / "data-key").exists():
        raise ArchiveError(f"The home {home} is not empty: name a new folder in MARSHRUT_HOME. Nothing was changed.")


def _contents(home: Path) -> set[Path]:
    """What lies in a home, and in the folder of it that a restore writes into."""
    return {*home.iterdir(), *(home / "secrets").iterdir()}


def _clear(home: Path, before: set[Path]) -> None:
    """Take away what a restore that failed has made; what lay there before it, an archive perhaps, stays."""
    for path in _contents(home) - before:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@contextlib.contextmanager
def _workroom(home: Path) -> Iterator[Path]:
    """A private folder in the home, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="archive-", dir=home) as folder:
        yield Path(folder)


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
