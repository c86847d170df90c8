"""Writes of deals, as sentences."""

from marshrut.deals.services.changing import change_funnel, fitting_stage
from marshrut.deals.services.closing import close_deal, reopen_deal, reopen_stopped, set_margin
from marshrut.deals.services.gates import Following, GateSaid
from marshrut.deals.services.passing import move_deal, open_deal, open_deal_at, trip_title
from marshrut.deals.services.refusals import Decision, decide_gate
from marshrut.deals.services.reviews import review_stop
from marshrut.deals.services.starting import Beginning, start_again, start_deal

__all__ = [
    "Beginning",
    "Decision",
    "Following",
    "GateSaid",
    "change_funnel",
    "close_deal",
    "decide_gate",
    "fitting_stage",
    "move_deal",
    "open_deal",
    "open_deal_at",
    "reopen_deal",
    "reopen_stopped",
    "review_stop",
    "set_margin",
    "start_again",
    "start_deal",
    "trip_title",
]
