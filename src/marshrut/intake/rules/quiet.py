"""P05: what somebody who writes outside working time is told at once: by office, channel and class, in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .clock_policies import ClockPlace

QUIET_CHANNELS = ("site_form", "email", "messenger", "phone", "api")
"""Ways in by which a client waits for us to say something; a visitor stands before us, and a file of leads is nobody who waits."""
SILENT_CLASSES = ("spam",)
"""What is never answered by itself."""

Texts = Mapping[str, int]
"""Numbers of the texts, by language."""


QuietPlace = ClockPlace
"""Where a row counts: by office, channel and class, as clocks do."""


@dataclass(frozen=True, slots=True)
class QuietReplies:
    """The agency's rows; a row without texts says nothing on purpose."""

    rows: Mapping[QuietPlace, Texts] = field(default_factory=dict)

    def of(self, office_id: int | None, channel: str, inquiry_class: str = "") -> Texts:
        """The texts that count; none where nothing is said. The row that names more counts; of equals the one that names the class,
        then the channel, then the office."""
        if channel not in QUIET_CHANNELS or inquiry_class in SILENT_CLASSES:
            return {}
        asked = QuietPlace(office_id, channel, inquiry_class)
        holding = [place for place in self.rows if place.holds(asked)]
        return self.rows[max(holding, key=lambda place: place.weight)] if holding else {}


def text_in(texts: Texts, language: str, usual: str) -> int | None:
    """The text in the client's language, else in the agency's, else in any; None where there is none."""
    return texts.get(language) or texts.get(usual) or next(iter(texts.values()), None)
