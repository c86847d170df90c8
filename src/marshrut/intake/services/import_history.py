"""Rows of a file as history: a thousand at once, set by set, with every guard and all history on.

No clock, no distribution, no next action: the matters are closed as they come. Persons are found by their contacts,
also by those of rows before them in the same file.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.channels.services import digest_of
from marshrut.core.names import PersonName, is_quite_different, search_name
from marshrut.intake.rules import with_places_of
from marshrut.intake.rules.arrival import extra_facts
from marshrut.intake.rules.importing import Lead, RowFlaw
from marshrut.intake.services.import_setting import Setting, body_of, erased_of

IMPORTED = "imported"
_REASON = orjson.dumps([{"code": IMPORTED}]).decode()
_CLASS_REASON = orjson.dumps({"code": IMPORTED}).decode()


@dataclass
class Outcome:
    """What became of the rows of one batch."""

    made: list[Lead] = field(default_factory=list)
    repeated: list[Lead] = field(default_factory=list)
    refused: list[tuple[Lead, str]] = field(default_factory=list)
    people: int = 0


@dataclass(slots=True)
class _Known:
    """Somebody a row may be from."""

    person_id: int
    name: str
    kind: str
    normals: set[str] = field(default_factory=set)


def sift(leads: Sequence[Lead], setting: Setting, outcome: Outcome, seen: set[tuple[str, str]]) -> list[Lead]:
    """Rows that may go in: those that say something, are not of erased people and did not come before in `seen`."""
    erased = erased_of([normal for lead in leads for normal in lead.identities])
    left = []
    for lead in leads:
        reason = refusal_of(lead, setting, erased)
        if reason:
            outcome.refused.append((lead, reason))
        elif setting.key_of(lead) in seen:
            outcome.repeated.append(lead)
        else:
            seen.add(setting.key_of(lead))
            left.append(lead)
    _leave_foreign(left, setting)
    return left


def _leave_foreign(leads: Sequence[Lead], setting: Setting) -> None:
    """Where whoever imports answers for one office, a row of another office's client brings them no new way to be reached."""
    by = setting.by
    if by.reach == "all" or not leads:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """select c.normal, p.owner_id, p.office_id from clients_contactpoint c join clients_person p on p.id = c.person_id
               where c.normal = any(%s) and not c.is_shared""",
            [list({normal for lead in leads for normal in lead.identities})],
        )
        found: dict[str, list[bool]] = {}
        for normal, owner, office in cursor.fetchall():
            found.setdefault(normal, []).append(office not in (None, by.office_id) and not by.sees(owner, office))
    for lead in leads:
        known = [is_foreign for way in lead.ways for is_foreign in found.get(way.normal, ())]
        if known and all(known):
            lead.is_foreign = True
            left = tuple(way for way in lead.ways if way.normal in found)
            lead.flaws += [RowFlaw("", "foreign_client", way.written[:80]) for way in lead.ways if way not in left]
            lead.ways = left


def refusal_of(lead: Lead, setting: Setting, erased: set[str]) -> str:
    """Why a row stays out; empty when it does not."""
    if not lead.says_something:
        return "empty_row"
    if erased and not erased.isdisjoint(lead.identities):
        return "erased"
    if setting.mode == "inquiries" and not (lead.ways or lead.external_id):
        return "unreachable"
    return ""


def write_history(leads: Sequence[Lead], setting: Setting, now: datetime) -> Outcome:
    """Write a batch. The caller has opened the transaction, signed it and locked the run."""
    outcome = Outcome()
    left = sift(leads, setting, outcome, set())
    with connection.cursor() as cursor:
        raws = _store_raws(cursor, left, setting, now)
        for lead in left:
            (outcome.made if setting.key_of(lead) in raws else outcome.repeated).append(lead)
        if outcome.made:
            _write_made(cursor, outcome, raws, setting, now)
    return outcome


def _store_raws(cursor: Any, leads: Sequence[Lead], setting: Setting, now: datetime) -> dict[tuple[str, str], int]:
    """Raw first: the ids by key of those that are new. Waits for whoever brings in one of the same people right now."""
    if not leads:
        return {}
    cursor.execute(
        "select count(pg_advisory_xact_lock(hashtextextended(i, 7))) from (select distinct i from unnest(%s::text[]) i order by i) s",
        [[normal for lead in leads for normal in lead.identities]],
    )
    keys, bodies = [setting.key_of(lead) for lead in leads], [body_of(lead) for lead in leads]
    cursor.execute(
        """insert into channels_rawmessage(channel, source_slug, external_id, body, body_digest, received_at, state, by, office_id)
           select 'import', r.*, %s, 'understood', %s, %s from unnest(%s::text[], %s::text[], %s::bytea[], %s::bytea[]) r
           on conflict do nothing returning source_slug, external_id, id""",
        [now, setting.label, setting.office_id, [k[0] for k in keys], [k[1] for k in keys], bodies, [digest_of(b) for b in bodies]],
    )
    return {(slug, external_id): number for slug, external_id, number in cursor.fetchall()}


