"""The story of a matter in words: what was said, done and decided, and by whom."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff
from marshrut.deals.wording import consequence_label
from marshrut.desk import wording
from marshrut.desk.shapes import Entry
from marshrut.intake.rules.clock_policies import MISSED_CALL
from marshrut.intake.wording import channel_label, disposition_label, say
from marshrut.journal.queries import TouchLine
from marshrut.ui.wording import due

SYSTEM_NAMES = ("system:", "form:", "role:")
ABOUT = ("email_out", "email_in", "email_auto", "file_opened")
"""Lines whose title says what the letter, or the file, is called."""


def entry_of(line: TouchLine, staff: Staff, reader: Actor, known: tuple[str, ...] = ()) -> Entry:
    """One line of a story; phones and addresses in it are hidden from a reader who may not see them, `known` ones however written.

    What a private file is called is for whoever may open it."""
    is_private = line.kind == "file_opened" and not reader.shows("passport")
    icon, title = title_of(replace(line, data={}) if is_private else line, staff)
    body = reader.text(line.body, known) or None
    return Entry(line.id, icon, line.at, who_of(line), reader.text(title, known), body, line.is_answer)


def who_of(line: TouchLine) -> str:
    """The person or program; what the system did by itself needs no name."""
    return line.who or ("" if line.by.startswith(SYSTEM_NAMES) else line.by)


def title_of(line: TouchLine, staff: Staff) -> tuple[str, str]:
    """Icon and heading of a line."""
    data = line.data or {}
    if line.kind in wording.TOUCHES:
        icon, title = wording.TOUCHES[line.kind]
        about = str(data.get("subject") or data.get("name") or "") if line.kind in ABOUT else ""
        return icon, _close_title(data) if line.kind == "close" else ": ".join(filter(None, (_(title), about)))
    worded = {"inquiry": _inquiry, "task": _task, "postponed": _postponed, "stage": _stage, "owner": _owner, "clock": _clock,
              "aside": _aside, "returned": _returned, "gate": _gate, "review": _review}
    make = worded.get(line.kind)
    return make(data, staff) if make else ("note", line.kind)


def _inquiry(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    channel = MISSED_CALL if data.get("missed") else str(data.get("channel", ""))
    icons = {"phone": "phone-in", MISSED_CALL: "phone-in", "email": "mail", "messenger": "message", "walk_in": "meeting"}
    icon = icons.get(channel, "form")
    return icon, _("Inquiry: %(channel)s") % {"channel": channel_label(channel)} if channel else _("Inquiry")


def _task(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return "task", _("Done: %(title)s") % {"title": data.get("title", "")}


def _postponed(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    try:
        until = due(datetime.fromisoformat(data["to"])).striptags()
    except (KeyError, TypeError, ValueError):
        until = ""
    return "task", _("Postponed %(until)s: %(title)s") % {"until": until, "title": data.get("title", "")}


def _stage(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    if data.get("from"):
        return "stage", f"{data['from']} → {data.get('to', '')}"
    return "stage", _("The deal is open: %(stage)s") % {"stage": data.get("to", "")}


def _owner(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    owner, queue = staff.colleagues.get(data.get("owner") or 0), staff.queues.get(data.get("queue") or 0)
    name = owner.name if owner else queue.name if queue else _("a former colleague")
    reason = say(data["reason"]) if isinstance(data.get("reason"), dict) else ""
    return "system", " · ".join(filter(None, (_("Given to %(name)s") % {"name": name}, reason)))


def _clock(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return "system", say(data)


def _aside(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    try:
        until = due(datetime.fromisoformat(data["until"])).striptags()
    except (KeyError, TypeError, ValueError):
        until = ""
    return "wait", _("Put aside: returns %(until)s") % {"until": until}


def _gate(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    gate, follows = data.get("gate", ""), consequence_label(str(data.get("consequence") or ""))
    if data.get("decided"):
        return "stage", _("Decided about the refusal (%(gate)s): %(follows)s") % {"gate": gate, "follows": follows}
    if data.get("agreed"):
        return "stage", _("Agreed: %(gate)s") % {"gate": gate}
    return "stage", " · ".join(filter(None, (_("Refused: %(gate)s") % {"gate": gate}, follows)))


def _review(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return "system", _("Reviewed: to be opened again") if data.get("verdict") == "reopened" else _("Reviewed: it was right to stop")


def _returned(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    said = {"inquiry": _("Returned: the client came first"), "hand": _("Brought back by hand")}
    return "wait", said.get(str(data.get("how")), _("Returned from waiting: the day has come"))


def _close_title(data: dict[str, Any]) -> str:
    if data.get("outcome"):
        return _("Closed as realised") if data["outcome"] == "won" else _("Closed as not realised")
    disposition = str(data.get("disposition") or "")
    return _("Closed: %(how)s") % {"how": disposition_label(disposition)} if disposition else _("Closed")
