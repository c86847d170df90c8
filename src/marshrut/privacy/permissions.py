"""Who may hand over and erase what is kept about people."""

from marshrut.agency.permissions import Actor

SCOPE = "privacy:write"


def may_care(actor: Actor) -> bool:
    """Whether this actor answers for personal data."""
    return actor.may(SCOPE)
