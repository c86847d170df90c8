"""Jobs that take a while: learning, replaying a period, trying a plan. One at a time in the whole home; begun anew when cut off."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from marshrut.agency.permissions import Actor
from marshrut.core.alone import alone
from marshrut.core.errors import DomainError
from marshrut.core.history import sign
from marshrut.intake.models import LearningRun
from marshrut.intake.reference import read_reference
from marshrut.intake.services.learning import LEARNER, learn_from_history
from marshrut.intake.services.learning_words import learn_from_corrections
from marshrut.intake.services.replaying import replay_period
from marshrut.intake.services.trials import try_plans

log = logging.getLogger(__name__)
LEARNING, REPLAY, WORDS, TRIAL = KINDS = ("learning", "replay", "words", "trial")
WORKER = "intake.learn"
NIGHT_HOUR = 3
KEPT = timedelta(days=90)
_AGAIN_AFTER = timedelta(hours=20)
_LEAST_STEP = 0.02
_ONE_AT_A_TIME = 0x6D727432
Clock = Callable[[], datetime]


@transaction.atomic
def ask_for_run(*, kind: str, asked: Mapping[str, Any], by: Actor, now: datetime) -> int:
    """Have something learned, replayed or tried; the id of the run. One that waits already with the same wishes is given back."""
    sign(by.label)
    waiting = LearningRun.objects.filter(kind=kind, finished_at__isnull=True, asked=dict(asked)).first()
    if waiting is not None:
        return int(waiting.pk)
    run = LearningRun.objects.create(kind=kind, asked=dict(asked), created_at=now, created_by=by.label)
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(WORKER, queueing_lock=WORKER).defer(timestamp=int(now.timestamp()))
    return int(run.pk)


def work_on_runs(clock: Clock) -> int:
    """Do what was asked for, and every night learn by itself; how many runs were worked on. A second worker leaves at once."""
    done = 0
    with alone(_ONE_AT_A_TIME) as is_ours:
        if is_ours:
            _ask_by_night(clock())
        while is_ours and (run := LearningRun.objects.filter(kind__in=KINDS, finished_at__isnull=True).order_by("id").first()) is not None:
            done += 1
            _work(run, clock)
    return done


def _ask_by_night(now: datetime) -> None:
    calendar = read_reference().staff.first_office.calendar
    if now.astimezone(calendar.zone).hour != NIGHT_HOUR:
        return
    for kind in (LEARNING, WORDS):
        if not LearningRun.objects.filter(kind=kind, created_at__gt=now - _AGAIN_AFTER).exists():
            LearningRun.objects.create(kind=kind, created_at=now, created_by=LEARNER.label)
    LearningRun.objects.filter(created_at__lt=now - KEPT, finished_at__isnull=False).delete()


def _work(run: LearningRun, clock: Clock) -> None:
    reached = 0.0

    def progress(share: float) -> None:
        nonlocal reached
        if share >= reached + _LEAST_STEP:
            reached = share
            LearningRun.objects.filter(pk=run.pk).update(progress=min(0.99, share))

    works = {LEARNING: _learn, REPLAY: _replay, WORDS: _learn_words, TRIAL: _try}
    try:
        result, problem = works[run.kind](run, clock(), progress), ""
    except (OperationalError, InterfaceError):
        raise  # the database is away: the run stays as it is, the next sweep begins it anew
    except DomainError as error:
        result, problem = None, error.sentence
    except Exception as error:
        log.exception("run %s", run.pk)
        result, problem = None, type(error).__name__
    LearningRun.objects.filter(pk=run.pk).update(result=result, problem=problem, progress=1, finished_at=clock())


def _learn(run: LearningRun, now: datetime, progress: Callable[[float], None]) -> dict[str, Any]:
    return learn_from_history(reference=read_reference(), now=now, progress=progress)


def _learn_words(_run: LearningRun, now: datetime, progress: Callable[[float], None]) -> dict[str, Any]:
    return learn_from_corrections(now=now, progress=progress)


def _replay(run: LearningRun, now: datetime, progress: Callable[[float], None]) -> dict[str, Any]:
    return replay_period(asked=run.asked, reference=read_reference(), now=now, progress=progress)


def _try(run: LearningRun, now: datetime, progress: Callable[[float], None]) -> dict[str, Any]:
    return try_plans(asked=run.asked, reference=read_reference(), now=now, progress=progress)
