"""Hand-made data whose answers are known. Django is ready only after this file was read: rooms are imported inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from marshrut.agency.permissions import Actor


@pytest.fixture
def make(cast: Any) -> Callable[..., Any]:
    """One matter as it would have become: `make(at=…, outcome="won", amount=100, …)` (see `Made`); the inquiry."""
    from marshrut.insights.tests.made_matters import Made, write_down

    def come(**fields: Any) -> Any:
        made = Made(**fields)
        return write_down(made, made.owner or cast.anna)

    return come


@pytest.fixture
def question(cast: Any) -> Callable[..., Any]:
    """The question somebody asks: `question(cast.owner, first=…, last=…, source="site")`."""
    from datetime import date

    from marshrut.agency.queries import read_revision, read_staff
    from marshrut.insights.asked import Asked
    from marshrut.insights.reports.shapes import Question
    from marshrut.insights.tests.made_matters import NOW

    def ask(actor: Actor, *, first: date = date(2026, 11, 1), last: date = date(2026, 11, 30), zone: str = "Europe/Moscow", **more: Any) -> Question:
        revision = read_revision()
        return Question(actor, read_staff(revision), revision, Asked(first, last, zone, **more), NOW)

    return ask


@pytest.fixture
def look(cast: Any) -> Callable[[Actor], Client]:
    """A browser in which this person has logged in."""

    def enter(actor: Actor) -> Client:
        from marshrut.agency.models import Employee

        browser = Client()
        browser.force_login(Employee.objects.get(pk=actor.id))
        return browser

    return enter
