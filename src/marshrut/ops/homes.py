"""Homes: the one folder all data of an installation live in, its secrets, its lock, its port.

Layout: ``secrets/`` (0700, files 0600), ``logs/`` (0700), ``postgres/`` and ``run/`` (0700, of the database's account),
``launcher.lock``. Nothing outside a home is ever created or re-moded.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import accounts

DEFAULT_PORT = 8790
ROOTS_HOME = Path("/var/lib/marshrut")
_MARK = ".marshrut-home"
_LOCK = "launcher.lock"


class HomeError(Exception):
    """A home cannot be used; the text is a sentence for a person."""


def checkout() -> Path | None:
    """The folder of the source checkout this package runs from; None when it was installed as a wheel."""
    folder = Path(__file__).resolve().parents[3]
    return folder if (folder / "pyproject.toml").is_file() else None


def chosen_home(environ: Mapping[str, str] = os.environ) -> Path:
    """``MARSHRUT_HOME``; else ``.marshrut`` in the checkout, or root’s /var/lib/marshrut if none can reach that."""
    named = environ.get("MARSHRUT_HOME", "").strip()
    if named:
        return Path(os.path.abspath(os.path.expanduser(named)))
    folder = checkout()
    if os.geteuid() == 0 and (folder is None or not _others_can_reach(folder)):
        return ROOTS_HOME
    return folder / ".marshrut" if folder else Path.home() / ".local" / "share" / "marshrut"


def _others_can_reach(folder: Path) -> bool:
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))


def chosen_port(environ: Mapping[str, str] = os.environ) -> int:
    """``MARSHRUT_PORT``, default 8790.

    Raises:
        HomeError: it is not a port number.
    """
    written = environ.get("MARSHRUT_PORT", "").strip() or str(DEFAULT_PORT)
    if not written.isascii() or not written.isdigit() or not 0 < int(written) < 65536:
        raise HomeError(f"MARSHRUT_PORT must be a number from 1 to 65535, not “{written}”.")
    return int(written)


def prepare(home: Path) -> None:
    """Make the folder of a home, or check that an existing one is ours and reachable by the database's account.

    Raises:
        HomeError: it belongs to somebody else, holds other things, or the account cannot reach it.
    """
    account = accounts.database_account()
    _refuse_unreachable(home, account)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise HomeError(f"The home {home} cannot be created: {problem.strerror}.") from problem
    _refuse_foreign(home)
    (home / _MARK).touch(mode=0o600)
    _give(home, 0o710 if account else 0o700, group=account.gid if account else -1)
    for name in ("secrets", "logs"):
        folder(home / name)


def _refuse_unreachable(home: Path, account: accounts.Account | None) -> None:
    if account is None:
        return
    nearest = next(step for step in home.parents if step.exists())
    if not accounts.can_reach(account, nearest):
        raise HomeError(
            f"The home {home} cannot be reached by the account {account.name}, under which the database runs when "
            f"Marshrut is started as root: name another folder in MARSHRUT_HOME, or start under an ordinary account."
        )


def _refuse_foreign(home: Path) -> None:
    if home.stat().st_uid != os.geteuid():
        raise HomeError(f"The home {home} belongs to another account: start Marshrut under that one.")
    if not (home / _MARK).exists() and any(home.iterdir()):
        raise HomeError(f"The folder {home} holds other files: name an empty or a new one in MARSHRUT_HOME.")


def folder(path: Path, account: accounts.Account | None = None) -> Path:
    """A folder inside a home, made if missing: private (0700), of `account` if one is given."""
    path.mkdir(mode=0o700, exist_ok=True)
    _give(path, 0o700, user=account.uid if account else -1, group=account.gid if account else -1)
    return path


def _give(path: Path, mode: int, *, user: int = -1, group: int = -1) -> None:
    found = path.stat()
    if user not in (-1, found.st_uid) or group not in (-1, found.st_gid):
        os.chown(path, user, group)
    if stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)


def secret(home: Path, name: str) -> str:
    """The secret of that name, generated at the first asking and kept in a file only we can read."""
    path = home / "secrets" / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # private from its first moment
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)  # the first writer wins, whole
    os.unlink(draft)
    return secret(home, name)


def keep_secret(home: Path, name: str, value: str) -> None:
    """Put a secret that comes from elsewhere in place of one that would be generated; only where there is none yet."""
    path = home / "secrets" / name
    with open(path, "x", encoding="ascii", opener=_private) as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def held(home: Path, purpose: str) -> Iterator[bool]:
    """Hold the lock of a home, noting what for; gives False at once when another process holds it.

    The kernel frees the lock at any death of its holder.
    """
    with open(home / _LOCK, "a+", encoding="utf-8", opener=_private) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        file.truncate(0)
        file.write(purpose)
        file.flush()
        try:
            yield True
        finally:
            file.truncate(0)


def holder(home: Path) -> str:
    """What the holder of a home's lock noted; empty when it noted nothing."""
    try:
        return (home / _LOCK).read_text(encoding="utf-8")
    except OSError:
        return ""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
