"""Gestures on the calendar: plan on an empty hour, look at an action, give it another time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.clients.queries import search_people
from marshrut.core.errors import DomainError, Invalid, NotFound
from marshrut.core.names import clean_text
from marshrut.desk import wording
from marshrut.desk.calendar_grid import QUARTERS, day_span
from marshrut.desk.calendar_reads import MatterChoice, TaskCard, find_task_card, list_marks, open_matters, read_marked
from marshrut.desk.shaping import choice_options, stage_of, title_of
from marshrut.desk.web.asking import asked_about, moment, presets, refused, typed
from marshrut.desk.web.calendar import clash_words, read_look, slot_moment
from marshrut.desk.web.calendar_events import event_of, wall_time
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, found
from marshrut.journal.queries import find_clashes
from marshrut.journal.services import NextAction, move_task, plan_action, plan_meeting
from marshrut.ui.answers import done
from marshrut.ui.wording import language

HOUR = timedelta(hours=1)
PEOPLE = 8
LISTED = 100  # of some hours


@require_http_methods(["GET", "POST"])
@at_desk
def plan_at(request: DeskRequest) -> HttpResponse:
    """Something is planned on an empty hour: which matter, what, from when and until when, where."""
    desk = request.desk
    if not desk.actor.may("tasks:write"):
        raise PermissionDenied
    context = {"kinds": choice_options(wording.TASK_KINDS), "places": [desk.office.name, _("Online")]}
    if request.method == "GET":
        at = slot_moment(request.GET.get("at", ""), ZoneInfo(desk.office.time_zone), desk.now)
        values: dict[str, Any] = {
            "kind": "meeting",
            "due": at,
            "ends": at + HOUR,
            "title": _("Meeting"),
            "dossier": request.GET.get("dossier", ""),
        }
        return render(
            request,
            "desk/_plan_dialog.html",
            {**context, "values": values, "errors": {}, "matters": choices(desk, "", values["dossier"])},
        )
    values = typed(request, "dossier", "title", "kind", "due", "ends", "place")
    try:
        said = _plan(desk, values)
    except NotFound:
        raise
    except DomainError as error:
        return refused(
            request, "desk/_plan_dialog.html", {**context, "matters": choices(desk, "", values["dossier"])}, values, error
        )
    return done(said)


def _plan(desk: Desk, values: dict[str, str]) -> str:
    """Plan it; what to say about it."""
    if not (values["dossier"].isdecimal() and len(values["dossier"]) < 19):
        raise Invalid("matter_missing", _("Choose whose matter it is."), field="dossier")
    dossier = int(values["dossier"])
    due_at = moment(values["due"], "due", desk.now)
    if values["kind"] != "meeting":
        kind = values["kind"] if values["kind"] in {value for value, *_rest in wording.TASK_KINDS} else "call"
        plan_action(dossier_id=dossier, action=NextAction(values["title"], due_at, kind), by=desk.actor, now=desk.now)
        return _("Planned: %(title)s") % {"title": values["title"]}
    ends_at = moment(values["ends"], "ends", desk.now)
    task_id = plan_meeting(
        dossier_id=dossier,
        title=values["title"],
        starts_at=due_at,
        ends_at=ends_at,
        place=values["place"],
        by=desk.actor,
        now=desk.now,
    )
    return _said(desk, _("Planned: %(title)s") % {"title": values["title"]}, task_id)


def _said(desk: Desk, sentence: str, task_id: int) -> str:
    """What was done, and what else stands at that time."""
    task = find_task_card(desk.actor, task_id)
    if task is None or task.ends_at is None:
        return sentence
    clashes = find_clashes(task.assignee_id, task.due_at, task.ends_at, task.id)
    return ". ".join(filter(None, (sentence, clash_words(clashes, ZoneInfo(desk.office.time_zone)))))


@require_safe
@at_desk
def matters_to_plan(request: DeskRequest) -> HttpResponse:
    """Open matters that match what was typed, as choices; the reader's newest while nothing was. A choice made stays."""
    query, chosen = clean_text(request.GET.get("q"), 200), request.GET.get("dossier", "")
    context = {"matters": choices(request.desk, query, chosen), "values": {"dossier": chosen}, "errors": {}, "q": query}
    return render(request, "desk/_plan_matters.html", context)


def choices(desk: Desk, query: str, chosen: str) -> list[dict[str, Any]]:
    """Two statements at most. Whatever is chosen already stands first."""
    people = [line.id for line in search_people(desk.actor, query, PEOPLE)] if query else []
    digits = query.lstrip("#№ ")
    number = int(digits) if digits.isdecimal() and len(digits) < 19 else 0
    listed = [_choice(row, desk) for row in open_matters(desk.actor, people=people, number=number, mine=not query)]
    if chosen.isdecimal() and len(chosen) < 19 and not any(str(item["value"]) == chosen for item in listed):
        listed.insert(0, {"value": int(chosen), "label": asked_about(desk, int(chosen)).title, "note": ""})
    return listed


