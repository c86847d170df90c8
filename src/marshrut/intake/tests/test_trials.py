"""A plan tried on the agency's own month, as a job: what came of it by both plans; and it changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from marshrut.agency.models import Absence
from marshrut.catalog.models import Category, Skill
from marshrut.intake.models import Inquiry, LearningRun
from marshrut.intake.queries.learning import find_run
from marshrut.intake.reference import read_reference
from marshrut.intake.services import answer_client
from marshrut.intake.services.learning_runs import TRIAL, ask_for_run, work_on_runs
from marshrut.intake.services.rule_settings import switch_distribution
from marshrut.intake.services.trials import MADE_UP, MONTH, try_plans
from marshrut.intake.tests.conftest import moscow

pytestmark = pytest.mark.django_db
Come = Callable[..., Any]
FRIDAY = moscow(27, 18)


@pytest.fixture
def month(agency: Any, come: Come) -> list[Any]:
    """Twenty inquiries on two days, half of them about visas, which only Denis is skilled in; two were answered."""
    Skill.objects.create(employee_id=agency.denis.id, category=Category.objects.get(slug="visa"))
    came = [come(moscow(23 + n % 2, 10 + n // 4, 7 * (n % 4)), request={"category": "visa"} if n % 2 else {}) for n in range(20)]
    for one in came[:2]:
        answer_client(dossier_id=one.dossier_id, kind="call_out", body="", by=agency.owner, now=one.received_at + timedelta(minutes=4))
    return came


def tried(now: Any = FRIDAY, **asked: Any) -> dict[str, Any]:
    return try_plans(asked=asked, reference=read_reference(), now=now, progress=lambda share: None)


def given(side: dict[str, Any]) -> dict[int, int]:
    return {int(number): one["given"] for number, one in side["people"].items()}


def test_another_order_of_steps_shows_who_would_have_got_how_many(agency: Any, month: list[Any]) -> None:
    told = tried(changes={"off": ["skill"]}, stream=MONTH)
    assert (told["total"], told["is_same_plan"]) == (20, False)
    assert given(told["before"])[agency.denis.id] >= 10, "all visas"
    after = [given(told["after"])[number] for number in agency.managers]
    assert max(after) - min(after) <= 2
    for side in (told["before"], told["after"]):
        for one in side["people"].values():
            assert abs(one["drawn"] - one["share"]) < 2, "one in each of the sets that draw among themselves"
    assert len(told["after"]["queue_mean"]) == 168


def test_the_same_plan_with_one_away_and_one_added_beside_how_it_is(agency: Any, month: list[Any]) -> None:
    told = tried(stream=MONTH, away=[agency.denis.id], added=1)
    assert told["is_same_plan"]
    assert given(told["before"])[agency.denis.id] > 0
    assert given(told["after"])[agency.denis.id] == 0
    assert given(told["after"])[-1] > 0
    assert -1 not in given(told["before"])


def test_a_made_up_month_keeps_the_week_and_the_seed(agency: Any, month: list[Any]) -> None:
    once, again = (tried(stream=MADE_UP, volume=300, seed=5) for _ in range(2))
    assert once == again
    assert once["total"] > 20
    assert tried(stream=MADE_UP, volume=300, seed=6) != once


def test_an_agency_without_a_month_and_one_where_all_are_away_are_no_crash(agency: Any, come: Come) -> None:
    assert tried(stream=MONTH) == {"total": 0}
    come(moscow(23, 10))
    for number in agency.managers:
        Absence.objects.create(employee_id=number, starts_at=moscow(1, 0), ends_at=moscow(30, 0))
    told = tried(stream=MONTH)
    assert (told["after"]["queued"], told["after"]["supervisors"]) == (1, 1)


def test_the_job_writes_how_far_it_is_and_what_came_and_nothing_else(agency: Any, month: list[Any]) -> None:
    before = list(Inquiry.objects.order_by("pk").values("owner_reason", "respond_by", "dossier__owner_id"))
    run_id = ask_for_run(kind=TRIAL, asked={"changes": {"off": ["skill"]}, "stream": MONTH}, by=agency.owner, now=FRIDAY)
    assert ask_for_run(kind=TRIAL, asked={"changes": {"off": ["skill"]}, "stream": MONTH}, by=agency.owner, now=FRIDAY) == run_id
    work_on_runs(lambda: FRIDAY)
    run = find_run(run_id, TRIAL)
    assert run is not None
    assert (run.progress, run.problem, run.finished_at) == (1, "", FRIDAY)
    assert run.result is not None
    assert run.result["total"] == 20
    assert list(Inquiry.objects.order_by("pk").values("owner_reason", "respond_by", "dossier__owner_id")) == before


def test_a_plan_that_was_tried_is_put_to_use_from_its_page_and_taken_back(agency: Any, month: list[Any]) -> None:
    from django.test import Client

    from marshrut.agency.models import Employee

    LearningRun.objects.all().delete()
    browser = Client()
    browser.force_login(Employee.objects.get(pk=agency.owner.id))
    form = {"order": ["clients_manager", "office", "language", "skill"], "on": ["clients_manager", "office", "language"], "keeper_when_full": "yes",
            "take_by_hand": "yes", "hand_over_at_shift_end": "yes", "try": "yes", "since": "0"}  # fmt: skip
    assert browser.post("/settings/distribution", form).status_code == 204
    run = LearningRun.objects.get()
    assert run.asked == {"changes": {"off": ["skill"]}, "stream": MONTH}
    address = f"/settings/distribution/trials/{run.pk}"
    assert "hx-trigger" in browser.get(address).content.decode(), "it asks for itself again"
    work_on_runs(lambda: FRIDAY)
    page = browser.get(address).content.decode()
    assert "Анна Крылова" in page
    assert "chart-part" in page
    again = browser.post(address, {"stream": MADE_UP, "volume": "много", "seed": "-5", "added": "999", "away": [str(agency.anna.id), "x", "99999"]})
    assert again.status_code == 204
    assert LearningRun.objects.latest("pk").asked == {
        "changes": {"off": ["skill"]}, "stream": MADE_UP, "volume": 100, "seed": 0, "added": 50, "away": [agency.anna.id]}  # fmt: skip
    assert browser.post(address, {"switch": "yes", "since": "0"}).status_code == 204
    assert "skill" not in read_reference().rules.distribution.steps
    assert browser.post(address, {"switch": "yes", "since": "0"}).status_code < 400, "once more, after somebody else's save: said, not done"
    assert browser.get("/settings/distribution/trials/999999").status_code == 404
    for actor in (agency.anna, agency.oleh, agency.supervisor):
        other = Client()
        other.force_login(Employee.objects.get(pk=actor.id))
        assert {other.get(address).status_code, other.post(address, {"switch": "yes"}).status_code} == {403}
    switch_distribution(changes={}, by=agency.owner, now=FRIDAY)
    assert "skill" in read_reference().rules.distribution.steps
