"""Two people and two workers at one import, with real commits: one run, one way back, nothing doubled."""

import contextlib
from typing import Any

import pytest
from tests.together import at_once

from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError

from .test_importing import check, counts, hand_in, table

pytestmark = pytest.mark.own_database
ROWS = [[f"Клиент {n}", f"+7921{1_000_001 + n % 300}", "", "", "Сайт", f"Строка {n}", "да", "", ""] for n in range(400)]


def worker() -> int:
    """As the worker's process: each call has a connection of its own."""
    from marshrut.intake.services.import_work import work_on_imports

    return work_on_imports(utc_now)


def test_two_who_start_and_two_workers_make_one_run(own_database: str, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.intake.models import ImportRun, Inquiry
    from marshrut.intake.services import import_work
    from marshrut.intake.services.import_runs import start_run

    monkeypatch.setattr(import_work, "HISTORY_BATCH", 50)
    before = counts()
    run_id = hand_in(table(ROWS), cast.owner)
    check(run_id, cast.owner)
    at_once([lambda by=by: start_run(run_id=run_id, by=by, now=utc_now()) for by in (cast.owner, cast.supervisor)])  # type: ignore[misc]
    at_once([worker, worker, worker])
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, run.made, run.position, Inquiry.objects.count(), run.figures["people"]) == ("done", 400, 400, 400, 300)
    take_out_at_once(run_id, cast)
    assert counts() == before


def take_out_at_once(run_id: int, cast: Any) -> None:
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services.import_runs import undo_run

    at_once([lambda by=by: undo_run(run_id=run_id, by=by, now=utc_now()) for by in (cast.owner, cast.supervisor)])  # type: ignore[misc]
    at_once([worker, worker])
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, run.figures) == ("undone", {"kept": 0, "taken": 400})


def test_one_who_stops_while_it_is_at_work_and_one_who_goes_on_lose_no_row(own_database: str, cast: Any, monkeypatch: Any) -> None:
    from marshrut.intake.models import ImportRun, Inquiry
    from marshrut.intake.services import import_work
    from marshrut.intake.services.import_runs import continue_run, start_run, stop_run

    monkeypatch.setattr(import_work, "HISTORY_BATCH", 10)
    run_id = hand_in(table(ROWS), cast.owner)
    check(run_id, cast.owner)
    start_run(run_id=run_id, by=cast.owner, now=utc_now())

    def restless() -> None:
        for _n in range(5):
            for act in (stop_run, continue_run):
                with contextlib.suppress(DomainError):  # it was done already
                    act(run_id=run_id, by=cast.supervisor, now=utc_now())

    at_once([worker, restless, worker])
    while ImportRun.objects.get(pk=run_id).state == "running":
        worker()
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, run.made, run.repeated, Inquiry.objects.count()) == ("done", 400, 0, 400)


def test_the_same_file_by_two_people_is_made_once(own_database: str, cast: Any) -> None:
    from marshrut.intake.models import ImportRun, Inquiry
    from marshrut.intake.services.import_runs import start_run

    runs = [hand_in(table(ROWS[:50]), by) for by in (cast.owner, cast.supervisor)]
    for run_id in runs:
        check(run_id, cast.owner)
        start_run(run_id=run_id, by=cast.owner, now=utc_now())
    at_once([worker, worker])
    found = ImportRun.objects.filter(pk__in=runs).order_by("pk").values_list("state", "made", "repeated")
    assert (list(found), Inquiry.objects.count()) == ([("done", 50, 0), ("done", 0, 50)], 50)
