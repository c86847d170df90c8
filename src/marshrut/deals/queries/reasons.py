"""Reasons of loss for the page of settings."""

from dataclasses import dataclass

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
