"""A list's description as SQL: conditions over i (inquiry), l (deal), d (dossier) and p (person).

Texts and ids are parameters; moments and numbers, typed already, are written out: plans are made without looking at
parameters, and a moment says much about how many rows there are.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson

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
    "funnel": "split_part(d.place, '/', 1)", "relevance": "i.relevance", "clock": "i.clock_state", "disposition": "i.disposition",
    "currency": "d.currency", "language": "p.language",
}  # fmt: skip

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


class Conditions:
    """Conditions that gather, with their parameters in the same order."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        """One more condition."""
        self._parts.append(condition)
        self.values.extend(values)

    @property
    def sql(self) -> str:
        """All of them together."""
        return " and ".join(self._parts) or "true"


def conditions_of(actor: Actor, wanted: ListQuery, reference: ListReference, now: datetime, zone: ZoneInfo) -> Conditions:
    """The reach of the actor and everything the list is narrowed to."""
    found, page = Conditions(), wanted.page.slug
    reach, values = people_in_reach(actor, "p") if page == "clients" else matters_in_reach(actor)
    found.add(reach, *values)
    if page == "clients":
        found.add("p.erased_at is null")
    if state := _STATES[page].get(wanted.state):
        found.add(state)
    for name, chosen in wanted.words.items():
        _add_words(found, name, chosen, actor, wanted, reference)
    for name, days in wanted.days.items():
        _add_days(found, _DAYS[page, name], days, zone)
    for name, numbers in wanted.numbers.items():
        _add_numbers(found, _NUMBERS[name], numbers)
    for name in sorted(wanted.flags):
        _add_flag(found, name, actor, now)
    for own in wanted.own:
        _add_own(found, "p" if page == "clients" else "d", own)
    if wanted.text:
        _add_text(found, actor, wanted)
    if wanted.since:
        found.add(_CHANGED[page].format(**{name: wanted.since.rows(table) for name, table in _TABLES.items()}))
    return found


def _add_words(
    found: Conditions, name: str, chosen: Sequence[str], actor: Actor, wanted: ListQuery, reference: ListReference
) -> None:
    holder = "p" if wanted.page.slug == "clients" else "d"
    if name == "owner":
        ids = [actor.id if value == "me" else int(value) for value in chosen if value != "none"]
        found.add(f"({holder}.owner_id = any(%s){f' or {holder}.owner_id is null' if 'none' in chosen else ''})", ids)
    elif name == "office":
        found.add(f"{holder}.office_id = any(%s)", [int(value) for value in chosen])
    elif name == "queue":
        ids = [int(value) for value in chosen if value != "any"]
        found.add("d.queue_id is not null") if "any" in chosen else found.add("d.queue_id = any(%s)", ids)
    elif name == "source":
        found.add("i.source_id = any(%s)", [reference.sources[slug].id for slug in chosen])
    elif name == "direction":
        found.add("i.request->'directions' ?| %s", list(chosen))
    elif name == "reason":
        column = "l.close_reason" if wanted.page.slug == "deals" else "i.close_reason"
        found.add(f"split_part({column}, ': ', 1) = any(%s)", [reference.reasons[slug] for slug in chosen])
    elif name == "missing":
        found.add(" and ".join(_NO_PHONE.format(kind=kind) for kind in chosen))
    else:
        found.add(f"{_PLAIN[name]} = any(%s)", list(chosen))


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
    return f"{number:f}"


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


def _add_text(found: Conditions, actor: Actor, wanted: ListQuery) -> None:
    """By the client's name, phone or e-mail; or by the number of the inquiry or deal."""
    who, values = found_by(actor, wanted.text)
    number = wanted.text.lstrip("#№ ")
    if wanted.page.slug == "clients":
        found.add(f"({who})", *values)
        return
    column = "i.raw_id" if wanted.page.slug == "inquiries" else "l.id"
    by_number = number.isascii() and number.isdecimal() and len(number) < 12
    # As an array the people are found once, by their own indexes; as a subselect each row was asked for its person.
    of_person = f"d.person_id = any(array(select p.id from clients_person p where {who}))"
    found.add(f"({of_person} or {column} = {int(number)})" if by_number else of_person, *values)
