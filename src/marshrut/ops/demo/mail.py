"""Mail of the demo: two mailboxes, letters in their threads, what was sent and how it went; all through the real doors."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation

from marshrut.agency.models import Office
from marshrut.agency.permissions import Actor, system
from marshrut.agency.queries import actor_of_employee
from marshrut.channels.models import Letter, MailDoor, Sending
from marshrut.channels.queries import DoorCard, last_letter_of, list_doors
from marshrut.channels.services import keep_door, keep_upload, tell_author
from marshrut.core.history import sign
from marshrut.intake.reference import read_reference
from marshrut.intake.services import take_letter, write_letter
from marshrut.journal.models import Dossier
from marshrut.journal.queries import pending_tasks
from marshrut.journal.services import NextAction, complete_task

BY = system("demo")
_LATE = timedelta(minutes=2)  # a letter is read so long after it was written
_TO_CALL = timedelta(hours=4)  # from now on until who was answered is called


@cache
def letters() -> dict[str, Any]:
    """Everything that is written and sent in the demo."""
    return json.loads(Path(__file__).with_name("data").joinpath("letters.json").read_text("utf-8"))  # type: ignore[no-any-return]


def write_mail(home: Path, now: datetime) -> bool:
    """Open the mailboxes of the demo and let its letters come in, once; False when this home has a mailbox already."""
    if MailDoor.objects.exists():
        return False
    with translation.override("ru"), transaction.atomic():
        doors = _open_doors(home, now)
        for thread in letters()["threads"]:
            _write_thread(thread, doors[thread["office"]], now)
        for letter in letters()["loose"]:
            _come(doors[letter["office"]], _compose(letter, doors[letter["office"]], letter["from"], now), letter, now)
    arriving = letters()["arriving"]
    door = doors[arriving["office"]]
    lying = Path(door.path) / "new" / "demo-1"
    lying.write_bytes(_compose({**arriving, "hours": 0}, door, arriving["from"], now).as_bytes(policy=SMTP))  # read while somebody looks
    return True


def _open_doors(home: Path, now: datetime) -> dict[str, DoorCard]:
    """A Maildir for each office, in the home itself."""
    offices = dict(Office.objects.values_list("slug", "id"))
    for row in letters()["doors"]:
        keep_door(
            door_id=None, name=row["name"], kind="maildir", path=str(home / "mail" / row["office"]), address=row["address"],
            source_slug="email", office_id=offices[row["office"]], is_active=True, takes_subaddresses=True, by=BY, now=now,
        )  # fmt: skip
    return {slug: door for door in list_doors() for slug, id in offices.items() if door.office_id == id}


def _write_thread(thread: Mapping[str, Any], door: DoorCard, now: datetime) -> None:
    """One correspondence: the client's letters and whatever was answered, each at its moment."""
    dossier_id, before = 0, ""
    for step in thread["steps"]:
        at = now - timedelta(hours=step["hours"])
        if step["kind"] == "answer":
            before = _answer(dossier_id, step, at, now)
            continue
        subject = f"Re: {thread['subject']}" if before else thread["subject"]
        _come(door, _compose({"subject": subject, **step}, door, thread["client"], now, before), step, now)
        dossier_id = Letter.objects.order_by("-id").values_list("dossier_id", flat=True)[0] or dossier_id


def _compose(letter: Mapping[str, Any], door: DoorCard, sender: str, now: datetime, before: str = "") -> EmailMessage:
    """A letter as a mail program writes it, in its charset, perhaps with a scan in it."""
    at = now - timedelta(hours=letter["hours"])
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, door.address, letter["subject"]
    message["Date"], message["Message-ID"] = format_datetime(at), f"<{at.timestamp():.0f}.{door.id}@mail.example>"
    if before:
        message["In-Reply-To"] = f"<{before}>"
    if letter.get("auto"):
        message["Auto-Submitted"] = "auto-replied"
    if letter.get("list"):
        message["List-Id"], message["List-Unsubscribe"] = f"<{letter['list']}>", f"<mailto:stop@{letter['list']}>"
    message.set_content(letter["text"], charset=letter.get("charset", "utf-8"), cte="base64")
    if letter.get("attach"):
        message.add_attachment(_scan(), maintype="image", subtype="png", filename=letter["attach"])
    return message


def _come(door: DoorCard, message: EmailMessage, letter: Mapping[str, Any], now: datetime) -> None:
    data = message.as_bytes(policy=SMTP)
    at = now - timedelta(hours=letter["hours"]) + _LATE
    take_letter(door=door, stream=io.BytesIO(data), size=len(data), reference=read_reference(), now=at)


def _answer(dossier_id: int, step: Mapping[str, Any], at: datetime, now: datetime) -> str:
    """The manager answers from the card; the message's id. How sending went is what the demo wants to show."""
    by, (answered, subject, sender) = _manager_of(dossier_id), last_letter_of(dossier_id) or ("", "", "")
    said = step.get("content", "").encode()
    files = [keep_upload(name=step["file"], pieces=[said], start=said, dossier_id=dossier_id)] if said else []
    planned, *further = [task.id for task in pending_tasks(dossier_id)]
    following = NextAction(letters()["following"][step.get("language", "ru")], now + _TO_CALL, "call")
    sending_id = write_letter(
        dossier_id=dossier_id, to=step.get("to", sender), subject=f"Re: {subject.removeprefix('Re: ')}", text=step["text"],
        files=files, in_reply_to=answered, task_id=planned, following=following, by=by, now=at,
    )  # fmt: skip
    for task_id in further:
        complete_task(task_id=task_id, result="", following=None, by=by, now=at)
    state = step["state"]
    tried = {"attempts": 1, "sent_at": at + _LATE} if state == "sent" else {"attempts": 1} if state == "failed" else {}
    sign(BY.label)
    Sending.objects.filter(pk=sending_id).update(state=state, problem=step.get("problem", ""), **tried)
    if state == "failed":
        tell_author(sending_id=sending_id, dossier_id=dossier_id, author=by.label, by=BY, now=at + _LATE)
    return Sending.objects.values_list("message_id", flat=True).get(pk=sending_id)


def _manager_of(dossier_id: int) -> Actor:
    """Whoever holds the matter; the system while it waits in a queue."""
    owner_id = Dossier.objects.values_list("owner_id", flat=True).get(pk=dossier_id)
    return (actor_of_employee(owner_id) if owner_id else None) or BY


def _scan() -> bytes:
    """A picture that stands for a scan: a sheet of paper with a few lines on it."""
    wide, high = 320, 220
    rows = b"".join(
        b"\0" + bytes(150 if 20 < x < 300 - y % 70 and y % 22 in (10, 11) else 244 for x in range(wide)) for y in range(high)
    )
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
