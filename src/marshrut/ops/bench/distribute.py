"""``./marshrut bench distribute``: many inquiries from many connections at once are given out, then everything is counted.

In a home of its own, with an office made for the run: equal and unequal weights, skills that are waited for, some who carry
little, some who are away. Run as a module: `work INQUIRIES CONNECTIONS` inside the home, `send RUN FIRST LAST THREADS` in each
of the processes that send.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import time as time_of_day
from datetime import timedelta
from typing import Any

from marshrut.ops import databases, homes

MODULE = "marshrut.ops.bench.distribute"
MANAGERS, AWAY, FEW, CARRY = 20, 2, 3, 400
WEIGHTS = ("1", "1", "0.5", "1.5")
AGAIN = 10
"""How many of the last ones each caller sends a second time: the door has to know them."""


def measure_distribution(inquiries: int, connections: int) -> int:
    """Give out so many; 0 when none was doubled or lost, none is where it may not be, and all shares are fair."""
    from .house import command

    homes.prepare(homes.chosen_home())
    print(command(homes.chosen_home() / "bench-distribute", "work", str(inquiries), str(connections), module=MODULE))
    return 0


@dataclass(slots=True)
class Staff:
    """The people of a run: who sells only visas, who is away, who carries little, everybody."""

    office_slug: str
    visas: set[int] = field(default_factory=set)
    away: set[int] = field(default_factory=set)
    few: set[int] = field(default_factory=set)
    all: set[int] = field(default_factory=set)


def work(inquiries: int, connections: int) -> int:
    """Make the run's office, let the senders go, count."""
    with databases.at_work(homes.chosen_home()):
        run = f"run{time.time():.0f}"
        staff = _make_staff(run)
        processes = min(connections, os.cpu_count() or 1)
        begun = time.monotonic()
        senders = [_sender(run, *_part(inquiries, processes, place), connections // processes) for place in range(processes)]
        if any(sender.wait() for sender in senders):
            return 1
        seconds = time.monotonic() - begun
        found = _count(run, inquiries, staff)
    print(f"{inquiries} inquiries from {connections} connections in {seconds:.0f} s: {inquiries / seconds:.0f} a second. "
          + "; ".join(f"{name}: {value}" for name, value in found.items()))  # fmt: skip
    return 0 if not any(value for name, value in found.items() if name in _NONE) and found["furthest from a fair share"] < 1 else 1


_NONE = ("doubled", "lost", "with nobody", "off shift", "without the skill", "over capacity")


def _part(inquiries: int, processes: int, place: int) -> tuple[int, int]:
    return inquiries * place // processes, inquiries * (place + 1) // processes


def _sender(run: str, first: int, last: int, threads: int) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-P", "-m", MODULE, "send", run, str(first), str(last), str(threads)]
    return subprocess.Popen(arguments, env=dict(os.environ))


def _make_staff(run: str) -> Staff:
    """An office on duty round the clock; in this home a skill is waited for."""
    from django.db import transaction

    from marshrut.agency.models import Absence, Employee, Office, WorkingWindow
    from marshrut.agency.permissions import system
    from marshrut.catalog.models import Category, Skill
    from marshrut.core.clock import utc_now
    from marshrut.intake.services.rule_settings import save_distribution

    now, staff = utc_now(), Staff(run)
    save_distribution(choices={"strict": ["skill"]}, by=system("bench"), now=now)
    Employee.objects.update(is_on_duty=False)  # those of earlier runs serve other offices no more
    with transaction.atomic():
        office = Office.objects.create(slug=run, name=run)
        hours = {"opens": time_of_day(9), "closes": time_of_day(18)}
        WorkingWindow.objects.bulk_create(WorkingWindow(office=office, weekday=day, **hours) for day in range(7))
    people = [
        Employee.objects.create(email=f"{run}-{n}@bench.example", name=f"{run} {n}", role="manager", password="!", is_on_duty=True,
                                office=office, share_weight=WEIGHTS[n % len(WEIGHTS)]).pk
        for n in range(MANAGERS)
    ]  # fmt: skip
    staff.all, staff.visas = set(people), set(people[:4])
    staff.away, staff.few = set(people[4 : 4 + AWAY]), set(people[6 : 6 + FEW])
    Skill.objects.bulk_create(Skill(employee_id=one, category=Category.objects.get(slug="visa")) for one in staff.visas)
    Absence.objects.bulk_create(
        Absence(employee_id=one, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1)) for one in staff.away
    )
    Employee.objects.filter(pk__in=staff.few).update(capacity=CARRY)
    return staff


def send(run: str, first: int, last: int, threads: int) -> int:
    """Send this part of the run's inquiries, each thread over a connection of its own."""
    import django

    django.setup()
    failed: list[BaseException] = []

    def part(place: int) -> None:
        from django.db import connection

        try:
            size = (last - first) // threads
            stop = last if place == threads - 1 else first + (place + 1) * size
            numbers = range(first + place * size, stop)
            for number in (*numbers, *numbers[-AGAIN:]):
                _hand_in(run, number)
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    running = [threading.Thread(target=part, args=(place,)) for place in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return 1 if failed else 0


def _hand_in(run: str, number: int) -> None:
    from dataclasses import replace

    from django.db import OperationalError

    from marshrut.agency.permissions import system
    from marshrut.core.clock import utc_now
    from marshrut.core.conflicts import MOST_ATTEMPTS, is_conflict
    from marshrut.intake.reading import read_submission
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import accept_inquiry

    now, reference = utc_now(), read_reference()
    data: dict[str, Any] = {
        "channel": "api", "source": "site", "external_id": f"{run}-{number}",
        "contact": {"name": "Ирина", "email": f"{run}-{number}@mail.example"},
        "request": {"category": "visa" if number % 7 == 0 else "package_tour"},
    }  # fmt: skip
    office = next(card.id for card in reference.staff.offices.values() if card.slug == run)
    submission = replace(read_submission(data, regions=("RU",), today=now.date(), now=now), office_id=office)
    for attempt in range(MOST_ATTEMPTS):
        try:
            accept_inquiry(submission=submission, body=json.dumps(data).encode(), reference=reference, by=system("bench"), now=now)
            return
        except OperationalError as error:
            if not is_conflict(error) or attempt + 1 == MOST_ATTEMPTS:
                raise


def _count(run: str, inquiries: int, staff: Staff) -> dict[str, Any]:
    """Everything that has to hold, counted in what was written."""
    from marshrut.intake.models import Inquiry, ShareLedger

    rows = list(
        Inquiry.objects.filter(external_id__startswith=f"{run}-")
        .values_list("external_id", "dossier__owner_id", "dossier__queue_id", "request__category", "owner_reason")
        .iterator()
    )
    held: Counter[int | None] = Counter(owner for _id, owner, _queue, _category, _reason in rows)
    apart, drawn = 0.0, 0
    for ledger in ShareLedger.objects.all():
        pool = _weights(ledger.pool, ledger.given)
        if not set(pool) & staff.all:
            continue
        drawn += ledger.total
        whole = sum(pool.values())
        apart = max([apart, *(abs(ledger.given.get(str(one), 0) - ledger.total * weight / whole) for one, weight in pool.items())])
    by_share = sum(reason[-1]["code"] == "fair_share" for *_rest, reason in rows)
    return {
        "doubled": len(rows) - len({row[0] for row in rows}) + abs(drawn - by_share),
        "lost": inquiries - len({row[0] for row in rows}),
        "with nobody": sum((owner is None) == (queue is None) for _id, owner, queue, _category, _reason in rows),
        "off shift": sum(held[one] for one in staff.away) + sum(held[one] for one in held if one and one not in staff.all),
        "without the skill": sum((owner in staff.visas and category != "visa") or (category == "visa" and owner not in staff.visas)
                                 for _id, owner, _queue, category, _reason in rows),
        "over capacity": sum(max(0, held[one] - CARRY) for one in staff.few),
        "furthest from a fair share": round(apart, 3),
        "shares drawn": drawn,
        "in the queue": held[None],
    }  # fmt: skip


def _weights(pool: str, given: dict[str, int]) -> dict[int, int]:
    """Who is in a set of equally eligible people, with their weights; a set too long to be named so is read from the staff."""
    if ":" in pool:
        return dict((int(one), int(weight)) for one, weight in (pair.split(":") for pair in pool.split(",")))
    from marshrut.agency.models import Employee

    return {e.pk: int(e.share_weight * 100) for e in Employee.objects.filter(pk__in=[int(one) for one in given])}


def main(arguments: list[str]) -> int:
    """What the module is run with."""
    if arguments[0] == "work":
        return work(int(arguments[1]), int(arguments[2]))
    return send(arguments[1], int(arguments[2]), int(arguments[3]), int(arguments[4]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
