"""Reading the numbers of a ruleset with errors that name the place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .conditions import RulesetError


class Settings:
    """An object of a ruleset, read key by key; `finish` refuses keys nobody asked for."""

    def __init__(self, data: object, path: str) -> None:
        if not isinstance(data, Mapping):
            raise RulesetError(path, "must be an object")
        self._data, self.path = data, path
        self._read: set[str] = set()

    def value(self, key: str, default: Any = None) -> Any:
        """Whatever stands there; without a default it is required."""
        self._read.add(key)
        if key not in self._data and default is None:
            raise RulesetError(f"{self.path}.{key}", "is missing")
        return self._data.get(key, default)

    def number(self, key: str, default: float | None = None, *, least: float = 0.0, most: float = 1e12) -> float:
        """A finite number within bounds."""
        return number(self.value(key, default), f"{self.path}.{key}", least, most)

    def numbers(self, key: str, *, least: float = 0.0, most: float = 1e12) -> dict[str, float]:
        """An object of numbers."""
        table = self.value(key)
        path = f"{self.path}.{key}"
        if not isinstance(table, Mapping):
            raise RulesetError(path, "must be an object")
        return {name: number(one, f"{path}.{name}", least, most) for name, one in table.items()}

    def finish(self) -> None:
        """Raise for keys that mean nothing."""
        if unknown := sorted(key for key in self._data if key not in self._read and not str(key).startswith("about")):
            raise RulesetError(f"{self.path}.{unknown[0]}", "unknown key")


def number(value: object, path: str, least: float, most: float) -> float:
    """`value` as a number within bounds, or RulesetError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise RulesetError(path, f"must be a number from {least:g} to {most:g}")
    return float(value)
