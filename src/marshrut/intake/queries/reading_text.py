"""What would be read out of a message, were it an inquiry: nothing is kept."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marshrut.core.names import clean_text
from marshrut.intake.reading import LONGEST_MESSAGE
from marshrut.intake.reference import Reference
from marshrut.intake.rules import InquiryFacts, Reason, RequestFacts, as_kept, filled_in, spoken
from marshrut.intake.rules.text import Span, read_text


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """The message as it would be kept, what is read out of it and where it stands, and the class it would get."""

    message: str
    request: dict[str, Any]
    origin: dict[str, Any]
    spans: tuple[Span, ...]
    inquiry_class: str
    class_reason: Reason


def read_message(text: str, today: date, reference: Reference) -> ReadMessage:
    """Reads a text as if a stranger had sent it on `today`."""
    message = clean_text(text, LONGEST_MESSAGE, keep_lines=True)
    said = read_text(message, today, reference.staff.agency.currency, reference.gazetteer)
    request, read = filled_in(RequestFacts(), said.request)
    facts = InquiryFacts.from_request(request, channel="api", today=today, message=message, read=read)
    classification = reference.rules.classifying.class_of(facts)
    categorised = reference.rules.classifying.category_of(facts, classification.inquiry_class)
    facts = replace(facts, category=categorised.category)
    kept, origin = as_kept(facts, is_category_stated=False, language=spoken(message, "", ""))
    return ReadMessage(message, kept, origin, said.spans, classification.inquiry_class, classification.reason)
