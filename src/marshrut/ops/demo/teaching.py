"""What people of the demo said inquiries are: corrections and confirmations, from which words are learned."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import orjson

from marshrut.agency.queries import Staff
from marshrut.intake.reading import Submission
from marshrut.intake.rules import CATEGORY, CLASS
from marshrut.intake.services.examples import CONFIRMED, DIALOG
from marshrut.intake.services.judging import Judged
from marshrut.ops.rows import Rows

TRUTHS = {"question": "booking_question", "trouble": "trip_trouble", "spam": "spam", "partner": "partner", "job": "job", "other": "other"}
"""The class an inquiry of a kind is really of; a sale is a new one or a known client's."""
_CONFIRMS = {"new_sale": 0.1, "repeat": 0.12}
_ELSE = 0.55
_CATEGORY = 0.12


class Teacher:
    """Managers who put right what the rules took for something else, and confirm some of what they took right."""

    def __init__(self, rows: Rows, chance: random.Random, staff: Staff) -> None:
        self._rows, self._chance, self._staff = rows, chance, staff

    def look(self, raw_id: int, submission: Submission, judged: Judged, truth: str, by_id: int) -> Judged:
        """What stands after somebody has looked: the class put right, or as it was; each look is an example."""
        if not submission.message:
            return judged
        said = judged.classification
        name = self._staff.colleagues[by_id].name if by_id in self._staff.colleagues else ""
        if said.inquiry_class != truth and truth != "repeat":
            self._keep(raw_id, submission, CLASS, said.inquiry_class, truth, dict(said.reason), DIALOG, by_id, name)
            judged = replace(judged, classification=replace(said, inquiry_class=truth, reason={"code": "by_hand", "by": name}))
        elif self._chance.random() < _CONFIRMS.get(truth, _ELSE):
            self._keep(raw_id, submission, CLASS, said.inquiry_class, said.inquiry_class, dict(said.reason), CONFIRMED, by_id, name)
        if judged.category and self._chance.random() < _CATEGORY:
            self._keep(raw_id, submission, CATEGORY, judged.category, judged.category, dict(judged.category_reason), CONFIRMED, by_id, name)
        return judged

    def _keep(
        self, raw_id: int, submission: Submission, axis: str, before: str, after: str, reason: dict[str, object], way: str, by_id: int,
        name: str,
    ) -> None:  # fmt: skip
        at = submission.received_at + timedelta(minutes=self._chance.randint(2, 90))
        self._rows.add("intake_correction", raw_id, axis, before, after, orjson.dumps(reason).decode(), way, at, f"employee:{by_id}", name)
