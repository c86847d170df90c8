"""Which inquiries name a place: for trying spellings of a direction before they are saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.core.names import search_name

SPAN = timedelta(days=30)
MOST_READ = 5000


@dataclass(frozen=True, slots=True)
class Mentions:
    """How many inquiries of the span name it, of how many; `examples` are numbers of those within the actor's reach."""

    found: int
    looked_at: int
    examples: tuple[int, ...]


def count_mentions(spellings: Iterable[str], actor: Actor, now: datetime, shown: int = 5) -> Mentions:
    """Inquiries of the last thirty days that name one of these, as a direction or in the message; one statement."""
    wanted = [f" {folded} " for folded in (search_name(text) for text in spellings) if folded]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select i.raw_id, left(i.message, 4000), i.request -> 'directions', d.owner_id, d.office_id
                from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
                where i.received_at >= timestamptz '{(now - SPAN).isoformat()}' order by i.received_at desc limit {MOST_READ}"""
        )
        rows = cursor.fetchall()
    found = [(row[0], row[3], row[4]) for row in rows if _names(row[1], row[2], wanted)]
    examples = tuple(number for number, owner_id, office_id in found if actor.sees(owner_id, office_id))[:shown]
    return Mentions(len(found), len(rows), examples)


def _names(message: str, directions: Any, wanted: list[str]) -> bool:
    given = orjson.loads(directions) if isinstance(directions, (str, bytes)) else directions or []
    named = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
    text = f" {search_name(' '.join([message, *named]))} "
    return any(one in text for one in wanted)
