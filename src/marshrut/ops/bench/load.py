"""``./marshrut bench load N``: N persons with their inquiries, deals and touches of three years, the same from the same seed.

Everything goes through the application's role, with history, guards and counters on. Needs Django set up (`at_work`).
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from marshrut.agency.models import Employee, Office
from marshrut.agency.queries import read_revision
from marshrut.core.clock import utc_now
from marshrut.deals.queries import read_funnels
from marshrut.intake.reference import read_reference
from marshrut.intake.tasks import fold_source_tallies
from marshrut.journal.services import fold_tallies
from marshrut.ops.demo.people import make_somebody
from marshrut.ops.rows import Rows, new_ids, sign_quietly

from . import floor_rows
from .matters import BY, STAGES, Ids, Matter, Setting, add_matter, draw_matter
from .patterns import make_patterns

MANAGERS = 50
BATCH = 5_000
_MAIL = "bench.example"
_NAMES = "clients_person_search"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load has put in: how many matters by state, how many of them are deals, and how long it took."""

    rows: int
    states: dict[str, int]
    deals: int
    seconds: float

    def sentence(self) -> str:
        shares = ", ".join(f"{state} {100 * number / self.rows:.1f} %" for state, number in sorted(self.states.items()))
        return (f"{self.rows} persons and inquiries ({shares}), {self.deals} deals, {3 * self.rows} touches "
                f"in {self.seconds:.0f} s")


def load(rows: int, seed: int) -> Loaded:
    """Fill the home; says on stderr how far it is."""
    started = time.monotonic()
    chance = random.Random(seed)
    setting = _set_up(chance)
    counted: Counter[str] = Counter()
    with psycopg.connect(os.environ["MARSHRUT_OWNER_DATABASE_URL"]) as owner:
        floor_rows.make_tables(owner)
        with _names_indexed_later(owner):
            for batch in _batches(rows):
                matters = _write_batch(batch, setting, chance)
                floor_rows.write(owner, matters, setting)
                counted.update(matter.state for matter, _ in matters)
                counted["deals"] += sum(matter.stage > 0 for matter, _ in matters)
                _say_progress(counted.total() - counted["deals"], rows, started)
        floor_rows.finish_tables(owner)
        fold_tallies()
        fold_source_tallies()
        owner.autocommit = True
        owner.execute("vacuum analyze")
    deals = counted.pop("deals")
    return Loaded(rows, dict(counted), deals, time.monotonic() - started)


@contextlib.contextmanager
def _names_indexed_later(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """Gather new names in the index's pending list and put them in order at the end: a third of the load's time less."""
    owner.execute(f"alter index {_NAMES} set (fastupdate = on, gin_pending_list_limit = 1000000)")
    owner.commit()
    try:
        yield
    finally:
        owner.rollback()
        owner.execute(f"alter index {_NAMES} set (fastupdate = off)")
        owner.execute(f"alter index {_NAMES} reset (gin_pending_list_limit)")
        owner.commit()
        owner.execute("set maintenance_work_mem = '256MB'")
        owner.execute("select gin_clean_pending_list(%s::regclass)", [_NAMES])
        owner.commit()


def _batches(rows: int) -> Iterator[int]:
    for start in range(0, rows, BATCH):
        yield min(BATCH, rows - start)


def _say_progress(done: int, rows: int, started: float) -> None:
    if sys.stderr.isatty() or done == rows or done % (BATCH * 4) == 0:
        print(f"{done} of {rows}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def _set_up(chance: random.Random) -> Setting:
    managers, office_id = _managers(chance)
    reference = read_reference()
    now = utc_now()
    stages = read_funnels(read_revision())["office"].stages[:STAGES]
    reason = '[{"code": "fair_share", "name": "", "people": 50, "given": 1, "total": 50, "percent": 2}]'
    return Setting(managers, office_id, stages, make_patterns(reference, chance, now), reason, now)


@transaction.atomic
def _managers(chance: random.Random) -> tuple[Sequence[int], int]:
    """Fifty managers on duty round the clock without a limit; those of an earlier load are used again."""
    with connection.cursor() as cursor:
        sign_quietly(cursor, BY)
    office = Office.objects.order_by("id").first()
    assert office is not None  # every home is seeded with one
    secret = make_password(None)
    emails = [f"manager{number:02}@{_MAIL}" for number in range(1, MANAGERS + 1)]
    present = set(Employee.objects.filter(email__in=emails).values_list("email", flat=True))
    Employee.objects.bulk_create(
        Employee(email=email, name=" ".join(make_somebody(chance, "ru").name.split()[:2]), role="manager", office=office,
                 is_on_duty=True, password=secret)
        for email in emails if email not in present)
    ids = Employee.objects.filter(email__in=emails).order_by("email").values_list("id", flat=True)
    return list(ids), office.pk


@transaction.atomic
def _write_batch(number: int, setting: Setting, chance: random.Random) -> list[tuple[Matter, Ids]]:
    rows = Rows()
    with connection.cursor() as cursor:
        sign_quietly(cursor, BY)
        ids = _take_ids(cursor, number)
        matters = [(draw_matter(chance, setting), one) for one in ids]
        for matter, one in matters:
            add_matter(rows, matter, one, setting, chance)
        rows.write(cursor)
    return matters


def _take_ids(cursor: Any, number: int) -> list[Ids]:
    tables = ("clients_person", "channels_rawmessage", "journal_dossier", "deals_deal")
    return [Ids(*four) for four in zip(*(new_ids(cursor, table, number) for table in tables), strict=True)]
