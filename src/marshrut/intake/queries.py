"""Reads of intake: one inquiry with all its reasons, lists, counters. Lists are one statement, whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.intake.models import Inquiry
from marshrut.journal.permissions import matters_in_reach


@dataclass(frozen=True, slots=True)
class LeadingInquiry:
    """The open matter of a person, and the inquiry that leads it."""

    dossier_id: int
    inquiry_id: int | None
    phase: str
    place: str
    owner_id: int | None
    queue_id: int | None
    office_id: int | None


def open_matter_of(person_id: int) -> LeadingInquiry | None:
    """The latest open matter of a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select d.id, i.raw_id, d.phase, d.place, d.owner_id, d.queue_id, d.office_id from journal_dossier d
               left join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
               where d.person_id = %s and d.is_open order by d.id desc limit 1""",
            [person_id],
        )
        row = cursor.fetchone()
    return LeadingInquiry(*row) if row else None


@dataclass(frozen=True, slots=True)
class KnownExternal:
    inquiry_id: int
    dossier_id: int


def find_dossier_of(source_slug: str, external_id: str | None) -> KnownExternal | None:
    """The inquiry that came with this source and external id, and its matter."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select i.raw_id, i.dossier_id from channels_rawmessage r join intake_inquiry i on i.raw_id = r.id
               where r.source_slug = %s and r.external_id = %s and r.state <> 'repeat'""",
            [source_slug, external_id],
        )
        row = cursor.fetchone()
    return KnownExternal(*row) if row else None


def find_answer(dossier_id: int) -> datetime | None:
    """When a person of ours first turned to the client of this matter."""
    with connection.cursor() as cursor:
        cursor.execute("select min(at) from journal_touch where dossier_id = %s and is_answer", [dossier_id])
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class StoredDemand:
    category: str | None
    directions: tuple[str, ...]


def demand_of(inquiry: Inquiry) -> StoredDemand:
    """What an inquiry asks of whoever gets it, as it was understood."""
    request = inquiry.request or {}
    return StoredDemand(request.get("category"), tuple(request.get("directions") or ()))


@dataclass(frozen=True, slots=True)
class InquiryLine:
    """An inquiry as lists show it."""

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
    from journal_dossier d
    join intake_inquiry i on i.dossier_id = d.id
    join marketing_source s on s.id = i.source_id
    left join clients_person p on p.id = i.person_id
    left join lateral (select normal from clients_contactpoint where person_id = p.id and kind = 'phone' order by id limit 1) c on true
    left join agency_employee e on e.id = d.owner_id
    left join agency_queue q on q.id = d.queue_id
    left join lateral (select id, title, due_at from journal_task where dossier_id = d.id and state = 'pending'
                       order by due_at, id limit 1) t on true """


@dataclass(frozen=True, slots=True)
class InquiryFilter:
    """What a list is narrowed to. `state` is open, closed, joined or all; `holder` is any, queue or owner."""

    state: str = "open"
    owner_id: int | None = None
    sources: tuple[str, ...] = ()
    inquiry_class: str = ""
    holder: str = "any"
    place: str = ""
    after: tuple[datetime, int] | None = None
    limit: int = 50


def list_inquiries(actor: Actor, wanted: InquiryFilter) -> list[InquiryLine]:
    """Inquiries within reach, the newest first, in one statement. `after` is (opened_at, id) of the last one seen."""
    where, values = _where(actor, wanted)
    with connection.cursor() as cursor:
        cursor.execute(f"{_LINE} where {where} order by d.opened_at desc, i.raw_id desc limit {int(wanted.limit)}", values)
        return [InquiryLine(*row) for row in cursor.fetchall()]


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
        ("s.slug = any(%s)", list(wanted.sources) or None),
        ("i.inquiry_class = %s", wanted.inquiry_class or None),
        ("d.place = %s", wanted.place or None),
    ):
        if value is not None:
            parts.append(condition)
            values.append(value)
    if wanted.holder == "queue":
        parts.append("d.queue_id is not null")
    if wanted.after is not None:
        parts.append("d.opened_at <= %s and (d.opened_at, i.raw_id) < (%s, %s)")
        values += [wanted.after[0], *wanted.after]
    return " and ".join(parts), values


