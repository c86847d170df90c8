"""Rules changed while inquiries stream in, over real connections: each inquiry is decided wholly by one set of them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.together import at_once

from marshrut.core.clock import utc_now

pytestmark = pytest.mark.own_database
Verdict = tuple[Any, ...]
STREAMS, SAVES, MOST_LETTERS = 4, 9, 40


@pytest.fixture
def switch(own_database: str, cast: Any) -> Callable[[bool], None]:
    """Everything is changed in one save: the criteria's order, a criterion of relevance, a number of priority, the steps."""
    from django.db import transaction

    from marshrut.catalog.models import Category, Skill
    from marshrut.intake.models import Criterion, RelevanceCriterion
    from marshrut.intake.rules import STEPS, default_priority
    from marshrut.intake.rules.adjusting import number_fields
    from marshrut.intake.rules.condition_trees import Group, Line
    from marshrut.intake.services.criteria import (
        arrange_criteria,
        read_conditions,
        save_criterion,
        save_relevance_criterion,
    )
    from marshrut.intake.services.rule_settings import save_distribution, save_priority

    by = {"by": cast.owner, "now": utc_now()}
    tree = Group("all", (Line("words_any", ("сафари*",)),))
    said = {"conditions": read_conditions(tree), **by}
    one = save_criterion(criterion_id=None, name="Партнёр", inquiry_class="partner", **said)
    two = save_criterion(criterion_id=None, name="Работа", inquiry_class="job", **said)
    worse = save_relevance_criterion(criterion_id=None, name="Сафари", points=-5, **said)
    graded = list(RelevanceCriterion.objects.order_by("position").values_list("id", flat=True))
    assert graded[-1] == worse
    rest = list(Criterion.objects.exclude(pk__in=(one, two)).order_by("position").values_list("id", flat=True))
    Skill.objects.create(employee_id=cast.anna.id, category=Category.objects.get(slug="hotel"))
    fields = list(number_fields(default_priority()))
    usual = {field.path: str(field.value) for field in fields}

    def save(is_first: bool) -> None:
        with transaction.atomic():
            order = [*((one, two) if is_first else (two, one)), *rest]
            arrange_criteria(ids=order, on=order, **by)
            arrange_criteria(ids=graded, on=graded if is_first else graded[:-1], kind="relevance", **by)
            save_priority(typed={**usual, "scale.high": "200000" if is_first else "900"}, fields=fields, **by)
            save_distribution(choices={"order": STEPS, "off": [] if is_first else ["skill"], "take_by_hand": True}, **by)

    return save


def come(number: int) -> Verdict:
    """What was decided of one inquiry about a hotel on safari."""
    from marshrut.agency.permissions import system
    from marshrut.intake.models import Inquiry
    from marshrut.intake.reading import read_submission
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import accept_inquiry

    now = utc_now()
    data = {"channel": "site_form", "source": "site", "contact": {"phone": f"+7916{number:07}"}, "message": "Хотим на сафари",
            "request": {"category": "hotel"}}  # fmt: skip
    submission = read_submission(data, regions=("RU",), today=now.date(), now=now)
    receipt = accept_inquiry(submission=submission, body=b"{}", reference=read_reference(), by=system("test"), now=now)
    made = Inquiry.objects.get(pk=receipt.id)
    steps = tuple(reason["code"] for reason in made.owner_reason)
    return made.inquiry_class, made.class_reason["name"], made.relevance, made.priority, steps


def test_each_inquiry_of_a_stream_is_decided_wholly_by_the_old_rules_or_wholly_by_the_new(switch: Callable[[bool], None]) -> None:
    switch(False)
    new = come(1)
    switch(True)
    old = come(2)
    assert all(one != other for one, other in zip(old, new, strict=True)), "each part of the decision tells the sets apart"
    begun, saved = threading.Barrier(STREAMS + 1, timeout=60), threading.Event()

    def stream(start: int) -> list[Verdict]:
        """One before the first save, as many as there is time for while it is saved, one after the last."""
        verdicts = [come(start)]
        begun.wait()
        while not saved.is_set() and len(verdicts) < MOST_LETTERS:
            verdicts.append(come(start + len(verdicts)))
        saved.wait(60)
        return [*verdicts, come(start + len(verdicts))]

    def restless() -> list[Verdict]:
        begun.wait()
        for turn in range(SAVES):
            switch(turn % 2 == 1)
        saved.set()
        return []

    answers = at_once([restless, *(lambda n=n: stream(1000 * n) for n in range(1, STREAMS + 1))])  # type: ignore[misc]
    decided = [verdict for verdicts in answers for verdict in verdicts]
    assert len(decided) > 3 * STREAMS, "some were decided in between"
    assert set(decided) == {old, new}, "nothing was decided by half of each"


@contextmanager
def whenever_rules_are_read(do: Callable[[], None]) -> Iterator[None]:
    """Something happens on another connection in the very moment this one asks for the agency's own numbers."""
    from django.db import connection

    def asked(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "intake_rulesetting" in sql and sql.lstrip().lower().startswith("select"):
            at_once([do])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(asked):
        yield


def test_rules_saved_between_two_statements_of_one_reading_are_read_again(switch: Callable[[bool], None]) -> None:
    switch(False)
    new = come(1)
    switch(True)
    moments = iter([True])
    with whenever_rules_are_read(lambda: switch(False) if next(moments, False) else None):
        assert come(2) == new


def test_whoever_saves_without_end_waits_for_one_reading(switch: Callable[[bool], None]) -> None:
    """Every reading is overtaken, until the rules are held for the time of one."""
    from django.db import OperationalError, connection

    switch(False)
    new = come(1)
    switch(True)
    old, turns, late = come(2), iter(range(50)), threading.Event()

    def restless() -> None:
        with connection.cursor() as cursor:
            cursor.execute("set lock_timeout = '50ms'")
        try:
            switch(next(turns) % 2 == 1)
        except OperationalError:
            late.set()

    with whenever_rules_are_read(restless):
        switch(False)
        assert come(3) in (old, new)
    assert late.is_set()
