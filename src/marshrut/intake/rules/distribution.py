"""P02: whose an inquiry is. A known client's manager → the office, the language and the skill → at work and below
capacity → fair share (`shares.py`). Every step leaves its reason; when nobody is left, the inquiry goes to a named queue
and says why. What an agency may change of it: `distribution_plan.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .distribution_plan import USUAL_PLAN, DistributionPlan
from .facts import Reason
from .shares import Ledger, next_in_turn

Skill = tuple[str | None, str | None]
"""(category, direction); None stands for any."""

_WAITS_FOR = {"nobody_speaks": "waits_for_language", "skilled_away": "waits_for_skill", "no_skill": "waits_for_skill"}


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


@dataclass(slots=True, unsafe_hash=True)  # nobody changes one; freezing it would make it three times as dear, fifty times an inquiry
class Candidate:
    """A manager as distribution sees them. `is_at_work`: on shift or on duty, not absent. `load`: the effort of open new
    inquiries and overdue work, held against `capacity` (None: no limit). `weight`: their share at this moment, in whole
    hundredths; `full_weight` what it is once they are no newcomer any more. Somebody without skills listed is a
    generalist; somebody without languages listed speaks any."""

    employee_id: int
    name: str
    office_id: int | None
    is_at_work: bool
    load: float = 0
    capacity: int | None = None
    weight: int = 100
    skills: frozenset[Skill] = frozenset()
    serves_all_offices: bool = False
    substitute_id: int | None = None  # who works for them while they are absent
    languages: frozenset[str] = frozenset()
    full_weight: int | None = None  # None: as `weight`
    sells: bool = True  # False: a supervisor or the owner, who only gets clients of their own and of those they work for

    @property
    def whole_weight(self) -> int:
        """Their share once they are no newcomer any more."""
        return self.full_weight or self.weight

    @property
    def is_full(self) -> bool:
        """Has as much as may be open at once?"""
        return self.capacity is not None and self.load >= self.capacity


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


def shortlist(demand: Demand, candidates: Iterable[Candidate], plan: DistributionPlan = USUAL_PLAN) -> Shortlist:
    """Everybody who may get an inquiry before shares are drawn, with the reason of each step. The client's own manager gets
    it when at work, as the plan says also when full: a relation is worth more than an even queue."""
    present = [person for person in candidates if person.employee_id not in demand.excluded]
    people: Sequence[Candidate] = [person for person in present if person.sells]
    others = [person for person in present if not person.sells]
    reasons: list[Reason] = []
    preferred: Sequence[Candidate] | None = None  # those free who speak it or are skilled, once that was asked
    for step in plan.steps:
        if step == "clients_manager":
            chosen_one, told = _keeper(demand, [*(preferred or people), *others], plan)
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
            if language_reason and language_reason["code"] == "nobody_speaks" and step in plan.strict:
                return _waiting(people, demand, reasons)
        elif step == "skill":
            free = _free(people) if preferred is None else preferred
            preferred, skill_reason = _skilled(demand, people, free, is_strict="skill" in plan.strict)
            reasons += [skill_reason] if skill_reason and free else []
    chosen = _free(people) if preferred is None else preferred
    if not chosen:
        return _waiting(people, demand, reasons)
    if len(chosen) == 1:
        reasons.append({"code": "only_one", "name": chosen[0].name})
        return Shortlist(tuple(chosen), "", tuple(reasons), chosen=chosen[0])
    return Shortlist(tuple(chosen), pool_key(chosen), tuple(reasons))


def _waiting(people: Sequence[Candidate], demand: Demand, reasons: Sequence[Reason]) -> Shortlist:
    """Nobody may get it: it waits in a queue, and why. Somebody may be free and yet not meet a strict step."""
    present = sum(person.is_at_work for person in people)
    code = "everybody_full" if present else "nobody_else" if demand.excluded else "nobody_on_shift"
    unmet = reasons[-1]["code"] if reasons and _free(people) else ""
    code = _WAITS_FOR.get(unmet, code)
    told = [one for one in reasons if one["code"] in ("clients_manager_away", "clients_manager_full")]
    return Shortlist((), "", (*told, {**(reasons[-1] if unmet in _WAITS_FOR else {}), "code": code, "present": present}), queue_reason=code)


def _keeper(demand: Demand, people: Sequence[Candidate], plan: DistributionPlan) -> tuple[Candidate | None, list[Reason]]:
    """The client's own manager if at work, else whoever works for them meanwhile; with what is to be said of it."""
    owner = next((person for person in people if person.employee_id == demand.owner_id), None)
    if owner is None:
        return None, []
    if owner.is_at_work:
        if owner.is_full and not plan.keeper_when_full:
            return None, [{"code": "clients_manager_full", "name": owner.name}]
        return owner, [{"code": "clients_manager", "name": owner.name}]
    away: list[Reason] = [{"code": "clients_manager_away", "name": owner.name}]
    stands_in = _working_for(owner, people)
    if stands_in is None or (stands_in.is_full and not plan.keeper_when_full):
        return None, away
    return stands_in, [*away, {"code": "substitute", "name": stands_in.name}]


