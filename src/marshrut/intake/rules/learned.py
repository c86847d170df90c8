"""What an agency's own history says, as priority uses it: read once from what learning kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .chance import ChanceModel, read_chance_model
from .conditions import RulesetError
from .cooling import Points
from .margins import Expected, Margins
from .shrinking import Rate

CHANCE, RATES, COOLING, MARGIN = KINDS = ("chance", "rates", "cooling", "margin")
USED_AS_DELIVERED = {CHANCE: False, RATES: True, COOLING: True, MARGIN: True}
"""What counts before the agency has decided: a chance it has to look at first."""


@dataclass(frozen=True, slots=True)
class OwnCurve:
    """A cooling curve, and the cases of the agency behind it."""

    points: Points
    cases: int


@dataclass(frozen=True, slots=True)
class Learned:
    """Empty where nothing is used: then the numbers of priority's tables count alone."""

    chance: ChanceModel | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Rate] = field(default_factory=dict)
    channels: Mapping[str, Rate] = field(default_factory=dict)
    classes: Mapping[str, Rate] = field(default_factory=dict)
    cooling: Mapping[str, OwnCurve] = field(default_factory=dict)
    margins: Margins | None = None

    def curve_of(self, channel: str) -> OwnCurve | None:
        """The channel's own curve, else that of all."""
        return self.cooling.get(channel) or self.cooling.get("")


NOTHING_LEARNED = Learned()


def read_learned(kept: Mapping[str, Mapping[str, Any]]) -> Learned:
    """From the values kept of each kind that is in use. Raises RulesetError."""
    try:
        rates, cooling, margin = kept.get(RATES, {}), kept.get(COOLING, {}), kept.get(MARGIN)
        return Learned(
            chance=read_chance_model(kept[CHANCE]) if CHANCE in kept else None,
            labels=kept.get(CHANCE, {}).get("labels", {}),
            sources={name: Rate(*row) for name, row in rates.get("sources", {}).items()},
            channels={name: Rate(*row) for name, row in rates.get("channels", {}).items()},
            classes={name: Rate(*row) for name, row in rates.get("classes", {}).items()},
            cooling={
                name: OwnCurve(tuple((float(hours), float(left)) for hours, left in row["points"]), int(row["cases"]))
                for name, row in cooling.items()
            },
            margins=Margins(
                *({name: Expected(*row) for name, row in margin[part].items()} for part in ("usual", "share", "direction"))
            )
            if margin
            else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RulesetError("learned", f"cannot be read: {error}") from error
