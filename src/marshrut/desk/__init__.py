"""The manager's workplace: Today, Inbox, Board, the cards of inquiry and deal, clients, search, and every gesture on them.

A face: it has no tables. `queries` holds reads that combine several rooms on one page, `shapes` what the templates
expect, `shaping` turns rows into it, `web` holds the pages and actions: parse, one service or query, render.
"""
