"""Mail doors are read: each letter that lies in a folder is taken, and only then moved away.

A crash between the two leaves a letter that is kept and still lies there: it is known at the next look, and moved.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marshrut.channels.folders import Unreadable, inbox_of, list_incoming, opened, put_away
from marshrut.channels.queries import DoorCard, list_doors
from marshrut.channels.services import Changed, note_door
from marshrut.intake.reference import Reference
from marshrut.intake.services.letters import BUSY, take_letter

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200  # letters of one door at one look; the next look is in seconds


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
    stuck = 0
    for letter in list_incoming(door.kind, inbox_of(door.kind, door.path), now, MOST_AT_ONCE):
        try:
            with opened(letter) as stream:
                kind = take_letter(door=door, stream=stream, size=letter.size, reference=reference, now=now)
            if kind != BUSY:
                put_away(door.kind, letter)
            taken[kind] = taken.get(kind, 0) + 1
        except (FileNotFoundError, Changed):
            continue  # another process has moved it, or somebody is still writing
        except Exception:
            log.exception("a letter of the mail door %s could not be kept", door.id)
            stuck += 1
    told = ngettext("%(count)s letter cannot be kept: it still lies in the folder.",
                    "%(count)s letters cannot be kept: they still lie in the folder.", stuck)
    return told % {"count": stuck} if stuck else ""
