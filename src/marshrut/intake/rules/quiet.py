"""P05: what somebody who writes outside working time is told at once: by office and channel, in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

QUIET_CHANNELS = ("site_form", "email", "messenger", "phone", "api")
"""Ways in by which a client waits for us to say something; a visitor stands before us, and a file of leads is nobody who waits."""

Texts = Mapping[str, int]
"""Numbers of the texts, by language."""


@dataclass(frozen=True, slots=True)
class QuietReplies:
    """The agency's rows by (office, channel), None and empty standing for any; a row without texts says nothing on purpose."""

    rows: Mapping[tuple[int | None, str], Texts] = field(default_factory=dict)

    def of(self, office_id: int | None, channel: str) -> Texts:
        """The texts that count; none where nothing is said. The row that names more counts, the channel before the office."""
        if channel not in QUIET_CHANNELS:
            return {}
        places = ((office_id, channel), (None, channel), (office_id, ""), (None, ""))
        return next((self.rows[place] for place in places if place in self.rows), {})


def text_in(texts: Texts, language: str, usual: str) -> int | None:
    """The text in the client's language, else in the agency's, else in any; None where there is none."""
    return texts.get(language) or texts.get(usual) or next(iter(texts.values()), None)
