"""Months of inquiries: what has become of each until now, the finished ones and all of them apart."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from babel.dates import format_date
from django.utils.translation import gettext as _

from marshrut.core.shares import wilson
from marshrut.insights import wording
from marshrut.insights.asked import Asked
from marshrut.insights.queries.cohorts import Cohort, money_by_month, read_cohorts
from marshrut.insights.queries.sources import Sum
from marshrut.insights.reports.money import Amounts, added, are_costs_shown, cost_cells, margin_cell
from marshrut.insights.reports.shapes import Question, Row, Table, columns, conversion_cell, money_cell, number_cell, share_cell
from marshrut.marketing.queries import costs_by_month
from marshrut.ui.wording import language

MONTHS = 12
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A month as a line of a picture: (months since, share realised by then, 0 to 100), and how pale it is drawn."""

    label: str
    points: tuple[tuple[int, float], ...]
    text: str


def year_of(asked: Asked) -> Asked:
    """The same question about the twelve months that end with its last day, each month's inquiries followed until now."""
    first = asked.last.replace(day=1)
    for _month in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return replace(asked, first=first, last=asked.last, preset="", basis="received", weekday=None, hour=None, reason="")


def cohorts_of(question: Question) -> tuple[Table, list[Line]]:
    """The table and the curves; three statements."""
    asked = year_of(question.asked)
    found, money = read_cohorts(question.actor, asked, question.now), money_by_month(question.actor, asked, question.now)
    costs = _costs(question, asked)
    rows = [_row(question, asked, cohort, money.get(cohort.month, []), costs) for cohort in reversed(found)]
    margin = ("margin",) if question.actor.shows("margin") else ()
    spent = ("cost", "cost_per_won", *(("after_cost",) if margin else ())) if costs else ()
    heads = columns(("inquiries", "open", "no_sale", "closed", "won", "conversion", "so_far", "amount", *margin, *spent))
    table = Table("cohorts", _("By month of inquiry"), _("Month"), heads, rows)
    today = question.now.date()
    return table, [_line(cohort, today) for cohort in found[-MOST_LINES:] if cohort.inquiries - cohort.no_sale > 0]


def _month(month: date) -> str:
    return str(format_date(month, "LLLL y", locale=language()))


def _costs(question: Question, asked: Asked) -> dict[date, Amounts]:
    """What was spent in each month; nothing where costs are not shown."""
    if not are_costs_shown(question):
        return {}
    months = costs_by_month(asked.first, asked.last)
    return {
        month: added(amounts for id, amounts in sources.items() if asked.source_id in (None, id)) for month, sources in months.items()
    }


def _row(question: Question, asked: Asked, cohort: Cohort, money: list[Sum], costs: dict[date, Amounts]) -> Row:
    last = min((cohort.month + timedelta(days=31)).replace(day=1) - timedelta(days=1), asked.last)
    of_month = Question(
        question.actor, question.staff, question.revision, replace(asked, first=cohort.month, last=last), question.now
    )
    numbers = [number_cell(of_month, code, getattr(cohort, code)) for code in ("inquiries", "open", "no_sale", "closed", "won")]
    meant = cohort.inquiries - cohort.no_sale
    so_far = replace(share_cell(of_month, "inquiries", cohort.won, meant), note=wording.interval(wilson(cohort.won, meant)))
    sold = of_month.address("won")
    cells = [*numbers, conversion_cell(of_month, cohort.won, cohort.closed), so_far,
             money_cell([(line.amount, line.currency) for line in money], sold)]  # fmt: skip
    if question.actor.shows("margin"):
        cells.append(margin_cell(money, sold))
    if costs:
        cost, _of_inquiry, *rest = cost_cells(question, money, costs.get(cohort.month, {}), meant, cohort.won)
        cells += [cost, *rest]
    return Row(cohort.month.isoformat(), _month(cohort.month), tuple(cells), of_month.page("report_sources"))


def _line(cohort: Cohort, today: date) -> Line:
    meant = cohort.inquiries - cohort.no_sale
    age = (today.year - cohort.month.year) * 12 + today.month - cohort.month.month
    points, won = [], 0
    for month in range(min(age, MONTHS) + 1):
        won += cohort.by_age.get(month, 0)
        points.append((month, won * 100 / meant))
    return Line(_month(cohort.month), tuple(points), wording.share_of(won, meant))
