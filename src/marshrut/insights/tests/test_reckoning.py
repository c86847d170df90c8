"""The narrow rows the reports count are what inquiries and matters say, and their percentiles are those of pure arithmetic."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marshrut.insights.queries.answers import answer_speeds
from marshrut.intake.models import Inquiry, Reckoning
from marshrut.journal.models import Dossier, Task
from marshrut.ops.doctor_promises import PROMISES

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
SAME_DATABASE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
BROKEN = next(statement for name, _sentence, statement in PROMISES if name == "reckoning_true")


def broken() -> list[Any]:
    """Inquiries whose row for the reports says something else."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        return cursor.fetchall()


def ninetieth(values: Sequence[float]) -> float:
    """Nine of ten lie below it; between neighbours in proportion."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * 0.9
    low, high = ordered[int(place)], ordered[min(int(place) + 1, len(ordered) - 1)]
    return low + (high - low) * (place - int(place))


drawn = st.tuples(
    st.timedeltas(timedelta(), timedelta(days=28)), st.none() | st.floats(0, 1e5), st.integers(0, 2), st.integers(1, 3), st.sampled_from(["phone", "email"])
)


@given(st.lists(drawn, max_size=30))
@SAME_DATABASE
def test_the_middle_and_nine_of_ten_are_those_of_pure_arithmetic_for_every_group(question: Make, cast: Any, lines: list[Any]) -> None:
    Reckoning.objects.all().delete()
    expected: Any = defaultdict(lambda: defaultdict(list))
    for number, (after, waited, holder, source, channel) in enumerate(lines):
        at, owner = MONDAY + after, (None, cast.anna.id, cast.boris.id)[holder]
        Reckoning.objects.create(
            raw_id=number, dossier_id=number, source_id=source, owner_id=owner, office_id=cast.anna.office_id, received_at=at, channel=channel,
            answered_at=None if waited is None else at, answer_minutes=waited, clock_state="none", disposition="", reason="")  # fmt: skip
        local = at + timedelta(hours=3)
        hour_of_week = local.weekday() * 24 + local.hour
        for group, key in (("owner", owner or 0), ("source", source), ("channel", channel), ("hour", hour_of_week), ("all", 0)):
            expected[group][key].append(waited)
    found = answer_speeds(cast.owner, question(cast.owner).asked, "owner", "source", "channel", "hour")
    for group, speeds in found.items():
        assert set(speeds) == set(expected[group]) | ({0} if group == "all" else set())
        for key, speed in speeds.items():
            minutes = [waited for waited in expected[group][key] if waited is not None]
            assert (speed.inquiries, speed.answered, speed.silent) == (len(expected[group][key]), len(minutes), len(expected[group][key]) - len(minutes))
            assert speed.median == (pytest.approx(median(minutes)) if minutes else None)
            assert speed.ninetieth == (pytest.approx(ninetieth(minutes)) if minutes else None)


def test_a_row_follows_its_inquiry_and_whoever_holds_the_matter(make: Make, cast: Any) -> None:
    inquiry = make(category="package_tour")
    make(joined_to=inquiry)
    assert Reckoning.objects.count() == 2
    assert broken() == []
    Dossier.objects.filter(pk=inquiry.dossier_id).update(owner_id=cast.boris.id)
    Inquiry.objects.filter(pk=inquiry.pk).update(
        answered_at=datetime(2026, 11, 20, tzinfo=UTC), answer_minutes=7, clock_state="met", request={"category": "visa"})
    assert broken() == []
    row = Reckoning.objects.get(pk=inquiry.pk)
    assert (row.owner_id, row.answer_minutes, row.category) == (cast.boris.id, 7, "visa")


def test_the_reason_of_a_loss_stands_there_without_ones_own_words(make: Make) -> None:
    lost = make(outcome="lost", reason=" Дорого : нашли дешевле у соседей")
    assert Reckoning.objects.get(pk=lost.pk).reason == "Дорого"
    assert broken() == []


def test_what_was_taken_out_is_counted_no_more(make: Make) -> None:
    inquiry = make()
    Inquiry.objects.filter(pk=inquiry.pk).delete()
    assert Reckoning.objects.count() == 0
    Task.objects.filter(dossier_id=inquiry.dossier_id).delete()
    Dossier.objects.filter(pk=inquiry.dossier_id).delete()  # nobody holds a matter that no inquiry explains


def test_a_row_that_says_something_else_is_found(make: Make) -> None:
    inquiry = make()
    Reckoning.objects.filter(pk=inquiry.pk).update(owner_id=None)
    assert broken() == [(inquiry.pk,)]
