"""The last month replayed: nothing changes under the numbers in use, and under others it is told what it would be worth."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from marshrut.core.errors import DomainError
from marshrut.intake.models import LearningRun
from marshrut.intake.queries.learning import was_replayed
from marshrut.intake.reference import read_reference
from marshrut.intake.services import answer_client
from marshrut.intake.services.learning_runs import REPLAY, ask_for_run, work_on_runs
from marshrut.intake.services.replaying import replay_period
from marshrut.intake.tests.conftest import MONDAY

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)
QUICK_MESSENGERS = {"minutes": {"messenger": 1, "phone": 90}}


def run(changes: dict[str, Any]) -> dict[str, Any]:
    heard: list[float] = []
    told = replay_period(asked={"changes": changes}, reference=read_reference(), now=LATER, progress=heard.append)
    assert heard == sorted(heard)
    return told


@pytest.fixture
def month(agency: Any, come: Callable[..., Any]) -> list[Any]:
    """Thirty inquiries within an hour, every other by phone; all answered by the evening."""
    came = [come(MONDAY + timedelta(minutes=2 * number), channel="phone" if number % 2 else "messenger") for number in range(30)]
    for number, one in enumerate(came):
        by = next(m for m in (agency.anna, agency.boris, agency.denis) if m.id == one.dossier.owner_id)
        answer_client(dossier_id=one.dossier_id, kind="call_out", body="", by=by, now=MONDAY + timedelta(minutes=70 + 9 * number))
    return came


def test_the_numbers_in_use_against_themselves_change_nothing(month: list[Any]) -> None:
    told = run({})
    assert told["total"] == told["answered"] == 30
    assert (told["by_present"]["earlier"], told["by_present"]["later"], told["by_present"]["saved"]) == (0, 0, 0)
    assert told["people"] == 3


def test_other_numbers_answer_some_earlier_and_others_later_and_say_what_it_is_worth(month: list[Any]) -> None:
    told = run(QUICK_MESSENGERS)
    present = told["by_present"]
    assert present["earlier"] > 0
    assert present["later"] > 0
    assert present["saved"] + present["lost"] > 0
    assert {row[0] for row in present["movers"]} <= {one.pk for one in month}
    assert len(present["by_worth"]) == 4


def test_an_empty_month_and_bad_numbers_are_answered(agency: Any) -> None:
    assert run({}) == {"total": 0}
    with pytest.raises((DomainError, ValueError)):
        run({"minutes": {"messenger": -1}})


def test_a_replay_is_a_job_whose_result_stays_to_be_shared(month: list[Any], agency: Any) -> None:
    assert not was_replayed(QUICK_MESSENGERS)
    run_id = ask_for_run(kind=REPLAY, asked={"changes": QUICK_MESSENGERS}, by=agency.owner, now=LATER)
    assert work_on_runs(lambda: LATER) == 1
    kept = LearningRun.objects.get(pk=run_id)
    assert (kept.problem, kept.progress, kept.result["total"]) == ("", 1, 30)
    assert was_replayed(QUICK_MESSENGERS)


def test_a_replay_that_cannot_be_done_says_so_and_holds_up_nothing(agency: Any) -> None:
    run_id = ask_for_run(kind=REPLAY, asked={"changes": {"minutes": {"phone": "many"}}}, by=agency.owner, now=LATER)
    assert work_on_runs(lambda: LATER) == 1
    assert LearningRun.objects.get(pk=run_id).problem
    assert work_on_runs(lambda: LATER) == 0
