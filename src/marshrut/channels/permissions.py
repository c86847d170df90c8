"""Who looks at what waits in quarantine: whoever answers for the office whose door it came through."""

from typing import Any

from marshrut.agency.permissions import Actor


def quarantine_sql(actor: Actor, alias: str) -> tuple[str, list[Any]]:
    """The condition as SQL over an alias of channels_rawmessage; what came through no office's door is every supervisor's."""
    if actor.reach == "all":
        return "true", []
    if actor.reach == "office":
        return f"({alias}.office_id is null or {alias}.office_id = %s)", [actor.office_id]
    return "false", []
