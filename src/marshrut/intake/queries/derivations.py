"""What the priority of one inquiry was made of when it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class Derivation:
    """The score, its reasons, and its parts as the rules kept them; no parts of inquiries from before these were kept."""

    inquiry_id: int
    person: str | None
    received_at: datetime | None
    score: int
    reasons: list[dict[str, Any]]
    parts: list[dict[str, Any]]


def find_derivation(actor: Actor, inquiry_id: int) -> Derivation | None:
    """Of an inquiry within reach; None for any other. One statement."""
    reach, reached = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select i.raw_id, p.display_name, i.received_at, i.priority, i.priority_reasons, i.priority_parts
                from intake_inquiry i join journal_dossier d on d.id = i.dossier_id left join clients_person p on p.id = i.person_id
                where i.raw_id = %s and {reach}""",
            [inquiry_id, *reached],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    number, person, received_at, score, reasons, parts = row
    return Derivation(number, person, received_at, score, _loaded(reasons), _loaded(parts))


def _loaded(value: Any) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = orjson.loads(value) if isinstance(value, (str, bytes)) else value
    return loaded


def names_of_inquiries(actor: Actor, inquiry_ids: Sequence[int]) -> dict[int, str]:
    """Whose these inquiries are, as the actor may see it; those within reach, one statement."""
    reach, reached = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select i.raw_id, p.display_name from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
                left join clients_person p on p.id = i.person_id where i.raw_id = any(%s) and {reach}""",
            [list(inquiry_ids), *reached],
        )
        return {number: actor.named(name) or f"№ {number}" for number, name in cursor.fetchall()}
