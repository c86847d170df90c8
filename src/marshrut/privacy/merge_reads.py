"""Reads about merging: what would go over, who a record turned out to be, and which merges may be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.clients.permissions import people_in_reach
from marshrut.privacy.facts import PLACES
from marshrut.privacy.merge_map import MOVES

FIELDS = ("surname", "given_name", "patronymic", "born_on", "language", "owner_id", "office_id")
"""What a person has once: of each somebody chooses whose stands. A manager brings the office along."""


@dataclass(frozen=True, slots=True)
class Half:
    """One of two records that are to be merged."""

    id: int
    name: str
    surname: str
    given_name: str
    patronymic: str
    born_on: date | None
    language: str
    owner_id: int | None
    owner: str | None
    office_id: int | None
    past_deals: int
    custom: dict[str, Any]
    created_at: datetime
    contacts: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Going:
    """How many rows of a table go over, by themselves or with their matter; `first` are some of them, to look at."""

    table: str
    count: int
    first: tuple[int, ...] = ()


_HALF = """
    select p.id, p.display_name, p.surname, p.given_name, p.patronymic, p.born_on, p.language, p.owner_id, e.name, p.office_id,
        p.past_deals, p.custom, p.created_at, coalesce((select jsonb_agg(jsonb_build_array(c.kind, c.normal, c.is_shared) order by c.id)
            from clients_contactpoint c where c.person_id = p.id), '[]')
    from clients_person p left join agency_employee e on e.id = p.owner_id """


def read_halves(actor: Actor, ids: Sequence[int]) -> list[Half]:
    """These records in the order asked for; those absent, out of reach, erased or merged already are left out."""
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(f"{_HALF} where p.id = any(%s) and p.erased_at is null and {reach}", [list(ids), *values])
        found = {row[0]: _half(row) for row in cursor.fetchall()}
    return [found[id] for id in dict.fromkeys(ids) if id in found]


def _half(row: tuple[Any, ...]) -> Half:
    custom, created_at, contacts = row[11:]
    found: list[Any] = [*row[:11], _json(custom), created_at, tuple(tuple(one) for one in _json(contacts))]
    return Half(*found)


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def what_goes_over(gone_id: int) -> list[Going]:
    """Everything that would go over from this person, table by table: what hangs on them, and what hangs on their matters."""
    found = []
    with connection.cursor() as cursor:
        for move in MOVES:
            cursor.execute(
                f"select count(*), (array_agg({move.pk} order by {move.pk} desc))[:5] from {move.table} where {move.column} = %s", [gone_id]
            )
            count, first = cursor.fetchone()
            found.append(Going(move.table, count, tuple(first or ())))
        for place in PLACES:
            if place.of == "dossier" and place.table != "journal_dossier":
                cursor.execute(
                    f"""select count(*) from {place.table}
                        where {place.column} = any(array(select id from journal_dossier where person_id = %s))""",
                    [gone_id],
                )
                found.append(Going(place.table, int(cursor.fetchone()[0])))
    return [going for going in found if going.count]


def kept_instead_of(actor: Actor, person_id: int) -> int | None:
    """Who a record turned out to be, if that person is within reach."""
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"select p.id from clients_person g join clients_person p on p.id = g.merged_into_id where g.id = %s and {reach}",
            [person_id, *values],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One merge: who went into whom, when and by whom; `stands_under` another that has to be taken back before."""

    id: int
    kept_id: int
    kept: str
    gone_id: int
    gone: str
    at: datetime
    by: str
    undone_at: datetime | None
    undone_by: str
    stands_under: bool


_MERGE = """
    select m.id, p.id, p.display_name, g.id, g.display_name, m.at, m.by, m.undone_at, m.undone_by,
        exists (select from privacy_merge l where l.gone_id = m.kept_id and l.undone_at is null)
    from privacy_merge m join clients_person p on p.id = m.kept_id join clients_person g on g.id = m.gone_id """


def merges_of(actor: Actor, person_id: int | None = None, limit: int = 50) -> list[MergeLine]:
    """Merges into people within reach, the latest first; into one person when named."""
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_MERGE} where {reach} and (%s::bigint is null or m.kept_id = %s) order by m.id desc limit {int(limit)}",
            [*values, person_id, person_id],
        )
        return [MergeLine(*row) for row in cursor.fetchall()]


def find_merge(actor: Actor, merge_id: int) -> MergeLine | None:
    """One merge; None when absent or the person who is kept is out of reach."""
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(f"{_MERGE} where m.id = %s and {reach}", [merge_id, *values])
        row = cursor.fetchone()
    return MergeLine(*row) if row else None


def chosen_values(halves: list[Half], choose: Mapping[str, str]) -> dict[str, Any]:
    """What the person who is kept will be: of each field the kept one's value unless "gone" was chosen, or it was empty."""
    kept, gone = halves
    values: dict[str, Any] = {}
    for name in FIELDS:
        asked = "owner_id" if name == "office_id" else name
        values[name] = getattr(_side(asked, getattr(kept, asked), getattr(gone, asked), halves, choose), name)
    custom = dict(kept.custom)
    for slug, value in gone.custom.items():
        if slug not in custom or choose.get(f"custom.{slug}") == "gone":
            custom[slug] = value
    return {**values, "custom": custom, "past_deals": kept.past_deals + gone.past_deals, "display_name": _display(values, halves)}


def _side(name: str, ours: Any, theirs: Any, halves: list[Half], choose: Mapping[str, str]) -> Half:
    kept, gone = halves
    return gone if choose.get(name) == "gone" or (not ours and theirs and name not in choose) else kept


def _display(values: Mapping[str, Any], halves: list[Half]) -> str:
    """As it was written where the name is wholly one record's, else put together."""
    parts = ("surname", "given_name", "patronymic")
    for half in halves:
        if all(values[part] == getattr(half, part) for part in parts):
            return half.name
    return " ".join(str(values[part]) for part in parts if values[part])
