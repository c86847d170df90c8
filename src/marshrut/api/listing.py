"""Lists for programs: the filters of the pages, the rows that follow a cursor, and the lists of deals and persons."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision
from marshrut.api import contract, shapes
from marshrut.api.door import OptionalMoment, acting, answer, api, lacking
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid
from marshrut.core.history import Since, read_since
from marshrut.core.names import clean_text
from marshrut.deals.queries.list_reference import list_reference
from marshrut.deals.queries.list_rows import ClientLine, MatterLine, read_clients, read_matters
from marshrut.deals.queries.lists import Cursor, ListReading, read_cursor
from marshrut.deals.rules.list_filters import CLIENTS, DEALS, ListPage

MOST_CHANGES = 200_000
"""So many changes of anything may lie behind a `changed_since`."""


@api.get(
    "/deals", tags=["deals"], summary="Deals within reach, the latest first", response=contract.ANY,
    openapi_extra=contract.narrowing(DEALS),
)  # fmt: skip
def read_deals(
    request: HttpRequest,
    state: Literal["open", "won", "lost", "closed", "all"] = "open",
    changed_since: OptionalMoment = None,
    limit: int = Query(50, ge=1, le=200),
    after: str = "",
) -> HttpResponse:
    """Open ones by when they were opened, ended ones by when they ended, all of them by their number; `sort` orders otherwise:
    number, opened, entered, amount, due, closed or client, with a minus the greatest first. `next` is the `after` of what follows.
    """
    actor = acting(request, "deals:read")
    reading = reading_of(request, actor, DEALS, changed_since=changed_since, state=state)
    lines = read_matters(reading, limit=limit, after=_begin(after, reading))
    return _page([shapes.deal_line(actor, line, reading.reference) for line in lines], lines, limit)


@api.get(
    "/persons", tags=["people"], summary="Persons within reach, the latest first", response=contract.ANY,
    openapi_extra=contract.narrowing(CLIENTS),
)  # fmt: skip
def read_persons(
    request: HttpRequest, changed_since: OptionalMoment = None, limit: int = Query(50, ge=1, le=200), after: str = ""
) -> HttpResponse:
    """`q` finds by phone in any spelling, by e-mail or by parts of a name; `sort` is added, name or trips, with a minus the
    greatest first. `next` is the `after` of what follows."""
    actor = acting(request, "persons:read")
    reading = reading_of(request, actor, CLIENTS, changed_since=changed_since)
    lines = read_clients(reading, limit=limit, after=_begin(after, reading))
    return _page([shapes.client_line(actor, line, reading.reference) for line in lines], lines, limit)


def reading_of(
    request: HttpRequest, actor: Actor, page: ListPage, *, changed_since: datetime | None = None, **given: str
) -> ListReading:
    """What the address narrows a list to, as on the page: choices, days (of the first office), numbers, `custom.<slug>`.

    Invalid names the first value that is not known; Forbidden when clients are searched for without `persons:read`.
    """
    asked = {name: request.GET.getlist(name) for name in request.GET if name in (*page.names, "sort") or name.startswith("custom.")}
    asked = {name: texts for name, texts in asked.items() if any(texts)} | {name: [text] for name, text in given.items()}
    if "q" in asked and not actor.may("persons:read"):
        raise lacking("persons:read")
    if actor.kind != "employee" and "me" in asked.get("owner", ()):
        raise _unknown("owner", "me")
    reference = list_reference(actor.revision if actor.revision is not None else read_revision())
    wanted = reference.read(page, asked)
    if wanted.flaws:
        raise _unknown(wanted.flaws[0].name, wanted.flaws[0].value)
    if changed_since:
        wanted = replace(wanted, since=_since(changed_since))
    return ListReading(actor, wanted, reference, utc_now(), reference.staff.first_office.calendar.zone)


def _since(moment: datetime) -> Since:
    """The changes since a moment (UTC unless it says otherwise). Invalid when there are so many that the list is read sooner."""
    since = read_since(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    if since.behind > MOST_CHANGES:
        raise Invalid("too_far_back", _("Too much has changed since then: read the whole list instead."), field="changed_since")
    return since


def _unknown(name: str, value: str) -> Invalid:
    return Invalid("unknown_value", _("“%(value)s” is not known here.") % {"value": clean_text(value, 60)}, field=name)


def bad_cursor() -> Invalid:
    """What stands in `after` is none of ours."""
    return Invalid("bad_cursor", _("`after` is the `next` of an earlier answer."), field="after")


def _begin(after: str, reading: ListReading) -> Cursor | None:
    if not after:
        return None
    cursor = read_cursor(after, reading.wanted)
    if cursor is None:
        raise bad_cursor()
    return cursor


def _page(items: list[dict[str, Any]], lines: Sequence[MatterLine | ClientLine], limit: int) -> HttpResponse:
    following = Cursor(lines[-1].key, lines[-1].id).written() if len(lines) == limit else None
    return answer({"items": items, "next": following})
