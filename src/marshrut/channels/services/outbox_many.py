"""Many messages of the outbox at once: sent again, or put away; what became of each."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.services.outbox import cancel_sending, repeat_sending
from marshrut.core.conflicts import is_conflict
from marshrut.core.errors import DomainError, Invalid

log = logging.getLogger(__name__)
REPEAT, CANCEL = "repeat", "cancel"
MOST_AT_ONCE = 200
_WAYS = {REPEAT: repeat_sending, CANCEL: cancel_sending}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one message: done, or why not."""

    sending_id: int
    refusal: str = ""


def settle_sendings(*, way: str, sending_ids: Sequence[int], by: Actor, now: datetime) -> list[Settled]:
    """Send many messages again (REPEAT) or do not send them (CANCEL), each in a transaction of its own.

    Invalid when nothing is chosen, or too much is. What is out of reach is refused like what is not there.
    """
    if not sending_ids:
        raise Invalid("nothing_chosen", _("Choose at least one row."))
    if len(sending_ids) > MOST_AT_ONCE:
        raise Invalid("too_many_rows", _("At most %(most)s rows at once.") % {"most": MOST_AT_ONCE})
    return [_settle(sending_id, way, by, now) for sending_id in dict.fromkeys(sending_ids)]


def _settle(sending_id: int, way: str, by: Actor, now: datetime) -> Settled:
    """Whatever is wrong with one message stays with it."""
    try:
        _WAYS[way](sending_id=sending_id, by=by, now=now)
    except DomainError as error:
        return Settled(sending_id, error.sentence)
    except Exception as error:
        if is_conflict(error):
            return Settled(sending_id, _("Somebody is at it just now: try again."))
        log.exception("message %s could not be settled", sending_id)
        return Settled(sending_id, _("Something went wrong with this row; nothing was changed."))
    return Settled(sending_id)
