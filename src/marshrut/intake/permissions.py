"""Who sees which imports: whoever leads an office, those of that office; whoever sees all, all."""

from typing import Any

from marshrut.agency.permissions import Actor


def imports_in_reach(actor: Actor, alias: str) -> tuple[str, list[Any]]:
    """The condition as SQL over intake_importrun or an alias of it."""
    if actor.reach == "all":
        return "true", []
    if actor.reach == "office":
        return f"{alias}.office_id = %s", [actor.office_id]
    return "false", []
