"""Writes of intake, as sentences."""

from marshrut.intake.services.accepting import Receipt, accept_inquiry, accept_quarantined, understand_again
from marshrut.intake.services.clocks import give_out_queue, run_clocks
from marshrut.intake.services.matters import (
    answer_and_plan,
    answer_client,
    close_inquiry,
    mark_spam,
    record_outcome,
    reopen_inquiry,
    reopen_outcome,
    take_inquiry,
)

__all__ = [
    "Receipt",
    "accept_inquiry",
    "accept_quarantined",
    "answer_and_plan",
    "answer_client",
    "close_inquiry",
    "give_out_queue",
    "mark_spam",
    "record_outcome",
    "reopen_inquiry",
    "reopen_outcome",
    "run_clocks",
    "take_inquiry",
    "understand_again",
]
