"""Learning words from what people said inquiries are: a model of classes and one of categories, judged on later inquiries."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid
from marshrut.core.history import sign
from marshrut.intake.models import Learning
from marshrut.intake.queries.words import read_examples
from marshrut.intake.rules import AXES, RulesetError, read_confidence
from marshrut.intake.rules.word_judging import as_rows
from marshrut.intake.rules.word_learning import TooFewExamples
from marshrut.intake.rules.word_process import learn_words_apart
from marshrut.intake.services.learning import keep_learned
from marshrut.intake.services.rule_settings import changes_kept, hold_rules, keep_changes

SETTING = "classification"


def learn_from_corrections(*, now: datetime, progress: Callable[[float], None] = lambda _share: None) -> dict[str, Any]:
    """Both models anew; what came of each axis: its figures, or how few examples there are."""
    told: dict[str, Any] = {}
    for place, axis in enumerate(AXES):
        start = place / len(AXES)
        told[axis] = _learn(axis, now, lambda share, start=start: progress(start + share / len(AXES)))  # type: ignore[misc]
    progress(1.0)
    return told


def _learn(axis: str, now: datetime, progress: Callable[[float], None]) -> dict[str, Any]:
    examples = read_examples(axis)
    try:
        model, figures, judged = learn_words_apart(examples, progress)
    except TooFewExamples as error:
        forget_words(axis=axis, now=now)
        return {"few": error.examples, "labels": error.labels}
    keep_learned(kind=axis, values=model, figures={**figures, "judged": as_rows(judged)}, now=now)
    return {"examples": figures["examples"], "right": figures["right"], "later": figures["later"]}


@transaction.atomic
def forget_words(*, axis: str, now: datetime) -> None:
    """What was learned from examples that were taken back since, and are too few now, is used no more."""
    sign("system:learning")
    Learning.objects.filter(kind=axis).delete()


def try_confidence(typed: dict[str, str]) -> dict[str, Any]:
    """From which confidence on the words decide, as it would be kept: percent by axis, empty where they only propose. Raises Invalid."""
    wanted: dict[str, Any] = dict(changes_kept(SETTING))
    for axis in AXES:
        if axis not in typed:
            continue
        text = typed[axis].strip().replace(",", ".")
        try:
            wanted[axis] = round(float(text) / 100, 4) if text else None
            read_confidence(wanted)
        except (ValueError, RulesetError) as error:
            raise Invalid("confidence_unusable", _("A number from 50 to 99, or empty."), field=axis) from error
    return {axis: share for axis, share in wanted.items() if share is not None}


@transaction.atomic
def save_confidence(*, typed: dict[str, str], by: Actor, now: datetime) -> None:
    """Change from which confidence on words decide where no criterion matches."""
    sign(by.label)
    hold_rules()
    keep_changes(SETTING, try_confidence(typed))
