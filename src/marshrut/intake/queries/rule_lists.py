"""The lists of criteria as they are edited: those switched off included."""

from dataclasses import dataclass
from typing import Any

from marshrut.intake.models import Criterion, RelevanceCriterion
from marshrut.intake.rules.condition_names import names_slug


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion of classification."""

    id: int
    name: str
    inquiry_class: str
    conditions: dict[str, Any]
    is_active: bool

    def as_rule(self) -> dict[str, Any]:
        """Ready to compile."""
        return {"name": self.name, "inquiry_class": self.inquiry_class, "conditions": self.conditions}


@dataclass(frozen=True, slots=True)
class RelevanceRow:
    """A criterion of relevance; one that is delivered has a code of its own and no name."""

    id: int
    code: str
    name: str
    points: int
    conditions: dict[str, Any]
    is_active: bool

    def as_rule(self) -> dict[str, Any]:
        """Ready to compile."""
        return {"code": self.code, "name": self.name, "points": self.points, "conditions": self.conditions}


def read_criteria() -> list[CriterionRow]:
    """All criteria of classification in their order."""
    rows = Criterion.objects.order_by("position", "id").values_list("id", "name", "inquiry_class", "conditions", "is_active")
    return [CriterionRow(*row) for row in rows]


def read_relevance_criteria() -> list[RelevanceRow]:
    """All criteria of relevance in their order."""
    rows = RelevanceCriterion.objects.order_by("position", "id")
    return [RelevanceRow(*row) for row in rows.values_list("id", "code", "name", "points", "conditions", "is_active")]


def criteria_naming(kind: str, slug: str) -> list[CriterionRow | RelevanceRow]:
    """Criteria of both lists that name this source, category or direction; two statements."""
    rows: list[CriterionRow | RelevanceRow] = [*read_criteria(), *read_relevance_criteria()]
    return [row for row in rows if names_slug(row.conditions, kind, slug)]
