"""The lists of criteria as they are edited: those switched off included."""

from dataclasses import dataclass
from typing import Any

from marshrut.intake.models import CategoryCriterion, ClockPolicy, Criterion, QuietReply, RelevanceCriterion
from marshrut.intake.rules.clock_policies import ClockPlace
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
class CategoryRow:
    """A criterion of category."""

    id: int
    name: str
    category: str
    conditions: dict[str, Any]
    is_active: bool

    def as_rule(self) -> dict[str, Any]:
        """Ready to compile."""
        return {"name": self.name, "category": self.category, "conditions": self.conditions}


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


def read_category_criteria() -> list[CategoryRow]:
    """All criteria of category in their order."""
    rows = CategoryCriterion.objects.order_by("position", "id").values_list("id", "name", "category", "conditions", "is_active")
    return [CategoryRow(*row) for row in rows]


def read_relevance_criteria() -> list[RelevanceRow]:
    """All criteria of relevance in their order."""
    rows = RelevanceCriterion.objects.order_by("position", "id")
    return [RelevanceRow(*row) for row in rows.values_list("id", "code", "name", "points", "conditions", "is_active")]


def criteria_naming(kind: str, slug: str) -> list[CriterionRow | CategoryRow | RelevanceRow]:
    """Criteria of the three lists that name this source, category or direction, or lead to this category; three statements."""
    rows: list[CriterionRow | CategoryRow | RelevanceRow] = [*read_criteria(), *read_category_criteria(), *read_relevance_criteria()]
    leading = [row for row in rows if kind == "category" and isinstance(row, CategoryRow) and row.category == slug]
    return [row for row in rows if names_slug(row.conditions, kind, slug) or row in leading]


def clock_ids() -> dict[ClockPlace, int]:
    """The numbers of the agency's own clocks."""
    rows = ClockPolicy.objects.order_by("id").values_list("office_id", "channel", "inquiry_class", "id")
    return {ClockPlace(office, channel, inquiry_class): number for office, channel, inquiry_class, number in rows}


@dataclass(frozen=True, slots=True)
class QuietRow:
    """What is said outside working time in an office, a channel and a class: the templates by language."""

    id: int
    office_id: int | None
    channel: str
    inquiry_class: str
    texts: dict[str, int | None]
    is_active: bool


def read_quiet_replies() -> list[QuietRow]:
    """Every row, that of all offices first."""
    rows = QuietReply.objects.order_by("office_id", "channel", "inquiry_class", "id")
    fields = ("id", "office_id", "channel", "inquiry_class", "in_russian_id", "in_ukrainian_id", "in_english_id", "is_active")
    found = [
        QuietRow(number, office, channel, inquiry_class, {"ru": ru, "uk": uk, "en": en}, active)
        for number, office, channel, inquiry_class, ru, uk, en, active in rows.values_list(*fields)
    ]
    return sorted(found, key=lambda row: (row.office_id or 0, row.channel, row.inquiry_class))
