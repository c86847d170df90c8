"""Reads about people: who they are, who may be somebody's double, who belongs together."""

from .doubles import SearchLine, SuspectLine, count_suspects, find_suspect, is_search_due, last_search, list_suspects, suspects_of
from .likeness import Alike, agreement_of, count_people, find_alike, read_weights, records_of
from .people import (
    ContactLine,
    Match,
    PersonCard,
    PersonLine,
    count_custom,
    find_by_contacts,
    found_by,
    keeper_of,
    people_within,
    person_card,
    person_of_matter,
    search_people,
)
from .relations import RelationLine, relations_of

__all__ = [
    "RelationLine",
    "relations_of",
    "is_search_due",
    "count_people",
    "records_of",
    "read_weights",
    "find_alike",
    "agreement_of",
    "Alike",
    "suspects_of",
    "list_suspects",
    "last_search",
    "find_suspect",
    "count_suspects",
    "SuspectLine",
    "SearchLine",
    "ContactLine",
    "Match",
    "PersonCard",
    "PersonLine",
    "count_custom",
    "find_by_contacts",
    "found_by",
    "keeper_of",
    "people_within",
    "person_card",
    "person_of_matter",
    "search_people",
]
