"""Deals: funnels whose stages are results reached, and the deals that pass through them.

Doors: `services.open_deal`, `move_deal`, `close_deal`, `reopen_deal`; `queries` for board, card and funnels. A stage
sets the next action by itself; what a deal must have to stand at a stage is data of the stage. Words: funnel, stage,
fact, entry, loss reason.
"""
