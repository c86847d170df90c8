"""What a restored home must not go on with: sessions, links that let somebody in, letters that waited. Run by `restore`.

An archive is a picture of an earlier day. Who logged out, used a link or got a letter since then is not in it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .. import databases
from .archive import ArchiveError


def settle(home: Path, known: databases.Databases) -> str:
    """End and hold what a restored home must not go on with, in a process of its own; a sentence on what that was.

    Raises:
        ArchiveError: it could not be done, and why.
    """
    command = [sys.executable, "-P", "-m", "marshrut.ops.backups.settling"]
    done = subprocess.run(command, env=databases.environ_for(home, known), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ArchiveError(f"Sessions of the archive could not be ended: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()


def main() -> None:
    """All in one transaction, signed by the restore."""
    import django

    django.setup()
    from django.db import transaction

    from marshrut.agency.permissions import system
    from marshrut.agency.services import end_all_sessions, revoke_all_links
    from marshrut.channels.services import hold_waiting
    from marshrut.core.clock import utc_now

    by, now = system("restore"), utc_now()
    with transaction.atomic():
        sessions, links, letters = (work(by=by, now=now) for work in (end_all_sessions, revoke_all_links, hold_waiting))
    print(f"Sessions ended: {sessions}. Links revoked: {links}. Letters held: {letters}; the outbox shows them.")


if __name__ == "__main__":
    main()
