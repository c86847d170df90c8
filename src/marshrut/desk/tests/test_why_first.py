"""Why an inquiry comes first, as each reader may read it: sums with margins only, and of the right inquiry."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from marshrut.agency.permissions import Actor
from marshrut.core.clock import utc_now
from marshrut.deals.services import open_deal
from marshrut.desk.tests.conftest import Ask

pytestmark = pytest.mark.django_db


def test_sums_of_a_priority_are_hidden_with_margins(look: Callable[[Actor], Client], hers: Ask, cast: Any) -> None:
    inquiry = hers(message="Мы в отеле, нас не заселяют, помогите")
    sale = hers()
    told = {reason["code"]: reason for reason in sale.priority_reasons}
    assert "margin" in told
    amount = f"{told['margin']['amount']:,}".replace(",", "\u00a0")
    pages = ("/", "/inbox?tab=all", f"/inquiries/{sale.pk}", f"/inbox/{sale.pk}", f"/inquiries/{sale.pk}/priority", "/board",
             f"/inquiries/{inquiry.pk}", f"/clients/{sale.person_id}")  # fmt: skip
    for address in pages:
        page = look(cast.anna).get(address, headers={"HX-Request": "true"}).content.decode()
        assert amount not in page, address
        assert "60\u00a0000" not in page, address
    card = look(cast.supervisor).get(f"/inquiries/{sale.pk}").content.decode()
    assert amount in card


def test_a_deals_card_tells_the_priority_of_its_own_inquiry(anna: Client, hers: Ask, cast: Any) -> None:
    """The number of a deal is not that of its inquiry."""
    hers(), hers()
    inquiry = hers()
    deal = open_deal(inquiry_id=inquiry.pk, funnel="office", by=cast.anna, now=utc_now())
    assert deal != inquiry.pk
    page = anna.get(f"/deals/{deal}").content.decode()
    assert f'hx-get="/inquiries/{inquiry.pk}/priority"' in page
    assert f'hx-get="/inquiries/{deal}/priority"' not in page
