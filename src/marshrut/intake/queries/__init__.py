"""Reads of intake: one inquiry with all its reasons, lists, counters."""

from marshrut.intake.queries.cards import InquiryCard, find_inquiry, leading_inquiry, leading_outcome, received_inquiry
from marshrut.intake.queries.figures import (
    DayLine,
    Pulse,
    SourceLine,
    count_days,
    read_pulse,
    source_conversion,
)
from marshrut.intake.queries.lists import InquiryBrief, InquiryFilter, InquiryLine, list_briefs, list_inquiries
from marshrut.intake.queries.matters import (
    KnownExternal,
    LeadingInquiry,
    Standing,
    StoredDemand,
    demand_of,
    find_answer,
    find_dossier_of,
    is_planned,
    kind_of,
    standing_of,
)

__all__ = [
    "DayLine",
    "InquiryBrief",
    "InquiryCard",
    "InquiryFilter",
    "InquiryLine",
    "KnownExternal",
    "LeadingInquiry",
    "Pulse",
    "SourceLine",
    "Standing",
    "StoredDemand",
    "count_days",
    "demand_of",
    "find_answer",
    "find_dossier_of",
    "find_inquiry",
    "is_planned",
    "kind_of",
    "leading_inquiry",
    "leading_outcome",
    "list_briefs",
    "list_inquiries",
    "read_pulse",
    "received_inquiry",
    "source_conversion",
    "standing_of",
]
