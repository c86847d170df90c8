"""A person leaves, or is suddenly away: what they held goes to others by a rule, in one transaction, and nothing is nobody's."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor, is_foreign
from marshrut.agency.queries import Colleague, Staff
from marshrut.agency.services import end_employment
from marshrut.clients.services import pass_clients
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.intake.models import Inquiry
from marshrut.intake.queries.leaving import clients_kept_by, held_by, loads_of, open_matters_of, wishes_of
from marshrut.intake.reference import Reference
from marshrut.intake.services.clock_settling import settle_clocks
from marshrut.intake.services.handing import HOLDERS, receivers_of
from marshrut.journal.services import notify
from marshrut.journal.services.leaving import Passed, lock_matters_of, matters_of_the_left, pass_matters, return_tasks_of

COLLEAGUE, TEAM, QUEUE, SKILL = "colleague", "team", "queue", "skill"
RULES = (TEAM, COLLEAGUE, SKILL, QUEUE)
SELLERS = ("manager", "senior")


@dataclass(frozen=True, slots=True)
class Share:
    """What one colleague (None: the queue) would get."""

    employee_id: int | None
    name: str
    clients: int
    matters: int
    load: int  # open matters they hold already


@dataclass(slots=True)
class Plan:
    """Who gets which client and which matter. A client goes as a whole: all open matters to the same hands."""

    clients: dict[int, int | None] = field(default_factory=dict)
    matters: dict[int, int | None] = field(default_factory=dict)


def receivers(staff: Staff, employee_id: int, rule: str, to: int | None) -> list[Colleague]:
    """Who gets what somebody holds: the one who was named; or those who sell in the same team, else in the same office."""
    others = [c for c in staff.colleagues.values() if c.id != employee_id and c.role in HOLDERS]
    if rule == COLLEAGUE:
        return [c for c in others if c.id == to]
    leaver = staff.colleagues.get(employee_id)
    sellers = [c for c in others if c.role in SELLERS and leaver and c.office_id == leaver.office_id]
    team = [c for c in sellers if leaver and leaver.team_id is not None and c.team_id == leaver.team_id]
    return team or sellers if rule == TEAM else sellers


def preview_leaving(*, employee_id: int, rule: str, to: int | None, reference: Reference, now: datetime) -> list[Share]:
    """What each would get, without changing anything. Invalid when the rule leaves nobody to give to (field rule or to)."""
    plan = _plan(employee_id, rule, to, reference, open_matters_of(employee_id), clients_kept_by(employee_id), now)
    clients, matters = Counter(plan.clients.values()), Counter(plan.matters.values())
    people = [c.id for c in receivers(reference.staff, employee_id, rule, to)] if rule != QUEUE else []
    loads = loads_of(people)
    shares = [Share(id, reference.staff.colleagues[id].name, clients[id], matters[id], loads.get(id, 0)) for id in people]
    if clients[None] or matters[None] or rule == QUEUE:
        office = reference.staff.colleagues.get(employee_id)
        shares.append(
            Share(None, reference.staff.queue_of(office.office_id if office else None).name, clients[None], matters[None], 0)
        )
    return shares


@transaction.atomic
def let_go(
    *, employee_id: int, rule: str, to: int | None = None, reference: Reference, by: Actor, now: datetime
) -> Counter[int | None]:
    """Somebody leaves: clients, open matters, planned actions and meetings go to others, sessions end, the account closes.

    All of it or nothing. How many matters each got, None being the queue. Refused for the last owner and for oneself;
    Invalid when the rule leaves nobody to give to.
    """
    end_employment(employee_id=employee_id, by=by, now=now)
    plan = _plan(employee_id, rule, to, reference, lock_matters_of(employee_id), clients_kept_by(employee_id, lock=True), now)
    leaver = reference.staff.colleagues.get(employee_id)
    reason = {"code": "colleague_left", "name": leaver.name if leaver else ""}
    pass_clients(from_id=employee_id, keepers=plan.clients, offices=_offices(reference.staff))
    _pass(employee_id, plan.matters, reference, reason, by, now)
    return_tasks_of(employee_id)
    _end_substitutions(employee_id, now)
    return Counter(plan.matters.values())


@transaction.atomic
def hand_over_absence(*, employee_id: int, to: int, reference: Reference, by: Actor, now: datetime) -> int:
    """Somebody is suddenly away: inquiries that nobody has answered yet go to the substitute, whose clock is not stopped.

    Clients stay theirs. How many there were. NotFound for a colleague of a foreign office.
    """
    staff = reference.staff
    absent, substitute = staff.colleagues.get(employee_id), _receiver(to, employee_id, staff, by)
    if absent is None or not by.may("absences:write") or is_foreign(by, absent.office_id):
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    if substitute is None:
        raise Invalid("no_such_receiver", _("Choose a colleague who can take it."), field="substitute")
    sign(by.label)
    waiting = set(
        Inquiry.objects.filter(dossier__owner_id=employee_id, clock_state="running", state="open").values_list(
            "dossier_id", flat=True
        )
    )
    mine: dict[int, int | None] = {dossier: to for dossier, _person, _office in lock_matters_of(employee_id) if dossier in waiting}
    _pass(employee_id, mine, reference, {"code": "substitute", "name": substitute.name, "owner": absent.name}, by, now)
    return len(mine)


@transaction.atomic
def hand_over_tasks(*, employee_id: int, task_ids: Sequence[int], to: int, reference: Reference, by: Actor, now: datetime) -> int:
    """Planned actions of somebody who is away are done by another; the matters stay where they are. How many there were."""
    staff = reference.staff
    absent, receiver = staff.colleagues.get(employee_id), _receiver(to, employee_id, staff, by)
    if absent is None or not by.may("absences:write") or is_foreign(by, absent.office_id):
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    if receiver is None:
        raise Invalid("no_such_receiver", _("Choose a colleague who can take it."), field="to")
    sign(by.label)
    with connection.cursor() as cursor:
        cursor.execute(
            "update journal_task set assignee_id = %s where id = any(%s) and assignee_id = %s and state = 'pending'",
            [to, list(task_ids), employee_id],
        )
        moved = int(cursor.rowcount)
    if moved:
        notify(employee_ids=[to], code="handed_over", data={"count": moved, "from": absent.name}, by=by, now=now)
    return moved


def _receiver(to: int, absent_id: int, staff: Staff, by: Actor) -> Colleague | None:
    """Who takes over, within the giver's reach; whoever only keeps the staff reaches no client, and names anybody who sells."""
    people = receivers_of(by, staff) if by.reach != "none" else [c for c in staff.colleagues.values() if c.role in HOLDERS]
    return next((c for c in people if c.id == to and c.id != absent_id), None)


