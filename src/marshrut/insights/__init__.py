"""Reports: what became of inquiries by source, how fast they were answered, the funnel, the work of managers.

Reads everything below and writes nothing: each number opens the list it was counted from.
"""
