"""What an inquiry is, said by a person: the dialog of class and category, a proposal accepted, a decision confirmed, a word taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.core.errors import DomainError, NotFound, Refused
from marshrut.desk.queries import loaded
from marshrut.desk.shapes import Option, Proposal, Sorted
from marshrut.desk.shaping import class_options
from marshrut.desk.web.asking import asked_about, refused, typed
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, found
from marshrut.intake.queries import InquiryCard, find_inquiry
from marshrut.intake.queries.words import CorrectionLine, corrections_of
from marshrut.intake.rules import AXES, CATEGORY, CLASS
from marshrut.intake.services import Corrected, correct_inquiry, undo_correction
from marshrut.intake.wording import class_label, say, say_all
from marshrut.ui.answers import done

AXIS_TITLES = {CLASS: noop("Class"), CATEGORY: noop("Category")}
WAYS = {
    "dialog": noop("corrected"), "proposal": noop("proposal accepted"), "confirmed": noop("confirmed"), "bulk": noop("corrected in a list"),
    "spam": noop("marked as spam"), "program": noop("by a program"),
}  # fmt: skip


def label_of(axis: str, slug: str, desk: Desk) -> str:
    """A class or a category in words; empty for none."""
    return class_label(slug) if axis == CLASS else desk.catalogue.categories.get(slug, slug)


def sorted_as(card: InquiryCard, desk: Desk) -> list[Sorted]:
    """Class and category of an inquiry with their reasons, for its card."""
    request = loaded(card.request) or {}
    said = {CLASS: (card.inquiry_class, card.class_reason), CATEGORY: (str(request.get("category") or ""), card.category_reason)}
    return [_sorted(axis, slug, loaded(reason) or {}, desk) for axis, (slug, reason) in said.items()]


def _sorted(axis: str, slug: str, reason: Mapping[str, Any], desk: Desk) -> Sorted:
    proposed = reason.get("proposed") if isinstance(reason.get("proposed"), Mapping) else None
    proposal = None
    if proposed and (axis == CLASS or proposed["label"] in desk.catalogue.categories):
        note = say({"code": "model", "sure": proposed["sure"], "words": proposed["words"]})
        proposal = Proposal(proposed["label"], label_of(axis, proposed["label"], desk), desk.actor.text(note))
    words = desk.actor.text(" · ".join(say_all(reason))) if reason else ""
    return Sorted(axis, _(AXIS_TITLES[axis]), slug, label_of(axis, slug, desk), words, proposal, reason.get("code") == "model")


@dataclass(frozen=True)
class Told:
    """One earlier word on it, as the dialog tells it."""

    id: int
    text: str
    by: str
    at: datetime
    undone_by: str
    undo_url: str


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def correct(request: DeskRequest, pk: int) -> HttpResponse:
    """The class and the category of an inquiry, and what was said of them before."""
    desk = request.desk
    card: InquiryCard = found(find_inquiry(desk.actor, pk))
    asked = (loaded(card.request) or {}).get("category") or ""
    offered = [Option(slug, name) for slug, name in desk.catalogue.categories.items() if slug not in desk.catalogue.unused or slug == asked]
    context = {
        "action": reverse("inquiry_correct", args=[pk]), "matter_title": asked_about(desk, card.dossier_id).title,
        "classes": class_options(), "categories": offered, "told": [_told(line, desk) for line in corrections_of(pk)],
    }  # fmt: skip
    if request.method == "GET":
        values = {"inquiry_class": card.inquiry_class, "category": asked}
        return render(request, "desk/_correct_dialog.html", {**context, "values": values, "errors": {}})
    values = typed(request, "inquiry_class", "category")
    category = values["category"] if values["category"] != asked else None
    # Whoever only puts the category right has not said that the class is: it is confirmed by saving the dialog as it stands.
    inquiry_class = values["inquiry_class"] if values["inquiry_class"] != card.inquiry_class or category is None else None
    try:
        came = correct_inquiry(
            inquiry_id=pk, inquiry_class=inquiry_class, category=category, way="dialog",
            reference=desk.reference(), by=desk.actor, now=desk.now,
        )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_correct_dialog.html", context, values, error)
    return _said(came)


def _told(line: CorrectionLine, desk: Desk) -> Told:
    after = label_of(line.axis, line.after, desk) or _("none")
    before = label_of(line.axis, line.before, desk) or _("none")
    text = after if line.before == line.after else f"{before} → {after}"
    return Told(line.id, f"{text} · {_(WAYS.get(line.way, line.way))}", line.by, line.at, line.undone_by if line.is_undone else "",
                "" if line.is_undone else reverse("correction_undo", args=[line.id]))  # fmt: skip


def _said(came: Corrected) -> HttpResponse:
    """The toast: what was kept, whom the inquiry went to, and the way back."""
    undo = reverse("correction_undo", args=[came.corrections[-1]]) if came.corrections else None
    if came.given_to:
        return done(_("Saved. The inquiry goes to %(name)s") % {"name": came.given_to}, undo=undo)
    return done(_("Saved"), undo=undo)


@require_POST
@at_desk
def accept_proposal(request: DeskRequest, pk: int, axis: str) -> HttpResponse:
    """What the words propose is so."""
    found_one = next((one for one in _sorted_of(request, pk) if one.axis == axis), None)
    if found_one is None or found_one.proposal is None:
        raise Refused("nothing_proposed", _("Nothing is proposed for it any more."))
    return _said(_say(request, pk, axis, found_one.proposal.slug, "proposal"))


@require_POST
@at_desk
def confirm(request: DeskRequest, pk: int, axis: str) -> HttpResponse:
    """What was decided is right."""
    found_one = next((one for one in _sorted_of(request, pk) if one.axis == axis), None)
    if found_one is None:
        raise Http404  # addresses name no other axis
    return _said(_say(request, pk, axis, found_one.slug, "confirmed"))


def _sorted_of(request: DeskRequest, pk: int) -> list[Sorted]:
    return sorted_as(found(find_inquiry(request.desk.actor, pk)), request.desk)


def _say(request: DeskRequest, pk: int, axis: str, slug: str, way: str) -> Corrected:
    assert axis in AXES, "addresses name no other"
    desk = request.desk
    said = {"inquiry_class": slug} if axis == CLASS else {"category": slug}
    return correct_inquiry(inquiry_id=pk, way=way, reference=desk.reference(), by=desk.actor, now=desk.now, **said)


@require_POST
@at_desk
def take_back(request: DeskRequest, pk: int) -> HttpResponse:
    """A wrong word is taken back."""
    desk = request.desk
    undo_correction(correction_id=pk, reference=desk.reference(), by=desk.actor, now=desk.now)
    return done(_("Taken back"))
