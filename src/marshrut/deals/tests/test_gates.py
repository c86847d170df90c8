"""Gates: what a client has to agree to, what a refusal leads to, and what a supervisor sees of what was stopped."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.deals.models import Deal, Funnel, GateAnswer, StopReview
from marshrut.deals.queries.dropped import Stopped, list_dropped, sum_dropped
from marshrut.deals.queries.gates import list_asked_decisions, refusals_since
from marshrut.deals.rules import GateRule, Refusal, decide_refusal, shadowed
from marshrut.deals.services import (
    Decision,
    GateSaid,
    change_funnel,
    close_deal,
    decide_gate,
    move_deal,
    open_deal,
    reopen_stopped,
    review_stop,
)
from marshrut.deals.services.gates import GateRuleValues, save_gate, save_gate_rule
from marshrut.journal.models import Dossier, Notice, Task, Touch

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = [(month, day) for month in range(1, 13) for day in (1, 10, 20, 28)]


def rules() -> st.SearchStrategy[GateRule]:
    amounts = st.one_of(st.none(), st.integers(0, 5).map(lambda n: Decimal(n * 100)))
    return st.builds(
        GateRule, id=st.integers(1, 10**6), consequence=st.sampled_from(("wait", "close", "ask")), gate_id=st.sampled_from((None, 1, 2)),
        source_id=st.sampled_from((None, 7, 8)), season=st.one_of(st.none(), st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))),
        worth_from=amounts, worth_below=amounts)


REFUSALS = [Refusal(gate, source, date(2026, month, day), worth) for gate in (1, 2) for source in (None, 7, 8) for month, day in DAYS[::5]
            for worth in (None, Decimal(0), Decimal(150), Decimal(500))]


@given(st.lists(rules(), max_size=6, unique_by=lambda rule: rule.id))
def test_a_rule_that_is_said_to_be_shadowed_never_decides(found: list[GateRule]) -> None:
    hidden = shadowed(found)
    for refusal in REFUSALS:
        rule = decide_refusal(found, refusal)
        assert rule is None or rule.id not in hidden
        assert rule is None or rule.fits(refusal)


def test_the_season_may_run_over_new_year() -> None:
    winter = GateRule(1, "wait", season=((12, 15), (1, 15)), days=30)
    assert decide_refusal([winter], Refusal(1, None, date(2026, 1, 10), None)) is winter
    assert decide_refusal([winter], Refusal(1, None, date(2026, 2, 10), None)) is None


pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(cast: Any, inquire: Any) -> Deal:
    inquiry = inquire(phone="+7 921 555-01-02", budget=300_000)
    return Deal.objects.get(pk=open_deal(inquiry_id=inquiry, funnel="office", by=cast.anna, now=NOW))


@pytest.fixture
def inquire(cast: Any, client: Client) -> Any:
    """An inquiry of Anna's."""
    from marshrut.agency.permissions import system
    from marshrut.intake.models import Inquiry
    from marshrut.intake.reading import read_submission
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import accept_inquiry

    def come(phone: str, budget: int) -> int:
        reference = read_reference()
        body = {"channel": "phone", "source": "site", "contact": {"name": "Иван", "phone": phone}, "request": {"budget": {"amount": budget, "currency": "RUB"}}}
        read = read_submission(body, regions=reference.staff.regions, today=NOW.date(), now=NOW)
        receipt = accept_inquiry(submission=read, body=repr((phone, budget)).encode(), reference=reference, by=system("door"), now=NOW)
        dossier = Inquiry.objects.get(pk=receipt.id).dossier_id
        Dossier.objects.filter(pk=dossier).update(owner_id=cast.anna.id, queue_id=None)
        Task.objects.filter(dossier_id=dossier).update(assignee_id=cast.anna.id, queue_id=None)
        return receipt.id

    return come


def gate_at(cast: Any, stage: str = "meeting_held") -> int:
    stage_id = Funnel.objects.get(slug="office").stages.get(slug=stage).pk
    return save_gate(gate_id=None, stage_id=stage_id, question="Согласен встретиться в офисе", is_active=True, by=cast.owner, now=NOW)


def rule_for(cast: Any, consequence: str, **more: Any) -> int:
    usual: dict[str, Any] = {"position": 0, "gate_id": None, "source_id": None, "season_first": "", "season_last": "", "worth_from": None,
                             "worth_below": None, "days": None, "reason": "", "is_active": True}
    return save_gate_rule(rule_id=None, values=GateRuleValues(**{**usual, "consequence": consequence, **more}), by=cast.owner, now=NOW)


