"""Learning from own history: what counts, what the agency decides, what a priority then says of itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from marshrut.core.errors import NotFound, Refused
from marshrut.intake.models import Inquiry, Learning, LearningRun
from marshrut.intake.queries.learning import counting_learned, read_ended, used_kinds
from marshrut.intake.reference import read_reference
from marshrut.intake.rules.chance_judging import youngest_ripe
from marshrut.intake.rules.learned import read_learned
from marshrut.intake.services.learning import keep_learned, learn_from_history, use_learned
from marshrut.intake.services.learning_runs import LEARNING, ask_for_run, work_on_runs
from marshrut.intake.tests.conftest import MONDAY

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=40)
MODEL = {"usual": -1.0, "facts": [{"name": "source", "bounds": [], "levels": {"site": 1.5}, "missing": 0.0, "rare": -0.5}]}
GOOD = {"beats": True, "cases": 100}


@pytest.fixture
def history(agency: Any, come: Callable[..., Any]) -> list[int]:
    """Two hundred inquiries that have ended: of those who want the sea eight of ten bought, of the others two."""
    ids: list[int] = []
    template = come(MONDAY, message="Хотим на море")
    for number in range(200):
        wants = number % 2 == 0
        at = MONDAY + timedelta(hours=number)
        is_won = number // 2 % 10 < (8 if wants else 2)
        copied = Inquiry.objects.get(pk=template.pk)
        raw = copied.raw
        raw.pk, raw.external_id = None, f"history-{number}"
        raw.save()
        dossier = copied.dossier
        dossier.pk, dossier.is_open, dossier.closed_at, dossier.phase = None, False, at, "closed"
        dossier.opened_at = at
        dossier.save()
        copied.raw, copied.pk, copied.dossier = raw, raw.pk, dossier
        copied.received_at, copied.answered_at, copied.answer_minutes = at, at + timedelta(minutes=10), 10.0
        copied.state, copied.outcome, copied.close_reason, copied.clock_state = "closed", "won" if is_won else "lost", "так", "met"
        copied.arrival = {"channel": "site_form", "source": "site", "also.хочет": "море" if wants else "не знает"}
        copied.save(force_insert=True)
        ids.append(copied.pk)
    return ids


def test_a_chance_is_learned_judged_on_later_ones_and_waits_for_the_agency(history: list[int], agency: Any) -> None:
    told = learn_from_history(reference=read_reference(), now=LATER)
    assert told["beats"]
    card = Learning.objects.get(kind="chance")
    assert card.figures["quality"]["auc"] > 0.7 > card.figures["bar"]["auc"]
    assert card.figures["facts"][0][0] == "also.хочет"
    assert card.figures["earlier"] == 140
    assert "chance" not in counting_learned()
    assert {"rates", "cooling"} <= set(counting_learned())
    use_learned(kind="chance", is_used=True, by=agency.owner, now=LATER)
    assert "chance" in counting_learned()


def test_what_came_along_in_the_body_is_kept_and_moves_the_chance(
    history: list[int], agency: Any, come: Callable[..., Any]
) -> None:
    learn_from_history(reference=read_reference(), now=LATER)
    use_learned(kind="chance", is_used=True, by=agency.owner, now=LATER)
    sure, unsure = come(LATER, **{"Хочет": "море"}), come(LATER, **{"Хочет": "не знает"})
    assert sure.arrival["also.хочет"] == "море"
    assert sure.priority > unsure.priority
    assert sure.priority_parts[0]["from"] == "learned"
    assert "fact_raises" in [reason["code"] for reason in sure.priority_reasons]
    assert "fact_lowers" in [reason["code"] for reason in unsure.priority_reasons]


def test_shares_of_own_sources_count_at_once_and_can_be_put_out_of_use(
    history: list[int], agency: Any, come: Callable[..., Any]
) -> None:
    before = come(LATER)
    learn_from_history(reference=read_reference(), now=LATER)
    counted = come(LATER)
    assert before.priority_parts[0]["cases"] == 0
    assert counted.priority_parts[0]["cases"] == 200
    assert counted.priority_parts[0]["value"] > before.priority_parts[0]["value"]
    use_learned(kind="rates", is_used=False, by=agency.owner, now=LATER)
    assert come(LATER).priority_parts[0]["cases"] == 0


def test_a_chance_that_is_no_better_than_sources_cannot_be_used(agency: Any) -> None:
    keep_learned(kind="chance", values=MODEL, figures={"beats": False}, now=MONDAY)
    with pytest.raises(Refused):
        use_learned(kind="chance", is_used=True, by=agency.owner, now=MONDAY)
    with pytest.raises(NotFound):
        use_learned(kind="weather", is_used=True, by=agency.owner, now=MONDAY)
    assert used_kinds()["chance"] is False


def test_a_worse_night_leaves_the_last_good_one_in_use(agency: Any) -> None:
    keep_learned(kind="chance", values=MODEL, figures=GOOD, now=MONDAY)
    use_learned(kind="chance", is_used=True, by=agency.owner, now=MONDAY)
    keep_learned(kind="chance", values=MODEL | {"usual": 3.0}, figures={"beats": False}, now=MONDAY)
    assert counting_learned()["chance"]["usual"] == -1.0
    keep_learned(kind="chance", values=MODEL | {"usual": -2.0}, figures=GOOD, now=MONDAY)
    assert counting_learned()["chance"]["usual"] == -2.0
    assert read_reference().rules.priority.learned.chance is not None


def test_the_same_again_is_not_kept_and_the_oldest_go(agency: Any) -> None:
    for number in range(20):
        keep_learned(kind="rates", values={"sources": {}, "n": number}, figures={}, now=MONDAY)
        keep_learned(kind="rates", values={"sources": {}, "n": number}, figures={}, now=MONDAY)
    assert Learning.objects.filter(kind="rates").count() == 12


def test_broken_numbers_never_stop_intake(agency: Any, come: Callable[..., Any]) -> None:
    keep_learned(kind="rates", values={"sources": {"site": ["x"]}}, figures={}, now=MONDAY)
    assert come(MONDAY).priority > 0
    assert read_learned({}).chance is None


def test_weeks_in_which_few_have_ended_are_not_learned_from() -> None:
    week = timedelta(days=7)
    weeks = [(MONDAY - place * week, share) for place, share in enumerate((0.2, 0.7, 0.88, 0.92, 0.91, 0.93))]
    assert youngest_ripe(weeks, LATER) == MONDAY - 1 * week
    assert youngest_ripe([(MONDAY, 1.0)], LATER) == LATER
    assert youngest_ripe([(MONDAY, 0.0)], LATER) == MONDAY
    assert youngest_ripe([], LATER) == LATER


def test_spam_joined_ones_and_open_ones_are_not_learned_from(history: list[int], agency: Any, come: Callable[..., Any]) -> None:
    Inquiry.objects.filter(pk=history[0]).update(outcome=None, disposition="spam")
    come(MONDAY + timedelta(hours=1))
    ended = {one.id for one in read_ended(agency_staff(), LATER)}
    assert ended == set(history[1:])


def test_history_without_dates_is_learned_from_too_and_stands_before_all_that_has_one(
    history: list[int], agency: Any, come: Callable[..., Any]
) -> None:
    Inquiry.objects.filter(pk__in=history[100:]).update(received_at=None)
    ended = [one.id for one in read_ended(agency_staff(), LATER)]
    assert ended == [*history[100:], *history[:100]]
    assert [one.id for one in read_ended(agency_staff(), LATER, limit=150)] == [*history[150:], *history[:100]]
    Inquiry.objects.filter(pk__in=history).update(received_at=None)
    assert learn_from_history(reference=read_reference(), now=LATER)["cases"] == 200
    assert Learning.objects.get(kind="chance").figures["from"] is None


def agency_staff() -> Any:
    return read_reference().staff


def test_a_run_is_worked_off_once_and_the_next_night_learns_by_itself(agency: Any, history: list[int]) -> None:
    run_id = ask_for_run(kind=LEARNING, asked={}, by=agency.owner, now=LATER)
    assert ask_for_run(kind=LEARNING, asked={}, by=agency.owner, now=LATER) == run_id
    assert work_on_runs(lambda: LATER) == 1
    run = LearningRun.objects.get(pk=run_id)
    assert (run.progress, run.problem, run.result["cases"]) == (1, "", 200)
    assert work_on_runs(lambda: LATER) == 0
    night = datetime(2027, 2, 1, 0, 10, tzinfo=MONDAY.tzinfo)
    assert work_on_runs(lambda: night) >= 1
    assert work_on_runs(lambda: night + timedelta(minutes=20)) == 0
    assert LearningRun.objects.filter(kind=LEARNING, finished_at__isnull=False).count() == 2


def test_margins_of_own_deals_take_the_place_of_the_table_as_they_grow(agency: Any, come: Callable[..., Any]) -> None:
    from marshrut.deals.models import Deal, Stage
    from marshrut.deals.services.margins import learn_deal_margins

    usual = come(MONDAY).priority_parts[1]
    for number in range(20):
        sold = come(MONDAY, request={"category": "hotel"})
        Deal.objects.create(
            dossier=sold.dossier, inquiry=sold, stage=Stage.objects.first(), stage_entered_at=MONDAY, title=str(number), amount=100_000,
            currency="RUB", margin=30_000, state="won", opened_at=MONDAY, closed_at=MONDAY, closed_by="system:test",
        )  # fmt: skip
    assert learn_deal_margins(reference=read_reference(), now=LATER) == 20
    part = come(LATER, request={"category": "hotel"}).priority_parts[1]
    assert part["deals"] == 20
    assert 20_000 < part["value"] < 30_000
    assert come(LATER).priority_parts[1] == usual
