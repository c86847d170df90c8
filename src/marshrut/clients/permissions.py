"""Which people an actor finds: their own clients, their team's, their office's, or all; and, for as long as they hold an open
matter of somebody else's client, that client too."""

from typing import Any

from marshrut.agency.permissions import Actor, reach_sql


def people_in_reach(actor: Actor, alias: str) -> tuple[str, list[Any]]:
    """The condition as SQL over an alias of clients_person, whose owner and office are kept with the client.

    Whose matter somebody holds stands in clients_holding, written by the journal. It is asked as a hashed set of the
    reader's own few rows, once a statement, so that a search by name or phone keeps its plan.
    """
    own, values = reach_sql(actor, alias)
    if actor.reach in ("all", "none"):
        return own, values
    held, whose = reach_sql(actor, "h")
    return f"({own} or {alias}.id in (select h.person_id from clients_holding h where {held}))", [*values, *whose]

