"""Reads of deals: funnels, one deal, the board, and the lists of everything that is sold."""

from marshrut.deals.queries.passing import (
    BoardCard,
    BoardColumn,
    DealCard,
    FunnelCard,
    StageCard,
    StageTime,
    deal_of_inquiry,
    deals_of_person,
    find_deal,
    loss_reasons,
    read_board,
    read_funnels,
    stage_times,
)

__all__ = [
    "BoardCard",
    "BoardColumn",
    "DealCard",
    "FunnelCard",
    "StageCard",
    "StageTime",
    "deal_of_inquiry",
    "deals_of_person",
    "find_deal",
    "loss_reasons",
    "read_board",
    "read_funnels",
    "stage_times",
]
