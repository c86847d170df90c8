"""Writes about people."""

from .doubles import add_suspects, ask_for_search, look_over_new_people, search_base, settle_as_different, suspect
from .people import (
    Keeper,
    Reached,
    add_contacts,
    add_person,
    change_keeper,
    count_past_deal,
    give_keeper,
    keep_consent,
    learn_language,
    lock_keeper_of,
    pass_clients,
    rename_unnamed,
    set_custom,
    set_language,
)
from .relations import change_person, mark_shared, part_people, relate_people

__all__ = [
    "Keeper",
    "Reached",
    "add_contacts",
    "add_person",
    "add_suspects",
    "ask_for_search",
    "change_keeper",
    "change_person",
    "count_past_deal",
    "give_keeper",
    "keep_consent",
    "learn_language",
    "lock_keeper_of",
    "look_over_new_people",
    "mark_shared",
    "part_people",
    "pass_clients",
    "relate_people",
    "rename_unnamed",
    "search_base",
    "set_custom",
    "set_language",
    "settle_as_different",
    "suspect",
]
