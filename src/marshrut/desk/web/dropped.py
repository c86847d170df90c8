"""What was stopped: matters that ended without a sale, by whom, why and what they were worth, for whoever answers for them; and
the refusals that wait for their decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.core.errors import DomainError, NotFound
from marshrut.core.names import clean_text
from marshrut.deals.queries import loss_reasons
from marshrut.deals.queries.dropped import LOST, PAGE, Dropped, DroppedSum, Stopped, list_dropped, sum_dropped
from marshrut.deals.queries.gates import AskedDecision, list_asked_decisions
from marshrut.deals.queries.reasons import list_loss_reasons
from marshrut.deals.rules import CLOSE, GO_ON, WAIT
from marshrut.deals.services import Decision, decide_gate, reopen_stopped, review_stop
from marshrut.deals.wording import consequence_label
from marshrut.desk.shapes import Filter, Named, Option
from marshrut.desk.shaping import owner_of
from marshrut.desk.web.asking import asked_about, refused, typed, whole
from marshrut.desk.web.gate_asking import followed
from marshrut.desk.web.inbox import filter_of, read_cursor, write_cursor
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, found, part_or_page
from marshrut.intake.wording import DISPOSITIONS, close_reason_label, disposition_label
from marshrut.ui.answers import done
from marshrut.ui.jinja import url
from marshrut.ui.wording import money

SPANS = (7, 30, 90, 365)
USUAL_SPAN = 30
SUMS = 12  # managers above the list; the others on demand
FILTERS = ("owner", "reason", "ended", "seen", "days")


@dataclass(frozen=True, slots=True)
class Row:
    """One stopped matter."""

    dossier: int
    title: str
    url: str
    owner: Named | None
    source: str
    reason: str
    words: str
    worth: str
    was_answered: bool
    closed_at: datetime
    closed_by: str
    verdict: str
    reviewed_by: str
    note: str


@dataclass(frozen=True, slots=True)
class SumRow:
    """One person's stopped matters of the span."""

    owner: Named | None
    name: str
    number: int
    unseen: int
    unanswered: int
    unpriced: int
    worth: str
    share: int
    url: str


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A refusal that waits for a decision."""

    id: int
    title: str
    url: str
    question: str
    words: str
    worth: str
    at: datetime
    owner: Named | None


@require_safe
@at_desk
def dropped(request: DeskRequest) -> HttpResponse:
    """The list, sums by manager above it; filters in the address."""
    desk = request.desk
    if not desk.sees_queues():
        raise Http404
    days, asked = _asked(request)
    after = read_cursor(request.GET.get("after", ""))
    lines = list_dropped(desk.actor, asked, after)
    sources = {card.id: card.name for card in desk.sources.values()}
    context: dict[str, Any] = {"rows": [_row(line, sources, desk) for line in lines[:PAGE]], "more_url": _more(request, lines)}
    if after:
        return render(request, "desk/_dropped_rows.html", context)
    sums = sum_dropped(desk.actor, asked)
    most = len(sums) if request.GET.get("sums") == "all" else SUMS
    context |= {
        "sums": _sums(request, desk, sums[:most]), "sums_more": max(0, len(sums) - most),
        "sums_url": _address(request, sums="all"), "filters": _filters(desk, asked, days),
        "asked": [_asked_row(line, desk) for line in list_asked_decisions(desk.actor)],
        "span": ngettext("%(days)s day", "%(days)s days", days) % {"days": days},
    }  # fmt: skip
    return part_or_page(request, "list", "desk/_dropped_list.html", "desk/dropped.html", context)


def _asked(request: DeskRequest) -> tuple[int, Stopped]:
    """The span in days, and what is asked for."""
    wanted = whole(request.GET.get("days", ""))
    days = wanted if wanted in SPANS else USUAL_SPAN
    ended = request.GET.get("ended", "")
    return days, Stopped(
        request.desk.now - timedelta(days=days), whole(request.GET.get("owner", "")), clean_text(request.GET.get("reason"), 120),
        ended if ended == LOST or ended in DISPOSITIONS else "", request.GET.get("seen") != "all",
    )  # fmt: skip


def _address(request: DeskRequest, **more: Any) -> str:
    """This page with its filters, some of them another way; None takes one away."""
    kept = {name: request.GET[name] for name in FILTERS if request.GET.get(name)} | more
    query = urlencode({name: value for name, value in kept.items() if value is not None})
    return f"{reverse('dropped')}?{query}" if query else reverse("dropped")


def _more(request: DeskRequest, lines: list[Dropped]) -> str | None:
    if len(lines) <= PAGE:
        return None
    last = lines[PAGE - 1]
    return _address(request, after=write_cursor(last.closed_at, last.dossier_id))


def _row(line: Dropped, sources: dict[int, str], desk: Desk) -> Row:
    words = desk.actor.text((line.said if line.disposition else line.said.partition(":")[2]).strip())
    address = url("deal", line.deal_id) if line.deal_id else url("inquiry", line.inquiry_id)
    owner, closer = owner_of(desk.staff, line.owner_id), _person(line.closed_by, desk)
    return Row(
        line.dossier_id, _title(line.person, line.inquiry_id or line.deal_id, desk), address, owner, sources.get(line.source_id or 0, ""),
        disposition_label(line.disposition) if line.disposition else close_reason_label(line.reason), words,
        money(line.worth, line.currency) if line.worth is not None else "", line.was_answered, line.closed_at,
        closer if closer and (owner is None or closer != owner.name) else "", line.verdict, _person(line.reviewed_by, desk), line.note,
    )  # fmt: skip


def _title(person: str | None, number: int | None, desk: Desk) -> str:
    return desk.actor.named(person) or _("Inquiry %(number)s") % {"number": number}


def _person(label: str, desk: Desk) -> str:
    """Who it was by the label of history; empty for the system and for whoever has left."""
    number = label.removeprefix("employee:")
    card = desk.staff.colleagues.get(int(number)) if number.isdigit() and number != label else None
    return card.name if card else ""


def _sums(request: DeskRequest, desk: Desk, lines: list[DroppedSum]) -> list[SumRow]:
    most = max((line.number for line in lines), default=1)
    rows = []
    for line in lines:
        owner = owner_of(desk.staff, line.owner_id)
        worth = " · ".join(money(amount, currency) for amount, currency in line.worth)
        name = owner.name if owner else _("Queues")
        share = round(line.number * 100 / most)
        url = _address(request, owner=line.owner_id)
        rows.append(SumRow(owner, name, line.number, line.unseen, line.unanswered, line.unpriced, worth, share, url))
    return rows


def _asked_row(line: AskedDecision, desk: Desk) -> AskedRow:
    return AskedRow(
        line.id, _title(line.person, line.deal_id, desk), reverse("deal", args=[line.deal_id]), line.question, desk.actor.text(line.words),
        money(line.worth, line.currency) if line.worth is not None else "", line.at, owner_of(desk.staff, line.owner_id),
    )  # fmt: skip


def _filters(desk: Desk, asked: Stopped, days: int) -> list[Filter]:
    people = [Option(str(one.id), one.name) for one in desk.staff.colleagues.values() if desk.actor.sees(one.id, one.office_id)]
    ends = [Option(LOST, _("Not realised")), *(Option(slug, disposition_label(slug)) for slug in DISPOSITIONS)]
    spans = [Option(str(span), ngettext("%(days)s day", "%(days)s days", span) % {"days": span}) for span in SPANS if span != USUAL_SPAN]
    return [
        filter_of("owner", _("Manager"), str(asked.owner_id or ""), people),
        filter_of("ended", _("How it ended"), asked.ended, ends),
        filter_of("reason", _("Reason"), asked.reason, [Option(row.name, row.name) for row in list_loss_reasons()]),
        filter_of("seen", _("Reviewed"), "" if asked.unseen else "all", [Option("all", _("reviewed ones too"))]),
        filter_of("days", _("Span"), "" if days == USUAL_SPAN else str(days), spans),
    ]


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def review(request: DeskRequest, pk: int) -> HttpResponse:
    """It was right to stop, or it is opened again: asked once, with a word for whoever stopped it."""
    desk = request.desk
    asked = asked_about(desk, pk)
    if not desk.sees_queues():
        raise Http404
    choices = [Option("right", _("It was right to stop")), Option("reopened", _("Open it again"))]
    context: dict[str, Any] = {"action": reverse("review_stop", args=[pk]), "matter_title": asked.title, "verdicts": choices}
    if request.method == "GET":
        return render(request, "desk/_review_dialog.html", {**context, "values": {"verdict": "right", "note": ""}, "errors": {}})
    values = typed(request, "verdict", "note")
    keep = reopen_stopped if values["verdict"] == "reopened" else review_stop
    try:
        keep(dossier_id=pk, note=values["note"], by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_review_dialog.html", context, values, error)
    return done(_("Open again") if values["verdict"] == "reopened" else _("Reviewed"))


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def decide(request: DeskRequest, pk: int) -> HttpResponse:
    """A refusal at a gate that the agency's rule leaves to the supervisor: the deal goes on, waits or ends."""
    desk = request.desk
    if not desk.sees_queues():
        raise Http404
    asked: AskedDecision = found(next(iter(list_asked_decisions(desk.actor, pk)), None))
    context: dict[str, Any] = {
        "action": reverse("decide_gate", args=[pk]), "matter_title": asked_about(desk, asked.dossier_id).title,
        "question": asked.question, "said": desk.actor.text(asked.words),
        "verdicts": [Option(code, consequence_label(code)) for code in (GO_ON, WAIT, CLOSE)],
        "lost_reasons": [Option(name, name) for _slug, name in loss_reasons()],
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "desk/_decide_dialog.html", {**context, "values": {"consequence": GO_ON}, "errors": {}})
    values = typed(request, "consequence", "days", "reason", "words")
    decision = Decision(values["consequence"], whole(values["days"]), values["reason"], values["words"])
    try:
        after = decide_gate(answer_id=pk, decision=decision, by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_decide_dialog.html", context, values, error)
    return done(followed(after) or _("Decided: it goes on all the same"))
