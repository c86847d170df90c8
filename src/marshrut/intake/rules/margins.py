"""Expected margin from the agency's own closed deals, drawn to the table where they are few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

PRIOR_DEALS = 10.0
"""So many deals the table's number stands for."""
LEAST_FOR_DIRECTION = 5
_TRIMMED = 0.05
_FARTHEST = 3.0


@dataclass(frozen=True, slots=True)
class Sold:
    """A realised deal: what stayed with the agency and what the client paid, in the model's currency."""

    category: str
    direction: str
    margin: float
    amount: float | None


@dataclass(frozen=True, slots=True)
class Expected:
    """A number of money with the deals it was made of; `prior` is the table's."""

    value: float
    deals: int
    prior: float


@dataclass(frozen=True, slots=True)
class Margins:
    """Usual margin and share of the price by category; how many times the usual a direction brings."""

    usual: Mapping[str, Expected]
    share: Mapping[str, Expected]
    direction: Mapping[str, Expected]


def learn_margins(sold: Iterable[Sold], usual: Mapping[str, float], share: Mapping[str, float]) -> Margins:
    """From realised deals whose margin was written down. `usual` and `share` are the tables, with "default"."""
    rows = [one for one in sold if one.margin > 0]
    by_category = _grouped((one.category or "default", one) for one in rows)
    learned = {name: _drawn([one.margin for one in own], usual.get(name, usual["default"])) for name, own in by_category.items()}
    shares = {
        name: _drawn([min(1.0, one.margin / one.amount) for one in own if one.amount], share.get(name, share["default"]))
        for name, own in by_category.items()
        if any(one.amount for one in own)
    }
    directions = {}
    for name, own in _grouped((one.direction, one) for one in rows if one.direction).items():
        if len(own) >= LEAST_FOR_DIRECTION:
            times = _drawn([one.margin / learned[one.category or "default"].value for one in own], 1.0)
            directions[name] = Expected(min(_FARTHEST, max(1 / _FARTHEST, times.value)), times.deals, 1.0)
    return Margins(learned, shares, directions)


def _grouped(pairs: Iterable[tuple[str, Sold]]) -> dict[str, list[Sold]]:
    found: dict[str, list[Sold]] = {}
    for name, one in pairs:
        found.setdefault(name, []).append(one)
    return found


def _drawn(values: Sequence[float], prior: float) -> Expected:
    """The mean without the outermost twentieth on either side, drawn to the prior."""
    ordered = sorted(values)
    cut = int(len(ordered) * _TRIMMED)
    kept = ordered[cut : len(ordered) - cut]
    return Expected((fmean(kept) * len(values) + PRIOR_DEALS * prior) / (len(values) + PRIOR_DEALS), len(values), prior)
