"""Matters put aside for later: the dialog, the way back by hand, and the list of all that waits."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.core.errors import DomainError, NotFound
from marshrut.core.names import clean_text
from marshrut.core.working_time import NoWorkingTime
from marshrut.desk import wording
from marshrut.desk.matter_reads import WaitingRow, list_waiting, read_around
from marshrut.desk.queries import loaded
from marshrut.desk.shapes import Filter, Option, Preset
from marshrut.desk.shaping import money, owner_of, queue_of, stage_of, title_of
from marshrut.desk.web.asking import asked_about, moment, next_morning, refused, typed
from marshrut.desk.web.inbox import filter_of
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, part_or_page
from marshrut.intake.services import put_matter_aside
from marshrut.journal.services import bring_back
from marshrut.ui.answers import done

USUAL = (noop("waits for a last-minute offer"), noop("after payday"), noop("after New Year"), noop("when the dates are settled"))
A_PAGE = 100
MORNING = time(10)


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def put_aside(request: DeskRequest, pk: int) -> HttpResponse:
    """A matter waits until a moment, with what it waits for."""
    desk = request.desk
    asked = asked_about(desk, pk)
    context: dict[str, Any] = {
        "dossier": pk,
        "matter_title": asked.title,
        "presets": later_presets(desk),
        "reasons": [Option(text, _(text)) for text in USUAL],
    }
    if request.method == "GET":
        around = read_around(desk.actor, pk)
        first = {"until": around.waits_until or context["presets"][0].value, "why": around.waits_for}
        return render(request, "desk/_aside_dialog.html", {**context, "values": first, "errors": {}})
    values = typed(request, "until", "why")
    try:
        until = moment(values["until"], "until", desk.now)
        put_matter_aside(dossier_id=pk, until=until, why=values["why"], by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_aside_dialog.html", context, values, error)
    return done(_("Put aside: it will return by itself"))


def later_presets(desk: Desk) -> list[Preset]:
    """In a week, in a month, after payday (the 10th or the 25th), after New Year: each on a working morning."""
    today = timezone.localtime(desk.now).date()
    week, month = next_morning(desk) + timedelta(days=6), today + timedelta(days=30)
    return [
        Preset(_("in a week"), week),
        Preset(_("in two weeks"), week + timedelta(days=7)),
        Preset(_("in a month"), _morning(desk, month)),
        Preset(_("after payday"), _morning(desk, next_payday(today))),
        Preset(_("after New Year"), _morning(desk, date(today.year + 1, 1, 9))),
    ]


def next_payday(today: date) -> date:
    """The day after the next usual payday: the 11th or the 26th, at least two days ahead."""
    days = (today + timedelta(days=n) for n in range(2, 40))
    return next(day for day in days if day.day in (11, 26))


def _morning(desk: Desk, day: date) -> datetime:
    """The first working moment of that day or after it."""
    at = timezone.make_aware(datetime.combine(day, time()))
    try:
        return desk.calendar.next_opening(at)
    except NoWorkingTime:
        return timezone.make_aware(datetime.combine(day, MORNING))


@require_POST
@at_desk
def back(request: DeskRequest, pk: int) -> HttpResponse:
    """A waiting matter is brought back by hand."""
    bring_back(dossier_id=pk, by=request.desk.actor, now=request.desk.now)
    return done(_("It is back in the day's work"))


@require_safe
@at_desk
def waiting(request: DeskRequest) -> HttpResponse:
    """Everything that waits within reach, the next to return first."""
    desk = request.desk
    filters, place = filters_of(request), clean_text(request.GET.get("place"), 120)
    chosen = {item.name: item.value for item in filters}
    page = request.GET.get("page", "")
    offset = A_PAGE * (min(int(page), 10_000) - 1) if page.isdecimal() and len(page) < 6 and int(page) > 1 else 0
    rows = list_waiting(
        desk.actor, owner_id=int(chosen["owner"]) if chosen.get("owner") else None, place=place, limit=A_PAGE, offset=offset
    )
    total = rows[0].total if rows else 0
    query = request.GET.copy()
    query["page"] = str(offset // A_PAGE + 2)
    context = {
        "rows": [_row(row, desk) for row in rows],
        "total": total,
        "filters": filters,
        "place": place,
        "more": f"?{query.urlencode()}" if offset + A_PAGE < total else "",
    }
    return part_or_page(request, "list", "desk/_waiting_list.html", "desk/waiting.html", context)


def filters_of(request: DeskRequest) -> list[Filter]:
    """By manager, for whoever sees more than their own."""
    desk = request.desk
    if desk.actor.reach not in ("team", "office", "all"):
        return []
    people = [Option(str(c.id), c.name) for c in desk.staff.colleagues.values() if desk.actor.sees(c.id, c.office_id)]
    return [filter_of("owner", _("Manager"), request.GET.get("owner", ""), people)]


def _row(row: WaitingRow, desk: Desk) -> dict[str, Any]:
    stage = stage_of(desk.funnels, row.place)
    return {
        "kind": row.kind,
        "id": row.number,
        "dossier": row.dossier_id,
        "title": title_of(row.person, None, desk.actor),
        "trip": wording.trip(loaded(row.request), desk.catalogue, wording.titled(row.title, desk.catalogue)),
        "stage": stage.name if stage else _("New inquiry"),
        "money": money(row.worth, row.currency),
        "until": row.waits_until,
        "why": row.waits_for,
        "owner": owner_of(desk.staff, row.owner_id),
        "queue": queue_of(desk.staff, row.queue_id),
    }
