"""Mail doors are read: each letter that lies in a folder is taken, and only then moved away.

A crash between the two leaves a letter that is kept and still lies there: it is known at the next look, and moved.
"""

import logging
import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marshrut.channels.folders import Incoming, Unreadable, inbox_of, list_incoming, opened, put_away
from marshrut.channels.queries import DoorCard, list_doors
from marshrut.channels.services import Changed, note_door
from marshrut.intake.reference import Reference
from marshrut.intake.services.letters import BUSY, take_letter

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200  # letters of one door at one look; the next look is in seconds
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A letter that could not be taken, or could not be moved away: when it is tried again."""

    again_at: datetime
    pause: timedelta
    is_kept: bool


_troubles: dict[tuple[str, float], Trouble] = {}
"""What this process has tried in vain, by path and time of writing: forgotten with the process, for a start may mend it."""


def read_doors(*, reference: Reference, now: datetime) -> dict[str, int]:
    """Take what lies in every active door; how many letters of each kind. What hinders stands at the door, and no door
    hinders another."""
    taken: dict[str, int] = {}
    with translation.override(reference.staff.agency.language):
        for door in list_doors(active_only=True):
            try:
                problem = _read_door(door, reference, now, taken)
            except Unreadable as error:
                problem = str(error)
            except Exception as error:
                log.exception("the mail door %s could not be read", door.id)
                problem = _("It could not be read: %(error)s") % {"error": type(error).__name__}
            if not transaction.get_connection().needs_rollback:
                note_door(door_id=door.id, problem=problem, now=now)
    return taken


def _read_door(door: DoorCard, reference: Reference, now: datetime, taken: dict[str, int]) -> str:
    """Take the letters of one door; what hinders, in words."""
    inbox = inbox_of(door.kind, door.path)
    lying = list_incoming(door.kind, inbox, now, MOST_AT_ONCE, lambda letter: _is_paused(letter, now))
    for letter in lying.letters:
        try:
            with opened(letter) as stream:
                kind = take_letter(door=door, stream=stream, size=letter.size, reference=reference, now=now)
            taken[kind] = taken.get(kind, 0) + 1
        except (FileNotFoundError, Changed):
            continue  # another process has moved it, or somebody is still writing
        except Exception:
            _note_trouble(letter, now, is_kept=False, door=door)
            continue
        try:
            if kind != BUSY:
                put_away(door.kind, letter)
            _troubles.pop(_key(letter), None)
        except OSError:
            _note_trouble(letter, now, is_kept=True, door=door)
    return _told(str(inbox), lying.others)


def _key(letter: Incoming) -> tuple[str, float]:
    return str(letter.path), letter.at


def _is_paused(letter: Incoming, now: datetime) -> bool:
    trouble = _troubles.get(_key(letter))
    return trouble is not None and now < trouble.again_at


def _note_trouble(letter: Incoming, now: datetime, *, is_kept: bool, door: DoorCard) -> None:
    """Try again later, each time after twice as long; the log tells of a letter once."""
    before = _troubles.get(_key(letter))
    if before is None:
        log.exception("a letter of the mail door %s could not be %s", door.id, "moved away" if is_kept else "kept")
    pause = min(before.pause * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
    _troubles[_key(letter)] = Trouble(now + pause, pause, is_kept)


def _told(inbox: str, others: int) -> str:
    """What lies in a folder and should not, in words; empty when all is well."""
    for gone in [key for key in _troubles if key[0].startswith(f"{inbox}/") and not os.path.exists(key[0])]:
        del _troubles[gone]
    here = [trouble for (path, _at), trouble in _troubles.items() if path.startswith(f"{inbox}/")]
    stuck, unmoved = sum(not trouble.is_kept for trouble in here), sum(trouble.is_kept for trouble in here)
    sentences = (
        (stuck, ngettext("%(count)s letter cannot be kept: it still lies in the folder.",
                         "%(count)s letters cannot be kept: they still lie in the folder.", stuck)),
        (unmoved, ngettext("%(count)s letter is kept, but cannot be moved away.",
                           "%(count)s letters are kept, but cannot be moved away.", unmoved)),
        (others, ngettext("%(count)s file is no letter and was left.", "%(count)s files are no letters and were left.", others)),
    )  # fmt: skip
    return " ".join(sentence % {"count": count} for count, sentence in sentences if count)
