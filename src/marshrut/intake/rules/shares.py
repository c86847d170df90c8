"""Fair shares: whose turn it is among people who may all get the next inquiry.

Shares are drawn by the algorithm of R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32
(1980) 323–330. With weights λ and k given so far in all, each of n people has had xᵢ: of those for whom
λᵢk − xᵢ ≥ 1/(2n−2), counting the one to be given now, it goes to the one whose deadline
(1 − 1/(2n−2) − λᵢk + xᵢ)/λᵢ is nearest. Then nobody is ever 1 − 1/(2n−2) of an inquiry or more from their share,
counted from the start, hence never two in any window. The arithmetic is whole numbers, so nothing drifts.

Weights that grow (a newcomer's) count from the very next inquiry: what each is owed by then is carried over, so that it is always
the sum over the inquiries of the weights of their day. The rule looks ahead as if weights stayed, so its bound is proven for those
that do; with weights that grow by steps it is held to stay below one inquiry by a property (intake/tests/test_rules_shares.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import lcm
from typing import Any, Protocol
from zlib import crc32


class Sharer(Protocol):
    """Somebody a share is drawn for: their weight at this moment, what it is once they are no newcomer, and what they
    have on their hands."""

    @property
    def employee_id(self) -> int: ...
    @property
    def weight(self) -> int: ...
    @property
    def whole_weight(self) -> int: ...
    @property
    def load(self) -> float: ...


PARTS = 1_000_000
"""What is carried over is kept in such parts of an inquiry."""


@dataclass(frozen=True, slots=True)
class Round:
    """Where the present weights began to count: by whom how many had been given by then, the weights, and how many parts of an
    inquiry each was owed (below none: had been given too much); together they are none."""

    given: Mapping[int, int]
    total: int
    weights: Mapping[int, int]
    owed: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ledger:
    """How many inquiries each of one set of equally eligible people has been given, and all together."""

    given: Mapping[int, int] = field(default_factory=dict)
    total: int = 0
    round: Round | None = None  # None: whole weights from the start

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Ledger:
        """From jsonb; None is a new ledger."""
        if not stored:
            return cls()
        begun = stored.get("round")
        return cls(
            _by_id(stored["given"]),
            int(stored["total"]),
            Round(_by_id(begun["given"]), int(begun["total"]), _by_id(begun["weights"]), _by_id(begun.get("owed", {}))) if begun else None,
        )

    def as_json(self) -> dict[str, Any]:
        """For jsonb."""
        begun = self.round
        kept = {name: _by_text(getattr(begun, name)) for name in ("given", "weights", "owed")} if begun else {}
        return {"given": _by_text(self.given), "total": self.total, "round": {**kept, "total": begun.total} if begun else None}

    def weighing(self, people: Sequence[Sharer]) -> Ledger:
        """The ledger that goes by the present weights of these people."""
        wanted = {person.employee_id: person.weight for person in people}
        begun = self.round or Round({}, 0, {person.employee_id: person.whole_weight for person in people})
        if begun.weights == wanted:
            return self
        return replace(self, round=Round(self.given, self.total, wanted, self._owed_since(begun)))

    def _owed_since(self, begun: Round) -> dict[int, int]:
        """How many parts each is owed now, of this round and of what it began with."""
        whole, turns = sum(begun.weights.values()), self.total - begun.total
        owed = {
            person: begun.owed.get(person, 0) + PARTS * weight * turns // whole - PARTS * self._had(person, begun)
            for person, weight in begun.weights.items()
        }
        owed[min(owed)] -= sum(owed.values())  # of rounding: fewer parts than there are people
        return owed

    def _had(self, person: int, begun: Round) -> int:
        return self.given.get(person, 0) - begun.given.get(person, 0)

    def counted(self, people: Sequence[Sharer]) -> tuple[list[int], list[int], int]:
        """For a draw: each one's weight, how many they had in this round, and how many all had."""
        begun = self.round
        if begun is None:
            return [person.whole_weight for person in people], [self.given.get(person.employee_id, 0) for person in people], self.total
        weights = [begun.weights.get(person.employee_id, person.weight) for person in people]
        return weights, [self._had(person.employee_id, begun) for person in people], self.total - begun.total

    def carried(self, people: Sequence[Sharer]) -> list[int]:
        """For a draw: the parts of an inquiry each was owed when the present weights began to count."""
        return [self.round.owed.get(person.employee_id, 0) if self.round else 0 for person in people]

    def after(self, employee_id: int) -> Ledger:
        """The ledger once one more has been given."""
        return replace(self, given={**self.given, employee_id: self.given.get(employee_id, 0) + 1}, total=self.total + 1)


def _by_id(stored: Mapping[str, Any]) -> dict[int, int]:
    return {int(person): int(number) for person, number in stored.items()}


def _by_text(numbers: Mapping[int, int]) -> dict[str, int]:
    return {str(person): number for person, number in numbers.items()}


def next_in_turn(people: Sequence[Sharer], ledger: Ledger, lot: str) -> int:
    """The place of whose turn it is. Equal turns go to whoever has least on their hands, then by a lot that is different for every set."""
    tied = _nearest_deadline(*ledger.counted(people), ledger.carried(people))
    return min(tied, key=lambda place: (people[place].load, crc32(f"{lot}/{people[place].employee_id}".encode())))


def _nearest_deadline(weights: Sequence[int], counts: Sequence[int], total: int, carried: Sequence[int]) -> list[int]:
    """Places of those whom Tijdeman's rule puts first. All fractions are brought to one denominator, so they compare as
    whole numbers: what somebody is owed is in parts of an inquiry as many as the weights have together (and PARTS of each)."""
    if len(set(weights)) == 1 and not any(carried):  # equal shares: the rule comes to "who has had fewest"
        fewest = min(counts)
        return [place for place, count in enumerate(counts) if count == fewest]
    whole, common, turn = sum(weights), lcm(*set(weights)), total + 1
    spread, one = 2 * len(weights) - 2, PARTS * sum(weights)
    owed = [
        spread * (PARTS * (weight * turn - count * whole) + before * whole)
        for weight, count, before in zip(weights, counts, carried, strict=True)
    ]
    due = [place for place, parts in enumerate(owed) if parts >= one] or [owed.index(max(owed))]
    deadlines = {place: ((spread - 1) * one - owed[place]) * (common // weights[place]) for place in due}
    nearest = min(deadlines.values())
    return [place for place, deadline in deadlines.items() if deadline == nearest]
