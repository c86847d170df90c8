"""A matter written down as it would have become, table by table: what reports count is known beforehand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from marshrut.channels.models import RawMessage
from marshrut.clients.models import Person
from marshrut.deals.models import Deal, Funnel, StageEntry
from marshrut.intake.models import Inquiry
from marshrut.journal.models import Dossier, Task
from marshrut.marketing.models import Source

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday, 15:00 in Moscow


@dataclass(frozen=True, kw_only=True)
class Made:
    """What is said of a matter. `answered`: minutes after receipt, `waited` of them working ones (all unless said).
    `stages`: (slug of the office funnel, moment) in order. Whatever has neither outcome nor disposition is open."""

    at: datetime | None = NOW - timedelta(days=1)
    owner: Any = None
    source: str = "site"
    channel: str = "site_form"
    outcome: str | None = None
    disposition: str = ""
    reason: str = ""
    amount: int | None = None
    currency: str = "RUB"
    margin: int | None = None
    answered: float | None = None
    waited: float | None = None
    clock: str = "none"
    stages: tuple[tuple[str, datetime], ...] = ()
    closed_at: datetime | None = None
    joined_to: Any = None
    category: str | None = None
    queue: Any = None
    task_due: datetime | None = None
    name: str = "Марина Соколова"

    @property
    def moment(self) -> datetime:
        return self.at or NOW

    @property
    def is_open(self) -> bool:
        return self.outcome is None and not self.disposition

    @property
    def ended(self) -> datetime | None:
        return None if self.is_open else self.closed_at or self.moment + timedelta(days=1)

    @property
    def worth(self) -> Decimal | None:
        return Decimal(self.amount) if self.amount is not None else None

    @property
    def money(self) -> str:
        """The currency, where there is a sum."""
        return self.currency if self.worth is not None else ""


def write_down(made: Made, holder: Any) -> Inquiry:
    """The inquiry of this matter, with its person, dossier, next action and deal; `holder` holds what lies in no queue."""
    person = Person.objects.create(display_name=made.name, owner_id=None if made.queue else holder.id, office_id=holder.office_id)
    dossier = made.joined_to.dossier if made.joined_to else _dossier(made, person, holder)
    inquiry = _inquiry(made, person, dossier)
    if made.is_open and not made.joined_to:
        due_at = made.task_due or made.moment + timedelta(days=4000)
        Task.objects.create(
            dossier=dossier, title="Позвонить", due_at=due_at, assignee_id=None if made.queue else holder.id,
            queue_id=made.queue.id if made.queue else None, created_by="test",
        )  # fmt: skip
    if made.stages:
        _deal(made, inquiry)
    return inquiry


def _dossier(made: Made, person: Person, holder: Any) -> Dossier:
    return Dossier.objects.create(
        person=person, owner_id=None if made.queue else holder.id, queue_id=made.queue.id if made.queue else None, office_id=holder.office_id,
        phase="closed" if not made.is_open else "deal" if made.stages else "inquiry",
        place=f"office/{made.stages[-1][0]}" if made.stages else "inquiry",
        worth=made.worth, currency=made.money, is_open=made.is_open, opened_at=made.moment, closed_at=made.ended,
    )  # fmt: skip


def _inquiry(made: Made, person: Person, dossier: Dossier) -> Inquiry:
    moment, source = made.moment, Source.objects.get_or_create(slug=made.source, defaults={"name": made.source})[0]
    raw = RawMessage.objects.create(
        channel=made.channel, source_slug=made.source, body=b"{}", body_digest=bytes(32), received_at=moment, by="test"
    )
    return Inquiry.objects.create(
        raw=raw, dossier=dossier, person=person, channel=made.channel, source=source, received_at=made.at,
        state="joined" if made.joined_to else "open" if made.is_open else "closed", joined_to=made.joined_to,
        inquiry_class="new_sale", class_reason={}, relevance="A", priority=50, outcome=made.outcome, disposition=made.disposition,
        close_reason=made.reason, clock_state=made.clock, clock_started_at=moment,
        respond_by=moment + timedelta(minutes=15) if made.clock != "none" else None,
        warn_at=moment + timedelta(minutes=5) if made.clock == "running" else None,
        answered_at=moment + timedelta(minutes=made.answered) if made.answered is not None else None,
        answer_minutes=made.waited if made.waited is not None else made.answered,
        request={"category": made.category} if made.category else {},
    )  # fmt: skip


def _deal(made: Made, inquiry: Inquiry) -> None:
    """The deal of an inquiry with its way through the office funnel."""
    stages, by_slug = made.stages, {stage.slug: stage for stage in Funnel.objects.get(slug="office").stages.all()}
    deal = Deal.objects.create(
        dossier=inquiry.dossier, inquiry=inquiry, stage=by_slug[stages[-1][0]], stage_entered_at=stages[-1][1], title="Вьетнам",
        state=made.outcome or "open", close_reason=made.reason if made.outcome == "lost" else "", opened_at=stages[0][1],
        closed_at=made.ended, closed_by="test" if made.ended else None, amount=made.worth, currency=made.money, margin=made.margin,
    )  # fmt: skip
    for place, (slug, entered) in enumerate(stages):
        left = stages[place + 1][1] if place + 1 < len(stages) else None
        StageEntry.objects.create(deal=deal, stage=by_slug[slug], entered_at=entered, left_at=left, by="test")
