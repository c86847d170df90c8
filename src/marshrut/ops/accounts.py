"""Accounts of the machine: PostgreSQL refuses to run as root, so root's homes have one system account for it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ACCOUNT_NAME = "marshrut"


class AccountError(Exception):
    """The account for the database cannot be used; the text is a sentence for a person."""


@dataclass(frozen=True)
class Account:
    """A system account: its name and numeric ids."""

    name: str
    uid: int
    gid: int


def database_account() -> Account | None:
    """The account PostgreSQL runs under when we are root, made if missing; None when we are not root.

    Raises:
        AccountError: this machine has no way to make one.
    """
    if os.geteuid() != 0:
        return None
    return _look_up() or _create()


def _look_up() -> Account | None:
    try:
        entry = pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        return None
    if entry.pw_uid == 0:
        raise AccountError(f"The account {ACCOUNT_NAME} is root by another name; PostgreSQL cannot run under it.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create() -> Account:
    for command in _creating_commands():
        if shutil.which(command[0]) and subprocess.run(command, capture_output=True, check=False).returncode == 0:
            break
    made = _look_up()
    if made is None:
        raise AccountError(
            f"Started as root, Marshrut needs a system account named {ACCOUNT_NAME} for its database, and could not "
            f"create it: create it yourself, or start Marshrut under an ordinary account."
        )
    return made


def _creating_commands() -> list[list[str]]:
    useradd = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    return [
        [*useradd, "--shell", "/usr/sbin/nologin", ACCOUNT_NAME],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", ACCOUNT_NAME],  # busybox
    ]


def can_reach(account: Account | None, path: Path, *, right: str = "x") -> bool:
    """Whether `account` (None: ourselves) has `right` (``r`` or ``x``) on `path`, asked of the system as that account.

    Asking in its name counts access lists and mounts too, which reading mode bits would not.
    """
    if account is None:
        return os.access(path, {"r": os.R_OK, "x": os.X_OK}[right])
    asked = subprocess.run(
        ["/bin/sh", "-c", f'test -{right} "$0"', str(path)],
        user=account.uid, group=account.gid, extra_groups=[], cwd="/", env={}, check=False,
    )  # fmt: skip
    return asked.returncode == 0
