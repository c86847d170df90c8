"""Lists of inquiries, deals and clients: the rows of one page, how many there are, and their ids; one statement each.

The ids of a page are chosen first, by the key it is sorted by; everything else is read for those rows only. Rows whose
key is empty come last, in either direction.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.core.vault import Unsealable, seal, unseal
from marshrut.deals.queries.list_conditions import Conditions, conditions_of, literal, one_of, read_named
from marshrut.deals.queries.list_reference import ListReference
from marshrut.deals.rules.list_filters import ENDED, ListQuery

SEALED_FOR = "cursor"
COUNTED = 1000
"""Up to here a list says exactly how many rows it has, without being asked."""


@dataclass(frozen=True, slots=True)
class _Key:
    """What a list is sorted by; its condition for rows that have none is `empty`, that for the others `filled`.

    `join`: what the key stands in, for rows that have one. `by_state`: its index begins with the state of the row, so that of
    several states each is walked by itself.
    """

    sql: str
    kind: str = "moment"
    filled: str = ""
    empty: str = ""
    join: str = ""
    by_state: bool = False


def _nullable(sql: str, kind: str = "moment", *, by_state: bool = False) -> _Key:
    return _Key(sql, kind, f"{sql} is not null", f"{sql} is null", by_state=by_state)


_NEXT = """(select e.id from journal_task e where e.dossier_id = d.id and e.state = 'pending' order by e.due_at, e.id limit 1)"""
_DUE = _Key("t.due_at", "moment", f"coalesce(t.id = {_NEXT}, false)", f"{_NEXT} is null",
            " join journal_task t on t.dossier_id = d.id and t.state = 'pending'")
_CLIENT = _Key("c.search_name", "text", "true", "d.person_id is null", " join clients_person c on c.id = d.person_id")
_RECEIVED = _nullable("i.received_at")
_NUMBER = _Key("i.raw_id", "number")
_OWN = {_RECEIVED: _nullable("k.received_at"), _NUMBER: _Key("k.raw_id", "number")}
"""Of somebody's own these are read from the narrow rows of the reports, by whose they are."""

