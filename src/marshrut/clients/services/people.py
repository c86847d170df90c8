"""Writes about people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import custom_fields_of, read_revision
from marshrut.clients.permissions import people_in_reach
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.core.languages import LANGUAGES
from marshrut.core.names import PersonName, search_name
from marshrut.core.typed_values import merge_values, refuse_flaws


@dataclass(frozen=True, slots=True)
class Reached:
    """One way to reach somebody, ready to be kept. `normal` identifies, `written` is what was said."""

    kind: str
    written: str
    normal: str
    tail: str = ""
    is_shared: bool = False


def add_person(
    *, name: PersonName, contacts: Sequence[Reached], owner_id: int | None, office_id: int | None, now: datetime, language: str = ""
) -> int:
    """Add a person with the ways to reach them; the id. `language` is the one they are written in, empty when nobody knows.

    The caller has signed the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """with person as (
                   insert into clients_person(surname, given_name, patronymic, display_name, search_name, owner_id, office_id,
                       past_deals, created_at, language)
                   values (%s, %s, %s, %s, %s, %s, %s, 0, %s, %s) returning id),
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
                language,
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
            """with known as (update clients_likeness set is_stale = true where person_id = %s)
               insert into clients_contactpoint(person_id, kind, written, normal, tail, is_shared)
               select %s, c.* from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[]) c
               on conflict do nothing""",
            [person_id, person_id, *_columns(contacts)],
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
            """with known as (update clients_likeness set is_stale = true where person_id = %s)
               update clients_person set surname = %s, given_name = %s, patronymic = %s, display_name = %s, search_name = %s
               where id = %s and surname = '' and given_name = ''""",
            [person_id, name.surname, name.given_name, name.patronymic, name.display, search_name(name.display), person_id],
        )


def learn_language(*, person_id: int, language: str) -> None:
    """Keep the language somebody turned out to write in; what is known, or was said by a person here, stays."""
    with connection.cursor() as cursor:
        cursor.execute("update clients_person set language = %s where id = %s and language = ''", [language, person_id])


@transaction.atomic
def set_language(*, person_id: int, language: str, by: Actor, now: datetime) -> None:
    """Say in which language a client is written to; empty: not known, the next inquiry tells.

    Invalid (field language) for one that is not among ours; NotFound when the person is absent or out of reach.
    """
    sign(by.label)
    if language and language not in LANGUAGES:
        raise Invalid("no_such_language", _("Choose a language from the list."), field="language")
    reach, values = people_in_reach(by, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"update clients_person p set language = %s where p.id = %s and p.erased_at is null and {reach}", [language, person_id, *values]
        )
        if not cursor.rowcount:
            raise NotFound("no_such_person", _("There is no such client within your reach."))


def keep_consent(
    *,
    person_id: int | None,
    raw_id: int | None,
    text: str,
    version: str,
    channel: str,
    given_at: datetime,
    purpose: str = "processing",
) -> None:
    """Keep what somebody agreed to, word for word. `purpose` is processing or marketing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into clients_consent(person_id, raw_id, text, version, channel, given_at, purpose)
               values (%s, %s, %s, %s, %s, %s, %s)""",
            [person_id, raw_id, text, version, channel, given_at, purpose],
        )


def give_keeper(*, person_id: int, owner_id: int, office_id: int | None, instead_of: int | None = None) -> None:
    """The manager who took a matter of somebody nobody kept (or `instead_of` did) becomes that client's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update clients_person set owner_id = %s, office_id = coalesce(%s, office_id)
               where id = %s and (owner_id is null or owner_id = %s)""",
            [owner_id, office_id, person_id, instead_of],
        )


@dataclass(frozen=True, slots=True)
class Keeper:
    """The manager a client is used to, and the office; None: nobody in particular."""

    owner_id: int | None
    office_id: int | None


def lock_keeper_of(*, person_id: int, by: Actor | None = None) -> Keeper | None:
    """Who keeps this client, locked until the end of the transaction; None when absent, or out of `by`'s reach."""
    reach, values = people_in_reach(by, "p") if by else ("true", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select p.owner_id, p.office_id from clients_person p
                where p.id = %s and p.erased_at is null and {reach} for no key update of p""",
            [person_id, *values],
        )
        row = cursor.fetchone()
    return Keeper(*row) if row else None


def change_keeper(*, person_id: int, keeper: Keeper) -> None:
    """Another manager keeps this client from now on. The caller has signed the transaction and locked the client."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update clients_person set owner_id = %s, office_id = %s where id = %s", [keeper.owner_id, keeper.office_id, person_id]
        )


def pass_clients(*, from_id: int, keepers: Mapping[int, int | None], offices: Mapping[int, int]) -> None:
    """Clients of somebody who leaves get other keepers, in the caller's transaction; None is nobody in particular."""
    people = list(keepers)
    owners = [keepers[person] for person in people]
    with connection.cursor() as cursor:
        cursor.execute(
            """update clients_person p set owner_id = r.owner, office_id = coalesce(r.office, p.office_id)
               from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) r(person, owner, office)
               where p.id = r.person and p.owner_id = %s""",
            [people, owners, [offices.get(owner) if owner else None for owner in owners], from_id],
        )


@transaction.atomic
def set_custom(*, person_id: int, values: Mapping[str, object], by: Actor, now: datetime) -> dict[str, Any]:
    """Write values of the agency's own fields of a person, by slug; an empty one takes the old one away. All that stand.

    NotFound when the person is absent or out of reach; Invalid names the first field that is unknown or unreadable, and
    then nothing is changed.
    """
    sign(by.label)
    reach, reached = people_in_reach(by, "p")
    with connection.cursor() as cursor:
        cursor.execute(f"select p.custom from clients_person p where p.id = %s and {reach} for no key update of p", [person_id, *reached])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("no_such_person", _("There is no such client within your reach."))
    specs = custom_fields_of("person", read_revision())
    kept = orjson.loads(row[0])
    merged = merge_values(specs, kept, values)
    refuse_flaws(merged, specs)
    if merged.values != kept:
        with connection.cursor() as cursor:
            cursor.execute("update clients_person set custom = %s where id = %s", [orjson.dumps(merged.values).decode(), person_id])
    return merged.values


def count_past_deal(*, person_id: int, change: int) -> None:
    """A deal of this person was realised (+1), or reopened after that (-1)."""
    with connection.cursor() as cursor:
        cursor.execute("update clients_person set past_deals = greatest(0, past_deals + %s) where id = %s", [change, person_id])