FACTS = {"meeting_on": "2026-11-21"}


def test_the_client_has_to_agree_before_the_deal_stands_there_also_when_the_stage_is_skipped(cast: Any, deal: Deal) -> None:
    gate = gate_at(cast, "options_shown")
    with pytest.raises(Invalid) as refused:
        move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, by=cast.anna, now=NOW)
    assert refused.value.missing == (f"gate.{gate}",)
    move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates={gate: GateSaid(True)}, by=cast.anna, now=NOW)
    deal.refresh_from_db()
    assert deal.stage.slug == "meeting_held"
    move_deal(deal_id=deal.pk, stage="contact_made", reason="Ошибка", by=cast.anna, now=NOW)
    move_deal(deal_id=deal.pk, stage="meeting_held", by=cast.anna, now=NOW)  # agreed once: not asked again


def test_a_refusal_without_a_rule_is_kept_and_the_deal_goes_on(cast: Any, deal: Deal) -> None:
    gate = gate_at(cast)
    with pytest.raises(Invalid) as refused:
        move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates={gate: GateSaid(False)}, by=cast.anna, now=NOW)
    assert refused.value.missing == (f"gate.{gate}.words",)
    move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates={gate: GateSaid(False, "Живёт далеко")}, by=cast.anna, now=NOW)
    deal.refresh_from_db()
    answer = GateAnswer.objects.get()
    assert (deal.stage.slug, answer.agreed, answer.consequence, answer.words) == ("meeting_held", False, "go_on", "Живёт далеко")


def test_small_deals_end_in_season_and_large_ones_are_the_supervisors_to_decide(cast: Any, deal: Deal, inquire: Any) -> None:
    gate = gate_at(cast)
    rule_for(cast, "close", reason="Дорого", season_first="11-01", season_last="12-31", worth_below=Decimal(100_000))
    rule_for(cast, "ask", position=1)
    small = open_deal(inquiry_id=inquire("+7 921 555-01-09", 50_000), funnel="office", by=cast.anna, now=NOW)
    said = {gate: GateSaid(False, "не поедет")}
    assert move_deal(deal_id=small, stage="meeting_held", facts=FACTS, gates=said, by=cast.anna, now=NOW).consequence == "close"
    ended = Deal.objects.get(pk=small)
    assert (ended.state, ended.close_reason) == ("lost", "Дорого: не поедет")
    assert move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates=said, by=cast.anna, now=NOW).consequence == "ask"
    deal.refresh_from_db()
    assert (deal.state, deal.stage.slug) == ("open", "contact_made")
    assert Task.objects.get(dossier=deal.dossier, state="pending").title.endswith("не поедет")
    assert Notice.objects.get(code="gate_refused").employee_id == cast.supervisor.id


def test_a_refusal_may_put_the_deal_aside_until_it_comes_back_by_itself(cast: Any, deal: Deal) -> None:
    gate = gate_at(cast)
    rule_for(cast, "wait", days=30)
    move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates={gate: GateSaid(False, "после отпуска")}, by=cast.anna, now=NOW)
    deal.dossier.refresh_from_db()
    assert deal.dossier.waits_until == NOW + timedelta(days=30)
    assert "после отпуска" in deal.dossier.waits_for


@pytest.mark.parametrize(("more", "field"), [
    ({"consequence": "wait"}, "days"), ({"consequence": "close"}, "reason"), ({"consequence": "dance"}, "consequence"),
    ({"consequence": "ask", "season_first": "02-30", "season_last": "03-01"}, "season_first"), ({"consequence": "ask", "season_first": "02-03"}, "season_last"),
    ({"consequence": "ask", "worth_from": Decimal(5), "worth_below": Decimal(5)}, "worth_below")])
def test_a_rule_that_makes_no_sense_is_refused_with_the_field_named(cast: Any, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rule_for(cast, more.pop("consequence"), **more)
    assert refused.value.field == field


def test_the_database_keeps_no_refusal_without_a_consequence(cast: Any, deal: Deal) -> None:
    gate = gate_at(cast)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into deals_gateanswer(deal_id, dossier_id, gate_id, agreed, at, by) values (%s, %s, %s, false, now(), 'x')",
                       [deal.pk, deal.dossier_id, gate])


