"""What waits in quarantine is judged by a person: let in as an inquiry, discarded with a reason, or put back; one or many."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.channels.queries import find_discarded, find_quarantined
from marshrut.channels.services import discard, put_back
from marshrut.core.conflicts import is_conflict
from marshrut.core.errors import DomainError, Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.intake.form_reading import read_waiting
from marshrut.intake.reference import Reference
from marshrut.intake.services.accepting import understand_again
from marshrut.intake.services.letters import understand_letter_again
from marshrut.intake.services.matters import mark_spam

log = logging.getLogger(__name__)
LET_IN, DISCARD, PUT_BACK, TAKE_OUT = "let_in", "discard", "put_back", "take_out"
WAYS_BACK = {LET_IN: TAKE_OUT, DISCARD: PUT_BACK}
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one message: done, or why not. `is_inquiry`: its number leads to an inquiry from now on."""

    raw_id: int
    refusal: str = ""
    is_inquiry: bool = False


@transaction.atomic
def let_in_quarantined(*, raw_id: int, reference: Reference, by: Actor, now: datetime) -> None:
    """It is an inquiry after all, and goes the way of every other; its id stays.

    NotFound when it does not wait within reach; Invalid when nobody can be answered; Refused when somebody was faster.
    """
    waiting = find_quarantined(by, raw_id)
    if waiting is None:
        raise _absent()
    if waiting.is_letter:
        understand_letter_again(raw_id=raw_id, reference=reference, by=by, now=now)
    else:
        submission = read_waiting(waiting, reference, now)
        understand_again(raw_id=raw_id, submission=submission, reference=reference, by=by, now=now)


@transaction.atomic
def discard_quarantined(*, raw_id: int, reason: str, by: Actor, now: datetime) -> None:
    """It is nothing of ours: it stays kept, with who said so and why.

    Invalid without a reason; NotFound when it does not wait within reach; Refused when somebody was faster.
    """
    sign(by.label)
    said = clean_text(reason, 300)
    if not said:
        raise Invalid("reason_missing", _("Say why it is discarded."), field="reason", missing=("reason",))
    if find_quarantined(by, raw_id) is None:
        raise _absent()
    if not discard(raw_id=raw_id, reason=said):
        raise Refused("understood_already", _("This message does not wait in quarantine any more."))


@transaction.atomic
def put_back_discarded(*, raw_id: int, by: Actor, now: datetime) -> None:
    """It was discarded by mistake: it waits again, for the reason it waited for. NotFound when it is not there to be put back."""
    sign(by.label)
    if find_discarded(by, raw_id) is None or not put_back(raw_id=raw_id):
        raise NotFound("not_discarded", _("It does not lie among what was discarded any more."))


def judge_many(
    *, verdict: str, raw_ids: Sequence[int], reason: str, reference: Reference, by: Actor, now: datetime
) -> list[Judged]:
    """The same with many messages, each in a transaction of its own; what became of each.

    `verdict` is LET_IN, DISCARD or their ways back: PUT_BACK (what was discarded) and TAKE_OUT (what was let in closes as
    spam). Invalid when nothing is chosen, too much is, or a reason is missing.
    """
    if not raw_ids:
        raise Invalid("nothing_chosen", _("Choose at least one row."))
    if len(raw_ids) > MOST_AT_ONCE:
        raise Invalid("too_many_rows", _("At most %(most)s rows at once.") % {"most": MOST_AT_ONCE})
    if verdict == DISCARD and not clean_text(reason, 300):
        raise Invalid("reason_missing", _("Say why it is discarded."), field="reason", missing=("reason",))
    ways: dict[str, Callable[[int], None]] = {
        LET_IN: lambda raw_id: let_in_quarantined(raw_id=raw_id, reference=reference, by=by, now=now),
        DISCARD: lambda raw_id: discard_quarantined(raw_id=raw_id, reason=reason, by=by, now=now),
        PUT_BACK: lambda raw_id: put_back_discarded(raw_id=raw_id, by=by, now=now),
        TAKE_OUT: lambda raw_id: mark_spam(inquiry_id=raw_id, by=by, now=now),
    }
    return [_judge(raw_id, verdict, ways[verdict]) for raw_id in dict.fromkeys(raw_ids)]


def _judge(raw_id: int, verdict: str, way: Callable[[int], None]) -> Judged:
    """Whatever is wrong with one message stays with it."""
    try:
        with transaction.atomic():
            way(raw_id)
            with connection.cursor() as cursor:  # what the commit would refuse is refused here, for this one alone
                cursor.execute("set constraints all immediate")
                cursor.execute("set constraints all deferred")
    except DomainError as error:
        return Judged(raw_id, error.sentence)
    except Exception as error:
        if is_conflict(error):
            return Judged(raw_id, _("Somebody is at it just now: try again."))
        log.exception("message %s could not be judged", raw_id)
        return Judged(raw_id, _("Something went wrong with this row; nothing was changed."))
    return Judged(raw_id, is_inquiry=verdict in (LET_IN, TAKE_OUT))


def _absent() -> NotFound:
    return NotFound("not_waiting", _("This message does not wait in quarantine any more."))
