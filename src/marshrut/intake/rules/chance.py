"""The agency's own chance of a sale: what was known on arrival moves the odds, each fact by so much, and they add up.

A model is plain data (JSON): the usual log-odds, and for every fact what each of its values adds. Additions are centred:
the average case has none, so that an addition says how this inquiry differs from the usual one. A value that was rare in
learning counts as usual; an absent one is a value of its own. Learned by `chance_learning`, judged by `chance_judging`.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .conditions import RulesetError

Value = str | float | None
Arrival = Mapping[str, Value]
"""What was known of one inquiry on arrival, by the fact's name."""

LONGEST_WORD = 60
LEAKING = (
    "tags", "lead quality", "lead profile", "asymmetrique activity index", "asymmetrique profile index", "asymmetrique activity score",
    "asymmetrique profile score", "last activity", "last notable activity", "lead stage", "lead status", "deal stage", "deal status",
    "close date", "closed date", "closed at", "lost reason", "loss reason", "won amount",
    "статус", "статус сделки", "статус лида", "этап", "этап сделки", "стадия сделки", "причина отказа", "дата закрытия", "результат",
    "угода", "статус угоди", "етап", "етап угоди", "причина відмови", "дата закриття",
)  # fmt: skip
"""Headings of what staff or a program writes down after the arrival: from them an outcome is read, not foreseen."""


def leaks(name: str) -> bool:
    """Whether a column of this heading is filled in after the arrival."""
    return " ".join(name.lower().replace("_", " ").split()) in LEAKING


@dataclass(frozen=True, slots=True)
class Addition:
    """What one fact adds to the log-odds of a sale, and the value it had (`level`)."""

    fact: str
    level: str
    adds: float


@dataclass(frozen=True, slots=True)
class FactWeights:
    """What each value of a fact adds. With `bounds` it is a number, and level n is up to bounds[n]; without, it is a word."""

    name: str
    bounds: tuple[float, ...]
    levels: Mapping[str, float]
    missing: float
    rare: float

    def level_of(self, value: Value) -> str:
        """The name of the value's level: a word, the number of a span, "" where absent."""
        return level_of(value, self.bounds if self.is_number else None)

    @property
    def is_number(self) -> bool:
        return bool(self.bounds)

    def adds(self, level: str) -> float:
        """What a level adds; one that was not met often enough in learning, what rare ones add together."""
        return self.levels.get(level, self.rare) if level else self.missing


@dataclass(frozen=True, slots=True)
class ChanceModel:
    """Coefficients of the chance of a sale. `usual` are the log-odds of the average case."""

    usual: float
    facts: Sequence[FactWeights]

    def chance(self, arrival: Arrival) -> float:
        """The chance of a sale, 0 to 1."""
        return logistic(self.usual + sum(fact.adds(fact.level_of(arrival.get(fact.name))) for fact in self.facts))

    def additions(self, arrival: Arrival) -> list[Addition]:
        """What each fact adds in this case, the weightiest first."""
        levels = ((fact, fact.level_of(arrival.get(fact.name))) for fact in self.facts)
        return sorted((Addition(fact.name, level, fact.adds(level)) for fact, level in levels), key=lambda one: -abs(one.adds))

    def as_json(self) -> dict[str, Any]:
        """For a jsonb column; `read_chance_model` reads it."""
        return {
            "usual": round(self.usual, 5),
            "facts": [
                {
                    "name": fact.name,
                    "bounds": list(fact.bounds),
                    "levels": {level: round(adds, 4) for level, adds in fact.levels.items()},
                    "missing": round(fact.missing, 4),
                    "rare": round(fact.rare, 4),
                }
                for fact in self.facts
            ],
        }


def logistic(log_odds: float) -> float:
    """The chance that stands for log-odds; safe however large they are."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds))))


def log_odds(chance: float) -> float:
    """The log-odds of a chance; 0 and 1 as far out as `logistic` tells apart."""
    held = min(max(chance, 1e-9), 1 - 1e-9)
    return math.log(held / (1 - held))


def level_of(value: Value, bounds: Sequence[float] | None) -> str:
    """The level a value falls into: with bounds the number of its span, else the word, folded. "" where absent."""
    if value is None or value == "":
        return ""
    if bounds is None:
        word = f"{value:g}" if isinstance(value, float) else str(value)
        return word.strip().lower()[:LONGEST_WORD]
    read = number_in(value)
    return "" if read is None else str(bisect_left(bounds, read))


def number_in(value: Value) -> float | None:
    """The finite number a value is or spells, with a comma or a point; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value.replace(",", ".").replace("\u202f", "").replace("\u00a0", ""))
        except ValueError:
            return None
    return float(value) if value is not None and math.isfinite(value) else None


def read_chance_model(data: Any) -> ChanceModel:
    """A model out of its JSON. Raises RulesetError."""
    try:
        facts = [
            FactWeights(
                str(row["name"]),
                tuple(float(bound) for bound in row["bounds"]),
                {str(level): _finite(adds) for level, adds in row["levels"].items()},
                _finite(row["missing"]),
                _finite(row["rare"]),
            )
            for row in data["facts"]
        ]
        return ChanceModel(_finite(data["usual"]), facts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RulesetError("chance", f"cannot be read: {error}") from error


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number
