"""Folders that mail comes into: only where the home allows them, never through a link that leads out of there."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from marshrut.core.errors import Invalid

MAILDIR, DROP = "maildir", "drop"
QUIET_SECONDS = 5.0  # a dropped file nobody has touched for so long is whole
ENDINGS = (".eml", ".msg.eml", ".mail")
DONE = "done"
WHY = {
    errno.ENAMETOOLONG: noop("its name or the whole path is too long."),
    errno.EACCES: noop("this account may not write there."),
    errno.EPERM: noop("this account may not write there."),
    errno.ENOSPC: noop("the disk is full."),
    errno.EDQUOT: noop("the disk is full."),
    errno.EROFS: noop("the disk may only be read."),
    errno.ENOTDIR: noop("a part of the path is a file, not a folder."),
    errno.EEXIST: noop("a part of the path is a file, not a folder."),
}


class Unreadable(Exception):
    """The folder cannot be read; says why."""


def said(error: OSError) -> str:
    """Why the system refuses a folder, in the reader's language."""
    return _(WHY.get(error.errno or 0, noop("the system does not allow it.")))


@dataclass(frozen=True, slots=True)
class Incoming:
    """A letter that lies in a folder."""

    path: Path
    size: int
    at: float  # seconds since the epoch, when it was written


def roots() -> list[Path]:
    """Where doors may lie: the home's own mail folder, and what MARSHRUT_MAIL_ROOTS names."""
    home = os.environ.get("MARSHRUT_HOME", "")
    named = [*filter(None, os.environ.get("MARSHRUT_MAIL_ROOTS", "").split(os.pathsep))]
    return [Path(root).resolve() for root in ([f"{home}/mail"] if home else []) + named]


def confined(path: str) -> Path:
    """The folder of a door as it really lies. Invalid outside the roots, or when a link leads out of them."""
    if "\0" in path:
        raise Invalid("path_unreadable", _("The path holds a sign that no folder can have in its name."), field="path")
    written = Path(path)
    if not written.is_absolute() or ".." in written.parts:
        raise Invalid("path_not_absolute", _("Write the whole path of the folder, beginning with a slash."), field="path")
    allowed = roots()
    real = written.resolve()
    if not any(real == root or root in real.parents for root in allowed):
        raise Invalid(
            "path_outside",
            _("Mail is read only below %(roots)s; name further folders in MARSHRUT_MAIL_ROOTS.")
            % {"roots": ", ".join(map(str, allowed)) or "MARSHRUT_MAIL_ROOTS"},
            field="path",
        )
    return real


def inbox_of(kind: str, path: str) -> Path:
    """Where new letters of a door lie. Unreadable when it is not there, or not ours to read and to move from."""
    try:
        folder = confined(path)
    except Invalid as error:
        raise Unreadable(error.sentence) from error
    inbox = folder / "new" if kind == MAILDIR else folder
    if not inbox.is_dir() or inbox.is_symlink():
        raise Unreadable(_("The folder %(path)s is not there.") % {"path": inbox})
    if not os.access(inbox, os.R_OK | os.W_OK | os.X_OK):
        raise Unreadable(_("The folder %(path)s may not be read and changed by this account.") % {"path": inbox})
    return inbox


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies in a folder: letters to be taken now, how many wait for another try, and how many files are no letters."""

    letters: list[Incoming]
    passed_over: int
    others: int


def list_incoming(kind: str, inbox: Path, now: datetime, most: int, passed_over: Callable[[Incoming], bool]) -> Lying:
    """At most `most` whole letters, the longest lying first; what is still being written, hidden or no plain file is left.

    What is `passed_over` takes nobody's place: letters that cannot be kept would close a door for all that come after.
    """
    found: list[Incoming] = []
    others = 0
    try:
        with os.scandir(inbox) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if kind == DROP and not entry.name.lower().endswith(ENDINGS):
                    others += entry.name != DONE
                    continue
                with suppress(OSError):
                    told = entry.stat(follow_symlinks=False)
                    touched = max(told.st_mtime, told.st_ctime)
                    if not stat.S_ISREG(told.st_mode):
                        others += 1
                    elif kind == MAILDIR or now.timestamp() - touched >= QUIET_SECONDS:
                        found.append(Incoming(Path(entry.path), told.st_size, told.st_mtime))
    except OSError as error:
        raise Unreadable(_("The folder %(path)s cannot be read: %(why)s") % {"path": inbox, "why": said(error)}) from error
    waiting = [letter for letter in found if not passed_over(letter)]
    waiting.sort(key=lambda letter: (letter.at, letter.path.name))
    return Lying(waiting[:most], len(found) - len(waiting), others)


@contextmanager
def opened(letter: Incoming) -> Iterator[BinaryIO]:
    """The letter's bytes: of a plain file only, never through a link and never waiting for a pipe."""
    handle = os.open(letter.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(f"{letter.path} is no file")
        yield stream


def put_away(kind: str, letter: Incoming) -> None:
    """Move a letter that is kept now: into `cur` as seen, or into `done`. One that is gone was moved by another process."""
    folder = letter.path.parent.parent / "cur" if kind == MAILDIR else letter.path.parent / DONE
    folder.mkdir(exist_ok=True)
    name = letter.path.name.partition(":")[0] + ":2,S" if kind == MAILDIR else letter.path.name
    target = folder / name
    if kind == DROP:
        number = 1
        while target.exists():
            target, number = folder / f"{letter.path.stem}.{number}{letter.path.suffix}", number + 1
    with suppress(FileNotFoundError):
        letter.path.rename(target)


def ready(kind: str, path: str) -> None:
    """Make the folders of a door that are not there yet. Invalid where they cannot be made."""
    folder = confined(path)
    try:
        for name in ("new", "cur", "tmp") if kind == MAILDIR else ("", DONE):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid("path_not_ours", _("The folder cannot be made: %(why)s") % {"why": said(error)}, field="path") from error