def _write_made(cursor: Any, outcome: Outcome, raws: dict[tuple[str, str], int], setting: Setting, now: datetime) -> None:
    leads = outcome.made
    people = _People(cursor, leads, setting, now)
    dossiers = _new_ids(cursor, "journal_dossier", len(leads))
    rows: dict[str, list[tuple[Any, ...]]] = {"dossier": [], "touch": [], "inquiry": [], "imported": []}
    for lead, dossier_id in zip(leads, dossiers, strict=True):
        raw_id = raws[setting.key_of(lead)]
        person_id, kind, contacts = people.find_or_make(lead)
        at = lead.received_at or now
        money = lead.request.budget
        worth = (money.amount, money.currency) if money else (None, "")
        rows["dossier"].append((dossier_id, person_id, setting.manager_of(lead), setting.office_id, "closed", "inquiry", *worth, False,
                                at, max(lead.closed_at or at, at), _json(lead.of_matter)))
        heard = _json({"channel": "import", "inquiry": raw_id})
        rows["touch"].append((dossier_id, "inquiry", "in", at, "system:import", lead.message, heard))
        rows["inquiry"].append(_inquiry(lead, raw_id, dossier_id, person_id, kind, setting))
        made = person_id if kind == "new" and people.is_made_by(lead) else None
        rows["imported"].append((setting.run_id, lead.number, raw_id, dossier_id, made, _array(contacts)))
    people.write()
    outcome.people = len(people.made)
    _copy(cursor, "journal_dossier", "id person_id owner_id office_id phase place worth currency is_open opened_at closed_at custom",
          rows["dossier"])
    _copy(cursor, "journal_touch", "dossier_id kind direction at by body data", rows["touch"])
    _copy(cursor, "intake_inquiry", _INQUIRY, rows["inquiry"])
    _copy(cursor, "intake_importedrow", "run_id number raw_id dossier_id person_id contacts", rows["imported"])


_INQUIRY = (
    "raw_id dossier_id person_id matched_by channel source_id external_id received_at state inquiry_class class_reason message request "
    "flaws budget currency contact_missing relevance relevance_reasons priority priority_reasons owner_reason clock_state outcome "
    "disposition close_reason utm arrival"
)


def _inquiry(lead: Lead, raw_id: int, dossier_id: int, person_id: int | None, kind: str, setting: Setting) -> tuple[Any, ...]:
    catalogue, money = setting.reference.catalogue, lead.request.budget
    request = with_places_of(lead.request, setting.reference.gazetteer).as_json()
    if lead.request.category:
        request["category"] = catalogue.find_category(lead.request.category) or lead.request.category
    lost_why = lead.close_reason or (IMPORTED if lead.outcome == "lost" else "")
    return (
        raw_id, dossier_id, person_id, kind, "import", setting.sources[setting.slug_of(lead)], lead.external_id or None, lead.received_at,
        "closed", "new_sale", _CLASS_REASON, lead.message, _json(request),
        _json([{"field": f.column, "code": f.code, "value": f.value} for f in lead.flaws]),
        money.amount if money else None, money.currency if money else "", "{}", "B", _REASON, 0, _REASON, _REASON, "none",
        lead.outcome or None, "" if lead.outcome else IMPORTED, lost_why, _json(lead.utm),
        _json(extra_facts(lead.of_matter, setting.also_of(lead))),
    )  # fmt: skip


