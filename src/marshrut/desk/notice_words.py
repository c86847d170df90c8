"""Notices in the reader's language: what happened, and where it leads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff
from marshrut.deals.wording import consequence_label
from marshrut.desk.shaping import title_of
from marshrut.intake.wording import channel_label, say
from marshrut.intake.wording_rules import queue_alarm
from marshrut.journal.queries import NoticeLine
from marshrut.ui.wording import due

LABELS = {
    "matter_given": ("user-check", noop("A matter is given to you")),
    "matter_taken": ("user", noop("A matter is taken from you")),
    "clock_warning": ("clock", noop("A client waits for your answer")),
    "clock_escalation": ("alert-triangle", noop("A client waits too long (for supervisors)")),
    "task_planned": ("calendar-due", noop("Somebody planned an action for you")),
    "reply_came": ("mail", noop("A client answered")),
    "matter_returned": ("hourglass", noop("A matter returned from waiting")),
    "import_finished": ("file-text", noop("An import has finished")),
    "sending_failed": ("alert-triangle", noop("A message could not be sent")),
    "handed_over": ("users", noop("Matters handed over to you together")),
    "queue_alarm": ("users", noop("A queue calls (for supervisors)")),
    "absence_begins": ("calendar", noop("A colleague you stand in for is away")),
    "gate_refused": ("alert-triangle", noop("A refusal waits for your decision")),
    "gate_decided": ("user-check", noop("The supervisor has decided about a refusal")),
    "stop_reviewed": ("user-check", noop("The supervisor has reviewed what you stopped")),
    "absence_ends": ("calendar", noop("A colleague you stood in for is back")),
}
"""Every code with its icon and how the settings name it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as the pages show it. `url` is empty when there is nowhere to go (any more)."""

    id: int
    icon: str
    title: str
    detail: str
    at: datetime
    is_new: bool
    url: str


def word_notice(line: NoticeLine, staff: Staff, matter_url: str, reader: Actor) -> Notice:
    """One notice in words; `matter_url` is where its matter stands, if the reader sees it; a number is shown to whoever may see numbers."""
    icon, label = LABELS.get(line.code, ("bell", line.code))
    title, detail = _WORDED[line.code](line.data, staff) if line.code in _WORDED else (_(label), "")
    who = title_of(line.person, None, reader) if line.person else ""
    own = str(line.data.get("url") or "") or (f"{reverse('inbox')}?tab=nobody" if line.code == "queue_alarm" else "")
    url = own if own.startswith("/") and not own.startswith("//") else matter_url
    return Notice(line.id, icon, title, " · ".join(filter(None, (who, detail))), line.at, line.seen_at is None, url)


def _reason(data: dict[str, Any]) -> str:
    return say(data["reason"]) if isinstance(data.get("reason"), dict) else ""


def _given(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return _("A matter is yours now"), _reason(data)


def _taken(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    owner, queue = staff.colleagues.get(data.get("owner") or 0), staff.queues.get(data.get("queue") or 0)
    name = owner.name if owner else queue.name if queue else _("a former colleague")
    return _("Your matter went to %(name)s") % {"name": name}, _reason(data)


def _warning(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return (_("A client has written again and waits for you") if data.get("next") else _("A client waits for your first answer")), ""


def _escalation(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return _("A client has waited too long"), _("the manager has not answered")


def _planned(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return _("%(name)s planned for you: %(title)s") % {"name": data.get("by", ""), "title": data.get("title", "")}, _moment(
        data, "due_at"
    )


def _moment(data: dict[str, Any], key: str) -> str:
    try:
        return str(due(datetime.fromisoformat(str(data[key]))).striptags())
    except (KeyError, ValueError):
        return ""


def _reply(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    channel = str(data.get("channel") or "")
    return _("The client answered"), channel_label(channel) if channel else ""


def _returned(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    if data.get("how") == "queue":
        return _("A matter returned from waiting while its manager is away"), ""
    if data.get("how") == "inquiry":
        return _("The client came back before the time"), str(data.get("why") or "")
    return _("A matter returned from waiting"), str(data.get("why") or "")


def _imported(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    counts = _("%(made)s rows in, %(failed)s with errors") % {"made": data.get("made", 0), "failed": data.get("failed", 0)}
    return _("The import is done: %(name)s") % {"name": data.get("name", "")}, counts


def _failed(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return _("A message could not be sent"), str(data.get("problem") or "")


def _handed(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return _("%(count)s matters of %(name)s are yours now") % {"count": data.get("count", 0), "name": data.get("from", "")}, ""


def _away(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return _("%(name)s is away: you stand in") % {"name": data.get("name", "")}, _moment(data, "until")


def _back(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return _("%(name)s is back") % {"name": data.get("name", "")}, ""


def _queue(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    queue = staff.queues.get(data.get("queue") or 0)
    return queue_alarm(str(data.get("reason")), queue.name if queue else "", data.get("count", 0), data.get("minutes", 0))


def _refused(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    return _("A refusal waits for your decision"), str(data.get("gate") or "")


def _decided(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    follows = consequence_label(str(data.get("consequence") or ""))
    return _("Decided about the refusal: %(follows)s") % {"follows": follows}, str(data.get("gate") or "")


def _reviewed(data: dict[str, Any], staff: Staff) -> tuple[str, str]:
    reopened = data.get("verdict") == "reopened"
    return (_("Your stopped matter is open again") if reopened else _("It was right to stop, says the supervisor")), ""


_WORDED = {
    "gate_refused": _refused,
    "gate_decided": _decided,
    "stop_reviewed": _reviewed,
    "queue_alarm": _queue,
    "matter_given": _given,
    "matter_taken": _taken,
    "clock_warning": _warning,
    "clock_escalation": _escalation,
    "task_planned": _planned,
    "reply_came": _reply,
    "matter_returned": _returned,
    "import_finished": _imported,
    "sending_failed": _failed,
    "handed_over": _handed,
    "absence_begins": _away,
    "absence_ends": _back,
}
