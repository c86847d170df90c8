"""Reads about the matter an inquiry belongs to: the open one of a person, a known external id, the first answer."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from marshrut.clients.queries import keeper_of
from marshrut.intake.models import Inquiry
from marshrut.intake.rules.clock_policies import MISSED_CALL, Kind


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
    waits_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands with us: their open matter if there is one, else the last one that ended won or lost."""

    leading: LeadingInquiry | None
    ended_id: int | None


def standing_of(person_id: int) -> Standing:
    """The latest open matter of a person, locked: nobody can close it between this look and what is said on it.

    Without one, the id of the last matter with an outcome; what was spam, a double or a wrong number is none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """select d.id, i.raw_id, d.phase, d.place, d.owner_id, d.queue_id, d.office_id, d.waits_until, d.is_open
               from journal_dossier d left join intake_inquiry i on i.dossier_id = d.id and i.state = 'open'
               where d.person_id = %s and (d.is_open
                   or exists (select from intake_inquiry o where o.dossier_id = d.id and o.outcome is not null)
                   or exists (select from journal_touch t where t.dossier_id = d.id and t.kind = 'close'
                       and t.data->>'outcome' is not null))
               order by d.is_open desc, d.closed_at desc, d.id desc limit 1 for no key update of d""",
            [person_id],
        )
        row = cursor.fetchone()
    if row is None:
        return Standing(None, None)
    return Standing(LeadingInquiry(*row[:8]), None) if row[8] else Standing(None, row[0])


@dataclass(frozen=True, slots=True)
class KnownExternal:
    """The inquiry a source's own id brought in, and its matter."""

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


def is_planned(dossier_id: int, title: str) -> bool:
    """Whether this is planned already: five letters in a row ask for one answer, five calls for one call back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from journal_task where dossier_id = %s and state = 'pending' and title = %s)", [dossier_id, title]
        )
        return bool(cursor.fetchone()[0])


def answered_since(dossier_id: int, moment: datetime) -> datetime | None:
    """When a person of ours first turned to the client of this matter after a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(at) from journal_touch where dossier_id = %s and is_answer and at > %s", [dossier_id, moment]
        )
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class StoredDemand:
    """What an inquiry asks of whoever gets it, and whose client it is from."""

    category: str | None
    directions: tuple[str, ...]
    keeper_id: int | None
    language: str = ""


def demand_of(inquiry: Inquiry) -> StoredDemand:
    """What an inquiry asks of whoever gets it, as it was understood."""
    request = inquiry.request or {}
    keeper_id = keeper_of(inquiry.person_id) if inquiry.person_id else None
    return StoredDemand(request.get("category"), tuple(request.get("directions") or ()), keeper_id, request.get("language") or "")


def kind_of(inquiry: Inquiry) -> Kind:
    """What an inquiry is for its clock."""
    return Kind(MISSED_CALL if inquiry.is_missed_call else inquiry.channel, inquiry.inquiry_class)
