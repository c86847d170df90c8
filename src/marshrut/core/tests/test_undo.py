"""Taking back, as arithmetic: every history of one row that can be, taken back, leaves it as it was."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.undo import ChangedSince, Past, Step, plan_undo

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Values = dict[str, Any]


def past(number: int, op: str, diff: Any = None, row: int = 1) -> Past:
    return Past(number, NOW, "employee:1", "t", row, op, diff)


def carry_out(steps: list[Step], rows: dict[int, Values]) -> dict[int, Values]:
    for step in steps:
        if step.op == "delete":
            del rows[step.row_id]
        elif step.op == "insert":
            assert step.row_id not in rows
            rows[step.row_id] = dict(step.values)
        else:
            rows[step.row_id] = rows[step.row_id] | step.values
    return rows


rows = st.fixed_dictionaries({"a": st.integers(0, 2), "b": st.integers(0, 2)})


@given(st.none() | rows, st.lists(st.none() | rows, min_size=1, max_size=6))
def test_whatever_was_saved_at_once_is_taken_back_whole(before: Values | None, states: list[Values | None]) -> None:
    story, present = [], before
    for number, state in enumerate(states, 1):
        if present is None and state is not None:
            story.append(past(number, "I"))
        elif present is not None and state is None:
            story.append(past(number, "D", dict(present)))
        elif present is not None and state is not None:
            diff = {key: [present[key], state[key]] for key in state if present[key] != state[key]}
            story += [past(number, "U", diff)] if diff else []
        present = state
    now = {("t", 1): present} if present is not None else {}
    after = carry_out(plan_undo(story, now, []), {1: present} if present is not None else {})
    assert after == ({1: before} if before is not None else {})


def test_a_value_changed_since_is_not_overwritten_and_it_is_told_by_whom() -> None:
    later = past(2, "U", {"a": [1, 2]})
    with pytest.raises(ChangedSince) as refused:
        plan_undo([past(1, "U", {"a": [0, 1]})], {("t", 1): {"a": 2}}, [later])
    assert refused.value.by == (later,)


def test_another_column_changed_since_does_not_matter() -> None:
    steps = plan_undo([past(1, "U", {"a": [0, 1]})], {("t", 1): {"a": 1, "b": 9}}, [past(2, "U", {"b": [0, 9]})])
    assert steps == [Step("update", "t", 1, {"a": 0})]


def test_what_was_added_and_changed_since_stays_unless_the_change_was_taken_back() -> None:
    added, there = past(1, "I"), {("t", 1): {"a": 0}}
    with pytest.raises(ChangedSince):
        plan_undo([added], there, [past(2, "U", {"a": [0, 1]})])
    assert plan_undo([added], there, [past(2, "U", {"a": [0, 1]}), past(3, "U", {"a": [1, 0]})]) == [Step("delete", "t", 1, {})]


def test_what_is_there_again_or_gone_is_not_taken_back() -> None:
    with pytest.raises(ChangedSince):
        plan_undo([past(1, "D", {"a": 0})], {("t", 1): {"a": 0}}, [past(2, "I")])
    for op, diff in (("I", None), ("U", {"a": [0, 1]})):
        with pytest.raises(ChangedSince):
            plan_undo([past(1, op, diff)], {}, [past(2, "D", {"a": 1})])
