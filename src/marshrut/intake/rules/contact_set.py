"""P03, P04: what has to be known of somebody before an inquiry counts as properly taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .conditions import RulesetError
from .facts import CHANNELS, InquiryFacts

WAYS = ("phone", "email", "messenger")


@dataclass(frozen=True, slots=True)
class ContactPolicy:
    """The minimum: a name (unless not needed) and any one of `reach`, the preferred way first. `by_channel` replaces
    `reach` for a channel, e.g. whoever telephones is expected to leave a number."""

    needs_name: bool = True
    reach: tuple[str, ...] = WAYS
    by_channel: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


DEFAULT_CONTACT_POLICY = ContactPolicy(
    by_channel={
        "phone": ("phone",),
        "email": ("email", "phone", "messenger"),
        "messenger": ("messenger", "phone", "email"),
    }
)


@dataclass(frozen=True, slots=True)
class ContactSet:
    """Is the minimum there; what to ask for next: any of "name", "phone", "email", "messenger". Where several ways
    would do and none is known, only the preferred one is named."""

    complete: bool
    missing: tuple[str, ...]


def check_contact_set(facts: InquiryFacts, policy: ContactPolicy = DEFAULT_CONTACT_POLICY) -> ContactSet:
    """Hold what an inquiry says of its person against the policy."""
    known = {"phone": facts.has_phone, "email": facts.has_email, "messenger": facts.has_messenger}
    reach = policy.by_channel.get(facts.channel, policy.reach)
    missing = ["name"] if policy.needs_name and not facts.has_name else []
    if not any(known[way] for way in reach):
        missing.append(reach[0])
    return ContactSet(not missing, tuple(missing))


def read_contact_policy(data: Mapping[str, object]) -> ContactPolicy:
    """A policy from {"needs_name", "reach", "by_channel"}, all optional. Raises RulesetError."""
    if unknown := sorted(set(data) - {"needs_name", "reach", "by_channel"}):
        raise RulesetError(f"contact_policy.{unknown[0]}", "unknown key")
    needs_name, by_channel = data.get("needs_name", True), data.get("by_channel", {})
    if not isinstance(needs_name, bool):
        raise RulesetError("contact_policy.needs_name", "must be true or false")
    if not isinstance(by_channel, Mapping):
        raise RulesetError("contact_policy.by_channel", "must be an object")
    if strangers := sorted(set(by_channel) - set(CHANNELS)):
        raise RulesetError(f"contact_policy.by_channel.{strangers[0]}", "unknown channel")
    return ContactPolicy(
        needs_name,
        _ways(data.get("reach", WAYS), "contact_policy.reach"),
        {channel: _ways(ways, f"contact_policy.by_channel.{channel}") for channel, ways in by_channel.items()},
    )


def _ways(value: object, path: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value or not set(value) <= set(WAYS):
        raise RulesetError(path, f"must be a list of {', '.join(WAYS)}")
    return tuple(value)
