"""What was taken out of the house as files: who, which list, narrowed to what, how many rows."""

from dataclasses import dataclass
from urllib.parse import unquote_plus

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_safe

from marshrut.agency.queries.exports import ExportLine, list_exports
from marshrut.agency.web.pages import ReaderRequest, for_staff

PAGE = 50
LISTS = {"inquiries": noop("Inquiries"), "deals": noop("Deals"), "clients": noop("Clients")}


@dataclass(frozen=True, slots=True)
class Row:
    """One export as the page shows it."""

    line: ExportLine
    who: str
    list_name: str
    narrowed: str


@require_safe
@for_staff("staff:write")
def exports(request: ReaderRequest) -> HttpResponse:
    """The latest exports, a page at a time. It names no client: words that were searched by are not kept."""
    before = request.GET.get("before", "")
    lines = list_exports(int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None, PAGE + 1)
    more = f"{reverse('exports')}?before={lines[PAGE - 1].id}" if len(lines) > PAGE else None
    return render(request, "backoffice/exports.html", {"rows": [_row(line) for line in lines[:PAGE]], "more_url": more})


def _row(line: ExportLine) -> Row:
    named = _(LISTS[line.page]) if line.page in LISTS else line.page
    return Row(line, line.who or line.by, named, unquote_plus(line.query).replace("&", " · "))
