"""Gestures on the plan and the story: done and what next, later, one more, what was said."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marshrut.core.errors import DomainError, NotFound
from marshrut.desk import wording
from marshrut.desk.shapes import Option, Task
from marshrut.desk.shaping import choice_options
from marshrut.desk.web.asking import Asked, asked_about, moment, next_action, next_morning, presets, refused, typed, usual_next
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, found
from marshrut.intake.services import answer_and_plan, answer_client, finish_action
from marshrut.journal.queries import TaskLine, find_task, pending_tasks
from marshrut.journal.services import NextAction, plan_action, postpone_task
from marshrut.ui.answers import done

dialog = require_http_methods(["GET", "POST"])


def _task(line: TaskLine) -> Task:
    return Task(line.id, line.title, line.kind, line.due_at, line.assignee)


@dialog
@at_desk
@acting
def complete(request: DeskRequest, pk: int) -> HttpResponse:
    """An action is done: what came of it, and the next one in the same gesture."""
    desk = request.desk
    line: TaskLine = found(find_task(desk.actor, pk))
    asked = asked_about(desk, line.dossier_id)
    context = {"task": _task(line), "matter_title": asked.title, "presets": presets(desk),
               "needs_next": len(pending_tasks(line.dossier_id)) < 2 and asked.row.is_open}
    if request.method == "GET":
        return render(request, "desk/_complete_dialog.html", {**context, "values": usual_next(desk, asked.row), "errors": {}})
    values = typed(request, "result", "next_title", "next_due", "skip_next")
    try:
        following = None if values["skip_next"] else next_action(values, desk.now)
        _finish(desk, asked, line, values["result"], following)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_complete_dialog.html", context, values, error)
    return done(_("Done. Next: %(title)s") % {"title": following.title} if following else _("Done"))


def _finish(desk: Desk, asked: Asked, line: TaskLine, result: str, following: NextAction | None) -> None:
    """Complete an action. While the response clock runs, a call or a letter done is the answer it waits for."""
    said = {"call": "call_out", "write": "message_out", "meeting": "meeting"}.get(line.kind)
    if asked.row.respond_by and said:
        answer_and_plan(
            dossier_id=line.dossier_id, kind=said, body=result, task_id=line.id, following=following, by=desk.actor, now=desk.now)
    else:
        finish_action(
            dossier_id=line.dossier_id, task_id=line.id, result=result, following=following, by=desk.actor, now=desk.now)


@dialog
@at_desk
@acting
def postpone(request: DeskRequest, pk: int) -> HttpResponse:
    """Another time for an action, with a reason."""
    desk = request.desk
    line: TaskLine = found(find_task(desk.actor, pk))
    reasons = [Option(text, _(text)) for text in wording.POSTPONED]
    context = {"task": _task(line), "matter_title": asked_about(desk, line.dossier_id).title, "presets": presets(desk), "reasons": reasons}
    if request.method == "GET":
        return render(request, "desk/_postpone_dialog.html", {**context, "values": {"due": next_morning(desk)}, "errors": {}})
    values = typed(request, "due", "reason")
    try:
        due_at = moment(values["due"], "due", desk.now)
        postpone_task(task_id=pk, due_at=due_at, reason=values["reason"], by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_postpone_dialog.html", context, values, error)
    return done(_("Postponed"))


@dialog
@at_desk
@acting
def plan(request: DeskRequest, pk: int) -> HttpResponse:
    """One more action on a matter."""
    desk = request.desk
    context = {"dossier": pk, "matter_title": asked_about(desk, pk).title, "presets": presets(desk),
               "kinds": choice_options(wording.TASK_KINDS)}
    if request.method == "GET":
        return render(request, "desk/_task_dialog.html", {**context, "values": {"kind": "call", "due": next_morning(desk)}, "errors": {}})
    values = typed(request, "title", "kind", "due")
    kind = values["kind"] if values["kind"] in {value for value, *_rest in wording.TASK_KINDS} else "call"
    try:
        action = NextAction(values["title"], moment(values["due"], "due", desk.now), kind)
        plan_action(dossier_id=pk, action=action, by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_task_dialog.html", context, values, error)
    return done(_("Planned: %(title)s") % {"title": values["title"]})


@dialog
@at_desk
@acting
def touch(request: DeskRequest, pk: int) -> HttpResponse:
    """A call, a message or a note is written down; the planned action may be completed with it."""
    desk = request.desk
    asked = asked_about(desk, pk)
    context = _touch_context(desk, asked)
    if request.method == "GET":
        values: dict[str, Any] = {"kind": "call_out", "complete_task": "", **usual_next(desk, asked.row)}
        return render(request, "desk/_touch_dialog.html", {**context, "values": values, "errors": {}})
    values = typed(request, "kind", "body", "complete_task", "next_title", "next_due")
    said: dict[str, Any] = {"dossier_id": pk, "kind": values["kind"], "body": values["body"], "by": desk.actor, "now": desk.now}
    try:
        if values["complete_task"] and asked.row.task_id:
            answer_and_plan(**said, task_id=asked.row.task_id, following=next_action(values, desk.now))
        else:
            answer_client(**said)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_touch_dialog.html", context, {**usual_next(desk, asked.row), **values}, error)
    return done(_("Written down"))


def _touch_context(desk: Desk, asked: Asked) -> dict[str, Any]:
    row = asked.row
    task = Task(row.task_id, row.task_title or "", row.task_kind or "call", row.task_due_at) if row.task_id and row.task_due_at else None
    return {"dossier": row.dossier_id, "matter_title": asked.title, "kinds": choice_options(wording.TOUCH_CHOICES), "task": task,
            "presets": presets(desk)}
