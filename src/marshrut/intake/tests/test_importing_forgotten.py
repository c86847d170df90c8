"""A file of leads that was forgotten before its end: what happened is said, what came in stays, and the rest can still come in."""

from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.core.clock import utc_now
from marshrut.core.errors import Refused
from marshrut.core.files import forget_file
from marshrut.intake.models import ImportRun, ImportState
from marshrut.intake.services.import_runs import check_run, continue_run, start_run
from marshrut.intake.services.import_work import work_on_imports
from marshrut.intake.tests.lead_files import ROWS, all_at_once, check, hand_in, table, take_out

pytestmark = pytest.mark.django_db
TWICE = [*ROWS[:2], ["Орлова Нина", "+7 921 555-00-77", "", "", "Сайт", "", "", "", ""]]


def half_in(cast: Cast) -> Any:
    """Two of three rows came in before the run stopped, and then its file was forgotten."""
    run = all_at_once(table(TWICE[:2]), cast.owner)
    whole = hand_in(table(TWICE), cast.owner)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.STOPPED, file_id=ImportRun.objects.get(pk=whole).file_id)
    ImportRun.objects.filter(pk=whole).delete()
    run.refresh_from_db()
    forget_file(run.file_id)
    return run


def page_of(who: Any, run: Any) -> str:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=who.id))
    return browser.get(f"/imports/{run.pk}").content.decode()


def test_going_on_says_what_happened_what_is_kept_and_what_to_do(cast: Cast) -> None:
    run = half_in(cast)
    with pytest.raises(Refused, match=r"хранятся ограниченное время.*2 строки.*ещё раз"):
        continue_run(run_id=run.pk, by=cast.owner, now=utc_now())
    page = page_of(cast.owner, run)
    assert "хранятся ограниченное время" in page
    assert f"/imports/{run.pk}/continue" not in page
    assert f"/imports/{run.pk}/undo" in page


def test_the_same_file_once_more_brings_in_only_the_rest(cast: Cast) -> None:
    half_in(cast)
    again = all_at_once(table(TWICE), cast.owner)
    assert (again.made, again.repeated) == (1, 2)


def test_what_came_in_is_taken_out_without_the_file(cast: Cast) -> None:
    run = half_in(cast)
    assert take_out(run.pk, cast.owner).state == "undone"


def test_a_run_whose_file_goes_while_it_is_at_work_says_the_same(cast: Cast) -> None:
    run = half_in(cast)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.RUNNING)
    work_on_imports(utc_now)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "хранятся ограниченное время" in run.problem
    assert "Что-то пошло не так" not in page_of(cast.owner, run)


def test_a_file_nothing_of_which_came_in_is_neither_checked_nor_begun(cast: Cast) -> None:
    run = check(hand_in(table(ROWS), cast.owner), cast.owner)
    forget_file(run.file_id)
    given = {"targets": run.mapping["targets"], "words": {}, "day_first": True, "currency": "RUB", "source_slug": ""}
    for attempt in (lambda: start_run(run_id=run.pk, by=cast.owner, now=utc_now()),
                    lambda: check_run(run_id=run.pk, by=cast.owner, now=utc_now(), **given)):
        with pytest.raises(Refused, match="ничего не загружено"):
            attempt()
    page = page_of(cast.owner, run)
    assert f"/imports/{run.pk}/discard" in page
    assert f"/imports/{run.pk}/start" not in page
