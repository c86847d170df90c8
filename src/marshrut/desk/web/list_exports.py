"""A list as a file: the rows that the filters find and the reader may see, streamed, in the columns they see."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.agency.services.exports import begin_export, end_export
from marshrut.core.clock import utc_now
from marshrut.core.tables import Cell, write_csv, write_xlsx
from marshrut.deals.queries.lists import Cursor
from marshrut.deals.rules.list_filters import PAGES
from marshrut.desk.lists.asked import AskedList
from marshrut.desk.web.pages import DeskRequest, at_desk

BATCH, AT_A_TIME = 2000, 200
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_safe
@at_desk
def export(request: DeskRequest, page: str, form: str) -> StreamingHttpResponse:
    """The whole list as CSV or XLSX. Who took it, narrowed to what and how many rows is noted first."""
    desk = request.desk
    if not desk.actor.may("exports:read"):
        raise PermissionDenied("exports:read")
    asked = AskedList(desk, PAGES[page], request.GET)
    if not request.GET.get("columns"):
        asked.columns = list(asked.available)
    log_id = begin_export(page=page, query=asked.noted(), form=form, by=desk.actor, now=desk.now)
    rows = _in_words(_noted(asked, log_id), translation.get_language() or "ru", ZoneInfo(desk.office.time_zone))
    pieces = write_csv(rows) if form == "csv" else write_xlsx(rows, sheet=_sheet(page))
    answer = StreamingHttpResponse(pieces, content_type=TYPES[form])
    stamp = timezone.localtime(desk.now).strftime("%Y-%m-%d-%H%M")
    answer["Content-Disposition"] = f'attachment; filename="{page}-{stamp}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _sheet(page: str) -> str:
    return {"inquiries": _("Inquiries"), "deals": _("Deals"), "clients": _("Clients")}[page]


def _rows(asked: AskedList) -> Iterator[list[Any]]:
    """The heading, then every row, read batch by batch: memory stays flat and no statement is held open for a slow reader."""
    yield [column.heading for column in asked.columns]
    after: Cursor | None = None
    while True:
        lines = asked.read(BATCH, after)
        for line in lines:
            yield [column.plain(line, asked.shown) for column in asked.columns]
        if len(lines) < BATCH:
            return
        after = Cursor(lines[-1].key, lines[-1].id)


def _noted(asked: AskedList, log_id: int) -> Iterator[list[Any]]:
    """The rows, and in the end a note of how many have left."""
    number, is_whole = -1, False  # the heading is no row
    try:
        for row in _rows(asked):
            number += 1
            yield row
        is_whole = True
    finally:
        end_export(export_id=log_id, rows=max(0, number), is_whole=is_whole, by=asked.desk.actor, now=utc_now())


def _in_words(rows: Iterator[list[Any]], language: str, zone: ZoneInfo) -> Iterator[list[Cell]]:
    """The rows in the reader's language and time: the request's own are gone by the time the answer is sent.

    Both are set around some rows and taken away again, since the thread may serve somebody else between two pieces.
    """
    while True:
        with translation.override(language), timezone.override(zone):
            some = list(islice(rows, AT_A_TIME))
        if not some:
            return
        yield from some
