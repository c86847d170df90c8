"""Giving an inquiry to the right manager, or to a named queue, with a stated reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from marshrut.agency.queries import Colleague, Staff
from marshrut.intake.queries.on_hand import loads_on_hand
from marshrut.intake.reference import Reference
from marshrut.intake.rules import Candidate, Demand, Ledger, Moments, draw, moments, shortlist
from marshrut.intake.rules.clock_policies import Kind
from marshrut.journal.services import Holder

KEEPERS = ("supervisor", "owner")
"""Who may keep clients of their own, and is given no inquiries of others."""


@dataclass(frozen=True, slots=True)
class Given:
    """Who holds an inquiry now, why, and the moments of the response clock; `drawn_from` is the ledger that is yet to be kept."""

    holder: Holder
    reasons: list[dict[str, Any]]
    moments: Moments
    drawn_from: tuple[str, Ledger] | None = None


def give_to_somebody(reference: Reference, demand: Demand, now: datetime, kind: Kind = Kind()) -> Given:  # noqa: B008
    """Known client's manager → office, language and skill → on shift and below capacity → fair share; else a named queue.

    `kind` says which clock counts.
    """
    given = choose_holder(reference, demand, now, kind)
    if given.drawn_from is not None:
        with connection.cursor() as cursor:
            cursor.execute(*kept_ledger(*given.drawn_from))
    return given


def choose_holder(reference: Reference, demand: Demand, now: datetime, kind: Kind) -> Given:
    """The same, its ledger only locked: whoever writes the inquiry down keeps it in the same statement."""
    choice = shortlist(demand, candidates(reference, now, demand), reference.rules.distribution)
    reasons = list(choice.reasons)
    if choice.chosen is not None:
        return given_to(reference, reference.staff.colleagues[choice.chosen.employee_id], reasons, now, kind)
    if choice.queue_reason is not None:
        return left_in_queue(reference, demand.office_id, reasons, now, kind)
    drawn = draw(choice, _lock_ledger(choice.pool_key))
    given = given_to(reference, reference.staff.colleagues[drawn.employee_id], [*reasons, drawn.reason], now, kind)
    return replace(given, drawn_from=(choice.pool_key, drawn.ledger))


def given_to(reference: Reference, owner: Colleague, reasons: list[dict[str, Any]], now: datetime, kind: Kind) -> Given:
    """The inquiry is this manager's; the clock runs in their working time."""
    policy = reference.rules.clock_of(owner.office_id, kind)
    return Given(Holder(owner.id, None, owner.office_id), reasons, moments(policy, owner.response_calendar, now))


def left_in_queue(reference: Reference, office_id: int | None, reasons: list[dict[str, Any]], now: datetime, kind: Kind) -> Given:
    """The queue's clock runs in the office's hours; it belongs to an office, so that its supervisor sees it."""
    office = reference.staff.offices.get(office_id or 0) or reference.staff.first_office
    queue = reference.staff.queue_of(office.id)
    policy = reference.rules.clock_of(office.id, kind)
    return Given(Holder(None, queue.id, office.id), reasons, moments(policy, office.calendar, now))


def candidates(reference: Reference, now: datetime, demand: Demand, *, alone: bool = True) -> list[Candidate]:
    """Every manager as distribution sees them at this moment, and the supervisors and owners whose client the demand is, or who work
    for the one whose it is. Where capacities are limited, whoever gives out (`alone`) is the only one until their transaction ends,
    so that the last free place is given once."""
    sellers, plan = reference.staff.sellers, reference.rules.distribution
    limited = [c.id for c in sellers if c.capacity is not None]
    loads = loads_on_hand(limited, plan.effort, now, alone=alone)
    skills = reference.catalogue.skills
    return [
        Candidate(
            c.id,
            c.name,
            c.office_id,
            c.is_at_work(now),
            loads.get(c.id, 0),
            c.capacity,
            plan.newcomers.weight(c.weight, c.newcomer_since, now.date()),
            skills.get(c.id, frozenset()),
            serves_all_offices=c.is_on_duty,
            substitute_id=c.substitute_at(now),
            languages=c.languages,
            full_weight=c.weight,
            sells=c.role not in KEEPERS,
        )
        for c in (*sellers, *_keepers_who_do_not_sell(reference.staff, demand.owner_id, now))
    ]


def _keepers_who_do_not_sell(staff: Staff, owner_id: int | None, now: datetime) -> list[Colleague]:
    """Whose client it is and whoever works for them one after another, as far as they are given no inquiries otherwise."""
    found: list[Colleague] = []
    seen = set[int | None]()
    keeper = staff.colleagues.get(owner_id or 0)
    while keeper is not None and keeper.id not in seen:
        seen.add(keeper.id)
        found += [keeper] if keeper.role in KEEPERS else []
        keeper = None if keeper.is_at_work(now) else staff.colleagues.get(keeper.substitute_at(now) or 0)
    return found


def _lock_ledger(pool: str) -> Ledger:
    """The ledger of a set of equally eligible people, locked: shares are drawn one after another."""
    found = "select given, total, round from intake_shareledger where pool = %s for update"
    with connection.cursor() as cursor:
        cursor.execute(found, [pool])
        row = cursor.fetchone()
        if row is None:
            cursor.execute("insert into intake_shareledger(pool, given, total) values (%s, '{}', 0) on conflict do nothing", [pool])
            cursor.execute(found, [pool])
            row = cursor.fetchone()
    given, begun = (orjson.loads(one) if isinstance(one, (str, bytes)) else one for one in (row[0], row[2]))
    return Ledger.read({"given": given, "total": row[1], "round": begun})


def kept_ledger(pool: str, ledger: Ledger) -> tuple[str, list[Any]]:
    """The statement that keeps a ledger which is locked, and its values."""
    kept = ledger.as_json()
    values = [orjson.dumps(kept["given"]).decode(), kept["total"], kept["round"] and orjson.dumps(kept["round"]).decode(), pool]
    return "update intake_shareledger set given = %s, total = %s, round = %s where pool = %s", values
