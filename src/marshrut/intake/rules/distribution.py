"""P02: whose an inquiry is. A known client's manager → the office, the language and the skill → at work and below
capacity → fair share. Every step leaves its reason; when nobody is left, the inquiry goes to a named queue and says why.

Fair shares are drawn by the algorithm of R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32
(1980) 323–330. With weights λ and k given so far in all, each of n people has had xᵢ: of those for whom
λᵢk − xᵢ ≥ 1/(2n−2), counting the one to be given now, it goes to the one whose deadline
(1 − 1/(2n−2) − λᵢk + xᵢ)/λᵢ is nearest. Then nobody is ever 1 − 1/(2n−2) of an inquiry or more from their share,
counted from the start, hence never two in any window. The arithmetic is whole numbers, so nothing drifts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from math import lcm
from typing import Any
from zlib import crc32

from .conditions import RulesetError
from .facts import Reason

Skill = tuple[str | None, str | None]
"""(category, direction); None stands for any."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Demand:
    """What an inquiry needs: the office it came to, what it is about, the client's manager if there is one, those
    it is being taken from (`excluded`), and the language it is written in (empty: not known)."""

    office_id: int | None = None
    category: str | None = None
    directions: tuple[str, ...] = ()
    owner_id: int | None = None
    excluded: frozenset[int] = frozenset()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A manager as distribution sees them. `is_at_work`: on shift or on duty, not absent. `load`: open new inquiries
    and overdue work, held against `capacity` (None: no limit). `weight`: their share, in whole hundredths. Somebody
    without skills listed is a generalist; somebody without languages listed speaks any."""

    employee_id: int
    name: str
    office_id: int | None
    is_at_work: bool
    load: int = 0
    capacity: int | None = None
    weight: int = 100
    skills: frozenset[Skill] = frozenset()
    serves_all_offices: bool = False
    given_today: int = 0
    last_given_at: datetime | None = None
    substitute_id: int | None = None  # who works for them while they are absent
    languages: frozenset[str] = frozenset()

    @property
    def is_full(self) -> bool:
        """Has as much as may be open at once?"""
        return self.capacity is not None and self.load >= self.capacity


@dataclass(frozen=True, slots=True)
class Ledger:
    """How many inquiries each of one set of equally eligible people has been given, and all together."""

    given: Mapping[int, int] = field(default_factory=dict)
    total: int = 0

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Ledger:
        """From jsonb; None is a new ledger."""
        if not stored:
            return cls()
        return cls({int(person): int(count) for person, count in stored["given"].items()}, int(stored["total"]))

    def as_json(self) -> dict[str, Any]:
        """For jsonb."""
        return {"given": {str(person): count for person, count in self.given.items()}, "total": self.total}

    def after(self, employee_id: int) -> Ledger:
        """The ledger once one more has been given."""
        return Ledger({**self.given, employee_id: self.given.get(employee_id, 0) + 1}, self.total + 1)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Those who may get an inquiry, all alike by now. `chosen`: no share has to be drawn. `queue_reason`: nobody may,
    it goes to a queue. `pool_key` names the set (people and weights) whose ledger counts."""

    people: tuple[Candidate, ...]
    pool_key: str
    reasons: tuple[Reason, ...]
    chosen: Candidate | None = None
    queue_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Whose turn it is, and the ledger to be kept."""

    employee_id: int
    ledger: Ledger
    reason: Reason


@dataclass(frozen=True, slots=True)
class Assignment:
    """All of it at once: a person, or a queue and why."""

    employee_id: int | None
    queue_reason: str | None
    pool_key: str | None
    ledger: Ledger | None
    reasons: tuple[Reason, ...]


STEPS = ("clients_manager", "office", "language", "skill")
"""The steps an agency may put in another order or switch off. At work, below capacity and fair share always hold."""

_ADDED = ("language",)  # steps that orders kept by an agency may lack, because they are older


@dataclass(frozen=True, slots=True)
class DistributionPlan:
    """The steps that are asked, in their order; whether a waiting inquiry may be taken by hand by whoever answers for an
    office. Where the office comes before language and skill, other offices are not asked at all; where it comes after,
    those of the office are only preferred among the ones left."""

    steps: tuple[str, ...] = STEPS
    may_take_by_hand: bool = True


USUAL_PLAN = DistributionPlan()


def compile_distribution(data: Mapping[str, Any]) -> DistributionPlan:
    """A plan from {"order", "off", "take_by_hand"}, all optional. Raises RulesetError."""
    if unknown := sorted(set(data) - {"order", "off", "take_by_hand"}):
        raise RulesetError(f"distribution.{unknown[0]}", "unknown key")
    order, off, by_hand = completed(data.get("order", list(STEPS))), data.get("off", []), data.get("take_by_hand", True)
    if not isinstance(order, list | tuple) or sorted(map(str, order)) != sorted(STEPS):
        raise RulesetError("distribution.order", f"must name {', '.join(STEPS)} once each")
    if not isinstance(off, list | tuple) or not set(map(str, off)) <= set(STEPS):
        raise RulesetError("distribution.off", f"may name {', '.join(STEPS)}")
    if not isinstance(by_hand, bool):
        raise RulesetError("distribution.take_by_hand", "must be true or false")
    return DistributionPlan(tuple(step for step in order if step not in off), by_hand)


def completed(order: Any) -> Any:
    """An order of steps with those that came later than it, each behind the step it follows as delivered."""
    if not isinstance(order, list | tuple):
        return order
    steps = list(order)
    for step in _ADDED:
        before = STEPS[STEPS.index(step) - 1]
        if step not in steps and before in steps:
            steps.insert(steps.index(before) + 1, step)
    return steps


def shortlist(demand: Demand, candidates: Iterable[Candidate], plan: DistributionPlan = USUAL_PLAN) -> Shortlist:
    """Everybody who may get an inquiry before shares are drawn, with the reason of each step. The client's own
    manager gets it when at work, whatever their load: a relation is worth more than an even queue."""
    people: Sequence[Candidate] = [person for person in candidates if person.employee_id not in demand.excluded]
    reasons: list[Reason] = []
    preferred: Sequence[Candidate] | None = None  # those free who speak it or are skilled, once that was asked
    for step in plan.steps:
        if step == "clients_manager":
            chosen_one, told = _keeper(demand, preferred or people)
            if chosen_one:
                return Shortlist((chosen_one,), "", (*reasons, *told), chosen=chosen_one)
            reasons += told
        elif step == "office" and preferred is None:
            people = [person for person in people if _serves(person, demand.office_id)]
        elif step == "office" and preferred:
            preferred, office_reason = _of_office(preferred, demand)
            reasons += office_reason
        elif step == "language":
            people, preferred, language_reason = _speaking(demand, people, preferred)
            reasons += [language_reason] if language_reason else []
        elif step == "skill":
            preferred, skill_reason = _skilled(demand, people, _free(people) if preferred is None else preferred)
            reasons += [skill_reason] if skill_reason and preferred else []
    chosen = _free(people) if preferred is None else preferred
    if not chosen:
        present = sum(person.is_at_work for person in people)
        code = "everybody_full" if present else "nobody_else" if demand.excluded else "nobody_on_shift"
        waits = [one for one in reasons if one["code"] == "clients_manager_away"]
        return Shortlist((), "", (*waits, {"code": code, "present": present}), queue_reason=code)
    if len(chosen) == 1:
        reasons.append({"code": "only_one", "name": chosen[0].name})
        return Shortlist(tuple(chosen), "", tuple(reasons), chosen=chosen[0])
    return Shortlist(tuple(chosen), pool_key(chosen), tuple(reasons))


def _keeper(demand: Demand, people: Sequence[Candidate]) -> tuple[Candidate | None, list[Reason]]:
    """The client's own manager if at work, else whoever works for them meanwhile; with what is to be said of it."""
    owner = next((person for person in people if person.employee_id == demand.owner_id), None)
    if owner is None:
        return None, []
    if owner.is_at_work:
        return owner, [{"code": "clients_manager", "name": owner.name}]
    away: list[Reason] = [{"code": "clients_manager_away", "name": owner.name}]
    stands_in = next((one for one in people if one.employee_id == owner.substitute_id and one.is_at_work), None)
    return stands_in, [*away, {"code": "substitute", "name": stands_in.name}] if stands_in else away


