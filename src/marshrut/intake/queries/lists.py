"""Lists of inquiries: one statement, whatever the rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.models import InquiryClass
from marshrut.intake.rules.clock_policies import MISSED_CALL
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
    is_missed_call: bool
    is_unanswered: bool  # nobody has turned to the client yet, whether the clock runs or has broken

    @property
    def way_in(self) -> str:
        """The channel; a call that nobody took is one of its own."""
        return MISSED_CALL if self.is_missed_call else self.channel


class InquiryBrief(NamedTuple):
    """An inquiry as programs list it: plain values, without what was said and why it was decided so."""

    id: int
    state: str
    received_at: datetime | None
    channel: str
    source: str
    inquiry_class: str
    person_id: int | None
    person: str | None
    phone: str | None
    relevance: str
    priority: int
    owner_id: int | None
    owner: str | None
    queue_id: int | None
    queue: str | None
    respond_by: datetime | None
    clock_state: str
    place: str
    worth: Any
    currency: str
    task_id: int | None
    task_title: str | None
    task_due_at: datetime | None
    opened_at: datetime


def new_sql(inquiry: str) -> str:
    """A condition over an inquiry: nobody has turned to this client yet, whether the clock still runs or has broken."""
    i = inquiry
    return f"({i}.state = 'open' and ({i}.clock_state = 'running' or {i}.clock_state = 'missed' and {i}.answered_at is null))"


LINE = f"""o.raw_id, o.dossier_id, o.state, o.received_at, o.channel, s.slug, s.name, s.is_named, o.inquiry_class, o.class_reason,
        p.id, p.display_name, c.normal, left(o.message, 300), o.request, o.relevance, o.priority, o.priority_reasons, o.owner_reason,
        o.respond_by, o.clock_state, o.owner_id, e.name, o.queue_id, q.name, o.place, o.worth, o.worth_currency, t.id, t.title, t.due_at,
        o.opened_at, o.is_missed_call, {new_sql("o")}"""
_BRIEF = """o.raw_id, o.state, o.received_at, o.channel, s.slug, o.inquiry_class, p.id, p.display_name, c.normal, o.relevance,
        o.priority, o.owner_id, e.name, o.queue_id, q.name, o.respond_by, o.clock_state, o.place, o.worth, o.worth_currency,
        t.id, t.title, t.due_at, o.opened_at"""
SHOWN = """join marketing_source s on s.id = o.source_id
    left join clients_person p on p.id = o.person_id
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'phone' order by id limit 1) c on true
    left join agency_employee e on e.id = o.owner_id
    left join agency_queue q on q.id = o.queue_id
    left join lateral (select id, title, due_at from journal_task where dossier_id = o.dossier_id and state = 'pending'
                       order by due_at, id limit 1) t on true"""
# The page is cut first, by the dossiers' index; only what is left of it meets the other tables.
_FROM = """
    from (select i.*, d.owner_id, d.queue_id, d.place, d.worth, d.currency as worth_currency, d.opened_at
          from journal_dossier d join intake_inquiry i on i.dossier_id = d.id where {where}
          order by d.opened_at {order}, i.raw_id {order} limit {limit}) o
    {shown}
    order by o.opened_at {order}, o.raw_id {order}"""


@dataclass(frozen=True, slots=True)
class InquiryFilter:
    """What a list is narrowed to. `state` is open, closed, joined or all; `holder` is any, queue or owner.

    `with_waiting`: also what was put aside for later. `narrowed` is a further condition over d (dossier) and i (inquiry), as
    rooms above compile it, with its values. `longest_first`: the longest waiting comes first, as queues are given out.
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
    longest_first: bool = False
    narrowed: tuple[str, tuple[Any, ...]] | None = None


def list_inquiries(actor: Actor, wanted: InquiryFilter) -> list[InquiryLine]:
    """Inquiries within reach, the newest (or the longest waiting) first, in one statement.

    `after` is (opened_at, id) of the last one seen."""
    return list(map(InquiryLine._make, _rows(LINE, actor, wanted)))


def list_briefs(actor: Actor, wanted: InquiryFilter) -> list[InquiryBrief]:
    """The same inquiries in plain values."""
    return list(map(InquiryBrief._make, _rows(_BRIEF, actor, wanted)))


def _rows(columns: str, actor: Actor, wanted: InquiryFilter) -> list[tuple[Any, ...]]:
    where, values = conditions_of(actor, wanted)
    with connection.cursor() as cursor:
        order = "asc" if wanted.longest_first else "desc"
        cursor.execute(f"select {columns} {_FROM.format(where=where, limit=int(wanted.limit), order=order, shown=SHOWN)}", values)
        return cursor.fetchall()  # type: ignore[no-any-return]


def conditions_of(actor: Actor, wanted: InquiryFilter) -> tuple[str, list[Any]]:
    """What a list is narrowed to, as a condition over d (dossier) and i (inquiry), with its values; reach included."""
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
        ("d.place = %s", wanted.place or None),
    ):
        if value is not None:
            parts.append(condition)
            values.append(value)
    if wanted.inquiry_class:  # written out: of a rare class the few are looked up, of a usual one the newest are walked
        known = wanted.inquiry_class in InquiryClass.values
        parts.append(f"i.inquiry_class = '{wanted.inquiry_class}'" if known else "false")
    if not wanted.with_waiting:
        parts.append("d.waits_until is null")
    if wanted.holder == "queue":
        parts.append("d.queue_id is not null")
    if wanted.narrowed is not None:
        parts.append(wanted.narrowed[0])
        values += wanted.narrowed[1]
    if wanted.after is not None:
        side = ">" if wanted.longest_first else "<"
        parts.append(f"d.opened_at {side}= %s and (d.opened_at, i.raw_id) {side} (%s, %s)")
        values += [wanted.after[0], *wanted.after]
    return " and ".join(parts), values
