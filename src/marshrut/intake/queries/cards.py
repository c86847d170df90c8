"""One inquiry with everything decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.models import Inquiry
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class InquiryCard:
    """One inquiry with everything decided about it, and why."""

    id: int
    dossier_id: int
    state: str
    channel: str
    source: str
    external_id: str | None
    received_at: datetime | None
    inquiry_class: str
    class_reason: Any
    person_id: int | None
    person: str | None
    matched_by: str
    message: str
    request: Any
    flaws: Any
    contact_missing: Sequence[str]
    relevance: str
    relevance_reasons: Any
    priority: int
    priority_reasons: Any
    owner_reason: Any
    respond_by: datetime | None
    clock_state: str
    answered_at: datetime | None
    outcome: str | None
    disposition: str
    close_reason: str
    joined_to: int | None
    owner_id: int | None
    owner: str | None
    queue_id: int | None
    queue: str | None
    office_id: int | None
    task_id: int | None
    task_title: str | None
    task_due_at: datetime | None
    utm: Any
    visitor: str
    is_open: bool
    phase: str
    custom: Any
    is_missed_call: bool
    next_respond_by: datetime | None
    request_origin: Any
    category_reason: Any


CARD = """
    select i.raw_id, d.id, i.state, i.channel, s.slug, i.external_id, i.received_at, i.inquiry_class, i.class_reason,
        p.id, p.display_name, i.matched_by, i.message, i.request, i.flaws, i.contact_missing, i.relevance, i.relevance_reasons,
        i.priority, i.priority_reasons, i.owner_reason, coalesce(i.respond_by, n.respond_by, l.respond_by), i.clock_state,
        i.answered_at, i.outcome,
        i.disposition, i.close_reason, i.joined_to_id, d.owner_id, e.name, d.queue_id, q.name, d.office_id, t.id, t.title, t.due_at,
        i.utm, i.visitor, d.is_open, d.phase, d.custom, i.is_missed_call, n.respond_by, i.request_origin, i.category_reason
    from {inquiry} i
    join journal_dossier d on d.id = i.dossier_id
    join marketing_source s on s.id = i.source_id
    left join intake_inquiry l on l.raw_id = i.joined_to_id
    left join intake_nextanswer n on n.dossier_id = d.id and n.state = 'running'
    left join clients_person p on p.id = i.person_id
    left join agency_employee e on e.id = d.owner_id
    left join agency_queue q on q.id = d.queue_id
    left join lateral (select id, title, due_at from journal_task where dossier_id = d.id and state = 'pending'
                       order by due_at, id limit 1) t on true """
_JSON = (8, 13, 14, 17, 19, 20, 36, 40, 43, 44)


def find_inquiry(actor: Actor, inquiry_id: int) -> InquiryCard | None:
    """One inquiry; None when absent or out of reach."""
    reach, values = matters_in_reach(actor)
    return _card(f"i.raw_id = %s and {reach}", [inquiry_id, *values])


def received_inquiry(inquiry_id: int) -> InquiryCard | None:
    """The inquiry that has just come in, for the answer at the door: who handed it in learns what became of it."""
    return _card("i.raw_id = %s", [inquiry_id])


def leading_inquiry(dossier_id: int) -> int | None:
    """The id of the inquiry a matter began with."""
    return (
        Inquiry.objects.filter(dossier_id=dossier_id, joined_to__isnull=True)
        .order_by("raw_id")
        .values_list("raw_id", flat=True)
        .first()
    )


def leading_outcome(dossier_id: int) -> str | None:
    """How the inquiry that a matter began with ended: won, lost, or None."""
    rows = Inquiry.objects.filter(dossier_id=dossier_id, joined_to__isnull=True).order_by("raw_id")
    return rows.values_list("outcome", flat=True).first()


def _card(where: str, values: list[Any]) -> InquiryCard | None:
    with connection.cursor() as cursor:
        cursor.execute(CARD.format(inquiry="intake_inquiry") + f" where {where}", values)
        row = cursor.fetchone()
    return None if row is None else read_card(row)


def read_card(row: tuple[Any, ...]) -> InquiryCard:
    """A row of CARD as a card."""
    return InquiryCard(*(orjson.loads(v) if n in _JSON and isinstance(v, str) else v for n, v in enumerate(row)))
