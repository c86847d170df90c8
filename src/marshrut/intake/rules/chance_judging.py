"""How good chances are on cases that nobody learned from: order, truth, and which facts matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshrut.core.shares import wilson

from .chance import ChanceModel, log_odds
from .chance_learning import Case

PARTS = 10
FARTHEST_OFF = 0.1
"""Chances that as a whole lie farther from what came are of another time or of another kind of inquiries."""
LEAKED = 0.95
"""Above this, chances are too good: what was learned from holds the outcome."""


RIPE = 0.95


def youngest_ripe(weeks: Sequence[tuple[datetime, float]], now: datetime) -> datetime:
    """Until when inquiries are learned from. `weeks` are their beginnings with the share that has ended, the newest first.

    Who says no says it soon, who buys takes their time: of a young week mostly losses are known, and a chance learned from it
    would be too low. A week is ripe when nearly as many have ended as in the older ones.
    """
    until = now
    for place, (week, ended) in enumerate(weeks):
        older = sorted(share for _week, share in weeks[place:])
        if ended > 0 and ended >= RIPE * older[len(older) // 2]:
            return until
        until = week
    return until


@dataclass(frozen=True, slots=True)
class Part:
    """One tenth of the cases, by chance: what was foreseen, what came, and where the true share lies with 95 %."""

    cases: int
    won: int
    foreseen: float
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.won / self.cases if self.cases else 0.0


@dataclass(frozen=True, slots=True)
class Quality:
    """AUC: how often a sale stands above what was no sale. Brier and log loss: the error of the chances themselves.
    ECE: how far, on average, the share that came lies from the one foreseen."""

    cases: int
    won: int
    auc: float
    brier: float
    log_loss: float
    ece: float
    parts: tuple[Part, ...]

    @property
    def off(self) -> float:
        """How far chances as a whole lie above (or below) what came."""
        return sum(part.cases * (part.foreseen - part.share) for part in self.parts) / self.cases

    def as_json(self) -> dict[str, Any]:
        """For a jsonb column."""
        return {
            "cases": self.cases,
            "won": self.won,
            "auc": round(self.auc, 4),
            "brier": round(self.brier, 4),
            "log_loss": round(self.log_loss, 4),
            "ece": round(self.ece, 4),
            "off": round(self.off, 4),
            "parts": [
                [part.cases, part.won, round(part.foreseen, 4), round(part.low, 4), round(part.high, 4)] for part in self.parts
            ],
        }


def quality(chances: Sequence[float], outcomes: Sequence[bool]) -> Quality:
    """What chances are worth, given what came. Raises ValueError when there are none."""
    if not chances or len(chances) != len(outcomes):
        raise ValueError("as many chances as outcomes, and at least one")
    pairs = sorted(zip(chances, outcomes, strict=True), key=lambda pair: pair[0])
    total = len(pairs)
    parts = tuple(
        _part(pairs[place * total // PARTS : (place + 1) * total // PARTS]) for place in range(PARTS) if total >= PARTS
    ) or (_part(pairs),)
    return Quality(
        cases=total,
        won=sum(outcomes),
        auc=area(chances, outcomes),
        brier=sum((chance - outcome) ** 2 for chance, outcome in pairs) / total,
        log_loss=-sum(math.log(max(1e-12, chance if outcome else 1 - chance)) for chance, outcome in pairs) / total,
        ece=sum(part.cases * abs(part.share - part.foreseen) for part in parts) / total,
        parts=parts,
    )


def _part(pairs: Sequence[tuple[float, bool]]) -> Part:
    won = sum(outcome for _chance, outcome in pairs)
    low, high = wilson(won, len(pairs)) or (0.0, 1.0)
    return Part(len(pairs), won, sum(chance for chance, _outcome in pairs) / len(pairs), low, high)


def area(chances: Sequence[float], outcomes: Sequence[bool]) -> float:
    """The area under the ROC curve, ties counted half; a half when there is only one outcome."""
    ordered = sorted(range(len(chances)), key=chances.__getitem__)
    ranks, start = 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and chances[ordered[end]] == chances[ordered[start]]:
            end += 1
        ranks += sum(outcomes[place] for place in ordered[start:end]) * (start + end + 1) / 2
        start = end
    won = sum(outcomes)
    lost = len(outcomes) - won
    return (ranks - won * (won + 1) / 2) / (won * lost) if won and lost else 0.5


@dataclass(frozen=True, slots=True)
class Strength:
    """How much a fact moves chances: the usual distance, in log-odds, and its strongest values with what they add."""

    fact: str
    moves: float
    strongest: tuple[tuple[str, float, int], ...]


def strengths(model: ChanceModel, cases: Sequence[Case], most: int = 4) -> list[Strength]:
    """The facts of a model, the weightiest first, by how they move these cases."""
    found = []
    for fact in model.facts:
        counted: dict[str, int] = {}
        for case in cases:
            level = fact.level_of(case.arrival.get(fact.name))
            counted[level] = counted.get(level, 0) + 1
        moves = math.sqrt(sum(number * fact.adds(level) ** 2 for level, number in counted.items()) / max(1, len(cases)))
        weighty = sorted(counted, key=lambda level: -abs(fact.adds(level)) * math.sqrt(counted[level]))[:most]
        found.append(Strength(fact.name, moves, tuple((level, fact.adds(level), counted[level]) for level in weighty)))
    return sorted(found, key=lambda one: -one.moves)


def telling_alone(cases: Sequence[Case], least: int = 200) -> list[str]:
    """Facts that tell the outcome nearly by themselves: an AUC above 0.95 alone is no foresight but a leak."""
    if len(cases) < least:
        return []
    outcomes = [case.is_won for case in cases]
    usual = sum(outcomes) / len(outcomes)
    found = []
    for name in dict.fromkeys(name for case in cases for name in case.arrival):
        values = [str(case.arrival.get(name) or "") for case in cases]
        won: dict[str, list[int]] = {}
        for value, outcome in zip(values, outcomes, strict=True):
            counted = won.setdefault(value, [0, 0])
            counted[0] += 1
            counted[1] += outcome
        odds = [
            log_odds((won[value][1] - outcome + 5 * usual) / (won[value][0] + 4))
            for value, outcome in zip(values, outcomes, strict=True)
        ]
        if area(odds, outcomes) > LEAKED:
            found.append(name)
    return found
