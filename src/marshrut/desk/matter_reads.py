"""Reads about one matter's surroundings: where its card is, what it waits for, what came before it; and all that waits."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach


def find_card(actor: Actor, dossier_id: int) -> tuple[str, int] | None:
    """Which card shows a matter: ("deal" or "inquiry", its number); None when absent or out of reach."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select (select max(id) from deals_deal where dossier_id = d.id),
                   (select min(raw_id) from intake_inquiry where dossier_id = d.id and joined_to_id is null)
                from journal_dossier d where d.id = %s and {reach}""",
            [dossier_id, *values],
        )
        row = cursor.fetchone()
    if row is None or row == (None, None):
        return None
    return ("deal", row[0]) if row[0] is not None else ("inquiry", row[1])


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a matter: its waiting, and the matter its client came back from.

    `previous_*` say how that one ended; `earlier` counts all closed ones of the client. Out of reach only the outcome
    and the day are given, and `previous_id` is None.
    """

    waits_until: datetime | None
    waits_for: str
    previous_kind: str | None
    previous_id: int | None
    previous_title: str | None
    previous_outcome: str | None
    previous_reason: str | None
    previous_closed_at: datetime | None
    earlier: int


def read_around(actor: Actor, dossier_id: int) -> Around:
    """One statement. The caller has checked the reach of the matter itself."""
    reach, values = matters_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.waits_until, d.waits_for, case when l.id is not null then 'deal' else 'inquiry' end,
                   case when {reach} then coalesce(l.id, i.raw_id) end, case when {reach} then l.title end,
                   coalesce(l.state, i.outcome), case when {reach} then coalesce(nullif(l.close_reason, ''), i.close_reason) end,
                   p.closed_at,
                   case when p.id is null then 0 else (select count(*) from journal_dossier o
                       where o.person_id = d.person_id and not o.is_open) end
                from journal_dossier d left join journal_dossier p on p.id = d.previous_id
                left join lateral (select * from deals_deal where dossier_id = p.id order by id desc limit 1) l on true
                left join lateral (select * from intake_inquiry where dossier_id = p.id and joined_to_id is null
                                   order by raw_id limit 1) i on true
                where d.id = %s""",
            [*values, *values, *values, dossier_id],
        )
        row = cursor.fetchone()
    return Around(*row)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A matter that waits for later."""

    dossier_id: int
    kind: str
    number: int
    person: str | None
    title: str | None
    request: Any
    place: str
    worth: Decimal | None
    currency: str
    waits_until: datetime
    waits_for: str
    owner_id: int | None
    queue_id: int | None
    total: int


def list_waiting(
    actor: Actor, *, owner_id: int | None = None, place: str = "", limit: int = 200, offset: int = 0
) -> list[WaitingRow]:
    """What waits within reach, the next to return first; each row knows how many there are."""
    reach, found = matters_in_reach(actor)
    values = list[Any](found)
    if owner_id is not None:
        reach, values = f"{reach} and d.owner_id = %s", [*values, owner_id]
    if place:
        reach, values = f"{reach} and d.place = %s", [*values, place]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.id, case when l.id is not null then 'deal' else 'inquiry' end, coalesce(l.id, i.raw_id, d.id),
                   p.display_name, l.title, i.request, d.place, d.worth, d.currency, d.waits_until, d.waits_for,
                   d.owner_id, d.queue_id, d.total
                from (select d.*, count(*) over () as total from journal_dossier d
                      where d.waits_until is not null and {reach}
                      order by d.waits_until, d.id limit {int(limit)} offset {int(offset)}) d
                left join lateral (select id, title from deals_deal where dossier_id = d.id order by id desc limit 1) l on true
                left join lateral (select raw_id, request from intake_inquiry where dossier_id = d.id and joined_to_id is null
                                   order by raw_id limit 1) i on true
                left join clients_person p on p.id = d.person_id
                order by d.waits_until, d.id""",
            values,
        )
        return [WaitingRow(*row) for row in cursor.fetchall()]
