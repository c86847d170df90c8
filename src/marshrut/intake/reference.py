"""Everything intake decides by, of one revision: staff, catalogue, sources and the agency's own rules, compiled once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marshrut.agency.queries import Staff, kept, read_revision, read_staff
from marshrut.catalog.queries import Catalogue, read_catalogue
from marshrut.intake.models import ClockPolicy as ClockPolicyRow
from marshrut.intake.models import Criterion, RelevanceCriterion
from marshrut.intake.rules import (
    Classifier,
    ClockPolicy,
    PriorityModel,
    RelevanceGrader,
    compile_criteria,
    compile_relevance,
    default_priority_model,
    default_relevance,
)
from marshrut.marketing.queries import SourceCard, read_sources


@dataclass(frozen=True)
class Rules:
    """The agency's rules, ready to decide with."""

    classifier: Classifier
    grader: RelevanceGrader
    priority: PriorityModel
    clocks: Mapping[int | None, ClockPolicy]

    def clock_of(self, office_id: int | None) -> ClockPolicy:
        return self.clocks.get(office_id) or self.clocks.get(None) or ClockPolicy()


def _load_rules() -> Rules:
    criteria = Criterion.objects.filter(is_active=True).order_by("position").values("name", "inquiry_class", "conditions")
    relevance = RelevanceCriterion.objects.filter(is_active=True).order_by("position").values("code", "conditions", "points")
    clocks = {
        row.office_id: ClockPolicy(row.warn_minutes, row.escalate_minutes, row.breach_minutes, row.most_reroutes)
        for row in ClockPolicyRow.objects.all()
    }
    settings = default_relevance()["settings"]
    return Rules(
        compile_criteria(list(criteria)),
        compile_relevance({"settings": settings, "criteria": list(relevance)}),
        default_priority_model(),
        clocks,
    )


_read_rules: Callable[[int], Rules] = kept(_load_rules)


@dataclass(frozen=True)
class Reference:
    """One consistent set: an inquiry is decided wholly by it."""

    staff: Staff
    catalogue: Catalogue
    sources: dict[str, SourceCard]
    rules: Rules


def read_reference(revision: int | None = None) -> Reference:
    """The reference data of a revision an actor came with, else of the present one; no statement while nothing changed."""
    revision = read_revision() if revision is None else revision
    return Reference(read_staff(revision), read_catalogue(revision), read_sources(revision), _read_rules(revision))
