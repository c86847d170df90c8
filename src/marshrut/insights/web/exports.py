"""A report's tables as files: what stands in the table stands in the file, typed, money one column a currency."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.views.decorators.http import require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.core.names import clean_text
from marshrut.core.tables import write_csv, write_xlsx
from marshrut.insights.reports.shapes import Row, Table
from marshrut.insights.web.pages import MAKERS
from marshrut.insights.web.reading import read_question

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@for_staff("exports:read")
def export(request: ReaderRequest, report: str, table: str, form: str) -> StreamingHttpResponse:
    """One table of a report as CSV or XLSX, with the filters of the address."""
    if not request.reader.actor.may("reports:read") or report not in MAKERS or form not in ("csv", "xlsx"):
        raise Http404
    reading = read_question(request)
    made = next((t for t in MAKERS[report](reading.question).tables if t.code == table), None)
    if made is None:
        raise Http404
    rows = rows_of(made.sorted_by(clean_text(request.GET.get("sort"), 60)))
    asked = reading.question.asked
    name = f"{report}-{table}-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.{form}"
    written = write_csv(rows) if form == "csv" else write_xlsx(rows, sheet=made.title[:31])
    answer = StreamingHttpResponse(written, content_type="text/csv; charset=utf-8" if form == "csv" else XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def rows_of(table: Table) -> Iterator[list[Any]]:
    """Heading, lines and the total."""
    currencies = [
        sorted({c for row in _all(table) for _a, c in row.cells[n].value}) if column.kind == "money" else []
        for n, column in enumerate(table.columns)
    ]
    heading: list[Any] = [table.heading]
    for column, found in zip(table.columns, currencies, strict=True):
        heading += [f"{column.label}, {currency}" for currency in found] if column.kind == "money" else [str(column.label)]
    yield heading
    for row in _all(table):
        line: list[Any] = [row.label]
        for cell, column, found in zip(row.cells, table.columns, currencies, strict=True):
            amounts = {currency: amount for amount, currency in cell.value} if column.kind == "money" else {}
            line += [amounts.get(currency) for currency in found] if column.kind == "money" else [_plain(cell.value)]
        yield line


def _all(table: Table) -> list[Row]:
    return [*table.rows, *([table.total] if table.total else [])]


def _plain(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
