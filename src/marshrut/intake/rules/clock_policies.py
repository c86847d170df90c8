"""P05: which response clock counts for an inquiry. Rows name an office, a channel and a class, or leave them open; the row
that names most counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .clock import ClockPolicy
from .conditions import RulesetError
from .facts import CHANNELS, CLASSES

MISSED_CALL = "missed_call"
CLOCK_CHANNELS = (*CHANNELS, MISSED_CALL)
"""What a row may name as its channel. A call that nobody took is none of "phone": what was agreed for talks does not fit it."""


class Kind(NamedTuple):
    """What an inquiry, or a client's message, is for its clock."""

    channel: str = ""
    inquiry_class: str = ""


class ClockPlace(NamedTuple):
    """Whom a row is for; None and empty stand for any."""

    office_id: int | None = None
    channel: str = ""
    inquiry_class: str = ""

    def holds(self, other: ClockPlace) -> bool:
        """Whether everything `other` is for is also named by this one."""
        return all(mine in (None, "", its) for mine, its in zip(self, other, strict=True))

    @property
    def weight(self) -> tuple[int, bool, bool]:
        """What counts first: the row that names more (a missed call names two things: a call, and that it was missed); of
        equals the one that names the class, then the channel."""
        named = [part not in (None, "") for part in self]
        return sum(named) + (self.channel == MISSED_CALL), named[2], named[1]


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """Working minutes until the first answer, and until each following one once the client has written again."""

    first: ClockPolicy
    following: ClockPolicy

    def check(self) -> None:
        """Raise RulesetError unless the steps of each follow one another."""
        self.first.check()
        self.following.check()


USUAL = AnswerPolicy(ClockPolicy(), ClockPolicy(15, 30, 60, 0))
DELIVERED: Mapping[ClockPlace, AnswerPolicy] = {
    ClockPlace(): USUAL,
    ClockPlace(channel=MISSED_CALL): AnswerPolicy(ClockPolicy(2, 4, 5), ClockPolicy(2, 4, 5, 0)),
}
"""As delivered: whoever called and was not heard is called back within five minutes."""


@dataclass(frozen=True)
class ClockPolicies:
    """The agency's own rows over the delivered ones; a row of its own stands in the place of the delivered one of the same place."""

    own: Mapping[ClockPlace, AnswerPolicy] = field(default_factory=dict)
    _found: dict[ClockPlace, AnswerPolicy] = field(default_factory=dict, compare=False, repr=False)

    @property
    def rows(self) -> Mapping[ClockPlace, AnswerPolicy]:
        """All rows that count."""
        return {**DELIVERED, **self.own}

    def of(self, office_id: int | None, kind: Kind = Kind()) -> AnswerPolicy:  # noqa: B008 - a tuple of two words
        """The clock of an office, a channel and a class; remembered, so that a door asks a dictionary."""
        asked = ClockPlace(office_id, *kind)
        found = self._found.get(asked)
        if found is None:
            found = self._found[asked] = self.rows[self.place_of(asked)]
        return found

    def place_of(self, asked: ClockPlace) -> ClockPlace:
        """The place of the row that counts."""
        return max((place for place in self.rows if place.holds(asked)), key=lambda place: place.weight)


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A row that never counts, and the rows that stand before it wherever it would."""

    place: ClockPlace
    by: tuple[ClockPlace, ...]


def shadowed(policies: ClockPolicies, offices: Sequence[int]) -> list[Shadowed]:
    """Rows that count for nothing: everything they are for, nearer rows are for as well."""
    hidden = []
    for place in policies.rows:
        winners = {policies.place_of(asked) for asked in _all_asked(place, offices)}
        if winners and place not in winners:
            hidden.append(Shadowed(place, tuple(sorted(winners, key=str))))
    return hidden


def _all_asked(place: ClockPlace, offices: Sequence[int]) -> Iterable[ClockPlace]:
    for office in [place.office_id] if place.office_id is not None else offices:
        for channel in [place.channel] if place.channel else CLOCK_CHANNELS:
            for inquiry_class in [place.inquiry_class] if place.inquiry_class else CLASSES:
                yield ClockPlace(office, channel, inquiry_class)


def compile_clocks(rows: Sequence[tuple[ClockPlace, AnswerPolicy]]) -> ClockPolicies:
    """The clocks of an agency's own rows. Raises RulesetError."""
    for number, (place, policy) in enumerate(rows):
        if place.channel and place.channel not in CLOCK_CHANNELS:
            raise RulesetError(f"clock[{number}].channel", "unknown channel")
        if place.inquiry_class and place.inquiry_class not in CLASSES:
            raise RulesetError(f"clock[{number}].inquiry_class", "unknown class")
        policy.check()
    return ClockPolicies(dict(rows))
