"""Which matters an actor sees: by owner and office of the dossier, wherever they are shown."""

from typing import Any

from marshrut.agency.permissions import Actor, reach_sql


def matters_in_reach(actor: Actor, alias: str = "d") -> tuple[str, list[Any]]:
    """The condition as SQL over an alias of journal_dossier."""
    return reach_sql(actor, alias)
