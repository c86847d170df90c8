"""The least a night costs one person: by direction, and closer by season and stars where the agency knows better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from marshrut.core.money import Money
from marshrut.core.seasons import Season, is_within


@dataclass(frozen=True, slots=True)
class PriceFloor:
    """The least price of a night for one person in a direction; in a season (which may run over New Year), for stars, or both."""

    price: Money
    season: Season | None = None
    stars: int | None = None

    def holds(self, day: date | None, stars: int | None) -> bool:
        """Does it speak of a trip on that day to a house of so many stars? Of what is not known it does not speak."""
        if self.stars is not None and (stars is None or stars < self.stars):
            return False
        if self.season is None:
            return True
        return day is not None and is_within(self.season, (day.month, day.day))


@dataclass(frozen=True, slots=True)
class Least:
    """A least price and whether it is the season's own: then nothing is added for the season."""

    price: Money
    is_seasonal: bool


@dataclass(frozen=True)
class PriceFloors:
    """`usual` prices by direction, and `closer` ones of seasons and stars."""

    usual: Mapping[str, Money] = field(default_factory=dict)
    closer: Mapping[str, Sequence[PriceFloor]] = field(default_factory=dict)

    def least(self, direction: str, day: date | None = None, stars: int | None = None) -> Least | None:
        """The closest that is known: more stars before fewer, a season before none. None where the direction has no price."""
        fitting = [one for one in self.closer.get(direction, ()) if one.holds(day, stars)]
        if fitting:
            best = max(fitting, key=lambda one: (one.stars or 0, one.season is not None))
            return Least(best.price, best.season is not None)
        usual = self.usual.get(direction)
        return Least(usual, False) if usual is not None else None


NO_FLOORS = PriceFloors()
