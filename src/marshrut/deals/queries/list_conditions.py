"""A list's description as SQL: conditions over i (inquiry), l (deal), d (dossier) and p (person).

What somebody typed is a parameter; choices, moments and numbers, read already, are written out: plans are made without
looking at parameters, and a value says much about how many rows there are. Of a rare one the few are looked up, of a usual
one the list is walked in its order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db import connection
from psycopg.sql import quote

from marshrut.agency.permissions import Actor
from marshrut.clients.permissions import people_in_reach
from marshrut.clients.queries import found_by
from marshrut.deals.queries.list_reference import ListReference
from marshrut.deals.queries.standing_still import STUCK
from marshrut.deals.rules.list_filters import Days, ListQuery, Numbers, OwnField
from marshrut.journal.permissions import matters_in_reach

_STATES = {
    "inquiries": {
        "open": "i.state = 'open' and d.is_open",
        "joined": "i.state = 'joined'",
        "closed": "i.state = 'closed'",
        "won": "i.state = 'closed' and i.outcome = 'won'",
        "lost": "i.state = 'closed' and i.outcome = 'lost'",
        "no_sale": "i.state = 'closed' and i.disposition <> ''",
    },
    "deals": {
        "open": "l.state = 'open' and d.is_open",
        "won": "l.state = 'won'",
        "lost": "l.state = 'lost'",
        "closed": "l.state <> 'open'",
    },
    "clients": {},
}
_DAYS = {
    ("inquiries", "received"): "i.received_at", ("inquiries", "closed"): "d.closed_at", ("deals", "opened"): "l.opened_at",
    ("deals", "closed"): "l.closed_at", ("clients", "created"): "p.created_at",
}  # fmt: skip
_NUMBERS = {"priority": "i.priority", "budget": "d.worth", "amount": "l.amount", "trips": "p.past_deals"}
_NO_PHONE = "not exists (select from clients_contactpoint c where c.person_id = p.id and c.kind = '{kind}')"
_LATE = "exists (select from journal_task t where t.dossier_id = d.id and t.state = 'pending' and t.due_at < {now})"
_HAS_OPEN = "exists (select from journal_dossier d where d.person_id = p.id and d.is_open and {reach})"
_PLAIN = {
    "channel": "i.channel", "class": "i.inquiry_class", "category": "i.request->>'category'", "stage": "d.place",
    "relevance": "i.relevance", "clock": "i.clock_state", "disposition": "i.disposition",
    "currency": "d.currency", "language": "p.language",
}  # fmt: skip
_NARROW = {"i.channel": "k.channel", "i.clock_state": "k.clock_state", "i.disposition": "k.disposition", "i.source_id": "k.source_id",
           "i.received_at": "k.received_at", "i.request->>'category'": "k.category"}  # fmt: skip
"""What stands in the narrow rows of the reports too, as k: of somebody with thousands of inquiries only these are read."""

_TABLES = {"inquiry": "intake_inquiry", "deal": "deals_deal", "matter": "journal_dossier", "person": "clients_person",
           "contact": "clients_contactpoint"}  # fmt: skip
_CHANGED = {
    "inquiries": "i.dossier_id in (select dossier_id from intake_inquiry where raw_id in {inquiry} union all {matter})",
    "deals": "l.dossier_id in (select dossier_id from deals_deal where id in {deal} union all {matter})",
    "clients": "p.id in (select person_id from clients_contactpoint where id in {contact} union all {person})",
}


def literal(moment: datetime) -> str:
    """A moment as SQL writes it."""
    return f"timestamptz '{moment.isoformat()}'"


def one_of(values: Iterable[str | int]) -> str:
    """`= any(…)` with the values in it."""
    listed = list(values)
    kind = "bigint" if all(isinstance(value, int) for value in listed) else "text"
    told = ", ".join(str(value) if isinstance(value, int) else _quoted(value) for value in listed)
    return f"= any(array[{told}]::{kind}[])"


def _quoted(text: str) -> str:
    """A text as it stands in a statement that has parameters beside it."""
    return quote(text).replace("%", "%%")


def _searched(actor: Actor, text: str) -> str:
    """Whom a search means, as a condition over p with the text in it: how many it finds decides how they are looked for."""
    who, values = found_by(actor, text)
    return who % tuple(_quoted(value) for value in values) if values else who


class Conditions:
    """Conditions that gather, with their parameters in the same order."""

    def __init__(self, *, is_narrow: bool = False) -> None:
        self._is_narrow = is_narrow
        self._parts: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        """One more condition."""
        self._parts.append(condition)
        self.values.extend(values)

    def column(self, name: str) -> str:
        """A column of the inquiry, from its narrow row where the list is chosen by those."""
        return _NARROW.get(name, name) if self._is_narrow else name

    @property
    def sql(self) -> str:
        """All of them together."""
        return " and ".join(self._parts) or "true"


def _escaped(text: str) -> str:
    """A text in a pattern of LIKE, standing for itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def number_in(text: str) -> int | None:
    """The number of an inquiry or a deal that a search may mean."""
    number = text.lstrip("#№ ")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 12 else None