def _working_for(away: Candidate, people: Sequence[Candidate]) -> Candidate | None:
    """Whoever works for somebody who is away; of a substitute who is away as well, whoever works for them."""
    by_id, asked = {one.employee_id: one for one in people}, {away.employee_id}
    one = by_id.get(away.substitute_id or 0)
    while one is not None and not one.is_at_work:
        asked.add(one.employee_id)
        one = None if one.substitute_id in asked else by_id.get(one.substitute_id or 0)
    return one


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
    demand: Demand, people: Sequence[Candidate], free: Sequence[Candidate], *, is_strict: bool
) -> tuple[Sequence[Candidate], Reason | None]:
    """Of those free, the ones skilled in what is asked; else those who sell everything; else, where the step is not strict,
    all who are free. It is said whether the skilled are away or there are none."""
    if not (demand.category or demand.directions) or not any(person.skills for person in people):
        return free, None
    about = {"category": demand.category, "directions": list(demand.directions)}
    skilled = [person for person in free if _is_skilled(person, demand)]
    if skilled:
        return skilled, {"code": "skilled", "people": len(skilled), **about}
    generalists = [person for person in free if not person.skills]
    others = generalists or ([] if is_strict else free)
    away = sum(_is_skilled(person, demand) for person in people)
    if away:
        return others, {"code": "skilled_away", "people": away, **about}
    if generalists:
        return generalists, {"code": "generalists", "people": len(generalists), **about}
    return others, {"code": "no_skill", **about}


def _is_skilled(person: Candidate, demand: Demand) -> bool:
    return any(
        category in (None, demand.category) and (direction is None or direction in demand.directions)
        for category, direction in person.skills
    )


def pool_key(people: Sequence[Candidate]) -> str:
    """One name for a set of people with their whole weights, at most 64 characters. A newcomer's growing weight is not part of
    it: their ledger goes on."""
    pairs = sorted((one.employee_id, one.whole_weight) for one in people)
    text = ",".join(f"{number}:{weight}" for number, weight in pairs)
    return text if len(text) <= 64 else sha256(text.encode()).hexdigest()


def draw(choice: Shortlist, ledger: Ledger) -> Drawn:
    """Whose turn it is among equally eligible people, and the ledger with it."""
    weighing = ledger.weighing(choice.people)
    person = choice.people[next_in_turn(choice.people, weighing, choice.pool_key)]
    new = weighing.after(person.employee_id)
    return Drawn(person.employee_id, new, _share_reason(person, choice.people, new))


def _share_reason(person: Candidate, people: Sequence[Candidate], ledger: Ledger) -> Reason:
    weights, _had, _total = ledger.counted(people)
    return {
        "code": "fair_share",
        "name": person.name,
        "people": len(people),
        "given": ledger.given[person.employee_id],
        "total": ledger.total,
        "percent": round(100 * weights[people.index(person)] / sum(weights)),
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