@transaction.atomic
def gather_what_was_left(*, reference: Reference, by: Actor, now: datetime) -> int:
    """What came to somebody in the very moment they left waits in the queue of its office; how many there were."""
    found = matters_of_the_left()
    for employee_id in {owner for _dossier, owner, _office in found}:
        sign(by.label)
        matters: dict[int, int | None] = {dossier: None for dossier, owner, _office in found if owner == employee_id}
        _pass(employee_id, matters, reference, {"code": "colleague_left", "name": ""}, by, now)
        return_tasks_of(employee_id)
    return len(found)


def _plan(
    employee_id: int,
    rule: str,
    to: int | None,
    reference: Reference,
    matters: Iterable[tuple[int, int | None, int | None]],
    kept: list[int],
    now: datetime,
) -> Plan:
    """Open matters go to whoever is there: an absent colleague gets clients who ask for nothing just now."""
    plan, found = Plan(), list(matters)
    if rule not in RULES:
        raise Invalid("no_such_rule", _("Choose to whom it goes."), field="rule")
    if rule == QUEUE:
        return Plan(dict.fromkeys(kept), {dossier: None for dossier, _person, _office in found})
    people = receivers(reference.staff, employee_id, rule, to)
    if not people:
        named = rule == COLLEAGUE
        raise Invalid(
            "nobody_to_give_to",
            _("Choose a colleague who can take it.")
            if named
            else _("Nobody of the team or the office sells: choose a colleague or the queue."),
            field="to" if named else "rule",
        )
    here = [c for c in people if c.why_gone(now) != "absent"] or people
    groups = _groups(found, kept)
    wishes = wishes_of(employee_id) if rule == SKILL else {}
    loads = {c.id: 0 for c in people}
    start = loads_of(list(loads))
    for person, dossiers in sorted(groups.items(), key=lambda group: (-len(group[1]), str(group[0]))):
        able = here if dossiers else people
        able = _able(able, dossiers, wishes, reference) if rule == SKILL else able
        chosen = min(able, key=lambda c: (start.get(c.id, 0) + loads[c.id] if dossiers else loads[c.id], loads[c.id], c.id)).id
        loads[chosen] += len(dossiers) or 1
        plan.matters |= dict.fromkeys(dossiers, chosen)
        if isinstance(person, int):
            plan.clients[person] = chosen
    kept_set = set(kept)
    plan.clients = {person: keeper for person, keeper in plan.clients.items() if person in kept_set}
    return plan


