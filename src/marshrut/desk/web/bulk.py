"""One action on many rows: the dialog that asks for what it needs, the result of every row, and the way back."""

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import custom_fields_of
from marshrut.core.errors import DomainError, Invalid
from marshrut.deals.queries import loss_reasons
from marshrut.deals.queries.bulk import RunCard, find_run, run_rows
from marshrut.deals.queries.lists import chosen_ids
from marshrut.deals.rules.list_filters import PAGES
from marshrut.deals.services.bulk import AT_ONCE, MOST_ROWS, start_bulk, start_undo, work_off
from marshrut.deals.services.bulk_actions import ACTIONS, SCOPES
from marshrut.desk import wording
from marshrut.desk.lists.asked import AskedList
from marshrut.desk.shapes import Option
from marshrut.desk.shaping import choice_options, class_options
from marshrut.desk.web.asking import moment, next_morning, presets, queue_options, receiver_of, typed, whole
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, found
from marshrut.intake.services.handing import may_hand_over, receivers_of
from marshrut.intake.wording import DISPOSITIONS, disposition_label
from marshrut.ui.answers import done

LABELS = {
    "hand_over": (noop("Hand over…"), "user-check"), "plan": (noop("Plan an action…"), "calendar-event"),
    "set": (noop("Set a field…"), "list-check"), "close": (noop("Close…"), "circle-x"), "spam": (noop("Spam"), "ban"),
    "correct": (noop("Class and category…"), "filter"),
}  # fmt: skip
SHOWN_RESULTS = 200
CORRECTED = ("inquiry_class", "category")
NO_CATEGORY = "-"
"""Stands for "no category" among the choices: an empty one leaves it as it is."""


def actions_of(actor: Actor, page: str) -> list[dict[str, str]]:
    """The bulk actions this reader may do with a list."""
    if actor.kind != "employee" or not actor.may(SCOPES[page]):
        return []
    slugs = [slug for slug in ACTIONS[page] if slug != "hand_over" or may_hand_over(actor)]
    return [{"slug": slug, "label": _(LABELS[slug][0]), "icon": LABELS[slug][1], "url": reverse(f"bulk_{page}_{slug}")} for slug in slugs]


@require_POST
@at_desk
def bulk(request: DeskRequest, page: str, action: str) -> HttpResponse:
    """Ask for what an action needs, or do it: the first request chooses the rows, the second (`step=do`) says yes."""
    desk = request.desk
    if not desk.actor.may(SCOPES[page]):
        raise PermissionDenied(SCOPES[page])
    ids = _chosen(request, page)
    context = {**_asking(desk, page, action), "page": page, "action": action, "ids": ",".join(map(str, ids)), "number": len(ids),
               "title": _(LABELS[action][0]).rstrip("…"), "action_url": reverse(f"bulk_{page}_{action}"),
               "chosen_words": ngettext("%(count)s row is chosen", "%(count)s rows are chosen", len(ids)) % {"count": len(ids)}}
    if not ids:
        raise Invalid("nothing_chosen", _("Choose at least one row."))
    if request.POST.get("step") != "do":
        return render(request, "desk/_bulk_dialog.html", {**context, "values": _usual(desk, action), "errors": {}})
    values = typed(request, "to", "matters", "reason", "title", "kind", "due", "field", "value", "outcome", "loss", "note", *CORRECTED)
    try:
        run_id = start_bulk(page=page, action=action, options=_options(desk, action, values, context), ids=ids,
                            language=get_language() or "ru", by=desk.actor, now=desk.now)  # fmt: skip
    except DomainError as error:
        field = {"due_at": "due"}.get(error.field or "", error.field or "")
        shown = {field if field in values else "": error.sentence}
        return render(request, "desk/_bulk_dialog.html", {**context, "values": values, "errors": shown}, status=error.status)
    return _begun(request, run_id, len(ids))


def _chosen(request: DeskRequest, page: str) -> list[int]:
    """The rows that were ticked, or all that the filters find, up to the most at once."""
    if request.POST.get("all"):
        return chosen_ids(AskedList(request.desk, PAGES[page], QueryDict(request.POST.get("filters", ""))).reading, MOST_ROWS)
    numbers = map(whole, dict.fromkeys(request.POST.get("ids", "").split(",")))
    return [number for number in numbers if number is not None][: MOST_ROWS + 1]


