"""Priority follows the rules when they change, and the client who waits; a run that was killed goes on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from marshrut.core.models import Change
from marshrut.intake.models import Inquiry, LearningRun, RelevanceCriterion, RuleSetting
from marshrut.intake.reference import read_reference
from marshrut.intake.services import answer_client, reckoning
from marshrut.intake.services.learning_runs import work_on_runs
from marshrut.intake.services.reckoning import RECKON, cool_unanswered, reckon_when_rules_change
from marshrut.intake.tests.conftest import MONDAY

pytestmark = pytest.mark.django_db
Come, Tick = Callable[..., Any], Callable[[datetime], None]
LATER = MONDAY + timedelta(minutes=1)
WANTS = {"directions": ["turkey"], "adults": 2, "nights": {"from": 7}, "budget": {"amount": 200000, "currency": "RUB"}}


def run(at: datetime = LATER) -> int:
    return reckon_when_rules_change(lambda: at)


def scores() -> dict[int, int]:
    return dict(Inquiry.objects.values_list("pk", "priority"))


def test_rules_that_stay_change_nothing_and_other_weights_change_what_is_open(agency: Any, come: Come) -> None:
    phone, closed = come(MONDAY, channel="phone"), come(MONDAY, channel="phone")
    from marshrut.intake.services import close_inquiry

    close_inquiry(inquiry_id=closed.pk, outcome="lost", reason="Дорого", by=agency.owner, now=MONDAY)
    run(MONDAY)
    before = scores()
    RuleSetting.objects.create(slug="priority", values={"minutes": {"phone": 1}})
    assert run(MONDAY) == 1
    after = scores()
    assert after[phone.pk] > before[phone.pk]
    assert after[closed.pk] == before[closed.pk]
    kept = LearningRun.objects.filter(kind=RECKON).latest("id")
    assert (kept.progress, kept.result["looked"], kept.result["changed"], kept.finished_at) == (1, 1, 1, MONDAY)
    assert run(MONDAY) == 0
    assert LearningRun.objects.filter(kind=RECKON).count() == 2
    assert Change.objects.filter(table_name="intake_inquiry", row_id=phone.pk, by=reckoning.RECKONER.label).exists()


def test_a_criterion_or_a_floor_gives_another_grade_and_with_it_another_priority(agency: Any, come: Come) -> None:
    from marshrut.catalog.models import Direction

    one = come(MONDAY, request=WANTS)
    run(MONDAY)
    one.refresh_from_db()
    assert one.relevance == "A"
    Direction.objects.filter(slug="turkey").update(floor_price=90_000, currency="RUB")
    run(MONDAY)
    dear = Inquiry.objects.get(pk=one.pk)
    assert (dear.relevance, dear.relevance_reasons[0]["code"]) == ("C", "budget_far_below")
    assert dear.priority < one.priority
    RelevanceCriterion.objects.all().delete()
    run(MONDAY)
    assert Inquiry.objects.get(pk=one.pk).relevance == "A"


def test_a_run_that_was_killed_goes_on_where_it_was(agency: Any, come: Come, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [come(MONDAY, channel="phone").pk for _ in range(5)]
    run(MONDAY)
    RuleSetting.objects.create(slug="priority", values={"minutes": {"phone": 1}})
    monkeypatch.setattr(reckoning, "BATCH", 2)
    done, whole = [], reckoning._reckon_some

    def die_in_the_second(some: list[int], *rest: Any) -> int:
        if done:
            raise KeyboardInterrupt
        done.append(some)
        return whole(some, *rest)

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(reckoning, "_reckon_some", die_in_the_second)
        run(MONDAY)
    cut = LearningRun.objects.filter(kind=RECKON).latest("id")
    assert (cut.finished_at, cut.result["after"], cut.result["looked"]) == (None, ids[1], 2)
    assert 0 < cut.progress < 1
    assert work_on_runs(lambda: MONDAY) == 0, "other jobs leave it alone"
    assert run(MONDAY) == 5
    cut.refresh_from_db()
    assert cut.finished_at == MONDAY
    assert len(set(scores().values())) == 1


def test_rules_that_change_again_meanwhile_overtake_a_run(agency: Any, come: Come) -> None:
    come(MONDAY)
    run(MONDAY)
    LearningRun.objects.create(kind=RECKON, asked={"mark": "older"}, result={"after": 0, "looked": 0, "changed": 0, "total": 9}, created_at=MONDAY, created_by="x")
    run(MONDAY)
    assert not LearningRun.objects.filter(kind=RECKON, finished_at__isnull=True).exists()
    assert LearningRun.objects.filter(kind=RECKON).latest("id").asked == {"mark": read_reference().mark}


def test_one_that_cannot_be_reckoned_holds_up_no_other(agency: Any, come: Come, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = come(MONDAY, channel="phone"), come(MONDAY, channel="phone")
    run(MONDAY)
    Inquiry.objects.filter(pk=broken.pk).update(request={"adults": "двое", "budget": [1], "dates": "скоро"}, arrival=[1])
    RuleSetting.objects.create(slug="priority", values={"minutes": {"phone": 1}})
    run(MONDAY)
    assert scores()[sound.pk] > sound.priority


def test_P06_who_waits_cools_with_every_step_of_the_clock_and_who_was_answered_does_not(agency: Any, come: Come, tick: Tick) -> None:
    waits, answered = come(MONDAY), come(MONDAY)
    answer_client(dossier_id=answered.dossier_id, kind="call_out", body="", by=agency.owner, now=MONDAY + timedelta(minutes=1))
    seen = [waits.priority]
    for minutes in (6, 11, 16):
        tick(MONDAY + timedelta(minutes=minutes))
        seen.append(Inquiry.objects.get(pk=waits.pk).priority)
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 4
    cooled = Inquiry.objects.get(pk=waits.pk)
    assert cooled.priority_parts[2]["value"] < waits.priority_parts[2]["value"]
    assert [part["value"] for part in cooled.priority_parts if part["part"] != "cooling"] == [
        part["value"] for part in waits.priority_parts if part["part"] != "cooling"
    ]
    assert Inquiry.objects.get(pk=answered.pk).priority == answered.priority


def test_whoever_is_left_with_the_supervisor_cools_on_by_working_time_only(agency: Any, come: Come) -> None:
    one = come(MONDAY)
    Inquiry.objects.filter(pk=one.pk).update(clock_state="missed", warn_at=None)
    reference = read_reference()
    assert cool_unanswered(reference=reference, now=MONDAY + timedelta(hours=2)) == 1
    assert cool_unanswered(reference=reference, now=MONDAY + timedelta(hours=2)) == 0
    evening = Inquiry.objects.get(pk=one.pk).priority
    assert evening < one.priority
    cool_unanswered(reference=reference, now=MONDAY + timedelta(hours=9))
    at_night = Inquiry.objects.get(pk=one.pk).priority
    cool_unanswered(reference=reference, now=MONDAY + timedelta(hours=20))
    assert Inquiry.objects.get(pk=one.pk).priority == at_night


def test_a_correction_made_meanwhile_is_not_lost(agency: Any, come: Come) -> None:
    one = come(MONDAY)
    rows = [{"raw_id": one.pk, "known": one.priority, "priority": 1, "priority_reasons": [], "priority_parts": []}]
    Inquiry.objects.filter(pk=one.pk).update(priority=77)
    assert reckoning._write(rows) == 0
    assert scores()[one.pk] == 77
