"""Which people an actor finds: their own clients, their office's, or all. The client of a matter is shown with the matter."""

from typing import Any

from marshrut.agency.permissions import Actor, reach_sql


def people_in_reach(actor: Actor, alias: str) -> tuple[str, list[Any]]:
    """The condition as SQL over an alias of clients_person, whose owner and office are kept with the client."""
    return reach_sql(actor, alias)
