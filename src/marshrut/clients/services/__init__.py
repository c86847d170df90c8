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
    "change_person",
    "mark_shared",
    "part_people",
    "relate_people",
    "settle_as_different",
    "search_base",
    "look_over_new_people",
    "ask_for_search",
    "add_suspects",
    "Keeper",
    "Reached",
    "add_contacts",
    "add_person",
    "change_keeper",
    "count_past_deal",
    "give_keeper",
    "keep_consent",
    "learn_language",
    "lock_keeper_of",
    "pass_clients",
    "rename_unnamed",
    "set_custom",
    "set_language",
    "suspect",
]
