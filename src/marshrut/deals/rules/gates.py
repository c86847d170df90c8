"""Q04: a step that the client has to agree to before a deal may stand at a stage, and what follows when they refuse.

A gate is a question with two answers ("agrees to meet in the office"). What a refusal means is not the manager's mood but
an ordered list of rules that know the season, the source and what the deal is worth; the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marshrut.core.seasons import Season, days_of, is_within

GO_ON, WAIT, CLOSE, ASK = "go_on", "wait", "close", "ask"
CONSEQUENCES = (GO_ON, WAIT, CLOSE, ASK)
"""The deal goes on all the same; it waits and comes back by itself; it ends; the supervisor decides."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is known when a client refuses: the gate, where the inquiry came from, the day on the office's wall, and what the
    deal is worth in the agency's currency (None: unknown)."""

    gate_id: int
    source_id: int | None
    day: date
    worth: Decimal | None


@dataclass(frozen=True, slots=True)
class GateRule:
    """One rule. What is None or empty is not asked; `season` is (month, day) from and to, which may run over New Year."""

    id: int
    consequence: str
    gate_id: int | None = None
    source_id: int | None = None
    season: Season | None = None
    worth_from: Decimal | None = None
    worth_below: Decimal | None = None
    days: int | None = None
    reason: str = ""

    def fits(self, refusal: Refusal) -> bool:
        """Does the rule speak of this refusal? One that asks for a worth says nothing of a deal whose worth is unknown."""
        if self.gate_id not in (None, refusal.gate_id) or self.source_id not in (None, refusal.source_id):
            return False
        if self.season is not None and not is_within(self.season, (refusal.day.month, refusal.day.day)):
            return False
        if self.worth_from is None and self.worth_below is None:
            return True
        if refusal.worth is None:
            return False
        return (self.worth_from is None or refusal.worth >= self.worth_from) and (
            self.worth_below is None or refusal.worth < self.worth_below
        )

    def takes_all_of(self, other: GateRule) -> bool:
        """Does this rule fit whatever the other fits, so that the other never comes into play behind it?"""
        same_gate = self.gate_id is None or self.gate_id == other.gate_id
        same_source = self.source_id is None or self.source_id == other.source_id
        return same_gate and same_source and self._covers_days_of(other) and self._all_worth_of(other)

    def _covers_days_of(self, other: GateRule) -> bool:
        if self.season is None or self.season == other.season:
            return True
        return other.season is not None and all(is_within(self.season, day) for day in days_of(other.season))

    def _all_worth_of(self, other: GateRule) -> bool:
        if self.worth_from is None and self.worth_below is None:
            return True
        if other.worth_from is None and other.worth_below is None:
            return False  # the other speaks of unknown worths, too
        starts = self.worth_from is None or (other.worth_from is not None and other.worth_from >= self.worth_from)
        ends = self.worth_below is None or (other.worth_below is not None and other.worth_below <= self.worth_below)
        return starts and ends


def worth_in(own: str, amount: Decimal | None, currency: str, rates: Mapping[str, float]) -> Decimal | None:
    """What a deal is worth in the agency's `own` currency by the rough rates of the priority model; None when unknown."""
    if amount is None or currency == own:
        return amount
    if currency not in rates or own not in rates:
        return None
    return amount * Decimal(str(rates[currency])) / Decimal(str(rates[own]))


def decide_refusal(rules: Sequence[GateRule], refusal: Refusal) -> GateRule | None:
    """The first rule that fits; None when none does: then the deal goes on, and the refusal is kept."""
    return next((rule for rule in rules if rule.fits(refusal)), None)


def shadowed(rules: Sequence[GateRule]) -> dict[int, int]:
    """Rules that never come into play, by id, with the id of the earlier rule that takes all of theirs."""
    found: dict[int, int] = {}
    for place, rule in enumerate(rules):
        earlier = next((one for one in rules[:place] if one.takes_all_of(rule)), None)
        if earlier is not None:
            found[rule.id] = earlier.id
    return found