def test_the_supervisor_sees_what_was_stopped_by_whom_and_its_worth_and_reviews_it_once(cast: Any, deal: Deal) -> None:
    close_deal(deal_id=deal.pk, outcome="lost", reason="Дорого: нашли дешевле", by=cast.anna, now=NOW)
    since = Stopped(NOW - timedelta(days=1))
    line = list_dropped(cast.supervisor, since)[0]
    assert (line.reason, line.worth, line.owner_id, line.closed_by) == ("Дорого", Decimal(300_000), cast.anna.id, cast.anna.label)
    (total,) = sum_dropped(cast.supervisor, since)
    assert (total.number, total.unseen, total.worth) == (1, 1, ((Decimal(300_000), "RUB"),))
    assert list_dropped(cast.stranger, since) == []
    with pytest.raises(NotFound):
        review_stop(dossier_id=deal.dossier_id, note="", by=cast.stranger, now=NOW)
    review_stop(dossier_id=deal.dossier_id, note="Верно", by=cast.supervisor, now=NOW)
    assert list_dropped(cast.supervisor, since) == []
    assert list_dropped(cast.supervisor, replace(since, unseen=False))[0].note == "Верно"
    assert Notice.objects.get(code="stop_reviewed").employee_id == cast.anna.id
    assert Touch.objects.get(kind="review").body == "Верно"
    with pytest.raises(Refused):
        review_stop(dossier_id=deal.dossier_id, note="", by=cast.supervisor, now=NOW)


def test_spam_and_a_price_check_are_stops_too_and_so_is_a_lost_deal_without_an_inquiry(cast: Any, deal: Deal, inquire: Any) -> None:
    from marshrut.deals.services import Beginning, start_deal
    from marshrut.intake.services import close_inquiry
    from marshrut.journal.services import NextAction

    person = Dossier.objects.get(pk=deal.dossier_id).person_id
    close_inquiry(inquiry_id=inquire("+7 921 555-01-20", 10_000), outcome="price_check", reason="спросил и пропал", by=cast.anna, now=NOW)
    action = NextAction("Позвонить", NOW + timedelta(days=1))
    alone = start_deal(beginning=Beginning("office", "Сочи", Decimal(70_000), "RUB"), person_id=person, following=action, by=cast.anna, now=NOW)
    close_deal(deal_id=alone, outcome="lost", reason="Передумал", by=cast.supervisor, now=NOW + timedelta(minutes=1))
    since = Stopped(NOW - timedelta(days=1))
    lost, checked = list_dropped(cast.supervisor, since)
    assert (lost.inquiry_id, lost.deal_id, lost.reason, lost.closed_by) == (None, alone, "Передумал", cast.supervisor.label)
    assert (checked.disposition, checked.said, checked.worth) == ("price_check", "спросил и пропал", Decimal(10_000))
    assert [line.deal_id for line in list_dropped(cast.supervisor, replace(since, ended="lost"))] == [alone]
    assert [line.deal_id for line in list_dropped(cast.supervisor, replace(since, ended="price_check"))] == [None]
    assert [line.dossier_id for line in list_dropped(cast.supervisor, since, (lost.closed_at, lost.dossier_id))] == [checked.dossier_id]
    assert sum_dropped(cast.supervisor, replace(since, reason="Передумал"))[0].number == 1


def test_what_was_realised_was_not_stopped(cast: Any, deal: Deal) -> None:
    close_deal(deal_id=deal.pk, outcome="won", reason="", by=cast.anna, now=NOW)
    for keep in (review_stop, reopen_stopped):
        with pytest.raises(Refused):
            keep(dossier_id=deal.dossier_id, note="", by=cast.supervisor, now=NOW)
    assert not StopReview.objects.exists()


def test_what_was_wrongly_stopped_is_open_again_with_a_next_action(cast: Any, deal: Deal, inquire: Any) -> None:
    from marshrut.intake.models import Inquiry
    from marshrut.intake.services import close_inquiry

    close_deal(deal_id=deal.pk, outcome="lost", reason="Дорого", by=cast.anna, now=NOW)
    reopen_stopped(dossier_id=deal.dossier_id, note="Позвоните ещё раз", by=cast.supervisor, now=NOW)
    deal.refresh_from_db()
    assert deal.state == "open"
    assert Task.objects.filter(dossier=deal.dossier, state="pending").exists()
    alone = inquire("+7 921 555-01-10", 10_000)
    close_inquiry(inquiry_id=alone, outcome="lost", reason="Дорого", by=cast.anna, now=NOW)
    reopen_stopped(dossier_id=Inquiry.objects.get(pk=alone).dossier_id, note="", by=cast.supervisor, now=NOW)
    assert Inquiry.objects.get(pk=alone).state == "open"
    assert StopReview.objects.filter(verdict="reopened").count() == 2
    assert list_dropped(cast.supervisor, Stopped(NOW - timedelta(days=1), unseen=False)) == []


