"""Gestures on inquiries and deals: contact made, another stage, the end, spam, taken, opened again."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.core.errors import DomainError, Invalid, NotFound
from marshrut.core.money import Money, read_money
from marshrut.deals.queries import DealCard, FunnelCard, find_deal, loss_reasons
from marshrut.deals.rules import FACT_KINDS
from marshrut.deals.services import close_deal, move_deal, open_deal, open_deal_at, reopen_deal, set_margin
from marshrut.deals.wording import fact_label
from marshrut.desk import wording
from marshrut.desk.shapes import Option
from marshrut.desk.web.asking import asked_about, currency_options, next_action, presets, refused, typed, usual_currency
from marshrut.desk.web.gate_asking import ASKED, field_of, followed, gates_asked, gates_said, gates_typed
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, found
from marshrut.intake.queries import InquiryCard, find_inquiry
from marshrut.intake.services import close_inquiry, mark_spam, reopen_inquiry, take_inquiry, take_next
from marshrut.intake.wording import DISPOSITIONS, disposition_label
from marshrut.ui.answers import done

dialog = require_http_methods(["GET", "POST"])


@require_POST
@at_desk
def stage(request: DeskRequest, pk: int) -> HttpResponse:
    """A deal comes to stand at another stage; what is missing for it is asked, and nothing else."""
    desk = request.desk
    deal: DealCard = found(find_deal(desk.actor, pk))
    funnel = desk.funnels.get(deal.funnel)
    slug = request.POST.get("stage", "")
    target = funnel.find(slug) if funnel else None
    title = asked_about(desk, deal.dossier_id).title
    about = {"deal": {"id": pk, "title": title}, "action": reverse("deal_stage", args=[pk])}
    try:
        after = move_deal(deal_id=pk, stage=slug, reason=request.POST.get("reason", ""), facts=_facts(request), gates=gates_said(request),
                          by=desk.actor, now=desk.now)  # fmt: skip
    except Invalid as error:
        if target is None:
            raise
        return _ask_facts(request, about, slug, target.name, error)
    return done(followed(after) or _("Stage: %(stage)s") % {"stage": target.name if target else slug})


def _facts(request: DeskRequest) -> dict[str, str]:
    return {name.removeprefix("fact_"): text for name, text in typed(request, *(f"fact_{name}" for name in FACT_KINDS)).items() if text}


def _ask_facts(request: DeskRequest, about: dict[str, Any], slug: str, name: str, error: Invalid) -> HttpResponse:
    """The dialog that asks for exactly what is missing; the first time without reproach."""
    given = {f"fact_{fact}": text for fact, text in _facts(request).items()}
    unreadable = error.missing if error.code == "fact_unreadable" else ()
    wanted = [fact for fact in FACT_KINDS if fact in error.missing or f"fact_{fact}" in given]
    values = {**given, **gates_typed(request), "reason": request.POST.get("reason", "")}
    was_asked = any(key.startswith(("fact_", *ASKED)) or key == "reason" for key in request.POST)
    lacking = [field_of(name) for name in error.missing] if was_asked else []
    context = {
        **about, "stage": {"slug": slug, "name": name}, "values": values, "presets": [], "next": False,
        "missing": [{"name": fact, "label": fact_label(fact), "type": FACT_KINDS[fact], "options": None,
                     "hint": wording.fact_hint(fact)} for fact in wanted],
        "gates": gates_asked(request, error),
        "needs_reason": "reason" in error.missing or bool(values["reason"]),
        "errors": {f"fact_{fact}": _("This cannot be read.") for fact in unreadable}
        or dict.fromkeys(lacking, _("This is needed for the stage.")),
    }
    return render(request, "desk/_stage_dialog.html", context, status=error.status)


@dialog
@at_desk
@acting
def deal_of_inquiry(request: DeskRequest, pk: int) -> HttpResponse:
    """Contact is made: the inquiry becomes a deal. A drop on the board names the stage; the dialog asks for more."""
    desk = request.desk
    card: InquiryCard = found(find_inquiry(desk.actor, pk))
    asked = asked_about(desk, card.dossier_id)
    if request.method == "POST" and "stage" in request.POST:
        return _drop(request, pk, asked.title)
    context = {"inquiry": {"id": pk, "title": asked.title}, "funnels": [Option(f.slug, f.name) for f in desk.funnels.values()],
               "currencies": currency_options(), "presets": presets(desk)}
    if request.method == "GET":
        return render(request, "desk/_deal_dialog.html", {**context, "values": _usual_deal(desk, asked.row), "errors": {}})
    values = typed(request, "funnel", "amount", "currency", "note", "next_title", "next_due")
    try:
        amount, flaw = read_money(values["amount"], values["currency"], usual_currency(desk))
        if flaw:
            raise Invalid("amount_unreadable", _("This cannot be read as a sum."), field="amount")
        deal_id = open_deal(
            inquiry_id=pk, funnel=values["funnel"], amount=amount.amount if amount else None, currency=amount.currency if amount else "",
            note=values["note"], following=next_action(values, desk.now), by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_deal_dialog.html", context, values, error)
    return done(_("The deal is open"), go=reverse("deal", args=[deal_id]))


def _usual_deal(desk: Desk, row: Any) -> dict[str, Any]:
    """The first funnel, the budget as it was named, the task of the first stage when it is due."""
    funnel: FunnelCard = next(iter(desk.funnels.values()))
    first = funnel.stages[0]
    return {"funnel": funnel.slug, "amount": f"{row.worth.normalize():f}" if row.worth is not None else "",
            "currency": row.currency or usual_currency(desk), "next_title": first.task_title,
            "next_due": desk.calendar.add_working_minutes(desk.now, first.task_minutes)}


def _drop(request: DeskRequest, pk: int, title: str) -> HttpResponse:
    desk = request.desk
    slug = request.POST["stage"]
    funnel = desk.funnels.get(request.GET.get("funnel", "")) or next(iter(desk.funnels.values()))
    target = found(funnel.find(slug))
    about = {"deal": {"id": pk, "title": title}, "action": f"{reverse('inquiry_deal', args=[pk])}?{urlencode({'funnel': funnel.slug})}"}
    try:
        _deal_id, after = open_deal_at(inquiry_id=pk, funnel=funnel.slug, stage=slug, facts=_facts(request), gates=gates_said(request),
                                       by=desk.actor, now=desk.now)  # fmt: skip
    except Invalid as error:
        return _ask_facts(request, about, slug, target.name, error)
    return done(followed(after) or _("The deal is open: %(stage)s") % {"stage": target.name})


@require_POST
@at_desk
def spam(request: DeskRequest, pk: int) -> HttpResponse:
    """Spam in one click; the toast offers the way back."""
    mark_spam(inquiry_id=pk, by=request.desk.actor, now=request.desk.now)
    return done(_("Marked as spam and closed"), undo=reverse("inquiry_reopen", args=[pk]))


@require_POST
@at_desk
def take(request: DeskRequest, pk: int) -> HttpResponse:
    """Take an inquiry from the queue."""
    desk = request.desk
    take_inquiry(inquiry_id=pk, reference=desk.reference(), by=desk.actor, now=desk.now)
    return done(_("It is yours"))


@require_POST
@at_desk
def take_next_waiting(request: DeskRequest) -> HttpResponse:
    """Take the longest waiting inquiry of the queue; its card opens."""
    desk = request.desk
    taken = take_next(reference=desk.reference(), by=desk.actor, now=desk.now)
    return done(_("It is yours"), go=reverse("inquiry", args=[taken]))


@require_POST
@at_desk
def reopen_of_inquiry(request: DeskRequest, pk: int) -> HttpResponse:
    desk = request.desk
    reopen_inquiry(inquiry_id=pk, reference=desk.reference(), by=desk.actor, now=desk.now)
    return done(_("The inquiry is open again"))


@require_POST
@at_desk
def reopen_of_deal(request: DeskRequest, pk: int) -> HttpResponse:
    reopen_deal(deal_id=pk, by=request.desk.actor, now=request.desk.now)
    return done(_("The deal is open again"))


@dialog
@at_desk
@acting
def close_of_inquiry(request: DeskRequest, pk: int) -> HttpResponse:
    """The end of an inquiry: not realised with a reason, realised, or it was none at all."""
    desk = request.desk
    card: InquiryCard = found(find_inquiry(desk.actor, pk))
    context = _close_context(desk, card.dossier_id, reverse("inquiry_close", args=[pk]))
    context["dispositions"] = [Option(slug, disposition_label(slug)) for slug in DISPOSITIONS]
    if request.method == "GET":
        return render(request, "desk/_close_dialog.html", {**context, "values": {"outcome": "lost"}, "errors": {}})
    values = typed(request, "outcome", "reason", "disposition", "note")
    try:
        outcome = values["disposition"] or values["outcome"]
        close_inquiry(inquiry_id=pk, outcome=outcome, reason=_reason(values), by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_close_dialog.html", context, values, error)
    return done(_("The inquiry is closed"), undo=reverse("inquiry_reopen", args=[pk]))


@dialog
@at_desk
@acting
def close_of_deal(request: DeskRequest, pk: int) -> HttpResponse:
    """The end of a deal: realised, or not with a reason."""
    desk = request.desk
    deal: DealCard = found(find_deal(desk.actor, pk))
    context = {**_close_context(desk, deal.dossier_id, reverse("deal_close", args=[pk])), "dispositions": [], "asks_margin": True}
    if request.method == "GET":
        chosen = "won" if request.GET.get("outcome") == "won" else "lost"
        values = {"outcome": chosen, "margin": _margin_shown(desk, deal)}
        return render(request, "desk/_close_dialog.html", {**context, "values": values, "errors": {}})
    values = typed(request, "outcome", "reason", "margin", "note")
    try:
        margin = _margin_typed(values["margin"], deal, desk) if values["outcome"] == "won" else None
        close_deal(deal_id=pk, outcome=values["outcome"], reason=_reason(values), margin=margin, by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_close_dialog.html", context, values, error)
    return done(_("The deal is closed"), undo=reverse("deal_reopen", args=[pk]))


@dialog
@at_desk
@acting
def margin_of_deal(request: DeskRequest, pk: int) -> HttpResponse:
    """What stays with the agency: whoever leads a deal may write it down; what stands there is shown to whoever may see margins."""
    desk = request.desk
    deal: DealCard = found(find_deal(desk.actor, pk))
    context = {"action": reverse("deal_margin", args=[pk]), "matter_title": asked_about(desk, deal.dossier_id).title}
    if request.method == "GET":
        return render(request, "desk/_margin_dialog.html", {**context, "values": {"margin": _margin_shown(desk, deal)}, "errors": {}})
    values = typed(request, "margin")
    try:
        set_margin(deal_id=pk, margin=_margin_typed(values["margin"], deal, desk), by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_margin_dialog.html", context, values, error)
    return done(_("Margin written down"))


def _margin_shown(desk: Desk, deal: DealCard) -> str:
    return f"{deal.margin.normalize():f} {deal.currency}" if deal.margin is not None and desk.actor.shows("margin") else ""


def _margin_typed(text: str, deal: DealCard, desk: Desk) -> Money | None:
    """What was typed, in the deal's currency unless another is named; nought is nought."""
    unit = deal.currency or usual_currency(desk)
    read, flaw = read_money(text, None, unit)
    if flaw not in (None, "zero"):
        raise Invalid("margin_unreadable", _("Say what stays with the agency, for example 18 000."), field="margin")
    return Money(Decimal(), unit) if flaw else read


def _close_context(desk: Desk, dossier_id: int, action: str) -> dict[str, Any]:
    outcomes = [Option("won", _("Realised"), "circle-check"), Option("lost", _("Not realised"), "circle-x")]
    return {"action": action, "matter_title": asked_about(desk, dossier_id).title, "outcomes": outcomes,
            "lost_reasons": [Option(slug, name) for slug, name in loss_reasons()]}


def _reason(values: dict[str, str]) -> str:
    """The chosen reason by name, and one's own words; of a realised deal only the words. Invalid for a loss without a named reason:
    what nobody can count, nobody can mend."""
    reasons = dict(loss_reasons())
    is_lost = values["outcome"] == "lost" and not values.get("disposition")
    named = reasons.get(values["reason"], "") if is_lost else ""
    if is_lost and reasons and not named:
        raise Invalid("reason_missing", _("Say why it was not realised: choose the reason."), field="reason", missing=("reason",))
    return ": ".join(filter(None, (named, values["note"])))
