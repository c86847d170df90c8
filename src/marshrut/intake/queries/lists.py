"""Lists of inquiries: one statement, whatever the rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach


class InquiryLine(NamedTuple):
    """An inquiry as lists show it; a tuple, for a page makes hundreds of them."""

    id: int
    dossier_id: int
    state: str
    received_at: datetime | None
    channel: str
    source: str
    source_name: str
    source_is_named: bool
    inquiry_class: str
    class_reason: Any
    person_id: int | None
    person: str | None
    phone: str | None
    message: str
    request: Any
    relevance: str
    priority: int
    priority_reasons: Any
    owner_reason: Any
    respond_by: datetime | None
    clock_state: str
    owner_id: int | None
    owner: str | None
    queue_id: int | None
    queue: str | None
    place: str
    worth: Any
    currency: str
    task_id: int | None
    task_title: str | None
    task_due_at: datetime | None
    opened_at: datetime


_LINE = """
    select i.raw_id, d.id, i.state, i.received_at, i.channel, s.slug, s.name, s.is_named, i.inquiry_class, i.class_reason,
        p.id, p.display_name, c.normal, left(i.message, 300), i.request, i.relevance, i.priority, i.priority_reasons, i.owner_reason,
        i.respond_by, i.clock_state, d.owner_id, e.name, d.queue_id, q.name, d.place, d.worth, d.currency, t.id, t.title, t.due_at,
        d.opened_at
    from (select d.id as dossier_id, i.raw_id from journal_dossier d join intake_inquiry i on i.dossier_id = d.id
          where {where}) chosen
    join journal_dossier d on d.id = chosen.dossier_id
    join intake_inquiry i on i.raw_id = chosen.raw_id
    join marketing_source s on s.id = i.source_id
    left join clients_person p on p.id = i.person_id
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'phone' order by id limit 1) c on true
    left join agency_employee e on e.id = d.owner_id
    left join agency_queue q on q.id = d.queue_id
    left join lateral (select id, title, due_at from journal_task where dossier_id = d.id and state = 'pending'
                       order by due_at, id limit 1) t on true
    order by d.opened_at desc, i.raw_id desc"""


@dataclass(frozen=True, slots=True)
class InquiryFilter:
    """What a list is narrowed to. `state` is open, closed, joined or all; `holder` is any, queue or owner.

    `with_waiting`: also what was put aside for later. `narrowed` is a further condition over d (dossier) and i (inquiry), as
    rooms above compile it, with its values.
    """

    state: str = "open"
    owner_id: int | None = None
    sources: tuple[str, ...] = ()
    inquiry_class: str = ""
    holder: str = "any"
    place: str = ""
    after: tuple[datetime, int] | None = None
    limit: int = 50
    with_waiting: bool = True
    narrowed: tuple[str, tuple[Any, ...]] | None = None


def list_inquiries(actor: Actor, wanted: InquiryFilter) -> list[InquiryLine]:
    """Inquiries within reach, the newest first, in one statement. `after` is (opened_at, id) of the last one seen."""
    where, values = _where(actor, wanted)
    with connection.cursor() as cursor:
        page = f"{where} order by d.opened_at desc, i.raw_id desc limit {int(wanted.limit)}"
        cursor.execute(_LINE.format(where=page), values)
        return [InquiryLine._make(row) for row in cursor.fetchall()]


def _where(actor: Actor, wanted: InquiryFilter) -> tuple[str, list[Any]]:
    reach, reached = matters_in_reach(actor)
    parts, values = [reach], list[Any](reached)
    if wanted.state == "open":
        parts.append("i.state = 'open' and d.is_open")
    elif wanted.state != "all":
        parts.append("i.state = %s")
        values.append(wanted.state)
    for condition, value in (
        ("d.owner_id = %s", wanted.owner_id),
        # An array asked for beforehand, not a join: so the newest are walked by the owner's index and the walk stops at the limit.
        ("i.source_id = any(array(select id from marketing_source where slug = any(%s)))", list(wanted.sources) or None),
        ("i.inquiry_class = %s", wanted.inquiry_class or None),
        ("d.place = %s", wanted.place or None),
    ):
        if value is not None:
            parts.append(condition)
            values.append(value)
    if not wanted.with_waiting:
        parts.append("d.waits_until is null")
    if wanted.holder == "queue":
        parts.append("d.queue_id is not null")
    if wanted.narrowed is not None:
        parts.append(wanted.narrowed[0])
        values += wanted.narrowed[1]
    if wanted.after is not None:
        parts.append("d.opened_at <= %s and (d.opened_at, i.raw_id) < (%s, %s)")
        values += [wanted.after[0], *wanted.after]
    return " and ".join(parts), values
