"""Reads of channels: what came through the doors, mail and its threads, the outbox."""

from marshrut.channels.queries.doors import (
    KEY_AGE,
    FormCard,
    KeyUse,
    Waiting,
    came_from,
    count_recent,
    find_key,
    find_quarantined,
    list_quarantine,
    read_forms,
)

__all__ = [
    "KEY_AGE",
    "FormCard",
    "KeyUse",
    "Waiting",
    "came_from",
    "count_recent",
    "find_key",
    "find_quarantined",
    "list_quarantine",
    "read_forms",
]
