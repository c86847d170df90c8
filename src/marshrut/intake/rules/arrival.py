"""What is known of an inquiry when it arrives, as facts that a chance of a sale is learned from and reckoned by.

Nothing that is found out later stands here. The agency's own fields come as `own.<slug>`; what came along in a body or in a
row of a file and nothing else reads, as `also.<heading>`: an agency may send from its site what it knows (visits, minutes on the
page), and learn from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .chance import LONGEST_WORD, Value, leaks
from .facts import InquiryFacts
from .import_columns import folded

OWN, ALSO = "own.", "also."
MOST_ALSO = 40
"""So many columns of one inquiry are kept; nobody types more into a form."""


def arrival_of(
    facts: InquiryFacts, inquiry_class: str, grade: str, local: datetime | None, extra: Mapping[str, Value], language: str = ""
) -> dict[str, Value]:
    """The facts of one inquiry. `local` is the moment of receipt on the wall of its office, `extra` come from `extra_facts`."""
    found: dict[str, Value] = {
        "channel": facts.channel,
        "source": facts.source_slug,
        "class": inquiry_class,
        "relevance": grade,
        "category": facts.category,
        "direction": facts.directions[0] if facts.directions else None,
        "days_ahead": float((facts.date_from - facts.today).days) if facts.date_from else None,
        "nights": _number(facts.nights),
        "party": _number(facts.party),
        "children": str(min(len(facts.children_ages), 3)),
        "budget": float(facts.budget.amount) if facts.budget else None,
        "currency": facts.budget.currency if facts.budget else None,
        "completeness": str(round(facts.completeness * 6)),
        "reach": _reach(facts),
        "past_deals": str(min(facts.person.past_deals, 3)) if facts.person.is_known else None,
        "words": float(len(facts.words)),
        "language": language or None,
        "hour": f"{local.hour // 3 * 3:02}" if local else None,
        "weekday": str(local.isoweekday()) if local else None,
    }
    known: dict[str, Value] = {name: value for name, value in found.items() if value not in (None, "")}
    known.update(extra)
    return known


def extra_facts(own: Mapping[str, Any], also: Mapping[str, Any]) -> dict[str, Value]:
    """The agency's own fields and what else came along; what leaks, what is long and what is no single value is left out."""
    found: dict[str, Value] = {
        f"{OWN}{slug}": value for slug, raw in own.items() if (value := _single(raw)) is not None and not leaks(slug)
    }
    for heading, raw in list(also.items())[:MOST_ALSO]:
        value = _single(raw)
        if value is not None and not leaks(heading):
            found[f"{ALSO}{folded(heading)[:LONGEST_WORD]}"] = value
    return found


def _single(value: Any) -> Value:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return float(value)
    text = value.strip() if isinstance(value, str) else ""
    return text if 0 < len(text) <= LONGEST_WORD else None


def _number(value: int | None) -> float | None:
    return None if value is None else float(value)


def _reach(facts: InquiryFacts) -> str:
    ways = (("phone", facts.has_phone), ("email", facts.has_email), ("messenger", facts.has_messenger))
    return "+".join(name for name, has in ways if has) or "none"
