"""Reads of who belongs together: families, companions, who pays for whom."""

from dataclasses import dataclass

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.clients.permissions import people_in_reach

TURNED = {"parent": "child", "child": "parent", "payer": "paid_for", "paid_for": "payer"}
"""What a relation is seen from the other side; the rest is the same from both."""


@dataclass(frozen=True, slots=True)
class RelationLine:
    """Somebody a client belongs with; `kind` is what they are to the client."""

    id: int
    kind: str
    person_id: int
    name: str


def relations_of(actor: Actor, person_id: int) -> list[RelationLine]:
    """Whom a client belongs with, as far as they are within reach."""
    reach, values = people_in_reach(actor, "o")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select r.id, r.kind, r.person_id = %s, o.id, o.display_name from clients_relation r
                join clients_person o on o.id = case when r.person_id = %s then r.other_id else r.person_id end
                where %s in (r.person_id, r.other_id) and {reach} order by r.id""",
            [person_id, person_id, person_id, *values],
        )
        return [
            RelationLine(id, kind if is_first else TURNED.get(kind, kind), other_id, name)
            for id, kind, is_first, other_id, name in cursor.fetchall()
        ]