def _groups(matters: list[tuple[int, int | None, int | None]], kept: list[int]) -> dict[int | str, list[int]]:
    """Matters by their client; a matter of nobody known is a group of its own, and so is a client without matters."""
    groups: dict[int | str, list[int]] = {person: [] for person in kept}
    for dossier, person, _office in matters:
        groups.setdefault(person if person is not None else f"matter {dossier}", []).append(dossier)
    return groups


def _able(
    people: list[Colleague], dossiers: list[int], wishes: dict[int, tuple[str | None, tuple[str, ...]]], reference: Reference
) -> list[Colleague]:
    """Those skilled in what the client's matters are about; nobody: all."""
    asked = [wishes[dossier] for dossier in dossiers if dossier in wishes]
    skilled = [
        c for c in people
        if any(
            category in (None, wanted) and (direction is None or direction in directions)
            for category, direction in reference.catalogue.skills.get(c.id, ())
            for wanted, directions in asked
        )
    ]  # fmt: skip
    return skilled or people


def _pass(
    from_id: int, matters: dict[int, int | None], reference: Reference, reason: dict[str, Any], by: Actor, now: datetime
) -> None:
    """The matters themselves, the reason on the inquiries, and one word to each who got something."""
    staff, offices = reference.staff, _offices(reference.staff)
    place = {c.id: c.office_id for c in staff.colleagues.values()}
    leaver_office = place.get(from_id)
    queue = staff.queue_of(leaver_office)
    passed = [
        Passed(dossier, owner, None if owner else queue.id, offices.get(owner) if owner else leaver_office)
        for dossier, owner in matters.items()
    ]
    pass_matters(from_id=from_id, passed=passed, reason=reason, by=by, now=now)
    Inquiry.objects.filter(dossier_id__in=list(matters), state="open").update(owner_reason=[reason])
    settle_clocks(reference=reference, dossiers=matters, by=by)
    for owner, count in Counter(owner for owner in matters.values() if owner).items():
        notify(
            employee_ids=[owner],
            code="handed_over",
            data={"count": count, "from": reason.get("owner") or reason["name"]},
            by=by,
            now=now,
        )


def _offices(staff: Staff) -> dict[int, int]:
    return {c.id: c.office_id for c in staff.colleagues.values()}


def _end_substitutions(employee_id: int, now: datetime) -> None:
    """Whoever left works for nobody any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update agency_absence set substitute_id = null where substitute_id = %s and ends_at > %s", [employee_id, now]
        )


__all__ = ["RULES", "Share", "gather_what_was_left", "hand_over_absence", "hand_over_tasks", "held_by", "let_go", "preview_leaving"]
