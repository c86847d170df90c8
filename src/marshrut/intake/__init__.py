"""Intake: the one queue. Every inquiry is stored raw, then understood: person, class, relevance, priority, owner, clock.

Doors: `services.accept_inquiry` for every channel; `services.close_inquiry`, `reopen_inquiry`, `answer_client`,
`run_clocks`, `give_out_queue`; `queries` for lists and answers. Decisions are in `rules`, pure and explained.
Words: inquiry, class, relevance, priority, owner or queue, response clock, disposition, quarantine.
"""
