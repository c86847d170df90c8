"""The pages of the reports: each reads its question from the address, asks one report, and renders it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.core.names import clean_text
from marshrut.insights import wording
from marshrut.insights.measures import LISTED, MEASURES
from marshrut.insights.reports.answers import answers_report
from marshrut.insights.reports.funnel import funnel_report, with_funnel
from marshrut.insights.reports.overview import overview_report
from marshrut.insights.reports.shapes import Report
from marshrut.insights.reports.sources import sources_report
from marshrut.insights.reports.work import work_report
from marshrut.insights.web.reading import Choice, Reading, chips_of, days_in_words, periods, read_question

HEATS = ("arrivals", "waiting", "ninetieth", "kept")
MAKERS = {"sources": sources_report, "answers": answers_report, "funnel": funnel_report, "work": work_report}
PAGES = {
    "overview": "reports",
    "sources": "report_sources",
    "answers": "report_answers",
    "funnel": "report_funnel",
    "work": "report_work",
}


@require_safe
@for_staff("reports:read")
def overview(request: ReaderRequest) -> HttpResponse:
    """The page to look at once a day."""
    reading = read_question(request)
    report = overview_report(reading.question)
    chips = chips_of(reading, "office", "manager", "source", "category")
    return render(request, "insights/overview.html", {**frame(reading, report, chips), "weekdays": wording.weekdays()})


@require_safe
@for_staff("reports:read")
def sources(request: ReaderRequest) -> HttpResponse:
    """Source × conversion."""
    reading = read_question(request)
    report = _sorted(sources_report(reading.question), request)
    chips = chips_of(reading, "office", "manager", "source", "channel", "category")
    more = {"may_enter_costs": reading.question.actor.may("marketing:write")}
    return render(request, "insights/sources.html", {**frame(reading, report, chips), **more})


@require_safe
@for_staff("reports:read")
def answers(request: ReaderRequest) -> HttpResponse:
    """Response times against the clock."""
    reading = read_question(request)
    report = _sorted(answers_report(reading.question), request)
    heat = chosen if (chosen := request.GET.get("heat", "")) in HEATS else "arrivals"
    chips = chips_of(reading, "office", "manager", "source", "channel", "category")
    more = {
        "heat": heat,
        "weekdays": wording.weekdays(),
        "heat_urls": {name: reading.question.page("report_answers", heat=name) for name in HEATS},
    }
    return render(request, "insights/answers.html", {**frame(reading, report, chips), **more})


@require_safe
@for_staff("reports:read")
def funnel(request: ReaderRequest) -> HttpResponse:
    """How deals go through a funnel."""
    reading = read_question(request)
    question = with_funnel(reading.question)
    report = _sorted(funnel_report(question), request)
    tabs = [
        {
            "label": card.name,
            "url": question.page("report_funnel", funnel=card.slug),
            "is_current": card.slug == question.asked.funnel,
            "count": None,
        }
        for card in question.funnels.values()
    ]
    chips = chips_of(reading, "office", "manager", "source", "category")
    return render(request, "insights/funnel.html", {**frame(Reading(question, reading.notes), report, chips), "funnels": tabs})


@require_safe
@for_staff("reports:read")
def work(request: ReaderRequest) -> HttpResponse:
    """What was done, by person."""
    reading = read_question(request)
    report = _sorted(work_report(reading.question), request)
    chips = chips_of(reading, "office", "source", "category")
    return render(request, "insights/work.html", frame(reading, report, chips))


@require_safe
@for_staff("reports:read")
def measures(request: ReaderRequest) -> HttpResponse:
    """What every figure means."""
    return render(
        request, "insights/measures.html", {"measures": list(MEASURES.values()), "listed": LISTED, "tabs": _tabs(None, "")}
    )


def _sorted(report: Report, request: ReaderRequest) -> Report:
    """The tables in the order asked for: `sort=[table.]column`, a minus turns it."""
    wanted = clean_text(request.GET.get("sort"), 60)
    if not wanted:
        return report
    return Report(report.code, report.title, report.figures, [table.sorted_by(wanted) for table in report.tables], report.pictures)


def frame(reading: Reading, report: Report, chips: list[Any]) -> dict[str, Any]:
    """What every report's page shows around it."""
    question = reading.question
    asked = question.asked
    kept = {
        name: value for name, value in asked.query().items() if name not in {"period", "from", "to", *(chip.name for chip in chips)}
    }
    return {
        "report": report,
        "asked": asked,
        "words": days_in_words(asked),
        "notes": reading.notes,
        "chips": chips,
        "periods": periods(asked),
        "kept": kept,
        "tabs": _tabs(question, report.code),
        "query": urlencode(asked.query()),
        "sort": "",
        "pages": PAGES,
        "may_export": question.actor.may("exports:read"),
        "zone_office": _zone_name(reading),
        "listed": LISTED,
        "bases": [Choice("each", _("Each by its own day")), Choice("received", _("What became of those received"))],
        "measures": MEASURES,
    }


def _zone_name(reading: Reading) -> str:
    question = reading.question
    offices = question.staff.offices
    chosen = offices.get(question.asked.office_id or 0) or next(
        (o for o in offices.values() if o.time_zone == question.asked.zone), None
    )
    return chosen.name if chosen else question.asked.zone


def _tabs(question: Any, current: str) -> list[dict[str, Any]]:
    labels = (
        ("overview", _("Overview")),
        ("sources", _("Sources")),
        ("answers", _("Answers")),
        ("funnel", _("Funnel")),
        ("work", _("Managers")),
    )
    return [
        {
            "label": label,
            "is_current": code == current,
            "count": None,
            "url": question.page(PAGES[code], stage=None, reason=None, weekday=None, hour=None)
            if question
            else reverse(PAGES[code]),
        }
        for code, label in labels
    ]
