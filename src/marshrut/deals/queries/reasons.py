"""Reasons of loss for the page of settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from marshrut.deals.models import LossReason


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason of loss, used or not."""

    id: int
    slug: str
    name: str
    position: int
    is_active: bool


def list_loss_reasons() -> list[ReasonLine]:
    """Every reason in its order, those in use first."""
    rows = LossReason.objects.order_by("-is_active", "position", "id").values_list("id", "slug", "name", "position", "is_active")
    return [ReasonLine(*row) for row in rows]


SPAN = timedelta(days=91)


def lost_by_reason(now: datetime) -> dict[str, int]:
    """Matters lost within three months by the name of the reason, one's own words after the colon left out; one statement.

    A matter counts once, by its deal where it came to one, else by its inquiry.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select trim(split_part(r.reason, ':', 1)), count(*) from journal_dossier d cross join lateral (select coalesce(
                    (select nullif(close_reason, '') from deals_deal where dossier_id = d.id and state = 'lost' order by id desc limit 1),
                    (select close_reason from intake_inquiry where dossier_id = d.id and outcome = 'lost' order by raw_id desc limit 1)
                ) as reason) r
                where not d.is_open and d.closed_at >= timestamptz '{(now - SPAN).isoformat()}' and r.reason <> '' group by 1"""
        )
        return dict(cursor.fetchall())
