"""Reads: everything about a person by the map, the register of acts, consents, retention rules and what they would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import ngettext

from marshrut.agency.permissions import Actor, reach_sql
from marshrut.channels.queries.naming import count_unread, naming_digests
from marshrut.clients.permissions import people_in_reach
from marshrut.core.errors import NotFound, Refused
from marshrut.privacy.facts import PLACES, SUBJECTS
from marshrut.privacy.models import RetentionRule

Ids = Mapping[str, list[int]]


def ids_about(person_id: int) -> Ids:
    """The ids by which the map finds everything about a person: their own, their matters', their messages', the files'.

    A copy of a letter, a robot's answer in their name, a bounce and what somebody here wrote them past the program hang on
    no matter: they are known by who sent them, by the letters they repeat or answer, and by the addresses they name.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select normal from clients_contactpoint where person_id = %s and kind = 'email' and not is_shared", [person_id]
        )
        addresses = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """with dossiers as (select id from journal_dossier where person_id = %s),
               placed as (select * from channels_letter where dossier_id in (select id from dossiers)),
               letters as (
                   select id, raw_id from placed
                   union select l.id, l.raw_id from channels_letter l where l.dossier_id is null and (
                       l.sender = any(%s) or l.named && %s::bytea[]
                       or exists (select from placed p where p.message_id <> '' and p.message_id = l.message_id
                                  and p.sender = l.sender and p.subject = l.subject)
                       or l.kind = 'bounce' and l.references && array(select message_id from channels_sending
                                                                      where dossier_id in (select id from dossiers)))),
               raws as (
                   select raw_id as id from intake_inquiry where person_id = %s or dossier_id in (select id from dossiers)
                   union select raw_id from letters where raw_id is not null
                   union select raw_id from clients_consent where person_id = %s and raw_id is not null),
               all_raws as (
                   select id from raws union
                   select r.id from channels_rawmessage r join channels_rawmessage f
                       on f.source_slug = r.source_slug and f.external_id = r.external_id
                   where f.id in (select id from raws) and r.state = 'repeat'),
               attachments as (
                   select id, file_id from channels_attachment
                   where dossier_id in (select id from dossiers) or letter_id in (select id from letters))
               select array(select id from dossiers), array(select id from letters), array(select id from all_raws),
                   array(select id from attachments),
                   array(select file_id from channels_rawmessage where id in (select id from all_raws) and file_id is not null
                         union select file_id from attachments)""",
            [person_id, addresses, naming_digests(addresses), person_id, person_id],
        )
        dossiers, letters, raws, attachments, files = cursor.fetchone()
    rows, runs = _in_bulk(person_id, dossiers, raws)
    people = [person_id, *_merged_into(person_id)]
    return {"person": people, "dossier": dossiers, "letter": letters, "raw": raws, "attachment": attachments, "file": files,
            "bulk_row": rows, "bulk_run": runs}


def _merged_into(person_id: int) -> list[int]:
    """Records that turned out to be this person: their names stand in their own rows."""
    with connection.cursor() as cursor:
        cursor.execute("select id from clients_person where merged_into_id = %s", [person_id])
        return [row[0] for row in cursor.fetchall()]


def require_all_read() -> None:
    """Refused while letters of before an upgrade are still being looked through: some of them may name anybody."""
    if unread := count_unread():
        sentence = ngettext(
            "%(count)s letter of before the upgrade is still being looked through for whom it names: try again in a few minutes.",
            "%(count)s letters of before the upgrade are still being looked through for whom they name: try again in a few minutes.",
            unread,
        )
        raise Refused("letters_unread", sentence % {"count": unread})


def _in_bulk(person_id: int, dossiers: list[int], raws: list[int]) -> tuple[list[int], list[int]]:
    """Rows of bulk actions about this person, and the finished actions that were about nobody else.

    What an action on many was given goes with the day on which it may be taken back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """with named as (
                   select 'clients' as page, array[%s::bigint] as ids
                   union all select 'inquiries', %s::bigint[]
                   union all select 'deals', array(select id from deals_deal where dossier_id = any(%s))),
               theirs as (
                   select w.id, w.run_id from named n join deals_bulkrun r on r.page = n.page
                   join deals_bulkrow w on w.run_id = r.id and w.item_id = any(n.ids))
               select array(select id from theirs), array(
                   select distinct t.run_id from theirs t join deals_bulkrun r on r.id = t.run_id where r.finished_at is not null
                   and not exists (select from deals_bulkrow o where o.run_id = t.run_id and o.id not in (select id from theirs)))""",
            [person_id, raws, dossiers],
        )
        rows, runs = cursor.fetchone()
    return rows, runs


def everything_about(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Table → its rows about this person, as they stand. The caller has checked the right to it."""
    ids, found = ids_about(person_id), dict[str, list[dict[str, Any]]]()
    for place in PLACES:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""select to_jsonb(t) - %s::text[] from {place.table} t where t.{place.column} = any(%s) order by t.{place.pk}""",
                [list(place.hidden), ids[place.of]],
            )
            rows = [orjson.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
        found.setdefault(place.table, []).extend(rows)
    return found


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as the pages of care show them."""

    id: int
    name: str
    created_at: datetime
    erased_at: datetime | None
    open_matters: tuple[int, ...]


