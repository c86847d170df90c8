"""Whoever may not see margins reads why an inquiry comes first without sums; whoever may reads them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from marshrut.agency.permissions import Actor
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
