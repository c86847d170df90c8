"""Numbers of a ruleset as a form: the delivered values, what the agency changed of them, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .condition_trees import read_number
from .conditions import RulesetError

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberField:
    """One number of a ruleset; an optional one may be left empty, and then the table's "default" counts."""

    path: Path
    value: float | None
    is_optional: bool = False

    @property
    def name(self) -> str:
        """Its name in a form and in a refusal, e.g. "channel_chance.phone"."""
        return ".".join(self.path)


def adjusted(delivered: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The delivered values with the agency's over them; objects are joined key by key, null takes a key out, all else is replaced."""
    made = dict(delivered)
    for key, value in changes.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(made.get(key), Mapping):
            made[key] = adjusted(made[key], value)
        else:
            made[key] = value
    return made


def changes_of(delivered: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be kept of the wanted values, so that `adjusted` gives them again."""
    changes: dict[str, Any] = {key: None for key in delivered if key not in wanted}
    for key, value in wanted.items():
        before = delivered.get(key)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            if inner := changes_of(before, value):
                changes[key] = inner
        elif value != before:
            changes[key] = value
    return changes


def number_fields(data: Mapping[str, Any], optional: Mapping[str, Sequence[str]] | None = None) -> Iterator[NumberField]:
    """Every number of a ruleset in its order. `optional` names, for a table, keys it may have and leave out."""
    yield from _numbers(data, (), optional or {})


def _numbers(value: Any, path: Path, optional: Mapping[str, Sequence[str]]) -> Iterator[NumberField]:
    if isinstance(value, Mapping):
        may_lack = optional.get(".".join(path), ())
        for key, inner in value.items():
            if not key.startswith("about"):
                yield from _marked(_numbers(inner, (*path, key), optional), key in may_lack)
        yield from (NumberField((*path, key), None, is_optional=True) for key in may_lack if key not in value)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _numbers(inner, (*path, str(place)), optional)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield NumberField(path, value)


def _marked(fields: Iterator[NumberField], is_optional: bool) -> Iterator[NumberField]:
    for field in fields:
        yield NumberField(field.path, field.value, is_optional or field.is_optional)


def with_numbers(data: Mapping[str, Any], fields: Sequence[NumberField], typed: Mapping[str, str]) -> dict[str, Any]:
    """The ruleset with what was typed into its fields; a field that was not sent keeps its value. Raises RulesetError that names
    the field when it is empty, negative or not a number."""
    made: dict[str, Any] = json.loads(json.dumps(data))
    for field in fields:
        if field.name not in typed:
            continue
        text = typed[field.name].strip()
        if not text and field.is_optional:
            _put(made, field.path, None)
            continue
        number = read_number(text) if text else None
        if number is None:
            raise RulesetError(field.name, "is missing" if not text else "must be a number")
        _put(made, field.path, number)
    return made


def _put(data: Any, path: Path, value: float | None) -> None:
    for step in path[:-1]:
        data = data[int(step)] if isinstance(data, list) else data[step]
    last: Any = int(path[-1]) if isinstance(data, list) else path[-1]
    if value is None:
        data.pop(last, None)
    else:
        data[last] = value
