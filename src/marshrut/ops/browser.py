"""The browser of the tests: one that is on the machine, or on Debian as root the distribution's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

VARIABLE = "MARSHRUT_BROWSER"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_USUAL = (
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = (
    f"The tests need a browser: install Chromium or Google Chrome, or name one in {VARIABLE} "
    f"(on Debian as root it is installed by itself)."
)


def find() -> Path | None:
    """The Chromium or Chrome of this machine; the one named in ``MARSHRUT_BROWSER`` goes first."""
    found = [os.environ.get(VARIABLE), *map(shutil.which, _NAMES), *_USUAL]
    return next((Path(path) for path in found if path and os.access(path, os.X_OK)), None)


def find_or_install() -> Path | None:
    """``find``; when there is none and we are root on Debian or Ubuntu, install Chromium first."""
    if found := find():
        return found
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run([apt, *command], env=environ, stdout=subprocess.DEVNULL, check=False)
    return find()
