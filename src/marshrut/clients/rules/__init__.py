"""Decides whether two records are one person: pure, the same for one search and for a whole base."""

from .comparing import FIELDS, HOUSEHOLD, LEVELS, Level, Pattern, compare
from .keys import keys_of
from .records import Record, make_record
from .searching import Found, Search, find_pairs
from .weighing import DELIVERED, Verdict, Weights, estimate_weights, judge_pair

__all__ = [
    "DELIVERED",
    "FIELDS",
    "HOUSEHOLD",
    "LEVELS",
    "Found",
    "Level",
    "Pattern",
    "Record",
    "Search",
    "Verdict",
    "Weights",
    "compare",
    "estimate_weights",
    "find_pairs",
    "judge_pair",
    "keys_of",
    "make_record",
]
