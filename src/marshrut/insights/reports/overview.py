"""The page an owner looks at once a day: a few large figures with their change, small pictures, each leading further."""

from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from django.utils.translation import gettext as _

from marshrut.insights import wording
from marshrut.insights.queries.answers import answer_speeds
from marshrut.insights.queries.sources import DayLine, Outcomes, money_by_source, outcomes_by_day, outcomes_by_source
from marshrut.insights.reports import answers, funnel, sources
from marshrut.insights.reports.money import together
from marshrut.insights.reports.shapes import Bar, Question, Report
from marshrut.ui.wording import language

MOST_COLUMNS = 62
WEEK = 7


@dataclass(frozen=True, slots=True)
class Column:
    """A day, or a week beginning with that day, of the large picture; heights are shares of the highest, 0 to 100."""

    day: date
    label: str
    inquiries: int
    won: int
    height: float
    won_height: float
    href: str


def overview_report(question: Question) -> Report:
    """Large figures and small pictures; nine statements."""
    asked, actor, now = question.asked, question.actor, question.now
    found = outcomes_by_source(actor, asked, now)
    total, before = sum(found.values(), Outcomes()), sum(outcomes_by_source(actor, asked.before(), now).values(), Outcomes())
    money = together(line for lines in money_by_source(actor, asked, now).values() for line in lines)
    speeds = answer_speeds(actor, asked, "hour")
    days = outcomes_by_day(actor, asked, now)
    passage = funnel.passage_of(question)
    of_sources = sources.figures_of(question, total, before, money)
    of_answers = answers.figures_of(question, speeds["all"][0], answers.total_speed(question.before()))
    of_deals = passage.figures if passage else []
    figures = (
        [*of_sources[:3], of_answers[0], of_answers[2], *of_deals[:2], of_deals[3]] if of_deals else [*of_sources, *of_answers]
    )
    ordered = sorted(found, key=lambda id: -found[id].inquiries)[:9]
    return Report(
        "overview",
        _("Overview"),
        figures,
        [],
        {
            "columns": columns_of(question, days),
            "sources": [_source_bar(question, id, found) for id in ordered],
            "funnel": passage.bars if passage else [],
            "heat": answers.heat_of(question, speeds["hour"]),
        },
    )


def _source_bar(question: Question, id: int, found: dict[int, Outcomes]) -> Bar:
    """Inquiries of a source against the largest one, and the realised among them."""
    most = max(outcomes.inquiries for outcomes in found.values()) or 1
    outcomes, card = found[id], question.sources.get(id)
    parts = (
        ("won", outcomes.won * 100 / most, wording.number(outcomes.won)),
        ("rest", (outcomes.inquiries - outcomes.won) * 100 / most, ""),
    )
    slug = card.slug if card else ""
    return Bar(
        card.name if card else str(id),
        wording.number(outcomes.inquiries),
        parts,
        question.address("inquiries", source=slug),
        wording.share_of(outcomes.won, outcomes.closed),
    )


def columns_of(question: Question, days: list[DayLine]) -> list[Column]:
    """Days as columns; of a long period weeks, the last one perhaps short."""
    step = 1 if len(days) <= MOST_COLUMNS else WEEK if len(days) <= MOST_COLUMNS * WEEK else 4 * WEEK
    groups = [days[n : n + step] for n in range(0, len(days), step)]
    most = max((sum(day.inquiries for day in group) for group in groups), default=0) or 1
    made = []
    for group in groups:
        came, won, first, last = sum(day.inquiries for day in group), sum(day.won for day in group), group[0].day, group[-1].day
        href = question.address("inquiries", period=None, **{"from": first.isoformat(), "to": last.isoformat()}) if came else ""
        made.append(Column(first, _span(first, last), came, won, came * 100 / most, won * 100 / most, href))
    return made


def _span(first: date, last: date) -> str:
    said = format_date(first, "d MMM", locale=language())
    return said if last - first < timedelta(days=1) else f"{said} – {format_date(last, 'd MMM', locale=language())}"
