"""Reads of what was stopped: matters that ended without a sale, with what they were worth and whether anybody looked at it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.journal.permissions import matters_in_reach

PAGE = 30
LOST = "lost"


@dataclass(frozen=True, slots=True)
class Stopped:
    """Which stopped matters are asked for: since a moment, of one manager, for one named reason, ended in one way (`lost` or a
    disposition such as spam); only those nobody has reviewed unless `unseen` is off."""

    since: datetime
    owner_id: int | None = None
    reason: str = ""
    ended: str = ""
    unseen: bool = True


@dataclass(frozen=True, slots=True)
class Dropped:
    """A matter somebody stopped working with. One that began without an inquiry has neither inquiry, source nor priority."""

    dossier_id: int
    inquiry_id: int | None
    deal_id: int | None
    person: str | None
    owner_id: int | None
    source_id: int | None
    reason: str
    disposition: str
    said: str
    worth: Decimal | None
    currency: str
    priority: int | None
    was_answered: bool
    closed_at: datetime
    closed_by: str
    verdict: str
    reviewed_by: str
    note: str


_STOPPED = """(
        select k.dossier_id, k.raw_id, k.source_id, k.reason, k.disposition, k.answered_at is not null as was_answered, k.closed_at
        from intake_reckoning k
        where k.closed_at >= timestamptz '{since}' and k.joined_to_id is null and (k.outcome = 'lost' or k.outcome is null)
        union all
        select l.dossier_id, null, null, btrim(split_part(l.close_reason, ':', 1)), '', true, l.closed_at
        from deals_deal l where l.closed_at >= timestamptz '{since}' and l.inquiry_id is null and l.state = 'lost') k
    join journal_dossier d on d.id = k.dossier_id
    left join deals_stopreview r on r.dossier_id = k.dossier_id and r.closed_at = k.closed_at
    where not d.is_open and {reach}"""


def _stopped(actor: Actor, asked: Stopped) -> tuple[str, list[Any]]:
    """FROM and WHERE of what is asked for; the moment stands in the text, so that the plan is made for it."""
    reach, values = matters_in_reach(actor)
    where = _STOPPED.format(since=asked.since.isoformat(), reach=reach)
    disposition = asked.ended if asked.ended != LOST else None
    for part, value in (("d.owner_id = %s", asked.owner_id), ("k.reason = %s", asked.reason), ("k.disposition = %s", disposition)):
        if value:
            where += f" and {part}"
            values = [*values, value]
    if asked.ended == LOST:
        where += " and k.disposition = ''"
    return where, values


def list_dropped(actor: Actor, asked: Stopped, after: tuple[datetime, int] | None = None) -> list[Dropped]:
    """What was stopped and is within reach, the latest first, one more than a page; `after` is the last of the page before, by its
    end and its dossier. One statement."""
    where, values = _stopped(actor, asked)
    if asked.unseen:
        where += " and r.id is null"
    if after is not None:
        where += " and (k.closed_at, k.dossier_id) < (%s, %s)"
        values += [*after]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select c.dossier_id, c.raw_id, l.id, p.display_name, c.owner_id, c.source_id, c.reason, c.disposition,
                    coalesce(i.close_reason, l.close_reason, ''), c.worth, c.currency, i.priority, c.was_answered, c.closed_at,
                    coalesce((select t.by from journal_touch t where t.dossier_id = c.dossier_id and t.kind = 'close'
                              order by t.id desc limit 1), ''), c.verdict, c.by, c.note
                from (select k.*, d.owner_id, d.worth, d.currency, d.person_id, coalesce(r.verdict, '') as verdict,
                             coalesce(r.by, '') as by, coalesce(r.note, '') as note
                      from {where} order by k.closed_at desc, k.dossier_id desc limit {PAGE + 1}) c
                left join intake_inquiry i on i.raw_id = c.raw_id left join clients_person p on p.id = c.person_id
                left join lateral (select id, close_reason from deals_deal where dossier_id = c.dossier_id order by id desc limit 1) l
                    on true
                order by c.closed_at desc, c.dossier_id desc""",
            values,
        )
        return [Dropped(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class DroppedSum:
    """What one person stopped: how many, how many nobody has looked at, never answered, of unknown worth, and what they were worth."""

    owner_id: int | None
    number: int
    unseen: int
    unanswered: int
    unpriced: int
    worth: tuple[tuple[Decimal, str], ...]


def sum_dropped(actor: Actor, asked: Stopped) -> list[DroppedSum]:
    """By manager, the most first; reviewed ones are in it, whatever is asked. One statement."""
    where, values = _stopped(actor, asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select d.owner_id, coalesce(d.currency, ''), count(*), count(*) filter (where r.id is null),
                    count(*) filter (where not k.was_answered), count(*) filter (where d.worth is null), coalesce(sum(d.worth), 0)
                from {where} group by 1, 2 order by 1, 7 desc""",
            values,
        )
        found: dict[int | None, DroppedSum] = {}
        for owner_id, currency, number, unseen, unanswered, unpriced, worth in cursor.fetchall():
            so_far = found.get(owner_id, DroppedSum(owner_id, 0, 0, 0, 0, ()))
            sums = (*so_far.worth, (worth, currency)) if currency and worth else so_far.worth
            found[owner_id] = DroppedSum(
                owner_id, so_far.number + number, so_far.unseen + unseen, so_far.unanswered + unanswered,
                so_far.unpriced + unpriced, sums,
            )  # fmt: skip
    return sorted(found.values(), key=lambda line: -line.number)
