"""The rows of a list with everything its columns may show."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from django.db import connection

from marshrut.deals.queries.lists import Cursor, ListReading, choose
from marshrut.journal.permissions import matters_in_reach


class MatterLine(NamedTuple):
    """An inquiry or a deal in a list. `id` is the number of what the list is of; jsonb values are kept as their text."""

    id: int
    key: Any
    dossier_id: int
    inquiry_id: int | None
    deal_id: int | None
    state: str
    received_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    person_id: int | None
    person: str | None
    person_owner_id: int | None
    person_office_id: int | None
    past_deals: int | None
    phone: str | None
    email: str | None
    channel: str | None
    source_id: int | None
    inquiry_class: str | None
    relevance: str | None
    priority: int | None
    contact_missing: list[str] | None
    request_text: str | None
    message: str
    worth: Decimal | None
    currency: str
    margin: Decimal | None
    owner_id: int | None
    owner: str | None
    queue_id: int | None
    office_id: int | None
    place: str
    title: str | None
    stage_entered_at: datetime | None
    task_id: int | None
    task_title: str | None
    task_due_at: datetime | None
    respond_by: datetime | None
    clock_state: str | None
    answered_at: datetime | None
    waits_until: datetime | None
    waits_for: str
    outcome: str | None
    disposition: str | None
    close_reason: str | None
    custom_text: str | None

    @property
    def request(self) -> dict[str, Any]:
        """What the inquiry asks for; a deal without one asks for nothing."""
        return _loaded(self.request_text)

    @property
    def custom(self) -> dict[str, Any]:
        """Values of the agency's own fields."""
        return _loaded(self.custom_text)


_MATTER = """
    select chosen.id, chosen.key, d.id, i.raw_id, l.id, {state}, i.received_at, coalesce({opened}, d.opened_at), d.closed_at,
        p.id, p.display_name, p.owner_id, p.office_id, p.past_deals, ph.normal, em.normal,
        i.channel, i.source_id, i.inquiry_class, i.relevance, i.priority, i.contact_missing, i.request, left(i.message, 300),
        d.worth, d.currency, l.margin, d.owner_id, e.name, d.queue_id, d.office_id, d.place, l.title, l.stage_entered_at,
        t.id, t.title, t.due_at, i.respond_by, i.clock_state, i.answered_at, d.waits_until, d.waits_for,
        {outcome}, i.disposition, {reason}, d.custom
    from ({chosen}) chosen {joins}
    left join clients_person p on p.id = d.person_id
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'phone' order by id limit 1) ph on true
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'email' order by id limit 1) em on true
    left join agency_employee e on e.id = d.owner_id
    left join lateral (select id, title, due_at from journal_task where dossier_id = d.id and state = 'pending'
                       order by due_at, id limit 1) t on true
    order by chosen.part, chosen.key {way}, chosen.id {way}"""
_PARTS = {
    "inquiries": {
        "state": "i.state", "opened": "i.received_at", "outcome": "i.outcome", "reason": "i.close_reason",
        "joins": """join intake_inquiry i on i.raw_id = chosen.id join journal_dossier d on d.id = i.dossier_id
            left join lateral (select * from deals_deal where dossier_id = d.id order by id desc limit 1) l on true""",
    },
    "deals": {
        "state": "l.state", "opened": "l.opened_at", "outcome": "nullif(l.state, 'open')", "reason": "l.close_reason",
        "joins": """join deals_deal l on l.id = chosen.id join journal_dossier d on d.id = l.dossier_id
            left join intake_inquiry i on i.raw_id = l.inquiry_id""",
    },
}  # fmt: skip


def read_matters(reading: ListReading, *, limit: int, after: Cursor | None = None) -> list[MatterLine]:
    """One page of a list of inquiries or deals, in one statement."""
    chosen, values = choose(reading, limit, after)
    way = "desc" if reading.wanted.is_descending else "asc"
    with connection.cursor() as cursor:
        cursor.execute(_MATTER.format(chosen=chosen, way=way, **_PARTS[reading.wanted.page.slug]), values)
        return list(map(MatterLine._make, cursor.fetchall()))


class ClientLine(NamedTuple):
    """A client in a list. Open matters and the last touch are those within the reader's reach."""

    id: int
    key: Any
    name: str
    surname: str
    given_name: str
    patronymic: str
    phone: str | None
    email: str | None
    owner_id: int | None
    owner: str | None
    office_id: int | None
    past_deals: int
    language: str
    created_at: datetime
    open_count: int
    last_at: datetime | None
    custom_text: str | None

    @property
    def custom(self) -> dict[str, Any]:
        """Values of the agency's own fields."""
        return _loaded(self.custom_text)


_CLIENT = """
    select chosen.id, chosen.key, p.display_name, p.surname, p.given_name, p.patronymic, ph.normal, em.normal, p.owner_id, e.name,
        p.office_id, p.past_deals, p.language, p.created_at, coalesce(m.open_count, 0), m.last_at, p.custom
    from ({chosen}) chosen join clients_person p on p.id = chosen.id
    left join agency_employee e on e.id = p.owner_id
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'phone' order by id limit 1) ph on true
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'email' order by id limit 1) em on true
    left join lateral (
        select count(*) filter (where d.is_open) as open_count, max(said.at) as last_at from journal_dossier d
        left join lateral (select at from journal_touch where dossier_id = d.id order by at desc limit 1) said on true
        where d.person_id = p.id and {reach}) m on true
    order by chosen.part, chosen.key {way}, chosen.id {way}"""


def read_clients(reading: ListReading, *, limit: int, after: Cursor | None = None) -> list[ClientLine]:
    """One page of the list of clients, in one statement."""
    chosen, values = choose(reading, limit, after)
    reach, reached = matters_in_reach(reading.actor)
    way = "desc" if reading.wanted.is_descending else "asc"
    with connection.cursor() as cursor:
        cursor.execute(_CLIENT.format(chosen=chosen, way=way, reach=reach), [*values, *reached])
        return list(map(ClientLine._make, cursor.fetchall()))


def _loaded(text: str | None) -> dict[str, Any]:
    return orjson.loads(text) if text else {}
