"""An import that was torn, stopped or begun twice goes on where it was, and doubles nothing."""

from typing import Any

import pytest
from tests.cast import Cast

from marshrut.core.clock import utc_now
from marshrut.core.errors import Refused
from marshrut.intake.tests.lead_files import ROWS, bring_in, check, counts, figures, hand_in, table, take_out

pytestmark = pytest.mark.django_db


def test_a_run_that_was_torn_in_the_middle_goes_on_and_doubles_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.intake.models import ImportRun, Inquiry
    from marshrut.intake.services import import_work
    from marshrut.intake.services.import_runs import start_run

    rows = [[f"Клиент {n}", f"+7921{n:07}", "", "", "Сайт", "", "", "", ""] for n in range(2_500)]
    run_id = hand_in(table(rows), cast.owner)
    check(run_id, cast.owner)
    start_run(run_id=run_id, by=cast.owner, now=utc_now())

    class Killed(BaseException):
        """As kill -9: nobody tidies up."""

    def torn(run: Any, leads: Any, *rest: Any) -> None:
        if leads[0].number > 1_000:
            raise Killed
        count(run, leads, *rest)

    count = import_work._count
    monkeypatch.setattr(import_work, "_count", torn)
    with pytest.raises(Killed):
        import_work.work_on_imports(utc_now)
    assert (ImportRun.objects.get(pk=run_id).position, Inquiry.objects.count()) == (1_000, 1_000)
    monkeypatch.undo()
    import_work.work_on_imports(utc_now)
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, figures(run), Inquiry.objects.count()) == ("done", (2_500, 0, 0), 2_500)


def test_stopping_and_going_on_and_taking_out_what_is_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from marshrut.intake.models import ImportRun
    from marshrut.intake.services import import_work
    from marshrut.intake.services.import_runs import continue_run, start_run, stop_run

    rows = [[f"Клиент {n}", f"+7921{n:07}", "", "", "Сайт", "", "", "", ""] for n in range(25)]
    before = counts()
    run_id = hand_in(table(rows), cast.owner)
    check(run_id, cast.owner)
    monkeypatch.setattr(import_work, "HISTORY_BATCH", 10)
    start_run(run_id=run_id, by=cast.owner, now=utc_now())
    keep = import_work.keep_sources

    def keeping(setting: Any, leads: Any) -> None:
        if leads[0].number == 12:  # between the first batch and the second
            stop_run(run_id=run_id, by=cast.owner, now=utc_now())
        keep(setting, leads)

    monkeypatch.setattr(import_work, "keep_sources", keeping)
    import_work.work_on_imports(utc_now)
    monkeypatch.undo()
    run = ImportRun.objects.get(pk=run_id)
    assert (run.state, run.position, run.made) == ("stopped", 10, 10)
    continue_run(run_id=run_id, by=cast.owner, now=utc_now())
    import_work.work_on_imports(utc_now)
    assert figures(ImportRun.objects.get(pk=run_id)) == (25, 0, 0)
    take_out(run_id, cast.owner)
    assert counts() == before


def test_two_clicks_are_one_run_and_one_way_back(cast: Cast) -> None:
    from marshrut.intake.services.import_runs import continue_run, discard_run, start_run, undo_run

    run_id = hand_in(table(ROWS[:2]), cast.owner)
    with pytest.raises(Refused):
        start_run(run_id=run_id, by=cast.owner, now=utc_now())
    check(run_id, cast.owner)
    start_run(run_id=run_id, by=cast.owner, now=utc_now())
    run = bring_in(run_id, cast.supervisor)
    assert figures(run) == (2, 0, 0)
    assert figures(bring_in(run_id, cast.owner)) == (2, 0, 0)
    for refused in (continue_run, discard_run):
        with pytest.raises(Refused):
            refused(run_id=run_id, by=cast.owner, now=utc_now())
    undo_run(run_id=run_id, by=cast.owner, now=utc_now())
    assert take_out(run_id, cast.supervisor).figures == {"kept": 0, "taken": 2}
    assert take_out(run_id, cast.owner).figures == {"kept": 0, "taken": 2}