def find_line(actor: Actor, inquiry_id: int) -> InquiryLine | None:
    """One inquiry as lists show it; None when absent or out of reach."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(f"{_LINE} where i.raw_id = %s and {reach}", [inquiry_id, *values])
        row = cursor.fetchone()
    return InquiryLine(*row) if row else None


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


_CARD = """
    select i.raw_id, d.id, i.state, i.channel, s.slug, i.external_id, i.received_at, i.inquiry_class, i.class_reason,
        p.id, p.display_name, i.matched_by, i.message, i.request, i.flaws, i.contact_missing, i.relevance, i.relevance_reasons,
        i.priority, i.priority_reasons, i.owner_reason, coalesce(i.respond_by, l.respond_by), i.clock_state, i.answered_at, i.outcome,
        i.disposition, i.close_reason, i.joined_to_id, d.owner_id, e.name, d.queue_id, q.name, d.office_id, t.id, t.title, t.due_at,
        i.utm, i.visitor, d.is_open, d.phase
    from intake_inquiry i
    join journal_dossier d on d.id = i.dossier_id
    join marketing_source s on s.id = i.source_id
    left join intake_inquiry l on l.raw_id = i.joined_to_id
    left join clients_person p on p.id = i.person_id
    left join agency_employee e on e.id = d.owner_id
    left join agency_queue q on q.id = d.queue_id
    left join lateral (select id, title, due_at from journal_task where dossier_id = d.id and state = 'pending'
                       order by due_at, id limit 1) t on true """
_JSON = (8, 13, 14, 17, 19, 20, 36)


def find_inquiry(actor: Actor, inquiry_id: int) -> InquiryCard | None:
    """One inquiry; None when absent or out of reach."""
    reach, values = matters_in_reach(actor)
    return _card(f"i.raw_id = %s and {reach}", [inquiry_id, *values])


def received_inquiry(inquiry_id: int) -> InquiryCard | None:
    """The inquiry that has just come in, for the answer at the door: who handed it in learns what became of it."""
    return _card("i.raw_id = %s", [inquiry_id])


def leading_inquiry(dossier_id: int) -> int | None:
    """The id of the inquiry a matter began with."""
    return Inquiry.objects.filter(dossier_id=dossier_id, joined_to__isnull=True).order_by("raw_id").values_list("raw_id", flat=True).first()


def _card(where: str, values: list[Any]) -> InquiryCard | None:
    with connection.cursor() as cursor:
        cursor.execute(f"{_CARD} where {where}", values)
        row = cursor.fetchone()
    if row is None:
        return None
    return InquiryCard(*(orjson.loads(v) if n in _JSON and isinstance(v, str) else v for n, v in enumerate(row)))


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Conversion of one source: realised ÷ closed; open ones are only counted."""

    source: str
    name: str
    inquiries: int
    closed: int
    won: int

    @property
    def conversion(self) -> float | None:
        return self.won / self.closed if self.closed else None


def source_conversion(actor: Actor, since: date | None, until: date | None) -> list[SourceLine]:
    """Source × conversion of inquiries received from `since` to `until`, both included (days in UTC).

    For everything the running counters answer; for one's own or an office's the inquiries themselves are counted.
    """
    span = "(%s::date is null or {d} >= %s) and (%s::date is null or {d} <= %s)"
    days = [since, since, until, until]
    if actor.reach == "all":
        counted = f"""select source_id, sum(inquiries)::int n, sum(closed)::int c, sum(won)::int w from intake_sourcetally
                      where {span.format(d="day")} group by source_id"""
        values: list[Any] = list(days)
    else:
        reach, reached = matters_in_reach(actor)
        counted = f"""select i.source_id, count(*)::int n, count(i.outcome)::int c, (count(*) filter (where i.outcome = 'won'))::int w
                      from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
                      where {reach} and i.received_at is not null and {span.format(d="(i.received_at at time zone 'UTC')::date")}
                      group by i.source_id"""
        values = [*reached, *days]
    with connection.cursor() as cursor:
        cursor.execute(f"""select s.slug, s.name, r.n, r.c, r.w from ({counted}) r join marketing_source s on s.id = r.source_id
                           where r.n <> 0 order by r.n desc, s.slug""", values)
        return [SourceLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class InboxCounts:
    mine: int
    nobody: int
    all: int
    quarantine: int


def count_inbox(actor: Actor) -> InboxCounts:
    """How many open inquiries that are not yet deals stand in each tab, and how many raw messages wait in quarantine."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) filter (where d.owner_id = %s), count(*) filter (where d.queue_id is not null), count(*),
                   (select count(*) from channels_rawmessage where state = 'quarantined')
                from journal_dossier d where d.is_open and d.place = 'inquiry' and {reach}""",
            [actor.id, *values],
        )
        row = cursor.fetchone()
    return InboxCounts(row[0], row[1], row[2], row[3] if actor.reach in ("office", "all") else 0)


@dataclass(frozen=True, slots=True)
class Pulse:
    """The figures over the board: today's inquiries, how fast the first answers were, conversion of thirty days."""

    today: int
    yesterday: int
    answered: int
    kept: int
    median_minutes: float | None
    closed: int
    won: int


def read_pulse(actor: Actor, day_start: datetime, now: datetime) -> Pulse:
    """Figures of what is within reach; `day_start` is the reader's midnight."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select count(*) filter (where i.received_at >= %s),
                   count(*) filter (where i.received_at >= %s and i.received_at < %s),
                   count(i.answered_at), count(i.answered_at) filter (where i.clock_state = 'met'),
                   percentile_cont(0.5) within group (order by extract(epoch from i.answered_at - i.received_at) / 60)
                       filter (where i.answered_at >= i.received_at),
                   count(i.outcome), count(*) filter (where i.outcome = 'won')
                from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
                where i.received_at >= %s and {reach}""",
            [day_start, day_start - timedelta(days=1), day_start, now - timedelta(days=30), *values],
        )
        return Pulse(*cursor.fetchone())


@dataclass(frozen=True, slots=True)
class DayLine:
    day: date
    inquiries: int
    deals: int


def count_days(actor: Actor, zone: str, now: datetime, days: int = 14) -> list[DayLine]:
    """Inquiries received and how many of them were realised, by the reader's day."""
    reach, values = matters_in_reach(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select g.day::date, coalesce(r.n, 0), coalesce(r.w, 0)
                from generate_series((%s at time zone %s)::date - %s::int + 1, (%s at time zone %s)::date, interval '1 day') g(day)
                left join (select (i.received_at at time zone %s)::date as day, count(*)::int n,
                        (count(*) filter (where i.outcome = 'won'))::int w
                    from intake_inquiry i join journal_dossier d on d.id = i.dossier_id
                    where i.received_at >= %s and {reach} group by 1) r on r.day = g.day::date order by 1""",
            [now, zone, days, now, zone, zone, now - timedelta(days=days + 1), *values],
        )
        return [DayLine(*row) for row in cursor.fetchall()]
