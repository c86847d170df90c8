"""Jobs of clients: who is new is held against everybody, and the whole base is searched at night, or when somebody asks."""

import subprocess
import sys

from procrastinate.contrib.django import app

from marshrut.agency.permissions import system
from marshrut.clients.models import DoubleSearch
from marshrut.clients.queries import count_people, is_search_due
from marshrut.clients.services import ask_for_search, look_over_new_people, search_base
from marshrut.core.alone import HEAVY, alone
from marshrut.core.clock import utc_now

FEW = 20_000  # people who are compared within the worker


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="clients-doubles", name="clients.look_over_new_people")
def look_over(timestamp: int) -> None:
    """Put on the list of suspects who may be whose double, within seconds of their first word to us."""
    look_over_new_people(now=utc_now())


@app.periodic(cron="* * * * * */15")
@app.task(queueing_lock="clients-search", name="clients.search_base")
def search_whole_base(timestamp: int) -> None:
    """Do the search that waits, or is due: once, and then every night, for what was learned since changes how much everything
    weighs. One at a time and never beside an import, which will have it done anyway when it ends.
    """
    with alone(HEAVY) as is_ours:
        if is_ours:
            _search()


def _search() -> None:
    """Of a large base in a process of its own: it needs memory that the worker would keep for ever."""
    if is_search_due(now=utc_now()):
        ask_for_search(by=system("doubles").label, now=utc_now())
    waiting = DoubleSearch.objects.filter(finished_at__isnull=True)
    if not waiting.exists():
        return
    if count_people() <= FEW:
        search_base(clock=utc_now)
        return
    ended = subprocess.run([sys.executable, "-P", "-m", "marshrut.clients.search_base"], capture_output=True, text=True, check=False)
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"]
        waiting.update(finished_at=utc_now(), problem=said[-1][:500])
