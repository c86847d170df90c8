"""P03, P04: what has to be known of somebody before an inquiry counts as properly taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .conditions import RulesetError
from .facts import CHANNELS, CLASSES, InquiryFacts

KNOWN: Mapping[str, Callable[[InquiryFacts], object]] = {
    "name": lambda facts: facts.has_name,
    "phone": lambda facts: facts.has_phone,
    "email": lambda facts: facts.has_email,
    "messenger": lambda facts: facts.has_messenger,
    "directions": lambda facts: facts.directions,
    "category": lambda facts: facts.category,
    "dates": lambda facts: facts.date_from,
    "nights": lambda facts: facts.nights,
    "adults": lambda facts: facts.adults,
    "budget": lambda facts: facts.budget,
}
"""What may be asked for, and whether an inquiry says it."""

Required = tuple[tuple[str, ...], ...]
"""Each entry names alternatives, any one of which will do; the first is the preferred."""

DEFAULT_REQUIRED: Mapping[tuple[str, str], Required] = {
    ("", ""): (("name",), ("phone", "email", "messenger")),
    ("phone", ""): (("name",), ("phone",)),
    ("email", ""): (("name",), ("email", "phone", "messenger")),
    ("messenger", ""): (("name",), ("messenger", "phone", "email")),
}
"""As delivered: a name and one way to reach the person; whoever telephones is expected to leave a number."""


@dataclass(frozen=True, slots=True)
class ContactRules:
    """The minimum by (channel, class), an empty one standing for any. The agency's own rows come before what is delivered,
    and the nearer row before the wider: channel and class, then the channel, then the class, then any."""

    own: Mapping[tuple[str, str], Required]

    def required_of(self, channel: str, inquiry_class: str) -> Required:
        """What has to be known of an inquiry of this channel and class."""
        places = ((channel, inquiry_class), (channel, ""), ("", inquiry_class), ("", ""))
        for table in (self.own, DEFAULT_REQUIRED):
            for place in places:
                if place in table:
                    return table[place]
        return DEFAULT_REQUIRED["", ""]


DEFAULT_CONTACT_RULES = ContactRules({})


@dataclass(frozen=True, slots=True)
class ContactSet:
    """Is the minimum there; what to ask for next. Where several ways would do and none is known, only the preferred one
    is named."""

    complete: bool
    missing: tuple[str, ...]


def check_contact_set(facts: InquiryFacts, rules: ContactRules = DEFAULT_CONTACT_RULES, inquiry_class: str = "") -> ContactSet:
    """Hold what an inquiry says of its person against the minimum."""
    required = rules.required_of(facts.channel, inquiry_class)
    missing = tuple(ways[0] for ways in required if not any(KNOWN[way](facts) for way in ways))
    return ContactSet(not missing, missing)


def compile_contact_rules(rows: Sequence[tuple[str, str, Sequence[str]]]) -> ContactRules:
    """The rules of rows (channel, class, required), each entry of `required` naming alternatives parted by "|". Raises
    RulesetError."""
    own: dict[tuple[str, str], Required] = {}
    for place, (channel, inquiry_class, required) in enumerate(rows):
        path = f"contact[{place}]"
        if channel and channel not in CHANNELS:
            raise RulesetError(f"{path}.channel", "unknown channel")
        if inquiry_class and inquiry_class not in CLASSES:
            raise RulesetError(f"{path}.inquiry_class", "unknown class")
        own[channel, inquiry_class] = read_required(required, f"{path}.required")
    return ContactRules(own)


def read_required(entries: Sequence[str], path: str = "required") -> Required:
    """Entries such as "phone|messenger" as alternatives. Raises RulesetError."""
    found = tuple(tuple(dict.fromkeys(entry.split("|"))) for entry in entries)
    if not found:
        raise RulesetError(path, "names at least one thing")
    if unknown := [way for ways in found for way in ways if way not in KNOWN]:
        raise RulesetError(path, f"unknown name “{unknown[0]}”")
    return tuple(dict.fromkeys(found))