def test_the_dialog_asks_the_gate_and_says_what_followed(cast: Any, deal: Deal) -> None:
    gate = gate_at(cast)
    rule_for(cast, "wait", days=14)
    from marshrut.agency.models import Employee

    browser = Client()
    browser.force_login(Employee.objects.get(pk=cast.anna.id))
    asked = browser.post(f"/deals/{deal.pk}/stage", {"stage": "meeting_held", "fact_meeting_on": "2026-11-21"})
    assert asked.status_code == 422
    assert "Согласен встретиться в офисе" in asked.content.decode()
    again = browser.post(f"/deals/{deal.pk}/stage", {"stage": "meeting_held", "fact_meeting_on": "2026-11-21", f"gate_{gate}": "no"})
    assert again.status_code == 422
    after = browser.post(f"/deals/{deal.pk}/stage", {"stage": "meeting_held", "fact_meeting_on": "2026-11-21", f"gate_{gate}": "no", f"words_{gate}": "осенью"})
    assert after.status_code == 204
    assert "14" in after["HX-Trigger"]


def test_a_rule_about_a_source_speaks_of_what_that_source_was_merged_into(cast: Any, deal: Deal) -> None:
    from marshrut.intake.services.source_merging import merge_sources
    from marshrut.marketing.models import Source

    old = Source.objects.create(slug="old-site", name="Старый сайт")
    gate = gate_at(cast)
    rule_for(cast, "wait", days=5, source_id=old.pk)
    said = {gate: GateSaid(False, "потом")}
    merge_sources(source_id=old.pk, into_id=Source.objects.get(slug="site").pk, by=cast.owner, now=NOW)
    assert move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates=said, by=cast.anna, now=NOW).consequence == "wait"


def test_another_funnel_is_no_way_around_a_gate(cast: Any, deal: Deal) -> None:
    stage_id = Funnel.objects.get(slug="distance").stages.get(slug="options_shown").pk
    gate = save_gate(gate_id=None, stage_id=stage_id, question="Согласен на встречу онлайн", is_active=True, by=cast.owner, now=NOW)
    rule_for(cast, "wait", days=10)
    moved: dict[str, Any] = {"deal_id": deal.pk, "funnel": "distance", "stage": "call_held", "reason": "уехал", "facts": FACTS, "by": cast.anna, "now": NOW}
    with pytest.raises(Invalid) as refused:
        change_funnel(**moved)
    assert refused.value.missing == (f"gate.{gate}",)
    assert change_funnel(**moved, gates={gate: GateSaid(False, "потом")}).days == 10
    deal.refresh_from_db()
    assert (deal.stage.funnel.slug, deal.dossier.waits_until) == ("office", NOW + timedelta(days=10))
    change_funnel(**moved, gates={gate: GateSaid(True)})
    deal.refresh_from_db()
    assert deal.stage.slug == "call_held"


@pytest.fixture
def asked(cast: Any, deal: Deal) -> int:
    """A refusal that waits for the supervisor; its answer's id."""
    gate = gate_at(cast)
    rule_for(cast, "ask")
    move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates={gate: GateSaid(False, "далеко")}, by=cast.anna, now=NOW)
    return GateAnswer.objects.get().pk


def test_the_supervisor_decides_and_the_deal_may_then_go_on_without_being_asked_again(cast: Any, deal: Deal, asked: int) -> None:
    (line,) = list_asked_decisions(cast.supervisor)
    assert (line.id, line.words, line.worth) == (asked, "далеко", Decimal(300_000))
    assert list_asked_decisions(cast.stranger) == []
    decide_gate(answer_id=asked, decision=Decision("go_on", words="Ведите по телефону"), by=cast.supervisor, now=NOW)
    assert list_asked_decisions(cast.supervisor) == []
    assert Notice.objects.get(code="gate_decided").employee_id == cast.anna.id
    assert "Ведите по телефону" in Task.objects.get(dossier=deal.dossier, state="pending").title
    move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, by=cast.anna, now=NOW)
    with pytest.raises(Refused):
        decide_gate(answer_id=asked, decision=Decision("close", reason="Дорого"), by=cast.supervisor, now=NOW)