def _free(people: Sequence[Candidate]) -> Sequence[Candidate]:
    return [person for person in people if person.is_at_work and not person.is_full]


def _of_office(people: Sequence[Candidate], demand: Demand) -> tuple[Sequence[Candidate], list[Reason]]:
    """Those of the inquiry's office among the skilled; nobody of it: the others, and it is said."""
    own = [person for person in people if _serves(person, demand.office_id)]
    return (own, []) if own else (people, [{"code": "other_office", "people": len(people)}])


def _serves(person: Candidate, office_id: int | None) -> bool:
    return office_id is None or person.office_id == office_id or person.serves_all_offices


def _speaking(
    demand: Demand, people: Sequence[Candidate], preferred: Sequence[Candidate] | None
) -> tuple[Sequence[Candidate], Sequence[Candidate] | None, Reason | None]:
    """Of those left, and of those of them who are free, the ones who work in the language. Nobody free of them: all who
    were left, and it is said."""
    free = _free(people) if preferred is None else preferred
    if not demand.language or not free or not any(person.languages for person in people):
        return people, preferred, None
    speaking = [person for person in free if _speaks(person, demand.language)]
    if not speaking:
        return people, preferred, {"code": "nobody_speaks", "language": demand.language}
    reason = {"code": "speaks", "language": demand.language, "people": len(speaking)}
    return [person for person in people if _speaks(person, demand.language)], speaking, reason


