"""What the rules say about an inquiry: class, contact set, relevance, priority, each with its reasons."""

from dataclasses import dataclass, replace

from marshrut.clients.queries import Match
from marshrut.intake.queries import LeadingInquiry
from marshrut.intake.reading import Submission
from marshrut.intake.reference import Reference
from marshrut.intake.rules import Classification, InquiryFacts, PersonFacts, Priority, Relevance, Spoken, check_contact_set, spoken
from marshrut.marketing.services import keep_unknown_source


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules said about an inquiry."""

    facts: InquiryFacts
    source_id: int
    category: str | None
    directions: tuple[str, ...]
    classification: Classification
    missing: tuple[str, ...]
    relevance: Relevance
    priority: Priority
    spoken: Spoken | None = None


def facts_of(submission: Submission, reference: Reference, person: Match | None, leading: LeadingInquiry | None) -> InquiryFacts:
    """The inquiry as the rules see it; the day is that of the first office."""
    catalogue, request = reference.catalogue, submission.request
    has = {c.kind for c in submission.contacts}
    directions = tuple(catalogue.find_direction(d) or d for d in request.directions)
    known = PersonFacts(
        is_known=person is not None,
        owner_id=person.owner_id if person else None,
        has_open_matter=leading is not None,
        past_deals=person.past_deals if person else 0,
        has_booking=bool(leading and leading.phase == "booking"),
        is_on_trip=bool(leading and leading.phase == "trip"),
    )
    category = catalogue.find_category(request.category) if request.category else None
    return InquiryFacts.from_request(
        replace(request, directions=directions, category=category),
        channel=submission.channel,
        today=reference.staff.first_office.calendar.local_date(submission.received_at),
        source_slug=reference.sources.staying(submission.source_slug),
        message=submission.message,
        has_name=submission.name is not None,
        has_phone="phone" in has,
        has_email="email" in has,
        has_messenger="messenger" in has,
        person=known,
    )


def judge(facts: InquiryFacts, submission: Submission, reference: Reference, person: Match | None = None) -> Judged:
    """Class, contact set, relevance and priority, each with its reasons; and the language it is written in."""
    rules = reference.rules
    source = reference.sources.find(submission.source_slug) or keep_unknown_source(slug=submission.source_slug)
    classification = rules.classifier.classify(facts)
    relevance = rules.grader.grade(facts, reference.catalogue.floors)
    priority = rules.priority.score(facts, classification.inquiry_class, relevance.grade, source.chance)
    return Judged(
        facts, source.id, facts.category, facts.directions, classification, _missing(facts, classification, reference), relevance, priority,
        spoken(submission.message, person.language if person else "", submission.language),
    )  # fmt: skip


def _missing(facts: InquiryFacts, classification: Classification, reference: Reference) -> tuple[str, ...]:
    return check_contact_set(facts, reference.rules.contacts, classification.inquiry_class).missing
