"""What stays with the agency of a deal: written down when it is realised or later, and shown to whoever may see it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from marshrut.agency.models import Employee
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.money import Money
from marshrut.deals.models import Deal
from marshrut.deals.services import Beginning, close_deal, set_margin, start_deal
from marshrut.intake.reading import read_submission
from marshrut.journal.services import NextAction

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def deal(cast: Cast) -> Deal:
    """A deal of Anna's over 200 000 ₽."""
    who = read_submission({"channel": "api", "contact": {"name": "Иван", "phone": "+7 921 555-01-02"}}, regions=("RU",), today=NOW.date(), now=NOW)
    deal_id = start_deal(beginning=Beginning("office", "Сочи", Decimal(200_000), "RUB"), submission=who,
                         following=NextAction("Позвонить", NOW), by=cast.anna, now=NOW)
    return Deal.objects.get(pk=deal_id)


def look(who: Any) -> Client:
    browser = Client()
    browser.force_login(Employee.objects.get(pk=who.id))
    return browser


def test_the_margin_is_said_when_the_deal_is_closed_as_realised_and_not_of_a_lost_one(cast: Cast, deal: Deal) -> None:
    assert "Сколько остаётся агентству" in look(cast.anna).get(f"/deals/{deal.pk}/close?outcome=won").content.decode()
    look(cast.anna).post(f"/deals/{deal.pk}/close", {"outcome": "won", "reason": "", "margin": "18 500,50 ₽", "note": ""})
    deal.refresh_from_db()
    assert (deal.state, deal.margin) == ("won", Decimal("18500.50"))


def test_of_a_lost_deal_no_margin_is_kept(cast: Cast, deal: Deal) -> None:
    look(cast.anna).post(f"/deals/{deal.pk}/close", {"outcome": "lost", "reason": "expensive", "margin": "18 500", "note": ""})
    deal.refresh_from_db()
    assert (deal.state, deal.margin) == ("lost", None)


@pytest.mark.parametrize("typed", ["300 000", "двадцать", "-5", "NaN", "1e99", "900 $"])
def test_a_margin_that_cannot_be_is_refused_at_its_field_and_nothing_is_closed(cast: Cast, deal: Deal, typed: str) -> None:
    answer = look(cast.anna).post(f"/deals/{deal.pk}/close", {"outcome": "won", "reason": "", "margin": typed, "note": ""})
    deal.refresh_from_db()
    assert (answer.status_code, deal.state) == (422, "open")
    assert 'aria-invalid="true"' in answer.content.decode()


def test_it_is_put_right_later_and_nought_is_a_margin_but_nothing_is_not_known(cast: Cast, deal: Deal) -> None:
    close_deal(deal_id=deal.pk, outcome="won", reason="", by=cast.anna, now=NOW)
    vera = look(cast.supervisor)
    for typed, kept in (("21 000", Decimal(21_000)), ("0", Decimal(0)), ("", None)):
        assert vera.post(f"/deals/{deal.pk}/margin", {"margin": typed}).status_code == 204
        deal.refresh_from_db()
        assert deal.margin == kept


def test_who_may_not_see_margins_writes_one_down_and_does_not_read_it_again(cast: Cast, deal: Deal) -> None:
    close_deal(deal_id=deal.pk, outcome="won", reason="", margin=Money(Decimal(12_345), "RUB"), by=cast.anna, now=NOW)
    for address in (f"/deals/{deal.pk}", f"/deals/{deal.pk}/margin"):
        said = {who.name: look(who).get(address).content.decode().replace("\xa0", "") for who in (cast.anna, cast.supervisor)}
        assert "12345" not in said[cast.anna.name]
        assert "12345" in said[cast.supervisor.name]
    assert look(cast.stranger).get(f"/deals/{deal.pk}/margin").status_code == 404
    with pytest.raises(NotFound):
        set_margin(deal_id=deal.pk, margin=None, by=cast.stranger, now=NOW)


def test_a_deal_of_unknown_worth_takes_the_currency_of_its_margin(cast: Cast, deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(amount=None, currency="")
    set_margin(deal_id=deal.pk, margin=Money(Decimal(100), "USD"), by=cast.anna, now=NOW)
    deal.refresh_from_db()
    assert (deal.margin, deal.currency) == (Decimal(100), "USD")
    assert deal.dossier.currency == "USD"  # the matter is worth what its open deal is
    with pytest.raises(Invalid):
        set_margin(deal_id=deal.pk, margin=Money(Decimal(-1), "USD"), by=cast.anna, now=NOW)
