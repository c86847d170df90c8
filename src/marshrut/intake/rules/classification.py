"""P01: every inquiry gets a class and, where the request states none, a category: each from its own ordered list of criteria, with
the criterion as its reason. Where no criterion matches, a model of words decides from a confidence on that the agency sets; below
it, and until one is set, it only proposes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .conditions import Condition, ConditionCompiler, Reading, RulesetError
from .facts import CLASSES, InquiryFacts, Reason
from .lexicon import Lexicon
from .rulesets import number
from .word_model import WordModel, by_model

AXES = CLASS, CATEGORY = ("class", "category")
WITHOUT_CATEGORY = ("partner", "job", "spam")
"""Classes of which nobody asks what they want to buy."""


@dataclass(frozen=True, slots=True)
class Classification:
    """The class and why: {"code": "criterion", "name", "matched"}, {"code": "model", "sure", "words"} or {"code": "no_criterion"},
    the last with what the model proposes, if it does: "proposed": {"label", "sure", "words"}."""

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

    def holding(self, facts: InquiryFacts) -> list[int]:
        """The places of all criteria that hold, the deciding one first."""
        reading = Reading(facts, self._lexicon.find(facts.words))
        return [place for place, criterion in enumerate(self._criteria) if criterion.holds(reading) is not None]


@dataclass(frozen=True, slots=True)
class Categorised:
    """The category, if there is one, and where it is from: {"code": "stated"} or as of a class; {} where nobody asked."""

    category: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class WordRules:
    """What the words of messages are good for: a model of each axis, and from which confidence on it decides (None: it only
    proposes)."""

    models: Mapping[str, WordModel] = field(default_factory=dict)
    decides_from: Mapping[str, float | None] = field(default_factory=dict)

    def say(self, axis: str, message: str) -> tuple[str, Reason]:
        """A label ("" where the model decides nothing) and the reason."""
        model = self.models.get(axis)
        guess = model.guess(message) if model and message else None
        if guess is None:
            return "", {"code": "no_criterion"}
        least = self.decides_from.get(axis)
        if least is not None and guess.sure >= least:
            return guess.label, by_model(guess)
        return "", {"code": "no_criterion", "proposed": guess.as_json()}


@dataclass(frozen=True, slots=True)
class Classifying:
    """Both axes: criteria of classes, criteria of categories, and the words."""

    classes: Classifier
    categories: Classifier
    words: WordRules = WordRules()

    def class_of(self, facts: InquiryFacts) -> Classification:
        """The class of an inquiry, and why."""
        found = self.classes.classify(facts)
        if found.reason["code"] != "no_criterion":
            return found
        label, reason = self.words.say(CLASS, facts.message)
        return Classification(label if label in CLASSES else "other", reason)

    def category_of(self, facts: InquiryFacts, inquiry_class: str) -> Categorised:
        """The category of an inquiry: what the request states, else the first criterion that holds, else the words."""
        if facts.category:
            return Categorised(facts.category, {"code": "stated"})
        if inquiry_class in WITHOUT_CATEGORY:
            return Categorised(None, {})
        found = self.categories.classify(facts)
        if found.reason["code"] != "no_criterion":
            return Categorised(found.inquiry_class, found.reason)
        label, reason = self.words.say(CATEGORY, facts.message)
        return Categorised(label or None, reason)


def compile_category_criteria(rows: Sequence[Mapping[str, Any]]) -> Classifier:
    """The list of criteria of category, rows {"name", "category", "conditions"} in their order. Raises RulesetError."""
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping) or set(row) != {"name", "category", "conditions"}:
            raise RulesetError(f"criteria[{place}]", "a criterion has a name, a category and conditions, nothing else")
        if not isinstance(row["category"], str) or not row["category"]:
            raise RulesetError(f"criteria[{place}].category", "must be a slug")
    return _compiled([(row["name"], row["category"], row["conditions"]) for row in rows])


def read_confidence(settings: Mapping[str, Any]) -> dict[str, float | None]:
    """From which confidence on the words decide, by axis; None where they only propose. Raises RulesetError."""
    return {
        axis: None if settings.get(axis) is None else number(settings[axis], f"classification.{axis}", 0.5, 0.99)
        for axis in AXES
    }


def compile_criteria(rows: Sequence[Mapping[str, object]]) -> Classifier:
    """A classifier from rows {"name", "inquiry_class", "conditions"} in their order. Raises RulesetError that names
    the row and the key at fault."""
    for place, row in enumerate(rows):
        path = f"criteria[{place}]"
        if not isinstance(row, Mapping) or set(row) != {"name", "inquiry_class", "conditions"}:
            raise RulesetError(path, "a criterion has a name, an inquiry_class and conditions, nothing else")
        if row["inquiry_class"] not in CLASSES:
            raise RulesetError(f"{path}.inquiry_class", f"unknown class “{row['inquiry_class']}”")
    return _compiled([(row["name"], row["inquiry_class"], row["conditions"]) for row in rows])


def _compiled(rows: Sequence[tuple[object, object, object]]) -> Classifier:
    compiler = ConditionCompiler()
    criteria = []
    for place, (name, label, conditions) in enumerate(rows):
        path = f"criteria[{place}]"
        if not isinstance(name, str) or not name.strip():
            raise RulesetError(f"{path}.name", "must be a text")
        criteria.append(Criterion(name, str(label), compiler.compile(conditions, f"{path}.conditions")))
    return Classifier(criteria, compiler.lexicon)