def _speaks(person: Candidate, language: str) -> bool:
    return not person.languages or language in person.languages


def _skilled(
    demand: Demand, people: Sequence[Candidate], free: Sequence[Candidate]
) -> tuple[Sequence[Candidate], Reason | None]:
    """Of those free, the ones skilled in what is asked. Nobody skilled free: all who are free, and it is said whether
    the skilled are away or there are none."""
    if not (demand.category or demand.directions) or not any(person.skills for person in people):
        return free, None
    about = {"category": demand.category, "directions": list(demand.directions)}
    skilled = [person for person in free if _is_skilled(person, demand)]
    if skilled:
        return skilled, {"code": "skilled", "people": len(skilled), **about}
    away = sum(_is_skilled(person, demand) for person in people)
    if away:
        return free, {"code": "skilled_away", "people": away, **about}
    generalists = [person for person in free if not person.skills]
    if generalists:
        return generalists, {"code": "generalists", "people": len(generalists), **about}
    return free, {"code": "no_skill", **about}


def _is_skilled(person: Candidate, demand: Demand) -> bool:
    return any(
        category in (None, demand.category) and (direction is None or direction in demand.directions)
        for category, direction in person.skills
    )


def pool_key(people: Sequence[Candidate]) -> str:
    """One name for a set of people with their weights, at most 64 characters."""
    text = ",".join(f"{number}:{weight}" for number, weight in sorted((one.employee_id, one.weight) for one in people))
    return text if len(text) <= 64 else sha256(text.encode()).hexdigest()


def draw(choice: Shortlist, ledger: Ledger) -> Drawn:
    """Whose turn it is among equally eligible people. Equal turns go to whoever has been given fewest today, then to
    whoever has waited longest, then by a lot that is different for every set."""
    people = [person for person in choice.people if person.weight > 0] or list(choice.people)
    tied = _nearest_deadline(people, ledger)
    person = tied[0] if len(tied) == 1 else min(tied, key=lambda one: _order(one, choice.pool_key))
    new = ledger.after(person.employee_id)
    return Drawn(person.employee_id, new, _share_reason(person, people, new))


def _nearest_deadline(people: Sequence[Candidate], ledger: Ledger) -> list[Candidate]:
    """Those whom Tijdeman's rule puts first. All fractions are brought to one denominator, so they compare as whole
    numbers: what somebody is owed is in parts of an inquiry as many as the weights have together."""
    weights = [person.weight if person.weight > 0 else 1 for person in people]
    counts = [ledger.given.get(person.employee_id, 0) for person in people]
    whole, common, turn = sum(weights), lcm(*set(weights)), ledger.total + 1
    if len(set(weights)) == 1:  # equal shares: the rule comes to "who has had fewest"
        fewest = min(counts)
        return [person for person, count in zip(people, counts, strict=True) if count == fewest]
    spread = max(2 * len(people) - 2, 1)
    nearest, tied = None, list(people)
    for person, weight, count in zip(people, weights, counts, strict=True):
        owed = spread * (weight * turn - count * whole)
        if owed < whole and len(people) > 1:
            continue
        deadline = ((spread - 1) * whole - owed) * (common // weight)
        if nearest is None or deadline < nearest:
            nearest, tied = deadline, [person]
        elif deadline == nearest:
            tied.append(person)
    return tied


def _order(person: Candidate, pool: str) -> tuple[int, datetime, int]:
    return person.given_today, person.last_given_at or _NEVER, crc32(f"{pool}/{person.employee_id}".encode())


def _share_reason(person: Candidate, people: Sequence[Candidate], ledger: Ledger) -> Reason:
    weight = sum([one.weight for one in people]) or len(people)
    return {
        "code": "fair_share",
        "name": person.name,
        "people": len(people),
        "given": ledger.given[person.employee_id],
        "total": ledger.total,
        "percent": round(100 * (person.weight or 1) / weight),
    }


def assign(
    demand: Demand, candidates: Iterable[Candidate], ledger_of: Callable[[str], Ledger], plan: DistributionPlan = USUAL_PLAN
) -> Assignment:
    """Shortlist and draw in one; `ledger_of` gives the ledger of a pool, to be kept by the caller when it changes."""
    choice = shortlist(demand, candidates, plan)
    if choice.chosen:
        return Assignment(choice.chosen.employee_id, None, None, None, choice.reasons)
    if choice.queue_reason:
        return Assignment(None, choice.queue_reason, None, None, choice.reasons)
    drawn = draw(choice, ledger_of(choice.pool_key))
    return Assignment(drawn.employee_id, None, choice.pool_key, drawn.ledger, (*choice.reasons, drawn.reason))
