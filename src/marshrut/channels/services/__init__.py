"""Writes at the doors, as sentences."""

from marshrut.channels.services.outbox import make_message_id, queue_message
from marshrut.channels.services.raw import (
    Stored,
    digest_of,
    forget_old_keys,
    keep_repeat,
    lock_key,
    quarantine,
    queue_up,
    release,
    remember_key,
    store_raw,
)

__all__ = [
    "Stored",
    "digest_of",
    "forget_old_keys",
    "keep_repeat",
    "lock_key",
    "make_message_id",
    "quarantine",
    "queue_message",
    "queue_up",
    "release",
    "remember_key",
    "store_raw",
]
