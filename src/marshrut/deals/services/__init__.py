"""Writes of deals, as sentences."""

from marshrut.deals.services.passing import close_deal, move_deal, open_deal, open_deal_at, reopen_deal, trip_title
from marshrut.deals.services.starting import Beginning, start_again, start_deal

__all__ = [
    "Beginning",
    "close_deal",
    "move_deal",
    "open_deal",
    "open_deal_at",
    "reopen_deal",
    "start_again",
    "start_deal",
    "trip_title",
]
