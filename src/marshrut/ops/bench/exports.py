"""``./marshrut bench export``: a list of all rows taken out as a file, timed, and the web processes' memory meanwhile.

Run as a module it opens a session of an owner in the home at hand and prints its cookie.
"""

from __future__ import annotations

import http.client
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from marshrut.ops import databases, homes

_BLOCK = 1024 * 1024
_LOOK_SECONDS = 0.2
_MOST_SECONDS, _MOST_GROWTH_MB = 60.0, 60.0
LISTS = (("inquiries.csv", "/lists/inquiries/export.csv?state=all"), ("inquiries.xlsx", "/lists/inquiries/export.xlsx?state=all"),
         ("clients.csv", "/lists/clients/export.csv"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """One file: how long it took, how large it is, and by how much the web processes grew while it went out."""

    name: str
    status: int
    seconds: float
    megabytes: float
    lines: int
    growth_mb: float

    @property
    def is_kept(self) -> bool:
        return self.status == 200 and self.seconds < _MOST_SECONDS and not self.growth_mb > _MOST_GROWTH_MB

    def sentence(self) -> str:
        """The figures in one line."""
        rows = f", {self.lines - 1} rows" if self.name.endswith(".csv") else ""
        return (f"{self.name:16} {self.seconds:6.1f} s  {self.megabytes:7.1f} MB{rows}  web processes grew by {self.growth_mb:.1f} MB"
                f"{'' if self.is_kept else '  MISSED'}")  # fmt: skip


def measure_exports(rows: int) -> int:
    """Fill the bench's home if it has too few rows, take every list out, print; 0 when all figures are kept."""
    from .house import bench_home, command, running

    home = bench_home()
    print(command(home, str(rows), module="marshrut.ops.bench.seeded"))
    cookie = command(home, module="marshrut.ops.bench.exports").splitlines()[-1]
    with running(home) as house:
        taken = [take(house.port, house.pid, home, name, address, cookie) for name, address in (LISTS[0], *LISTS)]
    for one in taken[1:]:  # the first warms: code and plans are loaded once, and stay
        print(one.sentence())
    return 0 if all(one.is_kept for one in taken[1:]) else 1


def take(port: int, launcher_pid: int, home: Path, name: str, address: str, cookie: str) -> Taken:
    """Take one list out and watch the memory of the web processes."""
    from .house import memory_of, processes_of

    web = processes_of(launcher_pid, home)["web"]
    before, seen, over = memory_of(web), [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_SECONDS):
            seen.append(memory_of(web))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", address, headers={"Cookie": cookie, "Accept-Language": "ru"})
    answer = connection.getresponse()
    size = lines = 0
    while block := answer.read(_BLOCK):
        size += len(block)
        lines += block.count(b"\n")
    seconds = time.perf_counter() - begun
    over.set()
    watcher.join()
    connection.close()
    return Taken(name, answer.status, seconds, size / 1024 / 1024, lines, max(seen) - before)


def main() -> int:
    """Print the cookie of an owner's session in the home at hand."""
    with databases.at_work(homes.chosen_home()):
        from marshrut.agency.permissions import system
        from marshrut.agency.services import add_employee
        from marshrut.core.clock import utc_now

        from .samples import open_session

        owner = add_employee(email="bench-owner@agency.example", name="Владелец Замера", role="owner", password="only of the bench 4711",
                             by=system("bench"), now=utc_now())  # fmt: skip
        print(open_session(owner.pk))
    return 0


if __name__ == "__main__":
    sys.exit(main())