def test_a_decision_may_let_the_deal_wait_or_end(cast: Any, deal: Deal, asked: int) -> None:
    decide_gate(answer_id=asked, decision=Decision("close", reason="Дорого", words="не наш клиент"), by=cast.supervisor, now=NOW)
    deal.refresh_from_db()
    assert (deal.state, deal.close_reason, deal.closed_by) == ("lost", "Дорого: не наш клиент", cast.supervisor.label)


@pytest.mark.parametrize(("decision", "field"), [(Decision("wait"), "days"), (Decision("wait", 5000), "days"), (Decision("close"), "reason"),
                                                 (Decision("ask"), "consequence"), (Decision("dance"), "consequence")])
def test_a_decision_that_decides_nothing_is_refused_with_the_field_named(cast: Any, asked: int, decision: Decision, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        decide_gate(answer_id=asked, decision=decision, by=cast.supervisor, now=NOW)
    assert refused.value.field == field


def test_nobody_decides_for_themselves_nor_for_another_office(cast: Any, deal: Deal, asked: int) -> None:
    with pytest.raises(Refused):
        decide_gate(answer_id=asked, decision=Decision("go_on"), by=cast.anna, now=NOW)
    for answer_id, by in ((asked, cast.stranger), (10**12, cast.supervisor)):
        with pytest.raises(NotFound):
            decide_gate(answer_id=answer_id, decision=Decision("go_on"), by=by, now=NOW)
    move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates={GateAnswer.objects.get().gate_id: GateSaid(True)}, by=cast.anna, now=NOW)
    with pytest.raises(Refused):  # the client has agreed meanwhile
        decide_gate(answer_id=asked, decision=Decision("go_on"), by=cast.supervisor, now=NOW)
    assert list_asked_decisions(cast.supervisor) == []


def test_the_database_keeps_nothing_decided_that_is_still_to_be_decided(asked: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        GateAnswer.objects.filter(pk=asked).update(decided_by="x", decided_at=NOW)


def test_whoever_refuses_has_been_talked_to_so_that_the_deal_may_wait_at_once(cast: Any, deal: Deal) -> None:
    from marshrut.intake.models import NextAnswer

    NextAnswer.objects.create(dossier=deal.dossier, channel="email", inquiry_class="new_sale", since=NOW, started_at=NOW,
                              respond_by=NOW + timedelta(hours=1), warn_at=NOW + timedelta(minutes=15))
    gate = gate_at(cast)
    rule_for(cast, "wait", days=3)
    move_deal(deal_id=deal.pk, stage="meeting_held", facts=FACTS, gates={gate: GateSaid(False, "потом")}, by=cast.anna, now=NOW)
    assert NextAnswer.objects.get().state == "met"
    deal.dossier.refresh_from_db()
    assert deal.dossier.waits_until == NOW + timedelta(days=3)


def test_a_preview_sees_past_refusals_in_the_agencys_money_and_on_the_offices_day(cast: Any, deal: Deal, asked: int) -> None:
    from marshrut.intake.reference import read_reference

    Deal.objects.filter(pk=deal.pk).update(amount=1000, currency="USD")
    GateAnswer.objects.update(at=datetime(2026, 11, 19, 22, 30, tzinfo=UTC))  # half past one of the 20th in Moscow
    (refusal,) = refusals_since(NOW - timedelta(days=30), read_reference())
    assert refusal.day == date(2026, 11, 20)
    assert refusal.worth
    assert refusal.worth > 10_000


def test_a_drop_on_the_board_says_what_a_refusal_has_led_to(cast: Any, inquire: Any) -> None:
    from marshrut.agency.models import Employee

    gate = gate_at(cast)
    rule_for(cast, "close", reason="Дорого")
    browser = Client()
    browser.force_login(Employee.objects.get(pk=cast.anna.id))
    typed = {"stage": "meeting_held", "fact_meeting_on": "2026-11-21", f"gate_{gate}": "no", f"words_{gate}": "не хочет"}
    answer = browser.post(f"/inquiries/{inquire('+7 921 555-01-30', 5000)}/deal?funnel=office", typed)
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["done"]["message"].endswith("Дорого")
    assert Deal.objects.get(state="lost").close_reason == "Дорого: не хочет"
