"""The list behind a number: exactly what was counted, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.catalog.queries import read_catalogue
from marshrut.core.names import clean_text
from marshrut.insights import wording
from marshrut.insights.asked import Asked
from marshrut.insights.measures import LISTED, MEASURES
from marshrut.insights.queries.lists import ListedLine, count_listed, list_counted
from marshrut.insights.reports.shapes import Question
from marshrut.insights.reports.speed import band_label
from marshrut.insights.web.reading import chips_of, days_in_words, periods, read_question
from marshrut.intake.wording import channel_label, disposition_label
from marshrut.ui.wording import up_to

PAGE, MOST_COUNTED = 50, 1000
"""Rows of a page; and up to where they are counted before the page is shown: a longer list gets its number afterwards."""
TOUCHES = {
    "call_out": noop("Call to the client"),
    "call_in": noop("Call from the client"),
    "message_out": noop("Message to the client"),
    "email_out": noop("Letter to the client"),
    "mail_out": noop("Letter to the client"),
    "meeting": noop("Meeting"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list, worded."""

    url: str
    number: int
    kind: str
    title: str
    what: str
    at: datetime
    owner_id: int
    owner: str
    source: str
    state: str
    tone: str
    money: tuple[Decimal, str] | None
    note: str


@require_safe
@for_staff("reports:read")
def matters(request: ReaderRequest) -> HttpResponse:
    """What stands behind a number of a report."""
    reading = read_question(request)
    question, code = reading.question, clean_text(request.GET.get("measure"), 40)
    measure = MEASURES[code if code in LISTED else "inquiries"]
    position = position_of(question)
    if request.GET.get("part") == "total":
        return render(
            request,
            "insights/_total.html",
            {"total": count_listed(question.actor, question.asked, measure.code, question.now, position)},
        )
    total = count_listed(question.actor, question.asked, measure.code, question.now, position, MOST_COUNTED + 1)
    page = _page(request.GET.get("page", ""), total)
    lines = list_counted(
        question.actor, question.asked, measure.code, question.now, position=position, limit=PAGE + 1, offset=(page - 1) * PAGE
    )
    chips = chips_of(reading, "office", "manager", "source", "channel", "category")
    names = {chip.name for chip in chips}
    context = {
        "words": days_in_words(question.asked),
        "measure": measure,
        "total": up_to(total, MOST_COUNTED),
        "is_counted": total <= MOST_COUNTED,
        "rows": [listed(line, question) for line in lines[:PAGE]],
        "asked": question.asked,
        "chips": chips,
        "periods": periods(question.asked),
        "notes": reading.notes,
        "told": told(question),
        "pages": _pages(question.asked, measure.code, page, is_more=len(lines) > PAGE),
        "kept": {
            "measure": measure.code,
            **{k: v for k, v in question.asked.query().items() if k not in {"period", "from", "to", *names}},
        },
        "is_now": measure.unit in ("deal_now", "task_now"),
    }
    return render(request, "insights/matters.html", context)


def position_of(question: Question) -> int:
    """The position of the stage that funnel measures are about; the first of the funnel when none is named."""
    funnel = question.funnels.get(question.asked.funnel)
    if funnel is None or not funnel.stages:
        return 0
    stage = funnel.find(question.asked.stage)
    return stage.position if stage else funnel.stages[0].position


def _page(text: str, total: int) -> int:
    """The page of the address; the last one where it names a later. Of a list that was not counted to its end any page is believed."""
    page = max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return page if total > MOST_COUNTED else min(page, max(1, -(-total // PAGE)))


def _pages(asked: Asked, code: str, page: int, *, is_more: bool) -> dict[str, Any]:
    """Addresses of the neighbours; None where there is none."""

    def address(number: int) -> str:
        return f"{reverse('reports_list')}?{urlencode(asked.query(measure=code, page=number))}"

    return {
        "before": address(page - 1) if page > 1 else None,
        "after": address(page + 1) if is_more else None,
        "first": (page - 1) * PAGE + 1,
    }


def listed(line: ListedLine, question: Question) -> Listed:
    """A line in words."""
    is_deal, actor = line.deal_id is not None, question.actor
    state, tone = _state(line)
    source = question.sources.get(line.source_id or 0)
    number = line.deal_id or line.inquiry_id or line.dossier_id
    url = reverse("deal", args=[line.deal_id]) if is_deal else reverse("inquiry", args=[line.inquiry_id]) if line.inquiry_id else ""
    what = _(TOUCHES[line.what]) if line.what in TOUCHES else line.what or _trip(line.title or "", question)
    note = line.close_reason or disposition_label(line.disposition or "") if not line.is_open else ""
    return Listed(
        url,
        number,
        "deal" if is_deal else "inquiry",
        actor.named(line.person) or _("Nobody identified yet"),
        actor.text(what),
        line.at,
        line.owner_id or 0,
        question.person(line.owner_id or 0),
        " · ".join(filter(None, (source.name if source else "", channel_label(line.channel) if line.channel else ""))),
        state,
        tone,
        (line.worth, line.currency or "RUB") if line.worth is not None else None,
        actor.text(note),
    )


def _trip(title: str, question: Question) -> str:
    """What a deal is called; directions by their names."""
    names = read_catalogue(question.revision).directions
    return ", ".join(names.get(part, part) for part in title.split(", ")) if title else ""


def _state(line: ListedLine) -> tuple[str, str]:
    outcome = line.deal_state if line.deal_id else line.outcome
    if outcome == "won":
        return _("Realised"), "good"
    if outcome == "lost":
        return _("Not realised"), "warm"
    if line.disposition and not line.is_open:
        return disposition_label(line.disposition), "neutral"
    return (line.stage, "info") if line.deal_id and line.stage else (_("Inquiry"), "neutral")


def told(question: Question) -> list[str]:
    """Filters that have no chip of their own, in words."""
    asked, said = question.asked, []
    funnel = question.funnels.get(asked.funnel)
    if funnel:
        stage = funnel.find(asked.stage)
        said.append(f"{funnel.name} · {stage.name}" if stage else funnel.name)
    if asked.reason:
        said.append(_("reason: %(reason)s") % {"reason": asked.reason})
    if asked.weekday is not None:
        said.append(wording.weekdays("wide")[asked.weekday])
    if asked.hour is not None:
        said.append(f"{asked.hour:02}:00–{asked.hour + 1:02}:00")
    if asked.speed is not None:
        said.append(_("first answer: %(when)s") % {"when": band_label(asked.speed)})
    if asked.basis == "received":
        said.append(_("of those received in the period"))
    return said
