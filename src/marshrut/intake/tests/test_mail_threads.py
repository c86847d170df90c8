"""An answer finds its thread: by the letter it answers, else by the mark in the address; a forged mark is not there."""

from email.message import EmailMessage
from typing import Any

from tests.cast import Cast

from marshrut.channels.models import Letter, MailDoor, Sending
from marshrut.channels.queries import reply_address
from marshrut.channels.services import queue_message
from marshrut.core.clock import utc_now
from marshrut.intake.models import Inquiry
from marshrut.intake.tests.mail_door import door as door
from marshrut.intake.tests.mail_door import letter, look, put
from marshrut.journal.models import Dossier, Touch


def addressed(to: str, *, id: str = "<lost@x>", **more: str) -> EmailMessage:
    """A letter to this address that says of no other letter that it answers it."""
    message = letter("Берём!", id=id, subject="Совсем другая тема", **more)
    message.replace_header("To", to)
    return message


def test_an_answer_to_a_letter_of_ours_finds_its_matter_whoever_writes(door: MailDoor, cast: Cast) -> None:
    put(door, letter())
    look()
    dossier = Dossier.objects.get()
    sending = queue_message(to="irina@example.com", subject="Варианты", text="…", purpose="message", dossier_id=dossier.pk,
                            by=cast.anna, now=utc_now())
    id = Sending.objects.get(pk=sending).message_id
    put(door, letter("Муж отвечает", sender="muzh@example.com", id="<m@x>", In_Reply_To=f"<{id}>"), "2")
    assert look() == {"reply": 1}
    assert Letter.objects.get(message_id="m@x").dossier_id == dossier.pk


def test_an_answer_that_lost_its_thread_comes_back_by_the_mark_in_its_address(door: MailDoor) -> None:
    put(door, letter())
    look()
    dossier = Dossier.objects.get().pk
    assert reply_address(dossier) is None
    MailDoor.objects.update(takes_subaddresses=True)
    marked = str(reply_address(dossier))
    assert marked.startswith(f"hello+d{dossier}.")
    MailDoor.objects.update(takes_subaddresses=False)  # what was sent before comes back still
    put(door, addressed(marked.upper()), "2")
    assert look() == {"reply": 1}
    assert Touch.objects.get(kind="email_in").dossier_id == dossier
    put(door, addressed(marked, id="<auto@x>", Auto_Submitted="auto-replied"), "3")
    assert look() == {"auto_reply": 1}
    assert Touch.objects.get(kind="email_auto").dossier_id == dossier
    assert Inquiry.objects.count() == 1


def test_a_forged_or_foreign_mark_changes_nothing(door: MailDoor, settings: Any) -> None:
    put(door, letter())
    look()
    MailDoor.objects.update(takes_subaddresses=True)
    dossier = Dossier.objects.get().pk
    genuine = str(reply_address(dossier))
    proof = genuine.partition(".")[2].partition("@")[0]
    own, settings.DATA_KEYS = settings.DATA_KEYS, ["another agency's"]
    foreign = str(reply_address(dossier))
    settings.DATA_KEYS = ["a new one", *own]  # a new key in front: old marks stay good
    assert reply_address(dossier) == genuine
    forged = [foreign, genuine.replace(f"+d{dossier}", f"+d{dossier + 1}"), genuine.replace(proof, "a" * 16), "hello+d9@nevsky.example"]
    for n, address in enumerate(forged):
        put(door, addressed(address, id=f"<{n}@x>", sender=f"stranger{n}@example.com"), str(n + 2))
    assert look() == {"inquiry": len(forged)}
    assert Touch.objects.filter(dossier_id=dossier, kind="email_in").count() == 0
