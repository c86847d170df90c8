"""Hand-made data whose answers are known. Django is ready only after this file was read: rooms are imported inside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from marshrut.agency.permissions import Actor

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday, 15:00 in Moscow


def _open_deal(
    inquiry: Any, stages: tuple[tuple[str, datetime], ...], *, state: str, reason: str, ended: datetime | None, **money: Any
) -> None:
    """The deal of an inquiry with its way through the office funnel."""
    from marshrut.deals.models import Deal, Funnel, StageEntry

    by_slug = {stage.slug: stage for stage in Funnel.objects.get(slug="office").stages.all()}
    deal = Deal.objects.create(
        dossier=inquiry.dossier, inquiry=inquiry, stage=by_slug[stages[-1][0]], stage_entered_at=stages[-1][1], title="Вьетнам",
        state=state, close_reason=reason, opened_at=stages[0][1], closed_at=ended, closed_by="test" if ended else None, **money)
    for place, (slug, entered) in enumerate(stages):
        left = stages[place + 1][1] if place + 1 < len(stages) else None
        StageEntry.objects.create(deal=deal, stage=by_slug[slug], entered_at=entered, left_at=left, by="test")


@pytest.fixture
def make(cast: Any) -> Callable[..., Any]:
    """One matter as it would have become: `make(at=…, outcome="won", amount=100, …)`; the inquiry."""
    from marshrut.channels.models import RawMessage
    from marshrut.clients.models import Person
    from marshrut.intake.models import Inquiry
    from marshrut.journal.models import Dossier, Task
    from marshrut.marketing.models import Source

    def source_of(slug: str) -> Source:
        return Source.objects.get_or_create(slug=slug, defaults={"name": slug})[0]

    def come(
        *,
        at: datetime | None = NOW - timedelta(days=1),
        owner: Any = None,
        source: str = "site",
        channel: str = "site_form",
        outcome: str | None = None,
        disposition: str = "",
        reason: str = "",
        amount: int | None = None,
        currency: str = "RUB",
        margin: int | None = None,
        answered: float | None = None,
        waited: float | None = None,
        clock: str = "none",
        stages: tuple[tuple[str, datetime], ...] = (),
        closed_at: datetime | None = None,
        joined_to: Any = None,
        category: str | None = None,
        queue: Any = None,
        task_due: datetime | None = None,
        name: str = "Марина Соколова",
        custom_state: str | None = None,
    ) -> Inquiry:
        """`answered`: minutes after receipt, `waited` of them working ones (all unless said). `stages`: (slug of the office funnel, moment) in order."""
        holder = owner or cast.anna
        moment = at or NOW
        person = Person.objects.create(display_name=name, owner_id=None if queue else holder.id, office_id=holder.office_id)
        is_open = outcome is None and not disposition
        ended = None if is_open else closed_at or moment + timedelta(days=1)
        worth = Decimal(amount) if amount is not None else None
        dossier = joined_to.dossier if joined_to else Dossier.objects.create(
            person=person, owner_id=None if queue else holder.id, queue_id=queue.id if queue else None, office_id=holder.office_id,
            phase="closed" if not is_open else "deal" if stages else "inquiry", place=f"office/{stages[-1][0]}" if stages else "inquiry",
            worth=worth, currency=currency if worth is not None else "", is_open=is_open, opened_at=moment, closed_at=ended)
        raw = RawMessage.objects.create(channel=channel, source_slug=source, body=b"{}", body_digest=bytes(32), received_at=moment, by="test")
        state = "joined" if joined_to else "open" if is_open else "closed"
        inquiry = Inquiry.objects.create(
            raw=raw, dossier=dossier, person=person, channel=channel, source=source_of(source), received_at=at, state=state,
            joined_to=joined_to, inquiry_class="new_sale", class_reason={}, relevance="A", priority=50, outcome=outcome,
            disposition=disposition, close_reason=reason, clock_state=clock, respond_by=moment + timedelta(minutes=15) if clock != "none" else None,
            warn_at=moment + timedelta(minutes=5) if clock == "running" else None, clock_started_at=moment,
            answered_at=moment + timedelta(minutes=answered) if answered is not None else None,
            answer_minutes=waited if waited is not None else answered,
            request={"category": category} if category else {})
        if is_open and not joined_to:
            Task.objects.create(dossier=dossier, title="Позвонить", due_at=task_due or moment + timedelta(days=4000),
                                assignee_id=None if queue else holder.id, queue_id=queue.id if queue else None, created_by="test")
        if stages:
            money = {"amount": worth, "currency": currency if worth is not None else "", "margin": margin}
            _open_deal(inquiry, stages, state=outcome or "open", reason=reason if outcome == "lost" else "", ended=ended, **money)
        return inquiry

    return come


@pytest.fixture
def question(cast: Any) -> Callable[..., Any]:
    """The question somebody asks: `question(cast.owner, first=…, last=…, source="site")`."""
    from datetime import date

    from marshrut.agency.queries import read_revision, read_staff
    from marshrut.insights.asked import Asked
    from marshrut.insights.reports.shapes import Question

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
