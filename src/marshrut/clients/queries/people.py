"""Reads about people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.permissions import Actor
from marshrut.clients.permissions import people_in_reach
from marshrut.core.emails import read_email
from marshrut.core.names import search_terms
from marshrut.core.phones import phone_digits_query


@dataclass(frozen=True, slots=True)
class Match:
    """A person found by one way of reaching them."""

    kind: str
    normal: str
    person_id: int
    name: str
    owner_id: int | None
    past_deals: int
    language: str = ""  # what they are written in; empty: not known
    is_named: bool = True  # else called by a number or an address
    ways: tuple[str, ...] = ()  # kinds of contacts known of them, those shared with others left out


def find_by_contacts(normals: Sequence[str]) -> list[Match]:
    """Everybody one of these normal forms identifies, best way first (phone, e-mail, messenger), latest person first.

    Shared and junk numbers identify nobody.
    """
    if not normals:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select c.kind, c.normal, {_MATCHED}
               from clients_contactpoint c join clients_person p on p.id = c.person_id
               where c.normal = any(%s) and not c.is_shared
               order by case c.kind when 'phone' then 0 when 'email' then 1 else 2 end, p.id desc limit 40""",
            [list(normals)],
        )
        return [_match(row) for row in cursor.fetchall()]


_MATCHED = """p.id, p.display_name, p.owner_id, p.past_deals, p.language, p.surname <> '' or p.given_name <> '',
    array(select distinct k.kind::text from clients_contactpoint k where k.person_id = p.id and not k.is_shared)"""


def _match(row: Sequence[Any]) -> Match:
    known: list[Any] = [*row[:-1], tuple(row[-1])]
    return Match(*known)


def keeper_of(person_id: int) -> int | None:
    """The manager this client is used to."""
    with connection.cursor() as cursor:
        cursor.execute("select owner_id from clients_person where id = %s", [person_id])
        row = cursor.fetchone()
    return row[0] if row else None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as lists and search show them."""

    id: int
    name: str
    phone: str | None
    email: str | None
    owner_id: int | None
    owner: str | None


_LINE = """
    select p.id, p.display_name,
        (select c.normal from clients_contactpoint c where c.person_id = p.id and c.kind = 'phone' order by c.id limit 1),
        (select c.normal from clients_contactpoint c where c.person_id = p.id and c.kind = 'email' order by c.id limit 1),
        p.owner_id, e.name
    from clients_person p left join agency_employee e on e.id = p.owner_id """


def search_people(actor: Actor, query: str, limit: int = 20) -> list[PersonLine]:
    """People within reach by phone digits in any spelling, e-mail, or any part of a name in either order.

    Case, ё/е, another keyboard layout and transliteration make no difference. Whoever may not see phones finds by a whole
    number or address only: by its parts it could be guessed.
    """
    reach, values = people_in_reach(actor, "p")
    where, found_by = _condition(actor, query)
    with connection.cursor() as cursor:
        cursor.execute(f"{_LINE} where ({where}) and {reach} limit {int(limit)}", [*found_by, *values])
        return [PersonLine(*row) for row in cursor.fetchall()]


def people_lines(actor: Actor, ids: Sequence[int]) -> list[PersonLine]:
    """These people, as far as they are within reach. One statement."""
    if not ids:
        return []
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(f"{_LINE} where p.id = any(%s) and {reach}", [list(ids), *values])
        return [PersonLine(*row) for row in cursor.fetchall()]


def find_chosen(actor: Actor, person_id: int) -> Match | None:
    """Somebody within reach whom a person has recognised, as if they were found by a way to reach them; None when out of reach."""
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(
            f"select 'chosen', '', {_MATCHED} from clients_person p where p.id = %s and p.erased_at is null and {reach}",
            [person_id, *values],
        )
        row = cursor.fetchone()
    return _match(row) if row else None


def found_by(actor: Actor, query: str) -> tuple[str, list[Any]]:
    """What `search_people` looks by, as a condition over p (clients_person), for lists that search among other things."""
    return _condition(actor, query)


def _condition(actor: Actor, query: str) -> tuple[str, list[Any]]:
    by_contact = "p.id in (select person_id from clients_contactpoint where {})"
    digits = phone_digits_query(query)
    if digits and len(digits) == 10:
        return by_contact.format("tail = %s and tail <> ''"), [digits]
    if digits and actor.shows("phone"):
        # Written out, for a plan made for any ending could not follow the index: these are digits and nothing else.
        return by_contact.format(f"reverse(tail) like '{digits[::-1]}%%'"), []
    if digits:
        return "false", []
    email = read_email(query)
    if email:
        return by_contact.format("normal = %s"), [email]
    alternatives = [words for words in search_terms(query) if words]
    if not alternatives:
        return "false", []
    # Whoever gave no name is called by their number or address, which a part of it must not find for whoever may not see it.
    named = "" if actor.shows("phone") else "(p.surname <> '' or p.given_name <> '') and "
    parts = [" and ".join(["p.search_name like %s"] * len(words)) for words in alternatives]
    return " or ".join(f"({named}{part})" for part in parts), [f"%{_escaped(w)}%" for words in alternatives for w in words]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One way to reach a person, as written and in its normal form."""

    kind: str
    written: str
    normal: str
    is_shared: bool
    id: int = 0


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person with their manager and every way to reach them."""

    id: int
    surname: str
    given_name: str
    patronymic: str
    name: str
    owner_id: int | None
    owner: str | None
    office_id: int | None
    past_deals: int
    created_at: datetime
    contacts: tuple[ContactLine, ...]
    custom: dict[str, Any] = field(default_factory=dict)
    born_on: date | None = None
    language: str = ""  # what they are written in; empty: not known


def person_card(actor: Actor, person_id: int) -> PersonCard | None:
    """One person with the ways to reach them; None when absent or out of reach."""
    reach, values = people_in_reach(actor, "p")
    return _card(f"p.id = %s and {reach}", [person_id, *values])


def people_within(actor: Actor, ids: Sequence[int]) -> set[int]:
    """Which of these people are within reach. One statement."""
    if not ids:
        return set()
    reach, values = people_in_reach(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(f"select p.id from clients_person p where p.id = any(%s) and {reach}", [list(ids), *values])
        return {row[0] for row in cursor.fetchall()}


def person_of_matter(person_id: int) -> PersonCard | None:
    """One person whose matter the reader already sees: who may see the matter may call its client."""
    return _card("p.id = %s", [person_id])


def _card(where: str, values: list[Any]) -> PersonCard | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select p.id, p.surname, p.given_name, p.patronymic, p.display_name, p.owner_id, e.name, p.office_id,
                    p.past_deals, p.created_at, p.custom, p.born_on, p.language, c.kind, c.written, c.normal, c.is_shared, c.id
                from clients_person p left join agency_employee e on e.id = p.owner_id
                left join clients_contactpoint c on c.person_id = p.id where {where} order by c.id""",
            values,
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    contacts = tuple(ContactLine(*row[13:]) for row in rows if row[13] is not None)
    first: list[Any] = [*rows[0][:10], contacts, orjson.loads(rows[0][10]), *rows[0][11:13]]
    return PersonCard(*first)


def count_custom(slug: str) -> tuple[int, dict[str, int]]:
    """How many people hold a value of this own field, and how many each value (the thousand most frequent)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select custom ->> %s as value, count(*) from clients_person where custom <> '{}' and custom ->> %s is not null
               group by 1 order by 2 desc limit 1000""",
            [slug, slug],
        )
        found = dict(cursor.fetchall())
    return sum(found.values()), found
