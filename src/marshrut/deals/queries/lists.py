"""Lists of inquiries, deals and clients: the rows of one page, how many there are, and their ids; one statement each.

The ids of a page are chosen first, by the key it is sorted by; everything else is read for those rows only. Rows whose
key is empty come last, in either direction.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.core.vault import Unsealable, seal, unseal
from marshrut.deals.queries.list_conditions import Conditions, conditions_of, literal
from marshrut.deals.queries.list_reference import ListReference
from marshrut.deals.rules.list_filters import ListQuery

SEALED_FOR = "cursor"
COUNTED = 1000
"""Up to here a list says exactly how many rows it has, without being asked."""
_DUE = "(select min(t.due_at) from journal_task t where t.dossier_id = d.id and t.state = 'pending')"
_CLIENT = "(select p.search_name from clients_person p where p.id = d.person_id)"


@dataclass(frozen=True, slots=True)
class _Key:
    """What a list is sorted by; its condition for rows that have none is `empty`, that for the others `filled`."""

    sql: str
    kind: str = "moment"
    filled: str = ""
    empty: str = ""


def _nullable(sql: str, kind: str = "moment") -> _Key:
    return _Key(sql, kind, f"{sql} is not null", f"{sql} is null")


_KEYS: dict[tuple[str, str], _Key] = {
    ("inquiries", "received"): _nullable("i.received_at"),
    ("inquiries", "number"): _Key("i.raw_id", "number"),
    ("inquiries", "priority"): _Key("i.priority", "number"),
    ("inquiries", "budget"): _nullable("d.worth", "number"),
    ("inquiries", "due"): _nullable(_DUE),
    ("inquiries", "respond"): _nullable("i.respond_by"),
    ("inquiries", "closed"): _Key("d.closed_at", "moment", "not d.is_open", "d.is_open"),
    ("inquiries", "client"): _nullable(_CLIENT, "text"),
    ("deals", "opened"): _Key("l.opened_at"),
    ("deals", "number"): _Key("l.id", "number"),
    ("deals", "amount"): _nullable("l.amount", "number"),
    ("deals", "due"): _nullable(_DUE),
    ("deals", "entered"): _Key("l.stage_entered_at"),
    ("deals", "closed"): _Key("d.closed_at", "moment", "not d.is_open", "d.is_open"),
    ("deals", "client"): _nullable(_CLIENT, "text"),
    ("clients", "added"): _Key("p.id", "number"),
    ("clients", "name"): _Key("p.search_name", "text"),
    ("clients", "trips"): _Key("p.past_deals", "number"),
}
_OPEN_KEY = _Key("d.opened_at")
_FROM = {
    "inquiries": ("i.raw_id", "journal_dossier d join intake_inquiry i on i.dossier_id = d.id"),
    "deals": ("l.id", "journal_dossier d join deals_deal l on l.dossier_id = d.id"),
    "clients": ("p.id", "clients_person p"),
}
_ASIDE = {"i.": " left join intake_inquiry i on i.raw_id = l.inquiry_id", "s.longest_days": " join deals_stage s on s.id = l.stage_id"}
"""What the list of deals is joined with where a condition asks for it."""
_CHOSEN = """(select {id} as id, {key} as key, 0 as part from {source} where {where}{filled}{after}
              order by {key} {way}, {id} {way} limit {limit})"""
_EMPTY = """(select {id} as id, null as key, 1 as part from {source} where {where} and {empty}{after_empty}
             order by {id} {way} limit {limit})"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list goes on: the key and the id of the last row seen. A key of None: among the rows that have none."""

    key: Any
    id: int

    def written(self) -> str:
        """As it stands in an address. A text is sealed: somebody may be called by a number that the reader may not see."""
        key = self.key.isoformat() if isinstance(self.key, datetime) else None if self.key is None else str(self.key)
        told = orjson.dumps([key, self.id])
        sealed = seal(told, SEALED_FOR) if isinstance(self.key, str) else told
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_cursor(text: str, wanted: ListQuery) -> Cursor | None:
    """Where a list goes on; None for its beginning, and for what is no cursor of this list."""
    try:
        told = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        is_text = _key_of(wanted).kind == "text" and not told.startswith(b"[null,")
        key, id = orjson.loads(unseal(told, SEALED_FOR) if is_text else told)
        if not isinstance(id, int) or not 0 < id < 2**63:
            return None
        if key is None:
            return Cursor(None, id)
        kind = _key_of(wanted).kind
        if kind == "moment":
            moment = datetime.fromisoformat(key)
            return Cursor(moment, id) if moment.tzinfo else None
        if kind == "number":
            number = Decimal(key)
            return Cursor(number, id) if number.is_finite() and abs(number) < Decimal(10) ** 19 else None
        return Cursor(str(key)[:500].replace("\0", ""), id)
    except (ValueError, TypeError, InvalidOperation, binascii.Error, Unsealable):
        return None


