"""New inquiries stand above all but the listed exceptions; whoever passes one over is written down, under which and over which."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.errors import Invalid, NotFound
from marshrut.desk.queries import FIRST, NEW, list_today
from marshrut.intake.models import Inquiry, PassedOver
from marshrut.intake.queries.exceptions import count_passed, count_standing, exception_sql, list_passed
from marshrut.intake.reference import read_reference
from marshrut.intake.rules import RulesetError
from marshrut.intake.rules.defaults import default_exceptions
from marshrut.intake.rules.exceptions import WORK_KINDS, compile_exceptions
from marshrut.intake.services import answer_client, finish_action
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
            f"select t.kind, t.due_at, {exception_sql(RULES, MONDAY, DAY_END).covered} from journal_task t where t.dossier_id = %s",
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
    for turn in range(4):
        at = later + timedelta(minutes=turn)
        answer_client(dossier_id=anna[1].dossier_id, kind="call_out", body="", by=agency.anna, now=at)
    since = MONDAY - timedelta(days=1)
    with django_assert_num_queries(2):
        counted, listed = count_passed(agency.supervisor, since), list_passed(agency.supervisor, since)
    assert [(one.employee_id, one.exception, one.times, one.inquiries) for one in counted] == [(agency.anna.id, "", 3, 1)]
    assert {row.inquiry_id for row in listed} == {anna[0].pk}
    assert {row.worked_on for row in listed} == {"Ольга Ветрова"}
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


@pytest.mark.django_db
def test_whoever_turns_to_one_new_inquiry_passes_no_other_new_one_over(agency: Any, come: Callable[..., Any]) -> None:
    anna = [one for one in (come(MONDAY) for _ in range(9)) if one.dossier.owner_id == agency.anna.id]
    for turn, one in enumerate(anna):
        at = MONDAY + timedelta(minutes=8 + turn)
        answer_client(dossier_id=one.dossier_id, kind="call_out", body="", by=agency.anna, now=at)
    assert len(anna) == 3
    assert not PassedOver.objects.exists()


@pytest.mark.django_db
def test_one_turn_to_a_client_passes_over_all_that_waits_and_counts_once(agency: Any, come: Callable[..., Any]) -> None:
    anna = [one for one in (come(MONDAY) for _ in range(9)) if one.dossier.owner_id == agency.anna.id]
    for turn in (1, 8):
        answer_client(
            dossier_id=anna[0].dossier_id, kind="call_out", body="", by=agency.anna, now=MONDAY + timedelta(minutes=turn)
        )
    assert [(one.times, one.inquiries) for one in count_passed(agency.owner, MONDAY - timedelta(days=1))] == [(1, 2)]


@pytest.mark.django_db
def test_completing_an_action_without_a_contact_is_work_too_and_under_the_exception_it_had(
    agency: Any, come: Callable[..., Any]
) -> None:
    anna = [one for one in (come(MONDAY) for _ in range(6)) if one.dossier.owner_id == agency.anna.id]
    waits, other = anna[:2]
    answer_client(dossier_id=other.dossier_id, kind="call_out", body="", by=agency.anna, now=MONDAY)
    later = MONDAY + timedelta(minutes=8)
    by: dict[str, Any] = {"dossier_id": other.dossier_id, "result": "", "following": None, "by": agency.anna, "now": later}
    for kind in ("document", "payment"):
        task_id = plan_action(dossier_id=other.dossier_id, action=NextAction(kind, later, kind), by=agency.anna, now=later)
        finish_action(task_id=task_id, **by)
    noted = PassedOver.objects.order_by("id").values_list("exception", "raw_id")
    assert list(noted) == [("", waits.pk), ("due_today", waits.pk)]
    with pytest.raises(NotFound):
        finish_action(task_id=task_id, **by | {"by": agency.oleh})


@pytest.mark.django_db
def test_an_inquiry_whose_clock_has_broken_still_waits_and_is_still_new(agency: Any, come: Callable[..., Any]) -> None:
    anna = [one for one in (come(MONDAY) for _ in range(6)) if one.dossier.owner_id == agency.anna.id]
    Inquiry.objects.filter(pk=anna[0].pk).update(clock_state="missed", warn_at=None)
    answer_client(dossier_id=anna[1].dossier_id, kind="call_out", body="", by=agency.anna, now=MONDAY)
    later = MONDAY + timedelta(minutes=30)
    answer_client(dossier_id=anna[1].dossier_id, kind="call_out", body="", by=agency.anna, now=later)
    assert list(PassedOver.objects.values_list("raw_id", flat=True)) == [anna[0].pk]
    groups = {row.dossier_id: row.group for row in list_today(agency.anna, later, DAY_END, exception_sql(RULES, later, DAY_END))}
    assert groups[anna[0].dossier_id] == NEW


@pytest.mark.django_db
def test_what_a_manager_did_for_a_client_of_another_office_is_not_told_by_name(agency: Any, come: Callable[..., Any]) -> None:
    waits = next(one for one in (come(MONDAY) for _ in range(6)) if one.dossier.owner_id == agency.anna.id)
    foreign = come(MONDAY, office="podil")
    PassedOver.objects.create(employee_id=agency.anna.id, dossier_id=foreign.dossier_id, raw_id=waits.pk, exception="", at=MONDAY)
    since = MONDAY - timedelta(days=1)
    assert [row.worked_on for row in list_passed(agency.supervisor, since)] == [None]
    assert [row.worked_on for row in list_passed(agency.owner, since)] == ["Ольга Ветрова"]


@pytest.mark.parametrize("typed", ["", "0", "-3", "2,5", "101", "NaN", "много"])
@pytest.mark.django_db
def test_how_many_late_ones_stand_first_is_a_whole_number_from_one_to_a_hundred(agency: Any, typed: str) -> None:
    by = {"by": agency.owner, "now": MONDAY}
    with pytest.raises(Invalid) as refusal:
        save_exceptions(on=["longest_wait"], typed={"late_at_once": typed}, **by)
    assert refusal.value.field == "late_at_once"
    save_exceptions(on=["longest_wait"], typed={"late_at_once": "7"}, **by)
    assert read_reference().rules.exceptions.late_at_once == 7
