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
    find_chosen,
    found_by,
    keeper_of,
    people_lines,
    people_within,
    person_card,
    person_of_matter,
    search_people,
)
from .relations import RelationLine, relations_of
from .tombstones import erased_among, tombstone_of

__all__ = [
    "Alike",
    "ContactLine",
    "Match",
    "PersonCard",
    "PersonLine",
    "RelationLine",
    "SearchLine",
    "SuspectLine",
    "agreement_of",
    "count_custom",
    "count_people",
    "count_suspects",
    "erased_among",
    "find_alike",
    "find_by_contacts",
    "find_chosen",
    "find_suspect",
    "found_by",
    "is_search_due",
    "keeper_of",
    "last_search",
    "list_suspects",
    "people_lines",
    "people_within",
    "person_card",
    "person_of_matter",
    "read_weights",
    "records_of",
    "relations_of",
    "search_people",
    "suspects_of",
    "tombstone_of",
]
