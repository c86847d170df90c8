"""What was stopped: matters that ended without a sale, by whom, why and what they were worth, for whoever answers for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.core.errors import DomainError, NotFound
from marshrut.core.names import clean_text
from marshrut.deals.queries.gates import PAGE, SPAN, Dropped, DroppedSum, list_dropped, sum_dropped
from marshrut.deals.queries.reasons import list_loss_reasons
from marshrut.deals.services import reopen_stopped, review_stop
from marshrut.desk.shapes import Filter, Named, Option
from marshrut.desk.shaping import owner_of
from marshrut.desk.web.asking import asked_about, refused, typed, whole
from marshrut.desk.web.inbox import filter_of, read_cursor, write_cursor
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, part_or_page
from marshrut.ui.answers import done
from marshrut.ui.wording import money


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
    priority: int
    was_answered: bool
    closed_at: datetime
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
    worth: str
    share: int
    url: str


@require_safe
@at_desk
def dropped(request: DeskRequest) -> HttpResponse:
    """The list, sums by manager above it; filters in the address."""
    desk = request.desk
    if not desk.sees_queues():
        raise Http404
    since = desk.now - SPAN
    owner, reason = whole(request.GET.get("owner", "")), clean_text(request.GET.get("reason"), 120)
    unseen = request.GET.get("seen") != "all"
    after = read_cursor(request.GET.get("after", ""))
    lines = list_dropped(desk.actor, since, owner_id=owner, reason=reason, unseen=unseen, after=after)
    context: dict[str, Any] = {"rows": [_row(line, desk) for line in lines[:PAGE]], "more_url": _more(request, lines)}
    if after:
        return render(request, "desk/_dropped_rows.html", context)
    context |= {"sums": _sums(desk, sum_dropped(desk.actor, since)), "filters": _filters(desk, owner, reason, unseen)}
    return part_or_page(request, "list", "desk/_dropped_list.html", "desk/dropped.html", context)


def _more(request: DeskRequest, lines: list[Dropped]) -> str | None:
    if len(lines) <= PAGE:
        return None
    last = lines[PAGE - 1]
    query = {name: request.GET[name] for name in ("owner", "reason", "seen") if request.GET.get(name)}
    return f"{reverse('dropped')}?{urlencode({**query, 'after': write_cursor(last.closed_at, last.inquiry_id)})}"


def _row(line: Dropped, desk: Desk) -> Row:
    source = next((card.name for card in desk.sources.values() if card.id == line.source_id), "")
    words = desk.actor.text(line.words.partition(":")[2].strip())
    url = reverse("deal", args=[line.deal_id]) if line.deal_id else reverse("inquiry", args=[line.inquiry_id])
    title = desk.actor.named(line.person) or _("Inquiry %(number)s") % {"number": line.inquiry_id}
    by = line.reviewed_by.removeprefix("employee:")
    reviewer = desk.staff.colleagues.get(int(by)) if by.isdigit() else None
    return Row(
        line.dossier_id, title, url, owner_of(desk.staff, line.owner_id), source, line.reason, words,
        money(line.worth, line.currency) if line.worth is not None else "", line.priority, line.answered_at is not None, line.closed_at,
        line.verdict, reviewer.name if reviewer else "", line.note,
    )  # fmt: skip


def _sums(desk: Desk, lines: list[DroppedSum]) -> list[SumRow]:
    most = max((line.number for line in lines), default=1)
    rows = []
    for line in lines:
        owner = owner_of(desk.staff, line.owner_id)
        worth = " · ".join(money(amount, currency) for amount, currency in line.worth)
        url = f"{reverse('dropped')}?owner={line.owner_id}" if line.owner_id else reverse("dropped")
        name = owner.name if owner else _("Queues")
        rows.append(SumRow(owner, name, line.number, line.unseen, line.unanswered, worth, round(line.number * 100 / most), url))
    return rows


def _filters(desk: Desk, owner: int | None, reason: str, unseen: bool) -> list[Filter]:
    people = [Option(str(one.id), one.name) for one in desk.staff.colleagues.values() if desk.actor.sees(one.id, one.office_id)]
    return [
        filter_of("owner", _("Manager"), str(owner or ""), people),
        filter_of("reason", _("Reason"), reason, [Option(row.name, row.name) for row in list_loss_reasons()]),
        filter_of("seen", _("Reviewed"), "" if unseen else "all", [Option("all", _("reviewed ones too"))]),
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
