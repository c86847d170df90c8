"""Which people an actor finds: their own clients, their team's, their office's, or all; and, for as long as they hold an open
matter of somebody else's client, that client too."""

from typing import Any

from marshrut.agency.permissions import Actor, reach_sql


def people_in_reach(actor: Actor, alias: str) -> tuple[str, list[Any]]:
    """The condition as SQL over an alias of clients_person, whose owner and office are kept with the client.

    Whose matter somebody holds stands in clients_holding, written by the journal; it is asked once a statement, as an array
    that an index can follow. Who reads is written out, not a parameter: of somebody with few clients the few are looked up,
    of somebody with many the list is walked in its order, and only a plan that knows whose they are can tell.
    """
    standing = f"{alias}.merged_into_id is null"  # a record that turned out to be somebody else's is in nobody's reach
    if actor.reach in ("all", "none"):
        reach, values = reach_sql(actor, alias)
        return f"({reach} and {standing})", values
    whose = _whose(actor)
    held = f"array(select h.person_id from clients_holding h where h.{whose})"
    return f"(({alias}.{whose} or {alias}.id = any({held})) and {standing})", []


def _whose(actor: Actor) -> str:
    """`agency.permissions.reach_sql` with the ids in it."""
    if actor.reach == "office":
        return f"office_id = {int(actor.office_id or 0)}"
    members = actor.members if actor.reach == "team" else (actor.id,)
    return f"owner_id = any('{{{','.join(str(int(member)) for member in members)}}}'::bigint[])"
