"""Writes about people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection

from marshrut.core.names import PersonName, search_name


@dataclass(frozen=True, slots=True)
class Reached:
    """One way to reach somebody, ready to be kept. `normal` identifies, `written` is what was said."""

    kind: str
    written: str
    normal: str
    tail: str = ""
    is_shared: bool = False


def add_person(*, name: PersonName, contacts: Sequence[Reached], owner_id: int | None, office_id: int | None, now: datetime) -> int:
    """Add a person with the ways to reach them; the id. The caller has signed the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            """with person as (
                   insert into clients_person(surname, given_name, patronymic, display_name, search_name, owner_id, office_id,
                       past_deals, created_at)
                   values (%s, %s, %s, %s, %s, %s, %s, 0, %s) returning id),
               reached as (
                   insert into clients_contactpoint(person_id, kind, written, normal, tail, is_shared)
                   select person.id, c.* from person, unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[]) c)
               select id from person""",
            [
                name.surname,
                name.given_name,
                name.patronymic,
                name.display,
                search_name(name.display),
                owner_id,
                office_id,
                now,
                *_columns(contacts),
            ],
        )
        return int(cursor.fetchone()[0])


def add_contacts(*, person_id: int, contacts: Sequence[Reached]) -> None:
    """Keep further ways to reach a known person; those already kept stay as they are."""
    if not contacts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into clients_contactpoint(person_id, kind, written, normal, tail, is_shared)
               select %s, c.* from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[]) c
               on conflict do nothing""",
            [person_id, *_columns(contacts)],
        )


def _columns(contacts: Sequence[Reached]) -> list[list[object]]:
    return [
        [c.kind for c in contacts],
        [c.written for c in contacts],
        [c.normal for c in contacts],
        [c.tail for c in contacts],
        [c.is_shared for c in contacts],
    ]


def rename_unnamed(*, person_id: int, name: PersonName) -> None:
    """Give a person who was known by a number only the name that has now been said."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update clients_person set surname = %s, given_name = %s, patronymic = %s, display_name = %s, search_name = %s
               where id = %s and surname = '' and given_name = ''""",
            [name.surname, name.given_name, name.patronymic, name.display, search_name(name.display), person_id],
        )


def suspect(*, person_id: int, other_id: int | None, reason: dict[str, object]) -> None:
    """Note that two records may be one person, or that one number may be two people's. A person decides."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into clients_suspect(person_id, other_id, reason)
               select %s, %s, %s where not exists (select from clients_suspect where person_id = %s
                   and other_id is not distinct from %s and settled_at is null)""",
            [person_id, other_id, orjson.dumps(reason).decode(), person_id, other_id],
        )


def keep_consent(*, person_id: int | None, raw_id: int, text: str, version: str, channel: str, given_at: datetime) -> None:
    """Keep what somebody agreed to, word for word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into clients_consent(person_id, raw_id, text, version, channel, given_at) values (%s, %s, %s, %s, %s, %s)",
            [person_id, raw_id, text, version, channel, given_at],
        )


def give_keeper(*, person_id: int, owner_id: int, office_id: int | None, instead_of: int | None = None) -> None:
    """The manager who took a matter of somebody nobody kept (or `instead_of` did) becomes that client's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update clients_person set owner_id = %s, office_id = coalesce(%s, office_id)
               where id = %s and (owner_id is null or owner_id = %s)""",
            [owner_id, office_id, person_id, instead_of],
        )


def count_past_deal(*, person_id: int, change: int) -> None:
    """A deal of this person was realised (+1), or reopened after that (-1)."""
    with connection.cursor() as cursor:
        cursor.execute("update clients_person set past_deals = greatest(0, past_deals + %s) where id = %s", [change, person_id])
