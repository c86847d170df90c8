"""What speed did to conversion: known differences are found, those of the sources are not taken for speed, few are not judged."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation

from marshrut.core.shares import level_difference
from marshrut.insights.asked import NEVER
from marshrut.insights.queries.speed import SpeedPile, speed_strata
from marshrut.insights.reports.answers import answers_report
from marshrut.insights.reports.speed import ALL, FAST, band_label, speed_sentence, speed_table
from marshrut.insights.tests.test_numbers import day, values
from marshrut.intake.models import Breach, NextAnswer

SLOW = ALL - FAST
Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def pile(source: int, band: int, closed: int, won: int) -> SpeedPile:
    return SpeedPile(source, band, closed, won)


def test_a_difference_within_every_source_is_said_to_be_that_of_speed() -> None:
    piles = [pile(1, 0, 200, 80), pile(1, 3, 200, 40), pile(2, 1, 100, 20), pile(2, 4, 100, 8)]
    found = level_difference(speed_strata(piles, FAST, SLOW, by_source=True))
    assert found is not None
    assert found.low > 0
    assert "buy more often" in speed_sentence(piles)


def test_a_quick_source_of_eager_clients_does_not_pass_for_speed() -> None:
    """Friends are answered at once and buy; the advertisement is answered late and does not. Within each, speed changes nothing."""
    piles = [pile(1, 0, 180, 90), pile(1, 3, 20, 10), pile(2, 0, 20, 2), pile(2, 3, 180, 18)]
    found = level_difference(speed_strata(piles, FAST, SLOW, by_source=True))
    assert found is not None
    assert found.points == pytest.approx(0)
    assert "sources may explain it" in speed_sentence(piles)


@pytest.mark.parametrize(
    ("piles", "said"),
    [
        ([], "Too few"),
        ([pile(1, 0, 19, 19), pile(1, 3, 500, 5)], "Too few"),
        ([pile(1, 0, 100, 30), pile(1, 3, 100, 31)], "more than chance"),
        ([pile(1, 0, 100, 60), pile(2, 3, 100, 20)], "cannot be told"),
        ([pile(1, 0, 200, 20), pile(1, 3, 200, 80)], "less often"),
    ],
)
def test_nothing_is_claimed_that_the_numbers_do_not_carry(piles: list[SpeedPile], said: str) -> None:
    assert said in speed_sentence(piles)


def test_every_band_has_a_name() -> None:
    assert len({band_label(band) for band in range(NEVER + 1)}) == NEVER + 1


@pytest.mark.django_db
def test_bands_are_counted_from_what_was_answered(make: Make, question: Any, cast: Any) -> None:
    for minutes, outcome in ((3, "won"), (4, "lost"), (30, "lost"), (600, "won")):
        make(at=day(10), answered=minutes, outcome=outcome, reason="Дорого" if outcome == "lost" else "")
    report = answers_report(question(cast.owner))
    rows = {row.code: row for row in next(table for table in report.tables if table.code == "speed").rows}
    assert {code: (row.cells[0].value, row.cells[1].value) for code, row in rows.items()} == {"0": (2, 1), "2": (1, 0), "4": (1, 1)}
    assert "–" in rows["0"].cells[2].note, "with its interval"
    assert report.pictures["speed"].startswith("Too few")
    assert not speed_table(question(cast.owner), []).rows


@pytest.mark.django_db
def test_next_answers_by_who_held_the_matter_within_reach(make: Make, question: Any, cast: Any) -> None:
    inquiry = make(at=day(10))
    common = {"dossier_id": inquiry.dossier_id, "channel": "email", "inquiry_class": "open_matter", "started_at": day(11), "respond_by": day(11),
              "answered_for": cast.anna.id}  # fmt: skip
    for minutes, state in ((10, "met"), (20, "met"), (90, "missed"), (None, "stopped")):
        NextAnswer.objects.create(since=day(11), state=state, answer_minutes=minutes, answered_at=day(12) if minutes else None, **common)
    found = values(answers_report(question(cast.owner)), "next", str(cast.anna.id))
    assert (found["asked"], found["in_time"], found["too_late"], found["next_median"]) == (3, 2, 1, 20)
    for nobody in (question(cast.stranger), question(cast.owner, channel="phone"), question(cast.owner, owner_id=cast.boris.id)):
        assert not next(table for table in answers_report(nobody).tables if table.code == "next").rows


@pytest.mark.django_db
def test_a_clock_that_broke_is_counted_with_whoever_had_the_inquiry_then(make: Make, question: Make, cast: Any) -> None:
    """Boris answered what Anna had let pass: it is Anna's that broke."""
    rescued, hers = make(owner=cast.boris, clock="missed", answered=20), make(owner=cast.anna, clock="missed")
    for inquiry, whose in ((rescued, cast.anna.id), (hers, cast.anna.id), (hers, None)):
        Breach.objects.create(raw_id=inquiry.pk, employee_id=whose, at=day(20))
    report = answers_report(question(cast.owner))
    assert values(report, "broken", str(cast.anna.id)) == {"broke": 2, "passed_on": 1}
    assert values(report, "broken", "0") == {"broke": 1, "passed_on": 1}
    assert len(next(table for table in answers_report(question(cast.owner, owner_id=cast.anna.id)).tables if table.code == "broken").rows) == 1
    assert [table.rows for table in answers_report(question(cast.stranger)).tables if table.code == "broken"] == [[]]
