"""Writes of intake, as sentences."""

from marshrut.intake.services.accepting import Receipt, accept_inquiry, accept_quarantined, understand_again
from marshrut.intake.services.clients import add_ways, find_or_make_client, require_person
from marshrut.intake.services.clocks import give_out_queue, run_clocks
from marshrut.intake.services.confirming import change_request, confirm_request
from marshrut.intake.services.correcting import Corrected, correct_inquiry, undo_correction
from marshrut.intake.services.handing import hand_over_matter, may_hand_over, receivers_of
from marshrut.intake.services.letters import take_letter, understand_letter_again
from marshrut.intake.services.mail_doors import read_doors
from marshrut.intake.services.matters import (
    answer_and_plan,
    answer_client,
    close_inquiry,
    finish_action,
    mark_spam,
    record_outcome,
    reopen_inquiry,
    reopen_outcome,
)
from marshrut.intake.services.quarantined import (
    DISCARD,
    LET_IN,
    WAYS_BACK,
    Judged,
    discard_quarantined,
    judge_many,
    let_in_quarantined,
    put_back_discarded,
)
from marshrut.intake.services.takings import may_take_next, next_in_line, take_inquiry, take_next
from marshrut.intake.services.waiting import put_matter_aside
from marshrut.intake.services.writing import refuse_unfilled, write_letter

__all__ = [
    "DISCARD",
    "LET_IN",
    "WAYS_BACK",
    "Corrected",
    "Judged",
    "Receipt",
    "accept_inquiry",
    "accept_quarantined",
    "add_ways",
    "answer_and_plan",
    "answer_client",
    "change_request",
    "close_inquiry",
    "confirm_request",
    "correct_inquiry",
    "discard_quarantined",
    "find_or_make_client",
    "finish_action",
    "give_out_queue",
    "hand_over_matter",
    "judge_many",
    "let_in_quarantined",
    "mark_spam",
    "may_hand_over",
    "may_take_next",
    "next_in_line",
    "put_back_discarded",
    "put_matter_aside",
    "read_doors",
    "receivers_of",
    "record_outcome",
    "refuse_unfilled",
    "reopen_inquiry",
    "reopen_outcome",
    "require_person",
    "run_clocks",
    "take_inquiry",
    "take_letter",
    "take_next",
    "understand_again",
    "understand_letter_again",
    "undo_correction",
    "write_letter",
]