def _key_of(wanted: ListQuery) -> _Key:
    is_open = wanted.state == "open"
    if is_open and (wanted.page.slug, wanted.sort) in (("inquiries", "received"), ("deals", "opened")):
        return _OPEN_KEY  # the same moment, and the one the indexes of what is open stand on
    return _KEYS[wanted.page.slug, wanted.sort]


@dataclass(frozen=True)
class ListReading:
    """Who reads a list, what it is narrowed to, and by which reference data, now and in which zone."""

    actor: Actor
    wanted: ListQuery
    reference: ListReference
    now: datetime
    zone: ZoneInfo

    def conditions(self) -> Conditions:
        """Reach and filters."""
        return conditions_of(self.actor, self.wanted, self.reference, self.now, self.zone)

    def source(self, where: str) -> tuple[str, str]:
        """The column of ids, and the tables they are chosen from."""
        page = self.wanted.page.slug
        id, source = _FROM[page]
        is_walked = self.wanted.sort == "closed" or _key_of(self.wanted) is _OPEN_KEY  # each person's have an index in this order
        if page != "clients" and self.actor.reach in ("own", "team") and not is_walked:
            source = source.replace("journal_dossier d", _few_of(self.actor), 1)
        if page != "deals":
            return id, source
        return id, source + "".join(table for name, table in _ASIDE.items() if name in where)


def _few_of(actor: Actor) -> str:
    """The dossiers of one person or one team, found by their owner before anything else is asked of them: a few thousand at
    most, where a walk in the list's order would pass everybody's. Each half has its own index."""
    members = actor.members if actor.reach == "team" else (actor.id,)
    whose = f"d.owner_id = any('{{{','.join(str(int(member)) for member in members)}}}'::bigint[])"
    few = f"select * from journal_dossier d where ({whose} and d.is_open) or ({whose} and not d.is_open)"
    return f"(with few as materialized ({few}) select * from few) d"  # read once, however the rest is joined to it


def choose(reading: ListReading, limit: int, after: Cursor | None) -> tuple[str, list[Any]]:
    """The statement that chooses the ids of one page, with its parameters: id, key, part (0 with a key, 1 without)."""
    wanted, found = reading.wanted, reading.conditions()
    key, way = _key_of(wanted), "desc" if wanted.is_descending else "asc"
    id, source = reading.source(found.sql)
    more, values = _after(key, id, wanted.is_descending, after)
    is_among_empty = after is not None and after.key is None
    told = {
        "id": id, "key": key.sql, "source": source, "where": found.sql, "way": way, "limit": int(limit), "empty": key.empty,
        "filled": f" and {key.filled}" if key.filled else "", "after": more,
        "after_empty": f" and {id} {'<' if wanted.is_descending else '>'} {after.id}" if is_among_empty and after else "",
    }  # fmt: skip
    if not key.empty:
        return _CHOSEN.format(**told), [*found.values, *values]
    if is_among_empty:
        return _EMPTY.format(**told), found.values
    both = f"{_CHOSEN.format(**told)} union all {_EMPTY.format(**told)}"
    return f"({both} limit {int(limit)})", [*found.values, *values, *found.values]


def _after(key: _Key, id: str, is_descending: bool, after: Cursor | None) -> tuple[str, list[Any]]:
    if after is None or after.key is None:
        return "", []
    sign = "<" if is_descending else ">"
    if key.kind == "text":
        return f" and ({key.sql}, {id}) {sign} (%s, {after.id})", [after.key]
    last = literal(after.key) if isinstance(after.key, datetime) else f"{after.key:f}"
    return f" and {key.sql} {sign}= {last} and ({key.sql}, {id}) {sign} ({last}, {after.id})", []


def count_rows(reading: ListReading, *, is_exact: bool = False) -> int:
    """How many rows a list has; counted to 1,001 unless asked exactly."""
    found = reading.conditions()
    id, source = reading.source(found.sql)
    most = "" if is_exact else f" limit {COUNTED + 1}"
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from (select {id} from {source} where {found.sql}{most}) counted", found.values)
        return int(cursor.fetchone()[0])


def chosen_ids(reading: ListReading, limit: int) -> list[int]:
    """The ids of the first rows of a list, in its order."""
    statement, values = choose(reading, limit, None)
    with connection.cursor() as cursor:
        cursor.execute(f"select id from ({statement}) chosen", values)
        return [row[0] for row in cursor.fetchall()]


def ids_within(reading: ListReading, ids: list[int]) -> set[int]:
    """Those of these ids that are within the reader's reach, whatever the list is narrowed to."""
    everything = ListQuery(reading.wanted.page, state="all", sort=reading.wanted.sort)
    found = ListReading(reading.actor, everything, reading.reference, reading.now, reading.zone).conditions()
    id, source = reading.source(found.sql)
    with connection.cursor() as cursor:
        cursor.execute(f"select {id} from {source} where {found.sql} and {id} = any(%s)", [*found.values, ids])
        return {row[0] for row in cursor.fetchall()}
