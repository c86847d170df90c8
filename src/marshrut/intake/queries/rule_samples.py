"""Stored inquiries as the rules see them, so that a change of rules can be tried before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff
from marshrut.intake.rules import InquiryFacts, PersonFacts, read_names, read_request

MOST_SAMPLED = 5000
SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sampled:
    """One stored inquiry: its facts as the rules would see them again, and what was decided of it then.

    The person is seen as of today but for whether they were known then. `keeper_id` is the manager of a client who was
    known; `owner_id` and `office_id` are whose the matter is now.
    """

    id: int
    facts: InquiryFacts
    source_chance: float | None
    inquiry_class: str
    relevance: str
    priority: int
    contact_missing: tuple[str, ...]
    received_at: datetime
    answered_at: datetime | None
    is_joined: bool
    has_clock: bool
    outcome: str | None
    person: str | None
    keeper_id: int | None
    owner_id: int | None
    office_id: int | None
    answer_minutes: float | None = None
    arrival: dict[str, Any] = field(default_factory=dict)
    is_missed_call: bool = False

    @property
    def states_category(self) -> bool:
        """Whether the category was stated, or set by a person, rather than found."""
        return self.facts.category is not None and "category" not in self.facts.read

    @property
    def known_on_arrival(self) -> dict[str, Any] | None:
        """What a learned chance is reckoned from; None of inquiries from before it was kept."""
        return self.arrival if "channel" in self.arrival else None

    @property
    def as_stated(self) -> InquiryFacts:
        """The facts without a category that was found: by these the class is decided."""
        return self.facts if self.states_category else replace(self.facts, category=None)

    def is_seen_by(self, actor: Actor) -> bool:
        """Whether this inquiry may be shown as an example."""
        return actor.sees(self.owner_id, self.office_id)


_SELECT = """
    select i.raw_id, i.channel, s.slug, s.chance, left(i.message, 8000), i.request, i.contact_missing, i.inquiry_class, i.relevance,
        i.priority, i.received_at, i.answered_at, i.state = 'joined', i.clock_state <> 'none', i.outcome, i.matched_by, p.display_name,
        p.owner_id, coalesce(p.past_deals, 0), d.owner_id, d.office_id, d.phase,
        i.answer_minutes, i.arrival, i.is_missed_call, i.request_origin,
        (select array_agg(distinct c.kind) from clients_contactpoint c where c.person_id = i.person_id and not c.is_shared),
        coalesce(p.surname <> '' or p.given_name <> '', false)
    from intake_inquiry i join marketing_source s on s.id = i.source_id join journal_dossier d on d.id = i.dossier_id
    left join clients_person p on p.id = i.person_id
    where {where} order by i.received_at desc, i.raw_id desc limit {limit}"""


def sample_month(staff: Staff, now: datetime, limit: int = MOST_SAMPLED) -> list[Sampled]:
    """Inquiries of the last thirty days, the newest first, at most `limit`; one statement."""
    return sample_between(staff, now - SPAN, now, limit)


def sample_between(staff: Staff, start: datetime, until: datetime, limit: int) -> list[Sampled]:
    """Inquiries received between two moments, the newest first; one statement."""
    span = f"i.received_at >= timestamptz '{start.isoformat()}' and i.received_at <= timestamptz '{until.isoformat()}'"
    return _read(span, staff, limit)


def sample_open(staff: Staff, limit: int = 1000) -> list[Sampled]:
    """Open inquiries that wait for an answer or a deal, the newest first; one statement."""
    return _read("d.is_open and d.phase = 'inquiry' and i.state = 'open' and i.received_at is not null", staff, limit)


def sample_ids(ids: Sequence[int], staff: Staff) -> list[Sampled]:
    """These inquiries, the newest first; one statement."""
    named = ", ".join(str(int(one)) for one in ids)
    return _read(f"i.raw_id in ({named}) and i.received_at is not null", staff, len(ids)) if ids else []


def sample_one(inquiry_id: int, staff: Staff) -> Sampled | None:
    """One inquiry; None when nobody knows when it was received. One statement."""
    return next(iter(_read(f"i.raw_id = {int(inquiry_id)} and i.received_at is not null", staff, 1)), None)


def sample_ended(staff: Staff, start: datetime, limit: int) -> list[Sampled]:
    """Inquiries received since a moment that were won or lost, the newest first; one statement."""
    since = f"timestamptz '{start.isoformat()}'"
    return _read(f"i.state = 'closed' and i.outcome is not null and i.joined_to_id is null and i.received_at >= {since}", staff, limit)


def _read(where: str, staff: Staff, limit: int) -> list[Sampled]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(where=where, limit=int(limit)))
        return [_sampled(row, staff) for row in cursor.fetchall()]


def _sampled(row: Any, staff: Staff) -> Sampled:
    (number, channel, source, chance, message, request, missing, inquiry_class, relevance, priority, received_at, answered_at, is_joined,
     has_clock, outcome, matched_by, person, keeper_id, past_deals, owner_id, office_id, phase,
     answer_minutes, arrival, is_missed_call, origin, kinds, is_named) = row  # fmt: skip
    office = staff.offices.get(office_id or 0) or staff.first_office
    today = office.calendar.local_date(received_at)
    read, _flaws = read_request(orjson.loads(request) if isinstance(request, (str, bytes)) else request, today)
    was_known = matched_by not in ("", "new")
    facts = InquiryFacts.from_request(
        read,
        channel=channel,
        today=today,
        source_slug=source,
        message=message,
        has_name=is_named,
        has_phone="phone" in (kinds or ()),
        has_email="email" in (kinds or ()),
        has_messenger="messenger" in (kinds or ()),
        person=PersonFacts(
            is_known=was_known,
            owner_id=keeper_id if was_known else None,
            has_open_matter=is_joined,
            has_booking=is_joined and phase == "booking",
            is_on_trip=is_joined and phase == "trip",
            past_deals=past_deals if was_known else 0,
        ),
        read=read_names(orjson.loads(origin) if isinstance(origin, (str, bytes)) else origin),
    )
    return Sampled(
        number, facts, float(chance), inquiry_class, relevance, priority, tuple(missing), received_at, answered_at, is_joined, has_clock,
        outcome, person, keeper_id if was_known else None, owner_id, office_id,
        answer_minutes, orjson.loads(arrival) if isinstance(arrival, (str, bytes)) else arrival, is_missed_call,
    )  # fmt: skip
