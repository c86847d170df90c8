"""Margins of realised deals, told to priority: what a sale of a category and a direction brings this agency."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from marshrut.agency.permissions import Actor
from marshrut.intake.reference import Reference
from marshrut.intake.rules.margins import Sold, learn_margins
from marshrut.intake.services.learning import keep_margins

LEARNER = "deals.learn_margins"
SPAN = timedelta(days=730)
MOST_DEALS = 20_000


def ask_for_margins(*, by: Actor, now: datetime) -> None:
    """Have margins learned soon; when a job for it waits already, that one does it."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(LEARNER, queueing_lock=LEARNER).defer(timestamp=int(now.timestamp()))


def learn_deal_margins(*, reference: Reference, now: datetime) -> int:
    """Learn from the deals of the last two years whose margin was written down; how many they were."""
    priority = reference.rules.priority
    sold = read_sold(now, priority.rates)
    if sold:
        keep_margins(margins=learn_margins(sold, priority.usual_margin, priority.margin_share), deals=len(sold), now=now)
    return len(sold)


def read_sold(now: datetime, rates: Mapping[str, float]) -> list[Sold]:
    """Realised deals with a margin, in the model's currency; those in a currency without a rate are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select coalesce(i.request ->> 'category', ''), coalesce(i.request -> 'directions' ->> 0, ''), l.margin, l.amount, l.currency
                from deals_deal l left join intake_inquiry i on i.raw_id = l.inquiry_id
                where l.state = 'won' and l.margin > 0 and l.closed_at > timestamptz '{(now - SPAN).isoformat()}'
                order by l.id desc limit {MOST_DEALS}"""
        )
        return [
            Sold(category, direction, float(margin) * rates[currency], float(amount) * rates[currency] if amount else None)
            for category, direction, margin, amount, currency in cursor.fetchall()
            if currency in rates
        ]
