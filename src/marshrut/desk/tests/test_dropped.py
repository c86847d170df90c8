"""The page of what was stopped, as a supervisor sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry
from marshrut.intake.services import close_inquiry

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop(ask: Callable[..., Inquiry], cast: Any) -> Callable[[], Inquiry]:
    """An inquiry that somebody has closed as too dear."""

    def close() -> Inquiry:
        inquiry = ask(name="Александра Константиновна Верхнебогоявленская-Длинная")
        close_inquiry(inquiry_id=inquiry.pk, outcome="lost", reason="Дорого: у соседей дешевле", by=cast.owner, now=utc_now())
        return inquiry

    return close


def test_the_supervisor_sees_the_reason_the_words_the_worth_and_the_sum_by_manager(stop: Callable[[], Inquiry], look: Any, cast: Any) -> None:
    stop()
    page = look(cast.supervisor).get("/dropped").content.decode()
    for words in ("Верхнебогоявленская", "Дорого", "у соседей дешевле", "498"):
        assert words in page, words


def test_a_stopped_matter_is_reviewed_in_a_dialog_and_leaves_the_list(stop: Callable[[], Inquiry], look: Any, cast: Any) -> None:
    inquiry, vera = stop(), look(cast.supervisor)
    assert vera.get(f"/dossiers/{inquiry.dossier_id}/review").status_code == 200
    assert vera.post(f"/dossiers/{inquiry.dossier_id}/review", {"verdict": "right", "note": "Верно"}).status_code == 204
    assert "Верхнебогоявленская" not in vera.get("/dropped").content.decode()
    assert "Верно" in vera.get("/dropped?seen=all").content.decode()
    again = vera.post(f"/dossiers/{inquiry.dossier_id}/review", {"verdict": "reopened"})
    assert again.status_code == 409


def test_it_is_opened_again_from_the_same_dialog(stop: Callable[[], Inquiry], look: Any, cast: Any) -> None:
    inquiry = stop()
    answer = look(cast.supervisor).post(f"/dossiers/{inquiry.dossier_id}/review", {"verdict": "reopened", "note": "Позвоните"})
    inquiry.refresh_from_db()
    assert (answer.status_code, inquiry.state) == (204, "open")


def test_neither_a_manager_nor_a_stranger_sees_it(stop: Callable[[], Inquiry], look: Any, cast: Any) -> None:
    inquiry = stop()
    for who in (cast.anna, cast.boris, cast.stranger):
        browser = look(who)
        assert browser.get("/dropped").status_code == 404
        assert browser.post(f"/dossiers/{inquiry.dossier_id}/review", {"verdict": "right"}).status_code == 404


def test_the_list_takes_as_many_statements_for_three_as_for_one(stop: Callable[[], Inquiry], look: Any, cast: Any) -> None:
    vera: Client = look(cast.supervisor)

    def statements() -> int:
        vera.get("/dropped")
        with CaptureQueriesContext(connection) as asked:
            assert vera.get("/dropped?part=list").status_code == 200
        return len(asked)

    stop()
    one = statements()
    stop()
    stop()
    assert statements() == one


def test_a_span_a_manager_and_an_end_are_asked_for_in_the_address_and_kept_when_one_of_them_changes(stop: Callable[[], Inquiry], look: Any,
                                                                                                    cast: Any) -> None:
    holder = stop().dossier.owner_id
    vera = look(cast.supervisor)
    page = vera.get("/dropped?days=90&ended=lost&seen=all").content.decode()
    assert "Верхнебогоявленская" in page
    assert f"/dropped?ended=lost&amp;seen=all&amp;days=90&amp;owner={holder}" in page
    assert "Верхнебогоявленская" not in vera.get("/dropped?ended=spam").content.decode()
    for nonsense in ("days=-5&ended=dance&owner=999999999999999999999&after=zz", "days=10000&reason=%00&owner=x"):
        assert vera.get(f"/dropped?{nonsense}").status_code == 200


def test_a_refusal_that_waits_is_decided_on_the_page(look: Any, cast: Any, ask: Callable[..., Inquiry]) -> None:
    from marshrut.deals.models import Deal, Funnel, GateAnswer
    from marshrut.deals.services import GateSaid, move_deal, open_deal
    from marshrut.deals.services.gates import GateRuleValues, save_gate, save_gate_rule

    now = utc_now()
    stage_id = Funnel.objects.get(slug="office").stages.get(slug="meeting_held").pk
    gate = save_gate(gate_id=None, stage_id=stage_id, question="Согласен встретиться", is_active=True, by=cast.owner, now=now)
    save_gate_rule(rule_id=None, values=GateRuleValues(0, None, None, "", "", None, None, "ask", None, "", True), by=cast.owner, now=now)
    deal_id = open_deal(inquiry_id=ask(name="Пётр Первый").pk, funnel="office", by=cast.owner, now=now)
    gates = {gate: GateSaid(False, "некогда ехать")}
    move_deal(deal_id=deal_id, stage="meeting_held", facts={"meeting_on": "2026-11-21"}, gates=gates, by=cast.owner, now=now)
    answer, vera = GateAnswer.objects.get(), look(cast.supervisor)
    assert "некогда ехать" in vera.get("/dropped").content.decode()
    assert "Решить" in vera.get(f"/deals/{deal_id}").content.decode()
    assert vera.get(f"/refusals/{answer.pk}/decide").status_code == 200
    assert vera.post(f"/refusals/{answer.pk}/decide", {"consequence": "wait", "days": "0"}).status_code == 422
    assert vera.post(f"/refusals/{answer.pk}/decide", {"consequence": "wait", "days": "5", "words": "Весной"}).status_code == 204
    assert Deal.objects.get(pk=deal_id).dossier.waits_until is not None
    assert vera.get(f"/refusals/{answer.pk}/decide").status_code == 404
    assert look(cast.anna).get(f"/refusals/{answer.pk}/decide").status_code == 404
