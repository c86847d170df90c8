"""Writes: consents, everything about a person handed over or erased, and what is not kept for ever."""

from marshrut.privacy.services.consents import record_consent, withdraw_consent
from marshrut.privacy.services.erasing import erase_person
from marshrut.privacy.services.handing_over import hand_over_everything
from marshrut.privacy.services.retaining import keep_retention, set_rule

__all__ = ["erase_person", "hand_over_everything", "keep_retention", "record_consent", "set_rule", "withdraw_consent"]
