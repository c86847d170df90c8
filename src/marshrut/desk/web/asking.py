"""What the dialogs have in common: usual moments, the sensible next action, values as typed, errors by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from marshrut.core.errors import DomainError, Invalid
from marshrut.core.names import clean_text
from marshrut.core.working_time import NoWorkingTime
from marshrut.desk.queries import MatterRow, find_matter
from marshrut.desk.shapes import Option, Preset
from marshrut.desk.shaping import matter_of, stage_of
from marshrut.desk.web.pages import Desk, DeskRequest, found
from marshrut.intake.services.handing import queues_to_give
from marshrut.journal.services import NextAction

CURRENCIES = ("RUB", "UAH", "USD", "EUR", "KZT", "BYN")
OF_COUNTRY = {"RU": "RUB", "UA": "UAH", "KZ": "KZT", "BY": "BYN"}
QUEUE = "queue-"
"""What a queue's number begins with among those a matter can be given to."""
FIELDS = {"due_at": "due", "ends_at": "ends", "title": "title", "next": "next_title"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The matter a dialog is about."""

    row: MatterRow
    title: str


def asked_about(desk: Desk, dossier_id: int) -> Asked:
    """The matter, or 404 when it is absent or out of reach."""
    row: MatterRow = found(find_matter(desk.actor, dossier_id))
    matter = matter_of(row, desk)
    return Asked(row, " · ".join(filter(None, (matter.title, matter.trip))))


def next_morning(desk: Desk) -> datetime:
    """The reader's next working morning."""
    _start, day_end = desk.day
    try:
        return desk.calendar.next_opening(day_end)
    except NoWorkingTime:
        return day_end + timedelta(hours=10)


def presets(desk: Desk) -> list[Preset]:
    """In an hour, this evening, tomorrow morning, in three days, in a week."""
    morning = next_morning(desk)
    hour = timezone.localtime(desk.now + timedelta(hours=1)).replace(second=0, microsecond=0)
    evening = timezone.make_aware(datetime.combine(timezone.localtime(desk.now).date(), time(18)))
    listed = [Preset(_("in an hour"), hour), Preset(_("next morning"), morning),
              Preset(_("in three days"), morning + timedelta(days=2)), Preset(_("in a week"), morning + timedelta(days=6))]
    if evening > desk.now + timedelta(hours=1):
        listed.insert(1, Preset(_("this evening"), evening))
    return listed


def usual_next(desk: Desk, row: MatterRow) -> dict[str, Any]:
    """The sensible next action: the stage's own, else a call; next working morning."""
    stage = stage_of(desk.funnels, row.place)
    return {"next_title": stage.task_title if stage else _("Call the client"), "next_due": next_morning(desk)}


def typed(request: DeskRequest, *names: str) -> dict[str, str]:
    """The fields as they were typed, cleaned of what cannot be stored."""
    return {name: clean_text(request.POST.get(name), 20_000, keep_lines=True) for name in names}


def moment(text: str, field: str, now: datetime) -> datetime:
    """A moment typed in the reader's zone. Invalid when it is none, or does not lie ahead."""
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else timezone.make_aware(at)
    except (ValueError, OverflowError) as error:
        raise Invalid("not_a_moment", _("Choose a day and a time."), field=field) from error
    if not now < at < now + timedelta(days=3660):
        raise Invalid("due_in_the_past", _("Choose a moment that lies ahead."), field=field)
    return at


def next_action(values: Mapping[str, Any], now: datetime) -> NextAction | None:
    """The next action of a dialog; None when none was typed."""
    if not values.get("next_title"):
        return None
    return NextAction(values["next_title"], moment(values.get("next_due", ""), "next_due", now))


def refused(request: DeskRequest, template: str, context: dict[str, Any], values: Mapping[str, Any], error: DomainError) -> HttpResponse:
    """The same dialog again: what was typed stays, the sentence stands at its field."""
    field = FIELDS.get(error.field or "", error.field or "")
    shown = field if field in values else ""
    return render(request, template, {**context, "values": values, "errors": {shown: error.sentence}}, status=error.status)


def queue_options(desk: Desk, but: int | None = None) -> list[Option]:
    """The queues a matter can be given to, without the one it lies in."""
    queues = (queue for queue in queues_to_give(desk.actor, desk.staff) if queue.id != but)
    return [Option(f"{QUEUE}{queue.id}", _("Queue: %(name)s") % {"name": queue.name}) for queue in queues]


def receiver_of(text: str) -> dict[str, int | None]:
    """Who was chosen to be given something, as the services take it: a colleague (`to`) or a queue."""
    return {"queue" if text.startswith(QUEUE) else "to": whole(text.removeprefix(QUEUE))}


def whole(text: str) -> int | None:
    """A number typed or sent; None for what the database could not hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def currency_options() -> list[Option]:
    return [Option(code, code) for code in CURRENCIES]


def usual_currency(desk: Desk) -> str:
    return OF_COUNTRY.get(desk.office.country, "RUB")
