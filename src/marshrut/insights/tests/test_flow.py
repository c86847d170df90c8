"""How deals pass a funnel, counted by three furthest positions, is what the definition says of every stage."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marshrut.agency.queries import read_revision
from marshrut.deals.queries import read_funnels
from marshrut.insights.queries.funnel import SHORT_DAYS, Flow, flow_through

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
FIRST = datetime(2026, 6, 1, tzinfo=UTC)
steps = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 80)), min_size=1, max_size=4)
deals = st.lists(st.tuples(steps, st.sampled_from([None, "won", "lost"])), min_size=1, max_size=4)


def flow_of(told: list[Any], position: int, since: datetime, until: datetime) -> Flow:
    """By the definition: first at the stage or past it within the period; then further, or how it stands."""
    reached = [
        (max(place for place, _at in passed), outcome)
        for passed, outcome in told
        if any(place >= position for place, _at in passed) and since <= min(at for place, at in passed if place >= position) < until
    ]
    stayed = [outcome for top, outcome in reached if top == position]
    return Flow(len(reached), len(reached) - len(stayed), stayed.count(None), stayed.count("won"), stayed.count("lost"))


@given(deals)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_stage_counts_who_reached_it_and_what_became_of_them(make: Make, question: Make, cast: Any, told: list[Any], drawn: list[Any]) -> None:
    stages = read_funnels(read_revision())["office"].stages
    for steps, outcome in drawn:
        moments = accumulate((timedelta(days=days) for _place, days in steps), initial=FIRST)
        passed = [(place, at) for (place, _days), at in zip(steps, list(moments)[1:], strict=True)]
        last = passed[-1][1]
        make(at=FIRST, stages=tuple((stages[place].slug, at) for place, at in passed), outcome=outcome,
             reason="Дорого" if outcome == "lost" else "", closed_at=last + timedelta(days=1) if outcome else None)  # fmt: skip
        told.append(([(stages[place].position, at) for place, at in passed], outcome))
    for first, last_day in ((date(2026, 7, 1), date(2026, 7, 31)), (date(2026, 6, 20), date(2026, 6, 20) + timedelta(days=SHORT_DAYS + 30))):
        asked = question(cast.owner, first=first, last=last_day, zone="UTC", funnel="office").asked
        found = flow_through(cast.owner, asked, [stage.position for stage in stages])
        expected = {stage.position: flow_of(told, stage.position, asked.since, asked.until) for stage in stages}
        assert found == expected


@pytest.fixture
def told() -> list[Any]:
    """What every deal has passed, over all examples: they stand in one database."""
    return []