MOST_NAMED = 1000
"""Up to so many people their matters are looked up; of more, the list is walked in its order."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a search means: people, and the matter of the inquiry or deal whose number it is."""

    people: tuple[int, ...]
    number: int | None
    dossier_id: int | None


def read_named(actor: Actor, wanted: ListQuery) -> Named | None:
    """Whom the search of a list of inquiries or deals means; None when there is none, or when it means a great many."""
    if not wanted.text or wanted.page.slug == "clients":
        return None
    number = number_in(wanted.text)
    table, column = ("intake_inquiry", "raw_id") if wanted.page.slug == "inquiries" else ("deals_deal", "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select array(select p.id from clients_person p where {_searched(actor, wanted.text)} limit {MOST_NAMED + 1}),
                   (select dossier_id from {table} where {column} = {int(number or 0)})""",
            [],
        )
        people, dossier_id = cursor.fetchone()
    return Named(tuple(people), number, dossier_id) if len(people) <= MOST_NAMED else None


def conditions_of(
    actor: Actor,
    wanted: ListQuery,
    reference: ListReference,
    now: datetime,
    zone: ZoneInfo,
    *,
    named: Named | None = None,
    is_narrow: bool = False,
) -> Conditions:
    """The reach of the actor and everything the list is narrowed to.

    `named` is whom its search means, if that was read; `is_narrow`: the inquiries' narrow rows stand beside them, as k.
    """
    found, page = Conditions(is_narrow=is_narrow), wanted.page.slug
    reach, values = people_in_reach(actor, "p") if page == "clients" else matters_in_reach(actor)
    found.add(reach, *values)
    if page == "clients":
        found.add("p.erased_at is null")
    if state := _STATES[page].get(wanted.state):
        found.add(state)
    for name, chosen in wanted.words.items():
        _add_words(found, name, chosen, actor, wanted, reference)
    for name, days in wanted.days.items():
        _add_days(found, found.column(_DAYS[page, name]), days, zone)
        if name == "closed" and wanted.state == "open":
            found.add("false")  # known without looking for one
    for name, numbers in wanted.numbers.items():
        _add_numbers(found, _NUMBERS[name], numbers)
    for name in sorted(wanted.flags):
        _add_flag(found, name, actor, now)
    for own in wanted.own:
        _add_own(found, "p" if page == "clients" else "d", own)
    if wanted.text:
        _add_text(found, actor, wanted, named)
    if wanted.since:
        found.add(_CHANGED[page].format(**{name: wanted.since.rows(table) for name, table in _TABLES.items()}))
    return found


def _add_words(
    found: Conditions, name: str, chosen: Sequence[str], actor: Actor, wanted: ListQuery, reference: ListReference
) -> None:
    holder = "p" if wanted.page.slug == "clients" else "d"
    if name == "owner":
        ids = [actor.id if value == "me" else int(value) for value in chosen if value != "none"]
        found.add(f"({holder}.owner_id {one_of(ids)}{f' or {holder}.owner_id is null' if 'none' in chosen else ''})")
    elif name == "office":
        found.add(f"{holder}.office_id {one_of(int(value) for value in chosen)}")
    elif name == "queue":
        ids = [int(value) for value in chosen if value != "any"]
        found.add("d.queue_id is not null" if "any" in chosen else f"d.queue_id {one_of(ids)}")
    elif name == "source":
        found.add(f"{found.column('i.source_id')} {one_of(reference.sources[slug].id for slug in chosen)}")
    elif name == "direction":
        found.add(f"i.request->'directions' ?| array[{', '.join(_quoted(slug) for slug in chosen)}]")
    elif name == "reason":
        column = "l.close_reason" if wanted.page.slug == "deals" else "i.close_reason"
        found.add(f"{column} <> '' and split_part({column}, ': ', 1) {one_of(reference.reasons[slug] for slug in chosen)}")
    elif name == "missing":
        found.add(" and ".join(_NO_PHONE.format(kind=kind) for kind in chosen))
    elif name == "funnel":
        found.add("(" + " or ".join(f"d.place like {_quoted(_escaped(slug) + '/%')}" for slug in chosen) + ")")
    else:
        found.add(f"{found.column(_PLAIN[name])} {one_of(chosen)}")
        if name == "disposition":
            found.add("i.state = 'closed'")  # nothing else has one: so that what is open is not walked through for it


def _add_days(found: Conditions, column: str, days: Days, zone: ZoneInfo) -> None:
    """Days of the reader's zone, both included."""
    if days.since:
        found.add(f"{column} >= {literal(_midnight(days.since, zone))}")
    if days.until:
        found.add(f"{column} < {literal(_midnight(days.until + timedelta(days=1), zone))}")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _add_numbers(found: Conditions, column: str, numbers: Numbers) -> None:
    for sign, number in ((">=", numbers.least), ("<=", numbers.most)):
        if number is not None:
            found.add(f"{column} {sign} {_number(number)}")


def _number(number: Decimal) -> str:
    return f"{number:f}" if number % 1 else str(int(number))  # as a whole number it can be looked up among whole ones


def _add_flag(found: Conditions, name: str, actor: Actor, now: datetime) -> None:
    if name == "open":
        reach, values = matters_in_reach(actor)
        found.add(_HAS_OPEN.format(reach=reach), *values)
    else:
        sql = {"overdue": _LATE, "stuck": STUCK, "waiting": "d.waits_until is not null", "missing": "i.contact_missing <> '{{}}'"}
        found.add(sql[name].format(now=literal(now)))


def _add_own(found: Conditions, alias: str, own: OwnField) -> None:
    """By a field of the agency's own. The index stands over rows that have any value."""
    column, slug = f"{alias}.custom", own.spec.slug
    found.add(f"not ({column} = '{{}}'::jsonb)")
    if own.values:
        parts = [orjson.dumps({slug: value}).decode() for value in own.values]
        found.add("(" + " or ".join([f"{column} @> %s::jsonb"] * len(parts)) + ")", *parts)
    for sign, end in ((">=", own.least), ("<=", own.most)):
        if end is not None:
            path = f"$.{orjson.dumps(slug).decode()} ? (@ {sign} {orjson.dumps(end).decode()})"
            found.add(f"{column} @? %s::jsonpath", path)


def _add_text(found: Conditions, actor: Actor, wanted: ListQuery, named: Named | None) -> None:
    """By the client's name, phone or e-mail; or by the number of the inquiry or deal."""
    if wanted.page.slug == "clients":
        found.add(f"({_searched(actor, wanted.text)})")
        return
    column = "i.raw_id" if wanted.page.slug == "inquiries" else "l.id"
    if named is None:
        # So many are found that it is quicker to ask of each row, until there are enough, than to gather them all.
        of_person = f"(select {_searched(actor, wanted.text)} from clients_person p where p.id = d.person_id)"
        number = number_in(wanted.text)
        found.add(f"({of_person} or {column} = {number})" if number is not None else of_person)
    else:
        of_person = f"d.person_id {one_of(named.people)}"
        of_number = f"d.id = {named.dossier_id} and {column} = {named.number}"
        found.add(f"({of_person} or ({of_number}))" if named.dossier_id is not None else of_person)
