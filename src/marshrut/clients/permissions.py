"""Which people an actor sees: their own clients, and those whose open matter they hold."""

from marshrut.agency.permissions import Actor, reach_sql


def people_in_reach(actor: Actor, alias: str) -> tuple[str, list[int | None]]:
    """The condition as SQL over an alias of clients_person, whose owner and office are kept with the client."""
    return reach_sql(actor, alias)
