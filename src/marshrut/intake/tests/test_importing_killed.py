"""Real processes killed with -9 in the middle of an import and of taking it out again: every row once, or none at all."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from marshrut.core.clock import utc_now

from .test_importing import check, counts, hand_in, table

pytestmark = pytest.mark.own_database
BATCH, KILLS, PATIENCE = 5, 2, 60.0  # rows, times, seconds
CHANCE = random.Random(20260)


@pytest.fixture(scope="module")
def nursery() -> Iterator["subprocess.Popen[str]"]:
    """The process that workers are forked from, at work for all tests of this file."""
    command = [sys.executable, "-m", f"{__package__}.import_worker", str(BATCH)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started
        assert started.stdin
        started.stdin.close()


@pytest.fixture
def start_worker(own_database: str, nursery: "subprocess.Popen[str]") -> Callable[[], int]:
    """Starts a process that works on the imports of this test's database; its id."""
    assert nursery.stdin
    assert nursery.stdout
    told, heard = nursery.stdin, nursery.stdout

    def start() -> int:
        told.write(f"{own_database}\n")
        told.flush()
        return int(heard.readline())

    return start


def rows_behind(run_id: int) -> int:
    """How many rows of the work at hand are done."""
    from marshrut.intake.models import ImportRun

    run = ImportRun.objects.get(pk=run_id)
    if run.state not in ("running", "undoing"):
        return 1_000_000
    return int(run.figures.get("taken", 0) if run.state == "undoing" else run.position)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.003)  # the processor is the worker's


def work_with_accidents(start: Callable[[], int], run_id: int, rows: int) -> int:
    """Workers one after another, each killed at a moment nobody chose, and a last one that is let be; how many were killed."""
    killed = 0
    for part in range(KILLS):
        worker = start()
        moment = CHANCE.randrange(rows * part // KILLS, rows * (part + 1) // KILLS)
        wait_until(lambda moment=moment: rows_behind(run_id) >= moment)  # type: ignore[misc]
        killed += rows_behind(run_id) < rows
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    start()
    wait_until(lambda: rows_behind(run_id) > rows)
    return killed


@pytest.mark.parametrize(("mode", "rows"), [("history", 120), ("inquiries", 40)])
def test_rows_are_made_once_and_taken_out_whole_whoever_is_killed(
    start_worker: Callable[[], int], cast: Any, mode: str, rows: int
) -> None:
    from marshrut.intake.models import ImportedRow, ImportRun, Inquiry
    from marshrut.intake.services.import_runs import start_run, undo_run
    from marshrut.ops.doctor import examine

    before = counts()
    leads = [[f"Клиент {n}", f"+7921{1_000_000 + n % (rows - 20)}", "", "", f"Источник {n % 3}", f"Строка {n}", "да", "", ""]
             for n in range(rows)]  # fmt: skip
    run_id = hand_in(table(leads), cast.owner, mode)
    check(run_id, cast.owner)
    start_run(run_id=run_id, by=cast.owner, now=utc_now())
    assert work_with_accidents(start_worker, run_id, rows) > 0
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, run.position, run.made, run.repeated, run.refused) == ("done", rows, rows, 0, 0)
    assert sorted(ImportedRow.objects.values_list("number", flat=True)) == list(range(2, rows + 2))
    assert Inquiry.objects.count() == Inquiry.objects.values("message").distinct().count() == rows
    assert run.figures["people"] == counts()["clients_person"] - before["clients_person"] == rows - 20
    assert [one for one in examine(is_embedded=False) if one.state == "broken"] == []
    undo_run(run_id=run_id, by=cast.owner, now=utc_now())
    assert work_with_accidents(start_worker, run_id, rows) > 0
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, run.figures) == ("undone", {"kept": 0, "taken": rows})
    assert counts() == before