_KEYS: dict[tuple[str, str], _Key] = {
    ("inquiries", "received"): _RECEIVED,
    ("inquiries", "number"): _NUMBER,
    ("inquiries", "priority"): _Key("i.priority", "number", by_state=True),
    ("inquiries", "budget"): _nullable("d.worth", "number"),
    ("inquiries", "due"): _DUE,
    ("inquiries", "respond"): _nullable("i.respond_by", by_state=True),
    ("inquiries", "closed"): _Key("d.closed_at", "moment", "not d.is_open", "d.is_open"),
    ("inquiries", "client"): _CLIENT,
    ("deals", "opened"): _Key("l.opened_at"),
    ("deals", "number"): _Key("l.id", "number"),
    ("deals", "amount"): _nullable("l.amount", "number", by_state=True),
    ("deals", "due"): _DUE,
    ("deals", "entered"): _Key("l.stage_entered_at", by_state=True),
    ("deals", "closed"): _Key("d.closed_at", "moment", "not d.is_open", "d.is_open"),
    ("deals", "client"): _CLIENT,
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
_BY_RECEIPT = """intake_reckoning k join intake_inquiry i on i.raw_id = k.raw_id and {whose}
    join journal_dossier d on d.id = i.dossier_id"""
_ASIDE = {"i.": " left join intake_inquiry i on i.raw_id = l.inquiry_id", "s.longest_days": " join deals_stage s on s.id = l.stage_id"}
"""What the list of deals is joined with where a condition asks for it."""
_CHOSEN = """(select {id} as id, {key} as key, 0 as part from {source} where {where}{filled}{after}
              order by {key} {way}, {id} {way} limit {limit})"""
_MERGED = "(select * from ({parts}) several order by key {way}, id {way} limit {limit})"
_STATES_OF = {
    ("inquiries", "all"): ("i.state", ("open", "closed", "joined")),
    ("deals", "all"): ("l.state", ("open", "won", "lost")),
    ("deals", "closed"): ("l.state", ("won", "lost")),
}
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
    if is_open and "received" not in wanted.days and (wanted.page.slug, wanted.sort) == ("inquiries", "received"):
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

    @cached_property
    def conditions(self) -> Conditions:
        """Reach and filters. Whom a search means is read for it, in a statement of its own."""
        return self._conditions(is_narrow=False)

    @cached_property
    def chosen_by(self) -> Conditions:
        """The same over the tables of `source`."""
        return self._conditions(is_narrow=self.key in _OWN.values())

    def _conditions(self, *, is_narrow: bool) -> Conditions:
        named = read_named(self.actor, self.wanted)
        return conditions_of(self.actor, self.wanted, self.reference, self.now, self.zone, named=named, is_narrow=is_narrow)

    @property
    def key(self) -> _Key:
        """What the list is sorted by."""
        key = _key_of(self.wanted)
        return _OWN.get(key, key) if self.actor.reach in ("own", "team") else key

    def source(self, where: str) -> tuple[str, str]:
        """The column of ids, and the tables they are chosen from."""
        page = self.wanted.page.slug
        id, source = _FROM[page]
        is_own = page != "clients" and self.actor.reach in ("own", "team")
        if is_own and self.key in _OWN.values():
            return id, _BY_RECEIPT.format(whose=_whose(self.actor, "k"))
        is_walked = self.wanted.sort == "closed" or self.key is _OPEN_KEY  # each person's have an index in this order
        if is_own and not is_walked:
            source = source.replace("journal_dossier d", _few_of(self.actor, self.wanted.state), 1)
        if page != "deals":
            return id, source
        return id, source + "".join(table for name, table in _ASIDE.items() if name in where)


def _few_of(actor: Actor, state: str) -> str:
    """The dossiers of one person or one team, found by their owner before anything else is asked of them: a few thousand at
    most, where a walk in the list's order would pass everybody's. Each half has its own index; of what is open only one is read."""
    whose = _whose(actor, "d")
    ended = "" if state in ("open", "joined") else f" or ({whose} and not d.is_open)"
    few = f"select * from journal_dossier d where ({whose} and d.is_open){ended}"
    return f"(with few as materialized ({few}) select * from few) d"  # read once, however the rest is joined to it


def _whose(actor: Actor, alias: str) -> str:
    """Reach as a condition with the ids in it. Of one person it is an equality, so that their rows are walked in an order."""
    members = actor.members if actor.reach == "team" else (actor.id,)
    return f"{alias}.owner_id = {members[0]}" if len(members) == 1 else f"{alias}.owner_id {one_of(members)}"


def choose(reading: ListReading, limit: int, after: Cursor | None) -> tuple[str, list[Any]]:
    """The statement that chooses the ids of one page, with its parameters: id, key, part (0 with a key, 1 without)."""
    wanted, found = reading.wanted, reading.chosen_by
    key, way = reading.key, "desc" if wanted.is_descending else "asc"
    id, source = reading.source(found.sql)
    more, values = _after(key, id, wanted.is_descending, after)
    is_among_empty = after is not None and after.key is None
    told = {
        "id": id, "key": key.sql, "source": source, "where": found.sql, "way": way, "limit": int(limit),
        "filled": f" and {key.filled}" if key.filled else "", "after": more,
        "after_empty": f" and {id} {'<' if wanted.is_descending else '>'} {after.id}" if is_among_empty and after else "",
    }  # fmt: skip
    if _has_none(wanted):
        return _EMPTY.format(**told, empty="true"), found.values
    if is_among_empty:
        return _EMPTY.format(**told, empty=key.empty or "false"), found.values
    parts = [_CHOSEN.format(**{**told, "source": source + key.join, "where": where}) for where in _branches(reading, found.sql)]
    parameters = [*found.values, *values] * len(parts)
    if len(parts) > 1:
        parts = [_MERGED.format(parts=" union all ".join(parts), way=way, limit=int(limit))]
    if key.empty:
        parts.append(_EMPTY.format(**told, empty=key.empty))
        parameters += found.values
    return (f"({' union all '.join(parts)} limit {int(limit)})", parameters) if len(parts) > 1 else (parts[0], parameters)


def _has_none(wanted: ListQuery) -> bool:
    """Whether no row of the list can have what it is sorted by: nothing is planned for what has ended, nor is open closed."""
    return (wanted.sort == "due" and wanted.state in ENDED) or (wanted.sort == "closed" and wanted.state == "open")


def _branches(reading: ListReading, where: str) -> list[str]:
    """The condition, for each state by itself where the index of the order begins with the state and there are several.

    Somebody's own are read by whose they are, and not by that index.
    """
    column, states = _STATES_OF.get((reading.wanted.page.slug, reading.wanted.state), ("", ()))
    if not states or not reading.key.by_state or reading.actor.reach in ("own", "team"):
        return [where]
    return [f"{where} and {column} = '{state}'" for state in states]


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
    found = reading.chosen_by
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
    whole = ListReading(reading.actor, everything, reading.reference, reading.now, reading.zone)
    found = whole.chosen_by
    id, source = whole.source(found.sql)
    with connection.cursor() as cursor:
        cursor.execute(f"select {id} from {source} where {found.sql} and {id} = any(%s)", [*found.values, ids])
        return {row[0] for row in cursor.fetchall()}
