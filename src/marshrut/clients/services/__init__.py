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
    lock_keeper_of,
    pass_clients,
    rename_unnamed,
    set_custom,
)

__all__ = [
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
    "lock_keeper_of",
    "pass_clients",
    "rename_unnamed",
    "set_custom",
    "suspect",
]
