"""Writes of deals, as sentences."""

from marshrut.deals.services.changing import change_funnel, fitting_stage
from marshrut.deals.services.gates import Following, GateSaid, review_stop
from marshrut.deals.services.passing import (
    close_deal,
    move_deal,
    open_deal,
    open_deal_at,
    reopen_deal,
    reopen_stopped,
    trip_title,
)
from marshrut.deals.services.starting import Beginning, start_again, start_deal

__all__ = [
    "Beginning",
    "Following",
    "GateSaid",
    "change_funnel",
    "close_deal",
    "fitting_stage",
    "move_deal",
    "open_deal",
    "open_deal_at",
    "reopen_deal",
    "reopen_stopped",
    "review_stop",
    "start_again",
    "start_deal",
    "trip_title",
]
