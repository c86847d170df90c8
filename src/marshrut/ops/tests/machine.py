"""What tests of this room need from the machine: homes of their own, strangers, and a look at what we leave behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from marshrut.ops import homes

STRANGER = 65534  # nobody: an account of the machine that has no business with us


@contextmanager
def a_place(name: str = "home") -> Iterator[Path]:
    """A path for a home in a temporary folder that every account may enter, gone afterwards.

    pytest's own temporary folders are closed to other accounts, so that a test could not tell who keeps them out.
    """
    parent = Path(tempfile.mkdtemp(prefix="marshrut-place-"))
    parent.chmod(0o755)
    try:
        yield parent / name
    finally:
        shutil.rmtree(parent, ignore_errors=True)


@contextmanager
def a_home(name: str = "home") -> Iterator[Path]:
    """A prepared home, gone afterwards."""
    with a_place(name) as home:
        homes.prepare(home)
        yield home


def as_stranger(*command: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as another account of the machine; only root can."""
    return subprocess.run(
        command, user=STRANGER, group=STRANGER, extra_groups=[], cwd="/", env=environ or {"PATH": os.defpath},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def look_of(*paths: Path) -> dict[Path, tuple[int, int, int]]:
    """Owner, group and mode of these paths and of all folders above them."""
    steps = {step for path in paths for step in (path, *path.parents)}
    return {step: (found.st_uid, found.st_gid, found.st_mode) for step in steps if (found := step.stat())}


def is_open_to_others(path: Path) -> bool:
    """Whether group or others have any right on a path."""
    return bool(path.stat().st_mode & 0o077)
