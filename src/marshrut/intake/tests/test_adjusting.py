"""Numbers of rule sets: what the agency changed is kept, what it did not touch stays as delivered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.intake.rules import RulesetError, default_priority
from marshrut.intake.rules.adjusting import adjusted, changes_of, number_fields, with_numbers

values = st.recursive(st.integers() | st.text(max_size=2) | st.lists(st.integers(), max_size=2),
                      lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3), max_leaves=8)  # fmt: skip
tables: st.SearchStrategy[dict[str, Any]] = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


@given(tables, tables)
def test_what_is_kept_gives_what_was_wanted(delivered: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert adjusted(delivered, changes_of(delivered, wanted)) == wanted


@given(tables)
def test_nothing_changed_keeps_nothing(delivered: dict[str, Any]) -> None:
    assert changes_of(delivered, delivered) == {}


def test_every_number_of_the_priority_is_a_field_and_comes_back() -> None:
    data = default_priority()
    fields = list(number_fields(data))
    typed = {field.name: f"{field.value}" for field in fields}
    assert {"channel_chance.phone", "cooling.1.0", "scale.high", "classes.trip_trouble.at_stake"} <= set(typed)
    assert with_numbers(data, fields, typed) == data
    assert with_numbers(data, fields, typed | {"vip_factor": "2,5"})["vip_factor"] == 2.5


@pytest.mark.parametrize("text", ["", " ", "много", "NaN", "1e999", "--1", "1.2.3"])
def test_what_is_no_number_is_refused_with_the_field_named(text: str) -> None:
    data = default_priority()
    with pytest.raises(RulesetError) as refused:
        with_numbers(data, list(number_fields(data)), {"usual_margin.visa": text})
    assert refused.value.path == "usual_margin.visa"


def test_an_optional_number_may_be_left_empty() -> None:
    data = {"minutes": {"default": 12, "phone": 10}}
    fields = list(number_fields(data, {"minutes": ("phone", "email")}))
    assert [(field.name, field.is_optional) for field in fields] == [("minutes.default", False), ("minutes.phone", True), ("minutes.email", True)]
    assert with_numbers(data, fields, {"minutes.phone": "", "minutes.email": "5"}) == {"minutes": {"default": 12, "email": 5}}
