"""P01: every inquiry gets a class, from one ordered list of criteria, with the criterion as its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .conditions import Condition, ConditionCompiler, Reading, RulesetError
from .facts import CLASSES, InquiryFacts, Reason
from .lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Classification:
    """The class and why: {"code": "criterion", "name", "matched"} or {"code": "no_criterion"}."""

    inquiry_class: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the list, ready for use."""

    name: str
    inquiry_class: str
    holds: Condition


class Classifier:
    """The list of criteria; the first that holds decides."""

    def __init__(self, criteria: Sequence[Criterion], lexicon: Lexicon) -> None:
        self._criteria = tuple(criteria)
        self._lexicon = lexicon

    def classify(self, facts: InquiryFacts) -> Classification:
        """The class of an inquiry. One that no criterion knows is `other`: nothing stays unclassified."""
        reading = Reading(facts, self._lexicon.find(facts.words))
        for criterion in self._criteria:
            matched = criterion.holds(reading)
            if matched is not None:
                reason: Reason = {"code": "criterion", "name": criterion.name, "matched": matched}
                return Classification(criterion.inquiry_class, reason)
        return Classification("other", {"code": "no_criterion"})


def compile_criteria(rows: Sequence[Mapping[str, object]]) -> Classifier:
    """A classifier from rows {"name", "inquiry_class", "conditions"} in their order. Raises RulesetError that names
    the row and the key at fault."""
    compiler = ConditionCompiler()
    criteria = []
    for place, row in enumerate(rows):
        path = f"criteria[{place}]"
        if not isinstance(row, Mapping) or set(row) != {"name", "inquiry_class", "conditions"}:
            raise RulesetError(path, "a criterion has a name, an inquiry_class and conditions, nothing else")
        name, inquiry_class = row["name"], row["inquiry_class"]
        if not isinstance(name, str) or not name.strip():
            raise RulesetError(f"{path}.name", "must be a text")
        if inquiry_class not in CLASSES:
            raise RulesetError(f"{path}.inquiry_class", f"unknown class “{inquiry_class}”")
        holds = compiler.compile(row["conditions"], f"{path}.conditions")
        criteria.append(Criterion(name, str(inquiry_class), holds))
    return Classifier(criteria, compiler.lexicon)
