"""An action or a meeting in words, wherever the calendar shows it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from marshrut.desk import wording
from marshrut.desk.calendar_reads import CalendarRow
from marshrut.desk.shaping import title_of
from marshrut.desk.web.pages import Desk

ICONS = {kind: icon for kind, icon, _label in wording.TASK_KINDS}
LABELS = {kind: label for kind, _icon, label in wording.TASK_KINDS}
STATES = {"done": noop("done"), "wait": noop("returns from waiting"), "late": noop("late")}


@dataclass(frozen=True, slots=True)
class Event:
    """What, with whom, when, and how it stands. `said`: in words what the colour and the picture say."""

    id: int
    dossier: int
    title: str
    who: str
    place: str
    tone: str
    icon: str
    time: str
    said: str
    is_done: bool


def event_of(row: CalendarRow, desk: Desk, zone: ZoneInfo) -> Event:
    """Something of the calendar in the reader's words."""
    tone = "done" if row.is_done else "wait" if row.is_waiting else "late" if row.at < desk.now else row.kind
    said = STATES.get(tone) or LABELS.get(row.kind, "")
    until = f"–{row.ends_at.astimezone(zone):%H:%M}" if row.ends_at else ""
    return Event(
        row.id,
        row.dossier_id,
        desk.actor.text(row.title),
        title_of(row.person, None, desk.actor) if row.person else "",
        desk.actor.text(row.place),
        tone,
        "hourglass" if row.is_waiting else "check" if row.is_done else ICONS.get(row.kind, "checkbox"),
        f"{row.at.astimezone(zone):%H:%M}{until}",
        _(said) if said else "",
        row.is_done,
    )


def wall_time(quarter: int) -> str:
    """`09:45`; the end of the day is `24:00`."""
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"
