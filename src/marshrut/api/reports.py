"""Reports for programs: the tables of the pages, and what every figure in them means."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path

from marshrut.agency.queries import read_revision, read_staff
from marshrut.api import contract
from marshrut.api.door import absent, acting, answer, api
from marshrut.core.clock import utc_now
from marshrut.insights.measures import LISTED, MEASURES
from marshrut.insights.reports.answers import answers_report
from marshrut.insights.reports.funnel import funnel_report
from marshrut.insights.reports.shapes import Question, Row, Table
from marshrut.insights.reports.sources import sources_report
from marshrut.insights.reports.work import work_report
from marshrut.insights.web.reading import read_asked

MAKERS = {"sources": sources_report, "answers": answers_report, "funnel": funnel_report, "work": work_report}


@api.get("/reports/measures", tags=["reports"], summary="What every figure of the reports means", response=contract.ANY)
def measures(request: HttpRequest) -> HttpResponse:
    """`list`: whether the number opens a list of exactly what was counted."""
    acting(request, "reports:read")
    told = [
        {"code": m.code, "label": str(m.label), "definition": str(m.definition), "kind": m.kind, "list": m.code in LISTED}
        for m in MEASURES.values()
    ]
    return answer({"items": told})


@api.get("/reports/{report}", tags=["reports"], summary="The tables of one report", response=contract.ANY)
def report_tables(request: HttpRequest, report: str = Path(..., description="sources, answers, funnel or work")) -> HttpResponse:
    """Filters as in the page's address: `period` (30d, month, …) or `from` and `to`, `basis`, `office`, `manager`, `source`, `channel`,
    `category`, `funnel`. Days are those of the office's wall. What cannot be read is left out and named in `notes`."""
    actor = acting(request, "reports:read")
    maker = MAKERS.get(report)
    if maker is None:
        raise absent()
    revision = actor.revision if actor.revision is not None else read_revision()
    staff, now = read_staff(revision), utc_now()
    office = staff.offices.get(actor.office_id or 0) or staff.first_office
    asked, notes = read_asked(request, staff, office, revision, now)
    made = maker(Question(actor, staff, revision, asked, now))
    return answer(
        {
            "report": made.code,
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
            "time_zone": asked.zone,
            "notes": notes,
            "tables": [_table(table) for table in made.tables],
        }
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "code": table.code,
        "title": table.title,
        "columns": [{"code": c.code, "label": str(c.label), "kind": c.kind} for c in table.columns],
        "rows": [_row(table, row) for row in table.rows],
        "total": _row(table, table.total) if table.total else None,
    }


def _row(table: Table, row: Row) -> dict[str, Any]:
    values = {c.code: _value(cell.value) for c, cell in zip(table.columns, row.cells, strict=True)}
    return {"code": row.code, "label": row.label, "values": values}


def _value(value: Any) -> Any:
    """Money as a list of amounts, exact, each with its currency."""
    return [{"amount": f"{amount:f}", "currency": currency} for amount, currency in value] if isinstance(value, tuple) else value
