"""Writes: consents, everything about a person handed over or erased, and what is not kept for ever."""

from marshrut.privacy.services.consents import record_consent, withdraw_consent
from marshrut.privacy.services.erasing import erase_person
from marshrut.privacy.services.handing_over import hand_over_everything
from marshrut.privacy.services.merging import merge_people, settle_late_arrivals, undo_merge
from marshrut.privacy.services.retaining import keep_retention, set_rule

__all__ = [
    "erase_person",
    "hand_over_everything",
    "keep_retention",
    "merge_people",
    "record_consent",
    "set_rule",
    "settle_late_arrivals",
    "undo_merge",
    "withdraw_consent",
]
