"""``./marshrut test``: style, floors, types, migrations, then every test on a real PostgreSQL and in a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import browser, homes

_MOST_PROCESSES = 4  # each has a PostgreSQL, and at times a server and a browser, of its own
_CHECKS: dict[str, list[str]] = {
    "style": ["-m", "ruff", "check", "--quiet", "--output-format", "concise", "."],
    "floors": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "types": ["-m", "mypy"],
    "migrations": ["-m", "django", "makemigrations", "--check", "--dry-run"],
}


def run(arguments: Sequence[str]) -> int:
    """Run all checks and tests; with `arguments`, only pytest with them. Gives the worst exit code.

    Raises:
        HomeError: there is no checkout with tests, or no browser for them.
    """
    root = homes.checkout()
    if root is None:
        raise homes.HomeError("Tests run in a checkout of the sources, and this is an installed package.")
    environ = dict(os.environ)
    if found := browser.find_or_install():
        environ[browser.VARIABLE] = str(found)
    elif not arguments:
        raise homes.HomeError(browser.MISSING)
    codes = [] if arguments else [_check(root, name, command) for name, command in _CHECKS.items()]
    tests = subprocess.run([sys.executable, "-m", "pytest", *(arguments or _on_every_core())], cwd=root, env=environ, check=False)
    return max([*codes, tests.returncode])


def _on_every_core() -> list[str]:
    """The whole suite shared out by files: what a file's tests set up once stays in one process."""
    return ["-n", str(min(os.cpu_count() or 1, _MOST_PROCESSES)), "--dist", "loadfile", "--no-loadscope-reorder"]


def _check(root: Path, name: str, command: list[str]) -> int:
    """One check: a line when it is kept, its whole output when it is not."""
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marshrut.config.settings",
        "MARSHRUT_SECRET_KEY": "of the checks, and of nothing else",
        "MARSHRUT_DATA_KEYS": "also of the checks, and of nothing else",
        "PYTHONWARNINGS": "ignore::RuntimeWarning",  # no database is asked whether its migrations agree
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    print(f"{name}: {'ok' if done.returncode == 0 else 'BROKEN'}", flush=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode
