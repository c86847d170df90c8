"""Who looks, and what there is to see. Django is ready only after this file was read: rooms are imported inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from django.test import Client

if TYPE_CHECKING:
    from marshrut.agency.permissions import Actor
    from marshrut.intake.models import Inquiry

Ask = Callable[..., Any]


@pytest.fixture
def ask(cast: Any) -> Ask:
    """Make an inquiry come in: `ask(name=…, phone=…)`, or any field of the contract."""
    from marshrut.agency.permissions import system
    from marshrut.core.clock import utc_now
    from marshrut.intake.models import Inquiry
    from marshrut.intake.reading import read_submission
    from marshrut.intake.reference import read_reference
    from marshrut.intake.services import accept_inquiry

    numbers = iter(range(1000))

    def come_in(name: str = "Марина Соколова", phone: str | None = None, **more: Any) -> Inquiry:
        number = phone or f"+7921555{next(numbers):04}"
        request = {"directions": ["Вьетнам"], "adults": 2, "children_ages": [7], "nights": {"from": 14, "to": 14},
                   "budget": {"amount": 498000, "currency": "RUB"}}
        data = {"channel": "site_form", "source": "site", "contact": {"name": name, "phone": number}, "request": request,
                "message": "Хотим на море всей семьёй", **more}
        now = utc_now()
        reference = read_reference()
        submission = read_submission(data, regions=reference.staff.regions, today=now.date(), now=now)
        receipt = accept_inquiry(submission=submission, body=orjson.dumps(data), reference=reference, by=system("test"), now=now)
        return Inquiry.objects.select_related("dossier").get(pk=receipt.id)

    return come_in


@pytest.fixture
def look(cast: Any) -> Callable[[Actor], Client]:
    """A browser in which this person has logged in."""

    def enter(actor: Actor) -> Client:
        from marshrut.agency.models import Employee

        browser = Client()
        browser.force_login(Employee.objects.get(pk=actor.id))
        return browser

    return enter


@pytest.fixture
def anna(look: Callable[[Actor], Client], cast: Any) -> Client:
    return look(cast.anna)


@pytest.fixture
def stranger(look: Callable[[Actor], Client], cast: Any) -> Client:
    return look(cast.stranger)


@pytest.fixture
def hers(ask: Ask, cast: Any) -> Ask:
    """Like `ask`, but what comes in is Anna's."""
    from marshrut.agency.models import Employee

    def come_to_anna(**fields: Any) -> Inquiry:
        Employee.objects.filter(pk=cast.boris.id).update(capacity=0)
        inquiry = ask(**fields)
        Employee.objects.filter(pk=cast.boris.id).update(capacity=None)
        assert inquiry.dossier.owner_id == cast.anna.id
        return inquiry

    return come_to_anna
