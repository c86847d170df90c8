"""What the letters in a folder would become, were they taken now: nothing is kept, moved or said to anybody.

The order of the questions is that of `letters.py`; a test holds the two together letter by letter.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from marshrut.channels.folders import Incoming, Lying, inbox_of, list_incoming, opened
from marshrut.channels.queries import DoorCard, is_known_letter, own_addresses
from marshrut.channels.rules import AUTO_REPLY, BOUNCE, BULK, PERSONAL, ParsedLetter
from marshrut.intake.letter_reading import submission_of
from marshrut.intake.reference import Reference
from marshrut.intake.services.letters import COPY, KNOWN, QUARANTINED, brought, is_copy, is_ours, read_letter, thread_of

MOST_LETTERS, MOST_SECONDS, LARGEST = 50, 3.0, 4 << 20  # what a preview looks at: letters, time, bytes of one of them


@dataclass(frozen=True, slots=True)
class ForeseenLetter:
    """One letter and what it would become: a kind as `take_letter` names it; empty where it is too large to be looked at."""

    sender: str
    subject: str
    kind: str


@dataclass(slots=True)
class ForeseenFolder:
    """What lies in a folder: so many letters (`is_all`: none beyond them), those looked at, and files that are no letters."""

    letters: list[ForeseenLetter] = field(default_factory=list)
    lying: int = 0
    is_all: bool = True
    others: int = 0

    @property
    def kinds(self) -> Counter[str]:
        """How many letters would become what."""
        return Counter(letter.kind for letter in self.letters)


def foresee_folder(*, door: DoorCard, reference: Reference, now: datetime) -> ForeseenFolder:
    """Look at the first letters of a door's folder. Unreadable when it is not there or not ours; Invalid outside the roots."""
    lying: Lying = list_incoming(door.kind, inbox_of(door.kind, door.path), now, _COUNTED, lambda _letter: False)
    found = ForeseenFolder(lying=len(lying.letters), is_all=len(lying.letters) < _COUNTED, others=lying.others)
    looker = _Looker(door, own_addresses() | frozenset(filter(None, [door.address.lower()])), reference, now)
    until = time.monotonic() + MOST_SECONDS
    for incoming in lying.letters[:MOST_LETTERS]:
        if time.monotonic() > until:
            break
        try:
            found.letters.append(looker.look(incoming))
        except OSError:  # taken or gone meanwhile
            found.lying -= 1
    return found


_COUNTED = 10_000


class _Looker:
    """Looks at letters one after another: one may answer or repeat another that lies there, too."""

    def __init__(self, door: DoorCard, ours: frozenset[str], reference: Reference, now: datetime) -> None:
        self._door, self._ours, self._reference, self._now = door, ours, reference, now
        self._digests: set[bytes] = set()
        self._inquiries: set[str] = set()
        self._seen: set[tuple[object, ...]] = set()

    def look(self, incoming: Incoming) -> ForeseenLetter:
        if incoming.size > LARGEST:
            return ForeseenLetter("", "", "")
        with opened(incoming) as stream:
            digest = hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]
            letter, obstacle = read_letter(stream, incoming.size)
        kind = self._kind(letter, digest, obstacle)
        if letter.message_id and kind == "inquiry":
            self._inquiries.add(letter.message_id)
        return ForeseenLetter(letter.sender, letter.subject, kind)

    def _kind(self, letter: ParsedLetter, digest: bytes, obstacle: str) -> str:
        if digest in self._digests or is_known_letter(letter.message_id, digest):
            return KNOWN
        self._digests.add(digest)
        if self._is_repeated(letter) or is_copy(letter):
            return COPY
        is_own = letter.kind == PERSONAL and is_ours(letter, self._ours)
        dossier_id = thread_of(letter)
        is_in_thread = dossier_id is not None or not self._inquiries.isdisjoint(letter.references)
        if obstacle or (is_own and self._ours.issuperset(letter.recipients) and not is_in_thread):
            return QUARANTINED
        if letter.kind == BOUNCE:
            return "bounce"
        if is_own:
            return "sent"
        if letter.kind != PERSONAL:
            if letter.kind != AUTO_REPLY and not is_in_thread:
                return QUARANTINED
            return "bulk" if letter.kind == BULK else "auto_reply"
        if is_in_thread and (dossier_id is None or _is_open(dossier_id)):
            return "reply"
        door = self._door
        read = submission_of(
            letter, source_slug=door.source_slug, office_id=door.office_id, reference=self._reference, now=self._now
        )
        return QUARANTINED if read.obstacle else "inquiry"

    def _is_repeated(self, letter: ParsedLetter) -> bool:
        """Whether the same letter lies there twice, come by two ways: as `is_copy` asks of what is kept."""
        if not letter.message_id or letter.at is None:
            return False
        key = (letter.message_id, letter.sender, letter.subject, letter.at, letter.text, *brought(letter))
        is_seen = key in self._seen
        self._seen.add(key)
        return is_seen


def _is_open(dossier_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select is_open from journal_dossier where id = %s", [dossier_id])
        return bool(cursor.fetchone()[0])


def spoken_of(letters: Iterable[ForeseenLetter], most: int) -> list[ForeseenLetter]:
    """The first of those that become something new, the others after them: what a preview names."""
    return sorted(letters, key=lambda letter: letter.kind not in ("inquiry", "reply"))[:most]