def find_person(actor: Actor, person_id: int) -> Subject:
    """The person, within reach; NotFound else."""
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select p.id, p.display_name, p.created_at, p.erased_at,
                    array(select d.id from journal_dossier d where d.person_id = p.id and d.is_open)
                from clients_person p where p.id = %s and {reach}""",
            [person_id, *values],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("no_such_person", "")
    known_id, name, created_at, erased_at, open_matters = row
    return Subject(known_id, name, created_at, erased_at, tuple(open_matters))


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One consent: what to, word for word, when, through which door, and its withdrawal if there was one."""

    id: int
    person_id: int | None
    name: str | None
    purpose: str
    text: str
    version: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_how: str


def list_consents(actor: Actor, person_id: int | None = None, before_id: int | None = None, limit: int = 50) -> list[ConsentLine]:
    """Consents of people within reach, the latest first; of one person when named."""
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select c.id, c.person_id, p.display_name, c.purpose, c.text, c.version, c.channel, c.given_at, c.withdrawn_at,
                    c.withdrawn_by, c.withdrawn_how
                from clients_consent c join clients_person p on p.id = c.person_id
                where {reach} and (%s::bigint is null or c.person_id = %s) and (%s::bigint is null or c.id < %s)
                order by c.id desc limit {int(limit)}""",
            [*values, person_id, person_id, before_id, before_id],
        )
        return [ConsentLine(*row) for row in cursor.fetchall()]


def person_of_consent(actor: Actor, consent_id: int) -> int:
    """Whose a consent is, within reach; NotFound else."""
    with connection.cursor() as cursor:
        cursor.execute("select person_id from clients_consent where id = %s", [consent_id])
        row = cursor.fetchone()
    return find_person(actor, row[0] if row and row[0] else 0).id


@dataclass(frozen=True, slots=True)
class ActLine:
    """One line of the register."""

    id: int
    kind: str
    person_id: int
    at: datetime
    by: str
    ground: str
    rows: int


def list_acts(actor: Actor, limit: int = 50) -> list[ActLine]:
    """What was handed over and erased, the latest first, of people within reach."""
    reach, values = reach_sql(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select a.id, a.kind, a.person_id, a.at, a.by, a.ground,
                    (select coalesce(sum(value::int), 0) from jsonb_each_text(a.counts))
                from privacy_act a join clients_person p on p.id = a.person_id where {reach} order by a.id desc limit {int(limit)}""",
            values,
        )
        return [ActLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A retention rule and what it would take now."""

    subject: str
    days: int
    is_active: bool
    due: int


def list_rules(now: datetime) -> list[RuleLine]:
    """All rules, as they were set or delivered, with how much each would take now."""
    kept = {rule.subject: rule for rule in RetentionRule.objects.all()}
    return [
        RuleLine(subject, kept[subject].days if subject in kept else days,
                 kept[subject].is_active if subject in kept else subject == "import_files",
                 count_due(subject, kept[subject].days if subject in kept else days, now))
        for subject, days in SUBJECTS.items()
    ]


DUE = {
    # Understood, or thrown away; what waits in quarantine waits.
    "raw_bodies": """select r.id from channels_rawmessage r where r.received_at < %s and r.state <> 'quarantined'
        and (r.body <> ''::bytea or exists (select from core_filepiece p where p.file_id = r.file_id))""",
    # Whatever became of it, also of one that was handed in and never brought in. What was taken has no name of a file.
    "import_files": """select i.id from intake_importrun i where coalesce(i.finished_at, i.started_at, i.created_at) < %s
        and i.state not in ('checking', 'running', 'undoing') and (i.file_name <> '—' or i.figures ?| array['samples', 'words']
            or exists (select from core_filepiece p where p.file_id = i.file_id))""",
    # Every matter of theirs was closed as spam.
    "spam_people": """select p.id from clients_person p where p.erased_at is null and p.created_at < %s and p.past_deals = 0
        and exists (select from intake_inquiry i where i.person_id = p.id and i.disposition = 'spam')
        and not exists (select from intake_inquiry i where i.person_id = p.id and i.disposition <> 'spam')
        and not exists (select from journal_dossier d where d.person_id = p.id and d.is_open)""",
    # Never bought, nothing open, nothing heard since.
    "idle_people": """select p.id from clients_person p where p.erased_at is null and p.created_at < %s and p.past_deals = 0
        and not exists (select from journal_dossier d where d.person_id = p.id and (d.is_open or d.closed_at >= %s))""",
}


def due_ids(subject: str, days: int, now: datetime, limit: int) -> list[int]:
    """What a rule of so many days would take now, the first `limit` of it."""
    statement, moment = DUE[subject], f"timestamptz '{now.isoformat()}' - interval '{int(days)} days'"
    with connection.cursor() as cursor:
        cursor.execute(f"{statement.replace('%s', moment)} order by 1 limit {int(limit)}")
        return [int(row[0]) for row in cursor.fetchall()]


def count_due(subject: str, days: int, now: datetime, most: int = 10_000) -> int:
    """How much a rule would take now; at most `most` are counted."""
    return len(due_ids(subject, days, now, most))
