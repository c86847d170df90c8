"""What another rule would have decided: the same inquiries, judged by the present rules and by those being tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshrut.catalog.rules import PriceFloors
from marshrut.core.shares import Difference, share_difference

from .classification import Classifier
from .clock import ClockPolicy
from .clock_policies import ClockPolicies, Kind
from .conditions import ConditionCompiler, Reading
from .contact_set import ContactRules, check_contact_set
from .distribution import Candidate, Demand, assign
from .distribution_plan import DistributionPlan
from .facts import InquiryFacts
from .relevance import RelevanceGrader
from .shares import Ledger


@dataclass(frozen=True, slots=True)
class Changed:
    """One inquiry that would have been decided otherwise: its place in the sample, and both decisions."""

    place: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Compared:
    """How many of the sample would be decided otherwise, which, and how many there are of each decision before and after."""

    total: int
    changes: tuple[Changed, ...]
    before: Mapping[str, int]
    after: Mapping[str, int]

    def moves(self) -> list[tuple[str, str, int]]:
        """Each change of decision with how often it happens, the most frequent first."""
        counted = Counter((one.before, one.after) for one in self.changes)
        return [(before, after, number) for (before, after), number in counted.most_common()]


def matching(conditions: Mapping[str, Any], inquiries: Sequence[InquiryFacts]) -> list[tuple[int, str]]:
    """Places of the inquiries that one set of conditions matches, with what matched. Raises RulesetError."""
    compiler = ConditionCompiler()
    holds = compiler.compile(conditions, "conditions")
    found = []
    for place, facts in enumerate(inquiries):
        matched = holds(Reading(facts, compiler.lexicon.find(facts.words)))
        if matched is not None:
            found.append((place, matched))
    return found


def compare(before: Sequence[str], after: Sequence[str]) -> Compared:
    """Two lists of decisions on the same inquiries."""
    changes = tuple(Changed(place, a, b) for place, (a, b) in enumerate(zip(before, after, strict=True)) if a != b)
    return Compared(len(before), changes, Counter(before), Counter(after))


def labels_of(classifier: Classifier, inquiries: Sequence[InquiryFacts], none: str = "other") -> list[str]:
    """What a list of criteria makes of each: its class or its category; `none` where no criterion holds."""
    found = (classifier.classify(facts) for facts in inquiries)
    return [none if one.reason["code"] == "no_criterion" else one.inquiry_class for one in found]


@dataclass(slots=True)
class Reached:
    """What one criterion of a list matches: the places of these inquiries, how many it decides, who takes the others (by place)."""

    matched: list[int] = field(default_factory=list)
    decided: int = 0
    takers: Counter[int] = field(default_factory=Counter)


def reached_by(classifier: Classifier, criteria: int, inquiries: Sequence[InquiryFacts]) -> list[Reached]:
    """For each criterion of the list, in its order."""
    reached = [Reached() for _place in range(criteria)]
    for number, facts in enumerate(inquiries):
        holding = classifier.holding(facts)
        for place in holding:
            reached[place].matched.append(number)
            if place == holding[0]:
                reached[place].decided += 1
            else:
                reached[place].takers[holding[0]] += 1
    return reached


def grades_of(grader: RelevanceGrader, inquiries: Sequence[InquiryFacts], floors: PriceFloors) -> list[str]:
    """The grade of each."""
    return [grader.grade(facts, floors).grade for facts in inquiries]


@dataclass(frozen=True, slots=True)
class Ended:
    """How inquiries of one grade have ended; conversion is won ÷ closed."""

    closed: int = 0
    won: int = 0

    @property
    def conversion(self) -> float | None:
        return self.won / self.closed if self.closed else None


def ended_by_grade(grades: Sequence[str], won: Sequence[bool]) -> dict[str, Ended]:
    """Grade × conversion of inquiries that have ended."""
    closed, bought = Counter(grades), Counter(grade for grade, is_won in zip(grades, won, strict=True) if is_won)
    return {grade: Ended(number, bought[grade]) for grade, number in closed.items()}


ENOUGH = 20
"""Closed inquiries a criterion has to have met before it may be called useless."""


@dataclass(frozen=True, slots=True)
class Separation:
    """How the inquiries that one criterion speaks of have ended, and all the others."""

    closed: int
    won: int
    others_closed: int
    others_won: int

    @property
    def is_enough(self) -> bool:
        """Were there enough of both to judge by?"""
        return min(self.closed, self.others_closed) >= ENOUGH

    @property
    def difference(self) -> Difference | None:
        """Their conversion less that of the others; None without both."""
        return share_difference(self.won, self.closed, self.others_won, self.others_closed)


def separations(grader: RelevanceGrader, closed: Sequence[tuple[InquiryFacts, bool]], floors: PriceFloors) -> list[Separation]:
    """Each criterion of the grader, in order, over inquiries that have ended (facts, whether realised)."""
    met = [(grader.criteria_met(facts, floors), won) for facts, won in closed]
    bought = sum(won for _met, won in met)
    found = []
    for place in range(grader.size):
        inside = [won for places, won in met if place in places]
        found.append(Separation(len(inside), sum(inside), len(met) - len(inside), bought - sum(inside)))
    return found


def count_incomplete(rules: ContactRules, inquiries: Sequence[tuple[InquiryFacts, str]]) -> tuple[int, Counter[str]]:
    """Of inquiries with their classes: how many lack something, and how often each thing is lacked."""
    lacks = [check_contact_set(facts, rules, inquiry_class).missing for facts, inquiry_class in inquiries]
    return sum(bool(one) for one in lacks), Counter(name for one in lacks for name in one)


@dataclass(frozen=True, slots=True)
class ClockCase:
    """An answer that had a clock: whose policy, the working minutes until it came (None: never), and whether it was a first one."""

    office_id: int | None
    kind: Kind
    minutes: float | None
    is_first: bool = True


@dataclass(slots=True)
class Kept:
    """Answers kept within the clock, and how often somebody was or would be told."""

    total: int = 0
    kept: int = 0
    warned: int = 0
    escalated: int = 0

    def add(self, policy: ClockPolicy, minutes: float | None) -> None:
        """Count one inquiry under a policy."""
        waited = float("inf") if minutes is None else minutes
        self.total += 1
        self.kept += waited <= policy.breach
        self.warned += waited > policy.warn
        self.escalated += waited > policy.supervisor


def count_kept(cases: Sequence[ClockCase], clocks: ClockPolicies) -> Kept:
    """What a set of policies makes of answers that were given."""
    counted = Kept()
    for case in cases:
        policy = clocks.of(case.office_id, case.kind)
        counted.add(policy.first if case.is_first else policy.following, case.minutes)
    return counted


@dataclass(slots=True)
class Shares:
    """Who would have got how many; `queued`: nobody could take it at that moment."""

    given: Counter[int] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    queued: int = 0


def replay(cases: Sequence[tuple[Demand, Sequence[Candidate]]], plan: DistributionPlan) -> Shares:
    """Give out demands one after another, each to those who were there then, beginning with empty ledgers."""
    ledgers: dict[str, Ledger] = {}
    shares = Shares()
    for demand, people in cases:
        given = assign(demand, people, lambda pool: ledgers.get(pool, Ledger()), plan)
        if given.employee_id is None:
            shares.queued += 1
        else:
            shares.given[given.employee_id] += 1
        shares.reasons[str(given.reasons[0]["code"]) if given.reasons else ""] += 1
        if given.pool_key and given.ledger:
            ledgers[given.pool_key] = given.ledger
    return shares
