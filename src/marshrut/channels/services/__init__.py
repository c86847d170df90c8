"""Writes at the doors, as sentences."""

from marshrut.channels.services.doors import keep_door, note_door
from marshrut.channels.services.letters import (
    Changed,
    add_letter,
    keep_attachments,
    keep_upload,
    mark_bounced,
    place_letter,
    store_letter,
    try_lock_letter,
)
from marshrut.channels.services.outbox import PURPOSES, cancel_sending, hold_waiting, make_message_id, queue_message, repeat_sending
from marshrut.channels.services.raw import (
    Stored,
    digest_of,
    discard,
    forget_old_keys,
    keep_repeat,
    lock_key,
    mark_repeat,
    put_back,
    quarantine,
    queue_up,
    release,
    remember_key,
    store_raw,
)
from marshrut.channels.services.sending import read_server, send_waiting, tell_author, try_server
from marshrut.channels.services.servers import check_server, keep_server

__all__ = [
    "PURPOSES",
    "Changed",
    "Stored",
    "add_letter",
    "cancel_sending",
    "check_server",
    "digest_of",
    "discard",
    "forget_old_keys",
    "hold_waiting",
    "keep_attachments",
    "keep_door",
    "keep_repeat",
    "keep_server",
    "keep_upload",
    "lock_key",
    "make_message_id",
    "mark_bounced",
    "mark_repeat",
    "note_door",
    "place_letter",
    "put_back",
    "quarantine",
    "queue_message",
    "queue_up",
    "read_server",
    "release",
    "remember_key",
    "repeat_sending",
    "send_waiting",
    "store_letter",
    "store_raw",
    "tell_author",
    "try_lock_letter",
    "try_server",
]
