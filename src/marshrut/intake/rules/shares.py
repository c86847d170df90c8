"""Fair shares: whose turn it is among people who may all get the next inquiry.

Shares are drawn by the algorithm of R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32
(1980) 323–330. With weights λ and k given so far in all, each of n people has had xᵢ: of those for whom
λᵢk − xᵢ ≥ 1/(2n−2), counting the one to be given now, it goes to the one whose deadline
(1 − 1/(2n−2) − λᵢk + xᵢ)/λᵢ is nearest. Then nobody is ever 1 − 1/(2n−2) of an inquiry or more from their share,
counted from the start, hence never two in any window. The arithmetic is whole numbers, so nothing drifts.

The bound needs weights that stay. Where they grow (a newcomer's), a ledger goes by the weights it began its round with
until everybody has exactly what they are owed, and takes the new ones there: what is owed is then always the sum over
the inquiries of the weights that counted at each, and the bound holds over all rounds together.
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


@dataclass(frozen=True, slots=True)
class Round:
    """Where the present weights began to count: by whom how many had been given by then, and the weights."""

    given: Mapping[int, int]
    total: int
    weights: Mapping[int, int]


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
            Round(_by_id(begun["given"]), int(begun["total"]), _by_id(begun["weights"])) if begun else None,
        )

    def as_json(self) -> dict[str, Any]:
        """For jsonb."""
        begun = self.round
        return {
            "given": _by_text(self.given),
            "total": self.total,
            "round": {"given": _by_text(begun.given), "total": begun.total, "weights": _by_text(begun.weights)} if begun else None,
        }

    def weighing(self, people: Sequence[Sharer]) -> Ledger:
        """The ledger that goes by the present weights of these people, if a round can begin here; else as it is."""
        wanted = {person.employee_id: person.weight for person in people}
        whole = {person.employee_id: person.whole_weight for person in people}
        begun = self.round or Round({}, 0, whole)
        if begun.weights == wanted or not self._is_even(begun):
            return self
        return replace(self, round=Round(self.given, self.total, wanted))

    def counted(self, people: Sequence[Sharer]) -> tuple[list[int], list[int], int]:
        """For a draw: each one's weight, how many they had in this round, and how many all had."""
        begun = self.round
        if begun is None:
            return [person.whole_weight for person in people], [self.given.get(person.employee_id, 0) for person in people], self.total
        weights = [begun.weights.get(person.employee_id, person.weight) for person in people]
        had = [self.given.get(person.employee_id, 0) - begun.given.get(person.employee_id, 0) for person in people]
        return weights, had, self.total - begun.total

    def _is_even(self, begun: Round) -> bool:
        """Has everybody exactly what they are owed of this round?"""
        whole, turns = sum(begun.weights.values()), self.total - begun.total
        return all(
            (self.given.get(person, 0) - begun.given.get(person, 0)) * whole == weight * turns
            for person, weight in begun.weights.items()
        )

    def after(self, employee_id: int) -> Ledger:
        """The ledger once one more has been given."""
        return replace(self, given={**self.given, employee_id: self.given.get(employee_id, 0) + 1}, total=self.total + 1)


def _by_id(stored: Mapping[str, Any]) -> dict[int, int]:
    return {int(person): int(number) for person, number in stored.items()}


def _by_text(numbers: Mapping[int, int]) -> dict[str, int]:
    return {str(person): number for person, number in numbers.items()}


def next_in_turn(people: Sequence[Sharer], ledger: Ledger, lot: str) -> int:
    """The place of whose turn it is. Equal turns go to whoever has least on their hands, then by a lot that is different for every set."""
    tied = _nearest_deadline(*ledger.counted(people))
    return min(tied, key=lambda place: (people[place].load, crc32(f"{lot}/{people[place].employee_id}".encode())))


def _nearest_deadline(weights: Sequence[int], counts: Sequence[int], total: int) -> list[int]:
    """Places of those whom Tijdeman's rule puts first. All fractions are brought to one denominator, so they compare as
    whole numbers: what somebody is owed is in parts of an inquiry as many as the weights have together."""
    if len(set(weights)) == 1:  # equal shares: the rule comes to "who has had fewest"
        fewest = min(counts)
        return [place for place, count in enumerate(counts) if count == fewest]
    whole, common, turn = sum(weights), lcm(*set(weights)), total + 1
    spread = 2 * len(weights) - 2
    nearest, tied = None, list(range(len(weights)))
    for place, (weight, count) in enumerate(zip(weights, counts, strict=True)):
        owed = spread * (weight * turn - count * whole)
        if owed < whole:
            continue
        deadline = ((spread - 1) * whole - owed) * (common // weight)
        if nearest is None or deadline < nearest:
            nearest, tied = deadline, [place]
        elif deadline == nearest:
            tied.append(place)
    return tied