class _People:
    """Who the rows of a batch are from: found by phone, e-mail, messenger, else made; one of the file is made once."""

    def __init__(self, cursor: Any, leads: Sequence[Lead], setting: Setting, now: datetime) -> None:
        self.cursor, self.setting, self.now = cursor, setting, now
        self.known: dict[str, list[_Known]] = {}
        self.made: list[tuple[Any, ...]] = []
        self.contacts: list[tuple[Any, ...]] = []
        self.won: Counter[int] = Counter()
        self._read_known(leads)
        self.ids = iter(_new_ids(cursor, "clients_person", len(leads)))
        self.contact_ids = iter(_new_ids(cursor, "clients_contactpoint", sum(len(lead.ways) for lead in leads)))
        self.makers: set[int] = set()

    def _read_known(self, leads: Sequence[Lead]) -> None:
        self.cursor.execute(
            """select p.id, p.display_name, c.kind, c.normal from clients_contactpoint c join clients_person p on p.id = c.person_id
               where c.person_id in (select person_id from clients_contactpoint where normal = any(%s) and not is_shared)
               and p.erased_at is null order by p.id desc""",
            [list({normal for lead in leads for normal in lead.identities})],
        )
        people: dict[int, _Known] = {}
        for person_id, name, kind, normal in self.cursor.fetchall():
            person = people.setdefault(person_id, _Known(person_id, name, kind))
            person.normals.add(normal)
            self.known.setdefault(normal, []).append(person)

    def find_or_make(self, lead: Lead) -> tuple[int | None, str, list[int]]:
        """(person, what they were found by, new contacts of somebody known); (None, "", []) when nobody can be reached."""
        if not lead.ways:
            return None, "", []
        person, kind = self._find(lead)
        if person is None:
            person, kind = self._make(lead), "new"
            self.makers.add(lead.number)
        if lead.outcome == "won":
            self.won[person.person_id] += 1
        fresh = [way for way in lead.ways if way.normal not in person.normals]
        added = [self._add_contact(person, way) for way in fresh]
        return person.person_id, kind, [] if kind == "new" else added

    def is_made_by(self, lead: Lead) -> bool:
        return lead.number in self.makers

    def _find(self, lead: Lead) -> tuple[_Known | None, str]:
        for kind in ("phone", "email", "messenger"):
            for way in lead.ways:
                found = self.known.get(way.normal) if way.kind == kind and not way.is_shared else None
                if found:
                    return self._alike(found, lead.name), kind
        return None, ""

    @staticmethod
    def _alike(found: list[_Known], name: PersonName | None) -> _Known:
        """Where several people share a number, the name decides, else the latest."""
        if name and len(found) > 1:
            return next((one for one in found if not is_quite_different(one.name, name.display)), found[0])
        return found[0]

    def _make(self, lead: Lead) -> _Known:
        first = lead.ways[0].normal
        name = lead.name or PersonName("", "", "", first)
        person = _Known(next(self.ids), name.display, "new")
        self.made.append((person.person_id, name.surname, name.given_name, name.patronymic, name.display, search_name(name.display),
                          self.setting.manager_of(lead), self.setting.office_id, _json(lead.of_person), self.now))
        return person

    def _add_contact(self, person: _Known, way: Any) -> int:
        number = next(self.contact_ids)
        self.contacts.append((number, person.person_id, way.kind, way.written, way.normal, way.tail, way.is_shared))
        person.normals.add(way.normal)
        if not way.is_shared:
            self.known.setdefault(way.normal, []).insert(0, person)
        return number

    def write(self) -> None:
        """Write everybody who is new, and every way to reach them; count what was realised."""
        made = {row[0] for row in self.made}
        _copy(self.cursor, "clients_person", "id surname given_name patronymic display_name search_name owner_id office_id custom "
              "created_at past_deals", [(*row, self.won.get(row[0], 0)) for row in self.made])
        _copy(self.cursor, "clients_contactpoint", "id person_id kind written normal tail is_shared", self.contacts)
        count_realised(self.cursor, {number: times for number, times in self.won.items() if number not in made})


def count_realised(cursor: Any, by_person: dict[int, int]) -> None:
    """So many more (or fewer) realised matters of these people."""
    if by_person:
        cursor.execute(
            """update clients_person p set past_deals = greatest(0, p.past_deals + w.n)
               from unnest(%s::bigint[], %s::int[]) w(id, n) where p.id = w.id""",
            [list(by_person), list(by_person.values())],
        )


def _new_ids(cursor: Any, table: str, number: int) -> list[int]:
    """So many ids of a table, from its own sequence."""
    cursor.execute("select array_agg(nextval(pg_get_serial_sequence(%s, 'id'))) from generate_series(1, %s)", [table, number])
    return cursor.fetchone()[0] or []


def _copy(cursor: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows by COPY; statement triggers fire once for all of them."""
    with cursor.copy(f"copy {table}({', '.join(columns.split())}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _array(numbers: Sequence[int]) -> str | None:
    return "{" + ",".join(map(str, numbers)) + "}" if numbers else None
