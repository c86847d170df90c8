"""Last month given out again in form: who would have got how many by other steps, other skills, another share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.rule_pages import sample_note
from marshrut.intake.queries.rule_samples import Sampled, sample_month
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules import Candidate, Demand, DistributionPlan, spoken
from marshrut.intake.rules.previews import replay

MOST_REPLAYED = 2000
Change = Callable[[Candidate], Candidate]


@dataclass(frozen=True)
class Share:
    """How many somebody would have got before and after."""

    id: int
    name: str
    before: int
    after: int


def replayed(reader: Reader, plan: DistributionPlan | None = None, change: Change | None = None) -> dict[str, Any]:
    """Shares of last month as it was and as it would have been by another plan, or with people seen as `change` sees them.

    By today's shifts; loads of those days are not known and not counted.
    """
    reference = read_reference(reader.revision)
    present = reference.rules.distribution
    sample = [one for one in reversed(sample_month(reader.staff, reader.now)) if not one.is_joined][-MOST_REPLAYED:]
    cases = [(_demand(one), _people(reference, one)) for one in sample]
    changed = [(demand, [change(person) for person in people]) for demand, people in cases] if change else cases
    before, after = replay(cases, present), replay(changed, plan or present)
    shares = sorted(
        (Share(one.id, one.name, before.given[one.id], after.given[one.id]) for one in reference.staff.sellers), key=lambda one: -one.after
    )
    return {
        "shares": shares,
        "queued": Share(0, _("Waits in the queue"), before.queued, after.queued),
        "note": sample_note(sample),
        "most": max([one.after for one in shares] + [one.before for one in shares] + [1]),
    }


def _demand(one: Sampled) -> Demand:
    said = spoken(one.facts.message, "", "")
    return Demand(one.office_id, one.facts.category, one.facts.directions, one.keeper_id, language=said.language if said else "")


def _people(reference: Reference, one: Sampled) -> list[Candidate]:
    """Managers as they would be at the moment of receipt by today's shifts; loads of that day are not known and not counted."""
    skills, newcomers = reference.catalogue.skills, reference.rules.distribution.newcomers
    return [
        Candidate(
            c.id,
            c.name,
            c.office_id,
            c.is_at_work(one.received_at),
            0,
            c.capacity,
            newcomers.weight(c.weight, c.newcomer_since, one.received_at.date()),
            skills.get(c.id, frozenset()),
            serves_all_offices=c.is_on_duty,
            languages=c.languages,
            full_weight=c.weight,
        )
        for c in reference.staff.sellers
    ]
