"""Failed logins, so that passwords cannot be tried one after another.

Counted in the memory of each web process: with N processes somebody has at most N times as many tries, and a restart
forgets them. That slows a guesser down by some orders of magnitude, which is what it is for; argon2 does the rest.
"""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

MOST = 10
SPAN = timedelta(minutes=15)
REMEMBERED = 10_000  # addresses; the ones that failed longest ago are forgotten first


class Attempts:
    """Failed tries by address; at most `most` within `span`."""

    def __init__(self, most: int = MOST, span: timedelta = SPAN) -> None:
        self.most, self.span = most, span
        self._failed: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def is_blocked(self, address: str, now: datetime) -> bool:
        with self._lock:
            return len(self._recent(address, now)) >= self.most

    def note_failure(self, address: str, now: datetime) -> None:
        with self._lock:
            self._failed[address] = [*self._recent(address, now), now]
            self._failed.move_to_end(address)
            while len(self._failed) > REMEMBERED:
                self._failed.popitem(last=False)

    def forget(self, address: str) -> None:
        with self._lock:
            self._failed.pop(address, None)

    def _recent(self, address: str, now: datetime) -> list[datetime]:
        return [at for at in self._failed.get(address, []) if at > now - self.span]


attempts = Attempts()
