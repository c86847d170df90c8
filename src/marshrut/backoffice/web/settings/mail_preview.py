"""What mail settings would do: what the letters in a folder become, and what the server would be given, by whom and for whom."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.foreseen import Figure, foreseen
from marshrut.backoffice.web.settings.frame import Values
from marshrut.channels.folders import Unreadable, confined
from marshrut.channels.queries import DoorCard, list_doors, mail_server, outbox_backlog
from marshrut.channels.smtp import PLAIN, STARTTLS, TLS
from marshrut.core.emails import read_email
from marshrut.intake.reference import read_reference
from marshrut.intake.services.letters_foreseen import ForeseenFolder, ForeseenLetter, foresee_folder, spoken_of
from marshrut.marketing.queries import read_sources
from marshrut.ui.wording import when

FOLDER_TEMPLATE = "backoffice/settings/_folder_preview.html"
MOST_NAMED = 6
BECOMES = {
    "inquiry": lazy("An inquiry"), "reply": lazy("A reply in its thread"), "sent": lazy("Our own letter, in its thread"),
    "auto_reply": lazy("An automatic reply: no inquiry"), "bounce": lazy("A letter that came back: no inquiry"),
    "bulk": lazy("A mailing: no inquiry"), "quarantined": lazy("Waits in quarantine for a person"),
    "copy": lazy("A copy of another one"), "known": lazy("Kept already"), "": lazy("Not looked at: too large for a preview"),
}  # fmt: skip
"""What a letter would become, in the order it is told."""
PROTECTED = {STARTTLS: lazy("protected by STARTTLS"), TLS: lazy("protected by TLS"), PLAIN: lazy("unprotected")}


def foresee_mail(door: DoorCard, reader: Reader) -> Mapping[str, Any]:
    """The preview of a mail folder: what lies there and would become what. Invalid for a folder outside the roots."""
    confined(door.path)
    cautions = _door_cautions(door, reader)
    try:
        found = foresee_folder(door=door, reference=read_reference(reader.revision), now=reader.now)
    except Unreadable as error:
        return {**foreseen(str(error), _("If it is not there yet, saving makes it."), cautions=cautions), "letters": []}
    named = spoken_of(found.letters, MOST_NAMED) if reader.actor.reach != "none" else []
    kinds = found.kinds
    figures = [Figure(str(label), str(kinds[kind])) for kind, label in BECOMES.items() if kinds[kind]]
    return {
        **foreseen(*_told(found, door), figures=figures, cautions=cautions),
        "letters": [_named(letter, reader) for letter in named],
    }


def _told(found: ForeseenFolder, door: DoorCard) -> list[str]:
    if not found.lying and not found.others:
        return [_("Nothing lies in the folder just now.")]
    lying = ngettext("%(num)s letter lies in the folder.", "%(num)s letters lie in the folder.", found.lying) % {"num": found.lying}
    said = [lying if found.is_all else _("More than %(num)s letters lie in the folder.") % {"num": found.lying}]
    if len(found.letters) < found.lying:
        said.append(_("The first %(num)s were looked at:") % {"num": len(found.letters)})
    if found.others:
        said.append(
            ngettext("%(num)s file is no letter and stays.", "%(num)s files are no letters and stay.", found.others)
            % {"num": found.others}
        )
    if not door.is_active:
        said.append(_("The folder is not in use: they stay there until it is."))
    return said


def _named(letter: ForeseenLetter, reader: Reader) -> dict[str, str]:
    """A letter as the reader may see it."""
    return {
        "sender": reader.actor.email(letter.sender) or _("nobody named"),
        "subject": reader.actor.text(letter.subject) or _("Without a subject"),
        "becomes": str(BECOMES[letter.kind]),
    }


def _door_cautions(door: DoorCard, reader: Reader) -> list[str]:
    told = []
    if not door.address:
        told.append(_("Without the mailbox’s own address, what colleagues write from it would be taken for inquiries."))
    same = next((one for one in list_doors() if one.path == door.path and one.id != door.id), None)
    if same:
        told.append(_("The folder is read already: “%(name)s”.") % {"name": same.name})
    if door.source_slug and read_sources(reader.revision).find(door.source_slug) is None:
        told.append(_("The source “%(name)s” is new: it is made with the first letter.") % {"name": door.source_slug})
    return told


def foresee_server(values: Values, reader: Reader) -> Mapping[str, Any]:
    """The preview of the mail server: where letters go and as whom, what waits for it, and where answers come back."""
    address = read_email(parseaddr(values["sender"])[1])
    backlog = outbox_backlog()
    oldest = when(backlog.since).striptags() if backlog.since else ""
    waiting = _("%(num)s, the oldest %(when)s") % {"num": backlog.waiting, "when": oldest} if backlog.waiting else _("none")
    figures = [Figure(_("Letters that wait and would go now"), waiting)]
    if backlog.held:
        figures.append(Figure(_("Held after a restore; they stay until somebody lets them go"), str(backlog.held)))
    if not values["host"]:
        return foreseen(_("Until a server is named, letters wait in the outbox."), figures=figures)
    place = {"host": values["host"], "port": values["port"] or "…", "how": PROTECTED.get(values["security"], "")}
    whither = _("Letters are handed to %(host)s, port %(port)s, %(how)s.") % place
    who = _("We log in there as “%(user)s”.") % {"user": values["user"]} if values["user"] else _("We do not log in there.")
    seen = _("Clients see them come from %(sender)s.") % {"sender": values["sender"]} if address else ""
    return foreseen(whither, who, seen, figures=figures, cautions=_server_cautions(address))


def _server_cautions(address: str | None) -> list[str]:
    present = mail_server()
    before = read_email(parseaddr(present.sender)[1]) if present else None
    told = []
    if address and not any(door.is_active and address in (door.address, "") for door in list_doors()):
        told.append(
            _("No mail folder brings in letters to %(address)s: clients’ answers would not be seen here.") % {"address": address}
        )
    if address and before and address != before:
        told.append(_("Until now letters came from %(address)s: answers to those go there still.") % {"address": before})
    return told
