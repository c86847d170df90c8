"""A worker that may be killed: run as a module, it forks a process for each database it is
named, which works on the imports there.

Started once for a whole test, because a process of Django's takes a second to come up and a fork of it none at all.
"""

import os
import signal
import sys


def main() -> None:
    """Batches of so many rows are named by the one argument; each child's id is written as a line."""
    import django

    django.setup()
    from marshrut.intake.services import import_undo, import_work

    import_work.HISTORY_BATCH = import_work.INQUIRY_BATCH = import_undo.BATCH = int(sys.argv[1])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for database in sys.stdin:
        if not (child := os.fork()):
            _work(database.strip())
        print(child, flush=True)


def _work(database: str) -> None:
    from django.db import connection

    from marshrut.core.clock import utc_now
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services.import_work import work_on_imports

    connection.settings_dict["NAME"] = database
    while ImportRun.objects.filter(state__in=["running", "undoing"]).exists():
        work_on_imports(utc_now)  # it leaves at once while the server still holds the lock of one that was killed
    os._exit(0)


if __name__ == "__main__":
    main()
