"""What the rules say about an inquiry: class, contact set, relevance, priority, each with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from marshrut.clients.queries import Match
from marshrut.intake.queries import LeadingInquiry
from marshrut.intake.reading import Submission
from marshrut.intake.reference import Reference
from marshrut.intake.rules import (
    Classification,
    InquiryFacts,
    PersonFacts,
    Priority,
    Reason,
    Relevance,
    Spoken,
    check_contact_set,
    filled_in,
    spoken,
    with_places_of,
)
from marshrut.intake.rules.arrival import arrival_of, extra_facts
from marshrut.intake.rules.chance import Value
from marshrut.intake.rules.text import read_text
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
    arrival: Mapping[str, Value]
    spoken: Spoken | None = None
    category_reason: Reason = field(default_factory=dict)


def facts_of(submission: Submission, reference: Reference, person: Match | None, leading: LeadingInquiry | None) -> InquiryFacts:
    """The inquiry as the rules see it, with what its message asks for where nothing was stated; the day is that of the
    first office."""
    catalogue, stated = reference.catalogue, submission.request
    # What is known of a client already is not asked for again; a number that identifies nobody is none.
    has = {c.kind for c in submission.contacts if not c.is_shared} | set(person.ways if person else ())
    today = reference.staff.first_office.calendar.local_date(submission.received_at)
    category = catalogue.find_category(stated.category) if stated.category else None
    said = read_text(submission.message, today, reference.staff.agency.currency, reference.gazetteer)
    request, read = filled_in(replace(with_places_of(stated, reference.gazetteer), category=category), said.request)
    known = PersonFacts(
        is_known=person is not None,
        owner_id=person.owner_id if person else None,
        has_open_matter=leading is not None,
        past_deals=person.past_deals if person else 0,
        has_booking=bool(leading and leading.phase == "booking"),
        is_on_trip=bool(leading and leading.phase == "trip"),
    )
    return InquiryFacts.from_request(
        request,
        channel=submission.channel,
        today=today,
        source_slug=reference.sources.staying(submission.source_slug),
        message=submission.message,
        has_name=submission.name is not None or (person is not None and person.is_named),
        has_phone="phone" in has,
        has_email="email" in has,
        has_messenger="messenger" in has,
        person=known,
        read=read,
    )


def judge(facts: InquiryFacts, submission: Submission, reference: Reference, person: Match | None = None) -> Judged:
    """Class, category, contact set, relevance and priority, each with its reasons; and the language it is written in.

    The class is decided by what the request states; a category that was found counts in all that follows.
    """
    rules = reference.rules
    source = reference.sources.find(submission.source_slug) or keep_unknown_source(slug=submission.source_slug)
    classification = rules.classifying.class_of(facts)
    categorised = rules.classifying.category_of(facts, classification.inquiry_class)
    facts = replace(facts, category=reference.catalogue.find_category(categorised.category) if categorised.category else None)
    relevance = rules.grader.grade(facts, reference.catalogue.floors)
    language = spoken(submission.message, person.language if person else "", submission.language)
    arrival = arrival_of(
        facts, classification.inquiry_class, relevance.grade, submission.received_at.astimezone(reference.staff.first_office.calendar.zone),
        extra_facts(submission.custom, submission.also), language.language if language else "",
    )  # fmt: skip
    priority = rules.priority.score(facts, classification.inquiry_class, relevance.grade, source.chance, arrival=arrival)
    missing = _missing(facts, classification, reference)
    return Judged(
        facts, source.id, facts.category, facts.directions, classification, missing, relevance, priority, arrival, language,
        categorised.reason,
    )  # fmt: skip


def _missing(facts: InquiryFacts, classification: Classification, reference: Reference) -> tuple[str, ...]:
    return check_contact_set(facts, reference.rules.contacts, classification.inquiry_class).missing
