"""What waits in quarantine: looked at by a person, let in as an inquiry, discarded with a reason, put back; one or many."""

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.permissions import Actor
from marshrut.channels.queries import Waiting, find_letter, find_quarantined
from marshrut.channels.rules import Part, looks_private, parse_letter
from marshrut.core.errors import DomainError, Invalid, NotFound, Refused
from marshrut.core.files import open_file
from marshrut.desk.shapes import Option
from marshrut.desk.web.asking import refused, typed
from marshrut.desk.web.pages import ACTING, DeskRequest, acting, at_desk, found
from marshrut.intake.services import DISCARD, LET_IN, WAYS_BACK, discard_quarantined, judge_many, let_in_quarantined
from marshrut.ui.answers import done

REASONS = (noop("Spam"), noop("A mailing"), noop("A robot"), noop("Not for us"), noop("Answered otherwise"))
SHOWN = 20_000  # characters of a letter


@require_safe
@at_desk
def letter(request: DeskRequest, pk: int) -> HttpResponse:
    """A letter in quarantine, to be read before it is judged. Its words only: no pictures, no markup."""
    waiting: Waiting = found(find_quarantined(request.desk.actor, pk))
    card = found(find_letter(pk))
    parsed = parse_letter(open_file(card.file_id)) if card.file_id else None
    actor = request.desk.actor
    names = [part.name for part in parsed.files if part.name and _is_shown(part, actor)] if parsed else []
    context = {"waiting": waiting, "sender": actor.text(waiting.sender), "subject": actor.text(waiting.subject), "files": names,
               "text": actor.text(parsed.text[:SHOWN]) if parsed else "", "may_judge": actor.may(ACTING)}
    return render(request, "desk/_quarantined_letter_dialog.html", context)


def _is_shown(part: Part, actor: Actor) -> bool:
    """Whether the reader may know what a file is called: a paper's name says whose it is, and its number."""
    return actor.shows("passport") or not looks_private(part.name, part.media_type, is_from_client=True)


@require_POST
@at_desk
def release(request: DeskRequest, pk: int) -> HttpResponse:
    """A person has looked at a raw message: it is an inquiry, and goes the way of every other."""
    desk = request.desk
    let_in_quarantined(raw_id=pk, reference=desk.reference(), by=desk.actor, now=desk.now)
    return done(_("It is an inquiry now and has its manager"))


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def discard(request: DeskRequest, pk: int) -> HttpResponse:
    """It is nothing of ours: kept, with the reason, and out of sight; the toast offers the way back."""
    desk = request.desk
    found(find_quarantined(desk.actor, pk))
    context = _asking(reverse("quarantine_discard", args=[pk]))
    if request.method == "GET":
        return render(request, "desk/_discard_dialog.html", {**context, "values": {}, "errors": {}})
    values = typed(request, "reason")
    try:
        discard_quarantined(raw_id=pk, reason=values["reason"], by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_discard_dialog.html", context, values, error)
    return done(_("Discarded"), undo=f"{reverse('quarantine_put_back')}?ids={pk}")


@require_POST
@at_desk
def discard_many(request: DeskRequest) -> HttpResponse:
    """Discard the chosen ones: the first request chooses the rows, the second (`step=do`) gives the reason."""
    ids = _chosen(request)
    values = typed(request, "reason")
    context = {**_asking(reverse("quarantine_discard_many")), "ids": ",".join(map(str, ids)), "note": _counted(len(ids))}
    if request.POST.get("step") != "do":
        return render(request, "desk/_discard_dialog.html", {**context, "values": values, "errors": {}})
    try:
        return _judged(request, DISCARD, ids, values["reason"])
    except Invalid as error:
        return refused(request, "desk/_discard_dialog.html", context, values, error)


@require_POST
@at_desk
def let_in_many(request: DeskRequest) -> HttpResponse:
    """The chosen ones are inquiries."""
    return _judged(request, LET_IN, _chosen(request))


@require_POST
@at_desk
def put_back(request: DeskRequest) -> HttpResponse:
    """What was discarded by mistake waits again; what was let in by mistake (`of=let_in`) is closed as spam."""
    verdict = WAYS_BACK[LET_IN if request.POST.get("of") == LET_IN else DISCARD]
    return _judged(request, verdict, _chosen(request))


def _chosen(request: DeskRequest) -> list[int]:
    """The rows that were ticked; none are foreign to whoever answers for no office."""
    if not request.desk.sees_queues():
        raise Http404
    texts = (request.POST.get("ids") or request.GET.get("ids", "")).split(",")
    ids = [int(text) for text in dict.fromkeys(texts) if text.isascii() and text.isdecimal() and len(text) < 19]
    if not ids:
        raise Invalid("nothing_chosen", _("Choose at least one row."))
    return ids


def _asking(address: str) -> dict[str, Any]:
    return {"address": address, "reasons": [Option(text, _(text)) for text in REASONS], "note": _("It stays kept in the history.")}


def _counted(number: int) -> str:
    return ngettext("%(count)s row is chosen", "%(count)s rows are chosen", number) % {"count": number}


def _judged(request: DeskRequest, verdict: str, ids: list[int], reason: str = "") -> HttpResponse:
    """Do it; one that went well is said in a toast, several are listed with what became of each and the way back."""
    desk = request.desk
    results = judge_many(verdict=verdict, raw_ids=ids, reason=reason, reference=desk.reference(), by=desk.actor, now=desk.now)
    titles = {LET_IN: _("Let in as inquiries"), DISCARD: _("Discarded"), WAYS_BACK[DISCARD]: _("Put back into quarantine"),
              WAYS_BACK[LET_IN]: _("Closed as spam")}  # fmt: skip
    well = [result.raw_id for result in results if not result.refusal]
    if len(results) == len(well) == 1 and verdict not in WAYS_BACK:
        return done(titles[verdict])
    if len(results) == 1 and verdict not in WAYS_BACK:
        raise Refused("not_taken_back", results[0].refusal)
    answer = render(request, "desk/_quarantine_result.html", {
        "title": titles[verdict], "results": results, "well": well, "verdict": verdict, "can_undo": bool(well) and verdict in WAYS_BACK})
    answer["HX-Trigger"] = json.dumps({"rows-changed": {}})
    return answer