def _choice(row: MatterChoice, desk: Desk) -> dict[str, Any]:
    stage = stage_of(desk.funnels, row.place)
    return {
        "value": row.dossier_id,
        "label": title_of(row.person, None, desk.actor),
        "note": " · ".join(filter(None, (wording.titled(row.title, desk.catalogue), stage.name if stage else _("New inquiry")))),
    }


@require_safe
@at_desk
def hours(request: DeskRequest) -> HttpResponse:
    """All that stands in some quarters of one person's day: what has no room on its wall opens here."""
    look = read_look(request)
    first, last = _quarter(request.GET.get("first", ""), 0), _quarter(request.GET.get("last", ""), QUARTERS)
    midnight, _end = day_span(look.day, look.zone)
    marks = list_marks(request.desk.actor, look.ids[:1], _at(midnight, first), _at(midnight.replace(fold=1), last))
    rows = read_marked([mark.id for mark in marks[:LISTED]])
    context = {
        "hours": f"{wall_time(first)}–{wall_time(last)}",
        "day": format_date(look.day, "EEEE, d MMMM", locale=language()),
        "whose": look.people[0].name if look.people else "",
        "events": [event_of(row, request.desk, look.zone) for row in rows],
        "count": len(marks),
    }
    return render(request, "desk/_hours_dialog.html", context)


def _quarter(text: str, usual: int) -> int:
    return min(int(text), QUARTERS) if text.isascii() and text.isdecimal() and len(text) < 4 else usual


def _at(midnight: datetime, quarter: int) -> datetime:
    day = midnight + timedelta(days=quarter // QUARTERS)
    return day.replace(hour=quarter % QUARTERS // 4, minute=quarter % 4 * 15)


def _task(request: DeskRequest, pk: int) -> TaskCard:
    """The action as the reader may see it; 404 when it is absent or out of reach."""
    actor = request.desk.actor
    task: TaskCard = found(find_task_card(actor, pk))
    return replace(task, title=actor.text(task.title), place=actor.text(task.place), result=actor.text(task.result))


@require_safe
@at_desk
def show_task(request: DeskRequest, pk: int) -> HttpResponse:
    """One action: what, when, where, of whom; with the gestures it allows."""
    task = _task(request, pk)
    icons = {value: (icon, _(label)) for value, icon, label in wording.TASK_KINDS}
    kind = icons.get(task.kind, ("checkbox", ""))
    client = title_of(task.person, None, request.desk.actor) if task.person else ""
    link = task.place if task.place.startswith(("https://", "http://")) else ""
    return render(
        request,
        "desk/_task_card_dialog.html",
        {"task": task, "icon_name": kind[0], "kind": kind[1], "link": link, "client": client},
    )


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def move(request: DeskRequest, pk: int) -> HttpResponse:
    """Another time: by the dialog, by a drop (`due` alone), or back again from the toast (`?due=`)."""
    desk = request.desk
    task = _task(request, pk)
    context = {
        "task": task,
        "matter_title": title_of(task.person, None, desk.actor) if task.person else "",
        "presets": presets(desk),
    }
    if request.method == "GET":
        values: dict[str, Any] = {"due": task.due_at, "ends": task.ends_at, "place": task.place}
        return render(request, "desk/_move_dialog.html", {**context, "values": values, "errors": {}})
    values = typed(request, "due", "ends", "place", "reason")
    is_dropped = "ends" not in request.POST
    try:
        _refuse_other(request, task)
        due_at = moment(values["due"] or request.GET.get("due", ""), "due", desk.now)
        ends_at = moment(values["ends"], "ends", desk.now) if values["ends"] and task.ends_at else None
        place = None if is_dropped else values["place"]
        move_task(task_id=pk, due_at=due_at, ends_at=ends_at, place=place, reason=values["reason"], by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        shown = {"due": task.due_at, "ends": task.ends_at, "place": task.place, "reason": ""} if is_dropped else values
        return refused(request, "desk/_move_dialog.html", context, {**shown, "who": ""}, error)
    back = f"{reverse('task_move', args=[pk])}?{urlencode({'due': task.due_at.isoformat()})}" if task.due_at > desk.now else None
    at = timezone.localtime(due_at)
    return done(_said(desk, _("Moved to %(moment)s") % {"moment": f"{at:%d.%m %H:%M}"}, pk), undo=back)


def _refuse_other(request: DeskRequest, task: TaskCard) -> None:
    """A drop into a colleague's column is no way to hand a matter over."""
    who = request.POST.get("who", "")
    if who and who != str(task.assignee_id):
        raise Invalid("not_by_moving", _("An action stays with whoever has the matter: hand the matter over instead."), field="due")