def _asking(desk: Desk, page: str, action: str) -> dict[str, Any]:
    """What the dialog of an action offers."""
    if action == "hand_over":
        people = sorted(receivers_of(desk.actor, desk.staff), key=lambda colleague: colleague.name)
        receivers = [Option(str(c.id), c.name) for c in people]
        return {"receivers": receivers + (queue_options(desk) if page != "clients" else [])}
    if action == "plan":
        return {"presets": presets(desk), "kinds": choice_options(wording.TASK_KINDS)}
    if action == "set":
        specs = custom_fields_of("person" if page == "clients" else "matter", desk.revision)
        return {"specs": specs, "fields": [Option(spec.slug, spec.name) for spec in specs]}
    if action == "correct":
        offered = [Option(slug, name) for slug, name in desk.catalogue.categories.items() if slug not in desk.catalogue.unused]
        return {"classes": class_options(), "categories": [*offered, Option(NO_CATEGORY, _("none"))]}
    if action == "close":
        ends = [] if page == "deals" else [Option(slug, disposition_label(slug)) for slug in DISPOSITIONS]
        return {"outcomes": [Option("lost", _("Not realised")), *ends], "reasons": [Option(name, name) for _slug, name in loss_reasons()]}
    return {}


def _usual(desk: Desk, action: str) -> dict[str, Any]:
    if action == "plan":
        return {"kind": "call", "due": next_morning(desk)}
    return {"close": {"outcome": "lost"}, "hand_over": {"matters": "1"}}.get(action, {})


def _options(desk: Desk, action: str, values: dict[str, str], context: dict[str, Any]) -> dict[str, Any]:
    """What was typed, as the service takes it."""
    if action == "hand_over":
        return {**receiver_of(values["to"]), "reason": values["reason"], "with_matters": values["matters"]}
    if action == "plan":
        due_at: datetime = moment(values["due"], "due", desk.now)
        return {"title": values["title"], "kind": values["kind"], "due_at": due_at}
    if action == "set":
        return {"field": values["field"], "value": values["value"]}
    if action == "correct":
        category = "" if values["category"] == NO_CATEGORY else values["category"] or None
        return {"inquiry_class": values["inquiry_class"] or None, "category": category}
    named = values["loss"] if values["outcome"] == "lost" else ""
    return {"outcome": values["outcome"], "reason": ": ".join(filter(None, (named, values["note"])))}


def _begun(request: DeskRequest, run_id: int, number: int) -> HttpResponse:
    """A short run is done at once and its results are shown; a long one has a page of its own to watch it on."""
    if number > AT_ONCE:
        return done(_("Begun: you can leave this page, it goes on."), go=reverse("bulk_run", args=[run_id]))
    work_off(run_id=run_id, now=request.desk.now)
    answer = render(request, "desk/_bulk_result.html", _result(request.desk, found(find_run(request.desk.actor, run_id))))
    answer["HX-Trigger"] = json.dumps({"rows-changed": {}})
    return answer


def _result(desk: Desk, run: RunCard) -> dict[str, Any]:
    rows = run_rows(desk.actor, run, limit=SHOWN_RESULTS) if run.finished_at else []
    verb = _(LABELS[run.action][0]).rstrip("…")
    return {"run": run, "rows": rows, "more": max(0, run.total - len(rows)) if run.finished_at else 0,
            "title": _("Taken back: %(action)s") % {"action": verb} if run.undo_of else verb,
            "can_undo": run.may_be_undone(desk.now), "address": {"inquiries": "inquiry", "deals": "deal", "clients": "person"}[run.page],
            "list_name": {"inquiries": "list_inquiries", "deals": "list_deals", "clients": "people"}[run.page]}


@require_safe
@at_desk
def run(request: DeskRequest, pk: int) -> HttpResponse:
    """How far a long action is, and what became of each row."""
    card: RunCard = found(find_run(request.desk.actor, pk))
    template = "desk/_bulk_run.html" if request.GET.get("part") == "run" else "desk/bulk_run.html"
    return render(request, template, _result(request.desk, card))


@require_POST
@at_desk
def undo(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a bulk action back, as far as nobody has gone on from it."""
    desk = request.desk
    undo_id = start_undo(run_id=pk, language=get_language() or "ru", by=desk.actor, now=desk.now)
    card: RunCard = found(find_run(desk.actor, undo_id))
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(reverse("bulk_run", args=[undo_id]))
    return _begun(request, undo_id, card.total)

