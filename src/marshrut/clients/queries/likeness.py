"""People who are like somebody: found by their keys through one index, then weighed one by one."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from marshrut.clients.rules import DELIVERED, FIELDS, Pattern, Record, Weights, compare, judge_pair, keys_of, make_record

MOST_WEIGHED = 120
"""So many are weighed, those who share most keys first, then the latest; more share one only where it says little."""
_PAGE = 5000


def hashed_keys(record: Record) -> list[int]:
    """The keys of a record as numbers of eight bytes, in which they are kept."""
    return sorted({int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True) for key in keys_of(record)})


_RECORD = """
    p.id, p.given_name, p.surname, p.patronymic, coalesce(to_char(p.born_on, 'YYYYMMDD'), ''),
    array(select c.normal from clients_contactpoint c where c.person_id = p.id and c.kind = 'phone' and not c.is_shared),
    array(select c.normal from clients_contactpoint c where c.person_id = p.id and c.kind = 'email' and not c.is_shared)"""


def _record(row: Sequence[Any]) -> Record:
    id, given, surname, patronymic, born, phones, emails = row
    return make_record(id, given=given, surname=surname, patronymic=patronymic, born=born, phones=phones, emails=emails)


def records_of(ids: Sequence[int]) -> dict[int, Record]:
    """These people as they are compared; who was erased or merged is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {_RECORD} from clients_person p where p.id = any(%s) and p.merged_into_id is null and p.erased_at is null",
            [list(ids)],
        )
        return {row[0]: _record(row) for row in cursor.fetchall()}


def every_record() -> Iterator[Record]:
    """Everybody who can be compared, in the order of their ids, read by the page."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""select {_RECORD} from clients_person p where p.id > %s and p.merged_into_id is null and p.erased_at is null
                    order by p.id limit {_PAGE}""",
                [last],
            )
            rows = cursor.fetchall()
        for row in rows:
            yield _record(row)
        if len(rows) < _PAGE:
            return
        last = rows[-1][0]


def count_people() -> int:
    """How many can be compared."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from clients_person where merged_into_id is null and erased_at is null")
        return int(cursor.fetchone()[0])


def read_weights() -> Weights:
    """What the last search of the whole base learned; before there was any, what is delivered."""
    with connection.cursor() as cursor:
        cursor.execute("select weights from clients_doublesearch where weights is not null order by id desc limit 1")
        row = cursor.fetchone()
    return DELIVERED if row is None else Weights.from_json(orjson.loads(row[0]) if isinstance(row[0], str) else row[0])


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody who may be the same person (`same`), or of one household, with how far each field agrees."""

    person_id: int
    same: float
    household: float
    pattern: Pattern

    @property
    def agreement(self) -> dict[str, int]:
        return agreement_of(self.pattern)


def agreement_of(pattern: Pattern) -> dict[str, int]:
    """The level of every field of which anything is known, as it is kept with a suspicion."""
    return {name: level for name, level in zip(FIELDS, pattern, strict=True) if level}


def find_alike(record: Record, weights: Weights, *, least: float = 0.5) -> list[Alike]:
    """Who is more likely than not this person, or of one household with them; the likeliest first. One statement."""
    keys = hashed_keys(record)
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            # Materialised: whoever shares a key is found by the index of keys, not by walking back through everybody.
            f"""with met as materialized (select person_id, keys from clients_likeness where keys && %s::bigint[]),
                nearest as (select person_id from met order by
                    (select count(*) from unnest(keys) k where k = any(%s::bigint[])) desc, person_id desc limit {MOST_WEIGHED})
                select {_RECORD} from nearest l
                join clients_person p on p.id = l.person_id
                where p.id <> %s and p.merged_into_id is null and p.erased_at is null""",
            [keys, keys, record.id],
        )
        rows = cursor.fetchall()
    return weighed(record, map(_record, rows), weights, least)


def weighed(record: Record, others: Iterable[Record], weights: Weights, least: float) -> list[Alike]:
    """Others against one record; those who pass."""
    found = []
    for other in others:
        pattern = compare(record, other)
        verdict = judge_pair(record, other, weights, pattern)
        if verdict.same > least or verdict.household > least:
            found.append(Alike(other.id, verdict.same, verdict.household, pattern))
    return sorted(found, key=lambda one: (-one.same, -one.household, one.person_id))
