"""When somebody is left alone: their own quiet hours, and whatever lies outside their shift."""

from datetime import datetime, time, tzinfo

from marshrut.agency.queries import Colleague


def is_quiet(at: datetime, zone: tzinfo, quiet_from: time | None, quiet_until: time | None, colleague: Colleague | None) -> bool:
    """Whether nothing may sound or pop up for this person at this moment; what comes then waits silently."""
    if colleague is not None and not colleague.is_at_work(at):
        return True
    return in_quiet_hours(at.astimezone(zone).time(), quiet_from, quiet_until)


def in_quiet_hours(wall: time, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Whether a wall time lies within quiet hours; those that end before they begin run over midnight."""
    if quiet_from is None or quiet_until is None:
        return False
    if quiet_from < quiet_until:
        return quiet_from <= wall < quiet_until
    return wall >= quiet_from or wall < quiet_until
