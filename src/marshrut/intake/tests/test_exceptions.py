"""New inquiries stand above all but the listed exceptions; whoever passes one over is written down, under which and over which."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.errors import Invalid
from marshrut.desk.queries import FIRST, NEW, list_today
from marshrut.intake.models import PassedOver
from marshrut.intake.queries.exceptions import count_passed, count_standing, exception_sql, list_passed
from marshrut.intake.reference import read_reference
from marshrut.intake.rules import RulesetError
from marshrut.intake.rules.defaults import default_exceptions
from marshrut.intake.rules.exceptions import WORK_KINDS, compile_exceptions
from marshrut.intake.services import answer_client
from marshrut.intake.services.rule_settings import save_exceptions
from marshrut.intake.tests.conftest import MONDAY
from marshrut.journal.services import NextAction, plan_action

RULES = compile_exceptions(default_exceptions())
DAY_END = MONDAY.replace(hour=21)


@given(
    st.sampled_from([*WORK_KINDS, "trouble", "other"]),
    st.integers(-200, 200),
)
def test_an_action_waits_until_it_is_due_today_in_trouble_or_past_its_longest_wait(kind: str, hours: int) -> None:
    due_at = MONDAY + timedelta(hours=hours)
    said = RULES.of_task(kind, due_at, MONDAY, DAY_END)
    if kind == "trouble":
        assert said == "trip_trouble"
    elif kind in ("hold", "payment"):
        assert said == ("due_today" if due_at < DAY_END else "")
    else:
        assert said == ("longest_wait" if -hours > RULES.longest(kind).total_seconds() / 3600 else "")


@pytest.mark.parametrize("broken", [{"on": ["sleep"]}, {"on": "call_now"}, {"longest_hours": {"call": 1}}, {"extra": 1}])
def test_a_list_that_cannot_be_used_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(RulesetError):
        compile_exceptions(default_exceptions() | broken)


@pytest.mark.django_db
def test_sql_and_rules_say_the_same_of_every_kind_and_moment(agency: Any, come: Callable[..., Any]) -> None:
    matter = come(MONDAY).dossier
    dues = [MONDAY + timedelta(hours=hours) for hours in (-100, -50, -10, -1, 3, 40)]
    for kind in (*WORK_KINDS, "trouble"):
        for due_at in dues:
            plan_action(
                dossier_id=matter.pk, action=NextAction(f"{kind} {due_at:%d %H}", due_at, kind), by=agency.owner, now=MONDAY
            )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"select t.kind, t.due_at, {exception_sql(RULES, MONDAY, DAY_END)} from journal_task t where t.dossier_id = %s",
            [matter.pk],
        )
        rows = cursor.fetchall()
    assert len(rows) > 40
    assert all(covered == bool(RULES.of_task(kind, due_at, MONDAY, DAY_END)) for kind, due_at, covered in rows)
    standing = count_standing(RULES, MONDAY, DAY_END)
    assert sum(standing.values()) == sum(covered for *_row, covered in rows)


@pytest.mark.django_db
def test_today_puts_exceptions_before_new_inquiries_and_trouble_before_what_is_merely_late(
    agency: Any, come: Callable[..., Any]
) -> None:
    agency_day = MONDAY.replace(hour=20)
    fresh, troubled, late = (
        come(MONDAY, message=message) for message in ("Хотим в Турцию", "Мы в отеле, нас не заселяют, помогите", "Египет")
    )
    plan_action(
        dossier_id=late.dossier_id, action=NextAction("Позвонить", MONDAY - timedelta(days=9), "call"), by=agency.owner, now=MONDAY
    )
    plan_action(dossier_id=troubled.dossier_id, action=NextAction("Помочь", MONDAY, "trouble"), by=agency.owner, now=MONDAY)
    owners = {one.dossier.owner_id for one in (fresh, troubled, late)}
    covered = exception_sql(RULES, MONDAY, agency_day)
    seen = [
        row
        for one in (agency.anna, agency.boris, agency.denis)
        if one.id in owners
        for row in list_today(one, MONDAY, agency_day, covered)
    ]
    groups = {row.dossier_id: row.group for row in seen}
    assert groups[troubled.dossier_id] == groups[late.dossier_id] == FIRST
    assert groups[fresh.dossier_id] == NEW
    nothing = exception_sql(replace(RULES, on=frozenset()), MONDAY, agency_day)
    assert FIRST not in {row.group for row in list_today(agency.anna, MONDAY, agency_day, nothing)}


@pytest.mark.django_db
def test_working_on_something_else_while_a_new_inquiry_waits_is_written_down_with_its_exception(
    agency: Any, come: Callable[..., Any]
) -> None:
    inquiries = [come(MONDAY) for _ in range(6)]
    anna = [one for one in inquiries if one.dossier.owner_id == agency.anna.id]
    waits, other = anna[:2]
    soon, later = MONDAY + timedelta(minutes=2), MONDAY + timedelta(minutes=8)
    answer_client(dossier_id=other.dossier_id, kind="call_out", body="", by=agency.anna, now=soon)
    assert not PassedOver.objects.exists()  # it had just come
    answer_client(dossier_id=other.dossier_id, kind="call_out", body="", by=agency.anna, now=later)
    answer_client(dossier_id=other.dossier_id, kind="call_in", body="", by=agency.anna, now=later)
    plan_action(dossier_id=other.dossier_id, action=NextAction("Оплата", later, "payment"), by=agency.anna, now=later)
    answer_client(dossier_id=other.dossier_id, kind="message_out", body="", by=agency.anna, now=later)
    noted = list(PassedOver.objects.order_by("id").values_list("exception", "raw_id", "dossier_id", "employee_id"))
    assert [row[0] for row in noted] == ["", "call_now", "due_today"]
    assert {row[1:] for row in noted} == {(waits.pk, other.dossier_id, agency.anna.id)}
    answer_client(dossier_id=waits.dossier_id, kind="call_out", body="", by=agency.anna, now=later)
    answer_client(dossier_id=other.dossier_id, kind="call_out", body="", by=agency.anna, now=later)
    assert PassedOver.objects.count() == 3  # nothing new waits any more


@pytest.mark.django_db
def test_the_supervisor_sees_who_and_over_which_and_a_stranger_does_not(
    agency: Any, come: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    anna = [one for one in (come(MONDAY) for _ in range(6)) if one.dossier.owner_id == agency.anna.id]
    later = MONDAY + timedelta(minutes=8)
    for _turn in range(3):
        answer_client(dossier_id=anna[1].dossier_id, kind="call_out", body="", by=agency.anna, now=later)
    since = MONDAY - timedelta(days=1)
    with django_assert_num_queries(2):
        counted, listed = count_passed(agency.supervisor, since), list_passed(agency.supervisor, since)
    assert [(one.employee_id, one.exception, one.times, one.inquiries) for one in counted] == [(agency.anna.id, "", 3, 1)]
    assert {row.inquiry_id for row in listed} == {anna[0].pk}
    assert count_passed(agency.oleh, since) == []


@pytest.mark.django_db
def test_the_list_is_edited_and_bad_hours_are_refused_by_name(agency: Any) -> None:
    by = {"by": agency.owner, "now": MONDAY}
    save_exceptions(on=["trip_trouble"], typed={"hours.call": "12,5"}, **by)
    rules = read_reference().rules.exceptions
    assert rules.on == {"trip_trouble"}
    assert rules.longest("call") == timedelta(hours=12.5)
    for typed in ("", "-1", "пять", "0"):
        with pytest.raises(Invalid) as refusal:
            save_exceptions(on=[], typed={"hours.call": typed}, **by)
        assert refusal.value.field == "hours.call"
