"""A person says what an inquiry is: its class, its category. What follows from them is decided anew, as far as nobody has acted on it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign
from marshrut.intake.models import ClockState as StoredClock
from marshrut.intake.models import Correction, Inquiry, InquiryState
from marshrut.intake.queries import demand_of
from marshrut.intake.queries.matters import find_answer
from marshrut.intake.queries.rule_samples import sample_one
from marshrut.intake.reference import Reference
from marshrut.intake.rules import CATEGORY, CLASS, CLASSES, Demand, check_contact_set, next_step_at, shortlist
from marshrut.intake.rules.clock_policies import MISSED_CALL
from marshrut.intake.services.clocks import running_of, state_of
from marshrut.intake.services.contact_sets import ask_anew
from marshrut.intake.services.distributing import candidates, give_to_somebody
from marshrut.intake.services.examples import CONFIRMED, PROPOSAL, keep_example, said_of, take_back
from marshrut.intake.services.handing_on import BY_HAND, pass_on
from marshrut.intake.services.matters import lock_inquiry
from marshrut.intake.services.reckoning import valued
from marshrut.journal.services import Matter


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of a correction: whether anything was said that was not so before, and who holds the inquiry now instead ("" as before)."""

    is_changed: bool
    corrections: tuple[int, ...] = ()
    given_to: str = ""


@transaction.atomic
def correct_inquiry(
    *,
    inquiry_id: int,
    inquiry_class: str | None = None,
    category: str | None = None,
    way: str,
    reference: Reference,
    by: Actor,
    now: datetime,
) -> Corrected:
    """Say what an inquiry is. None leaves an axis as it is, an empty category says that it has none; the same as it is confirms it.

    Contact set, relevance, priority and clock of an open inquiry follow. While nobody has answered it and no person has given it to
    its holder, it is given out again where the holder is not among those it would go to now.
    """
    sign(by.label)
    refuse_unknown(inquiry_class=inquiry_class, category=category, reference=reference)
    inquiry, matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    before = said_of(inquiry, CLASS)[0], said_of(inquiry, CATEGORY)[0]
    kept = []
    for axis, label in ((CLASS, inquiry_class), (CATEGORY, category)):
        if label is not None:
            said = CONFIRMED if label == said_of(inquiry, axis)[0] and way != PROPOSAL else way
            kept.append(keep_example(inquiry=inquiry, axis=axis, label=label, way=said, by=by, now=now))
    ids = tuple(int(one.pk) for one in kept if one is not None)
    return Corrected(bool(ids), ids, _decide_anew(inquiry, matter, before, reference, by, now))


def refuse_unknown(*, inquiry_class: str | None, category: str | None, reference: Reference) -> None:
    """Invalid, with the field named, where there is no such class or category, or nothing is said at all."""
    if inquiry_class is not None and inquiry_class not in CLASSES:
        raise Invalid("no_such_class", _("Choose the class."), field="inquiry_class", missing=("inquiry_class",))
    if category and category not in reference.catalogue.categories:
        raise Invalid("no_such_category", _("Choose the category."), field="category", missing=("category",))
    if inquiry_class is None and category is None:
        raise Invalid("nothing_said", _("Say the class or the category."), field="inquiry_class")


@transaction.atomic
def undo_correction(*, correction_id: int, reference: Reference, by: Actor, now: datetime) -> Corrected:
    """What a person said of an inquiry is taken back: it is no example any more, and what stood before stands again."""
    sign(by.label)
    inquiry_id = Correction.objects.filter(pk=correction_id).values_list("inquiry_id", flat=True).first()
    if inquiry_id is None:
        raise NotFound("no_such_correction", _("There is no such correction, or it was taken back already."))
    inquiry, matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    before = said_of(inquiry, CLASS)[0], said_of(inquiry, CATEGORY)[0]
    take_back(correction_id=correction_id, inquiry=inquiry, by=by, now=now)
    return Corrected(True, (), _decide_anew(inquiry, matter, before, reference, by, now))


def _decide_anew(
    inquiry: Inquiry, matter: Matter, before: tuple[str, str], reference: Reference, by: Actor, now: datetime
) -> str:
    """What follows from class and category, where they have changed; whom the inquiry was given to instead, "" when to nobody."""
    after = said_of(inquiry, CLASS)[0], said_of(inquiry, CATEGORY)[0]
    if before == after or inquiry.state == InquiryState.CLOSED or not matter.is_open:
        return ""
    judge_anew(inquiry, reference, now)
    if inquiry.clock_state != StoredClock.RUNNING:
        return ""
    if before[1] != after[1] and (given_to := _give_anew(inquiry, matter, reference, by, now)):
        return given_to
    running = running_of(inquiry, matter, reference)
    state = state_of(running)
    inquiry.respond_by, inquiry.warn_at = state.moments.breach_at, next_step_at(running.policy, state)
    inquiry.save(update_fields=["respond_by", "warn_at"])
    return ""


def judge_anew(inquiry: Inquiry, reference: Reference, now: datetime) -> None:
    """Contact set, relevance and priority by the new class and category; what was known on arrival stays kept as it was."""
    sample = sample_one(inquiry.pk, reference.staff)
    if sample is None:
        return
    relevance, priority = valued(sample, reference, now)
    missing = check_contact_set(sample.facts, reference.rules.contacts, inquiry.inquiry_class).missing
    channel = MISSED_CALL if inquiry.is_missed_call else inquiry.channel
    ask_anew(dossier_id=inquiry.dossier_id, channel=channel, was=inquiry.contact_missing, missing=missing)
    inquiry.contact_missing = list(missing)
    inquiry.relevance, inquiry.relevance_reasons = relevance.grade, list(relevance.reasons)
    inquiry.priority, inquiry.priority_reasons = priority.score, list(priority.reasons)
    inquiry.priority_parts = list(priority.parts)
    inquiry.save(
        update_fields=["contact_missing", "relevance", "relevance_reasons", "priority", "priority_reasons", "priority_parts"]
    )


def _give_anew(inquiry: Inquiry, matter: Matter, reference: Reference, by: Actor, now: datetime) -> str:
    """Give an untouched inquiry to whom its new category goes; the name of whoever has it now, "" when it stays where it is."""
    by_hand = any(reason.get("code") in BY_HAND for reason in inquiry.owner_reason or ())
    if by_hand or inquiry.state != InquiryState.OPEN or matter.phase != "inquiry" or find_answer(matter.id) is not None:
        return ""
    stored = demand_of(inquiry)
    keeper_id = stored.keeper_id if inquiry.matched_by not in ("", "new") else None  # a new client is whose this inquiry is
    demand = Demand(matter.office_id, stored.category, stored.directions, keeper_id, language=stored.language)
    choice = shortlist(demand, candidates(reference, now, demand), reference.rules.distribution)
    people = {choice.chosen.employee_id} if choice.chosen else {one.employee_id for one in choice.people}
    if matter.owner_id in people or not people:
        return ""  # it may stay, or there is nobody better
    given = give_to_somebody(reference, demand, now)
    reasons = [{"code": "corrected", "by": by.name}, *given.reasons]
    pass_on(inquiry, matter, given, reasons, reference, by, now)
    holder = reference.staff.colleagues.get(given.holder.owner_id or 0)
    return holder.name if holder else ""
