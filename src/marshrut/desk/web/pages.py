"""What every page and action of the desk stands on: the reader, reference data of one revision, their time zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import OfficeCard, Staff
from marshrut.agency.web.actors import PageRequest, needs_login, revision_of, staff_of
from marshrut.catalog.queries import Catalogue, read_catalogue
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.working_time import WorkingCalendar
from marshrut.deals.queries import FunnelCard, read_funnels
from marshrut.intake.reference import Reference, read_reference
from marshrut.marketing.queries import SourceCard, read_sources

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """The reader and everything a page is worded by, all of one revision."""

    actor: Actor
    revision: int
    staff: Staff
    office: OfficeCard
    now: datetime

    @property
    def catalogue(self) -> Catalogue:
        return read_catalogue(self.revision)

    @property
    def funnels(self) -> dict[str, FunnelCard]:
        return read_funnels(self.revision)

    @property
    def sources(self) -> dict[str, SourceCard]:
        return read_sources(self.revision)

    @property
    def calendar(self) -> WorkingCalendar:
        """The reader's own working time."""
        own = self.staff.colleagues.get(self.actor.id)
        return own.calendar if own else self.office.calendar

    @property
    def day(self) -> tuple[datetime, datetime]:
        """The reader's midnights around now."""
        return self.office.calendar.local_day_bounds(self.now)

    def reference(self) -> Reference:
        return read_reference(self.revision)

    def sees_queues(self) -> bool:
        """Whether the actor answers for more than their own matters."""
        return self.actor.reach in ("office", "all")


class DeskRequest(PageRequest):
    """A request of somebody at the desk."""

    desk: Desk


def at_desk(view: Callable[Concatenate[DeskRequest, P], HttpResponse]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only for whoever has logged in; times in their office's zone; what is foreign or absent is 404.

    A refusal the view has not worded in a form of its own is shown as a dialog with the sentence.
    """

    @wraps(view)
    def seated(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = cast("DeskRequest", request)
        asked.desk = _desk_of(request)
        with timezone.override(ZoneInfo(asked.desk.office.time_zone)):
            try:
                return view(asked, *args, **kwargs)
            except NotFound as error:
                raise Http404(error.sentence) from error
            except DomainError as error:
                return render(request, "desk/_refusal_dialog.html", {"sentence": error.sentence}, status=error.status)

    return needs_login(seated)


def _desk_of(request: PageRequest) -> Desk:
    staff = staff_of(request)
    office = staff.offices.get(request.actor.office_id or 0) or staff.first_office
    return Desk(request.actor, revision_of(request), staff, office, utc_now())


def part_or_page(request: HttpRequest, part: str, fragment: str, page: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or only its region when `?part=` asks for it."""
    return render(request, fragment if request.GET.get("part") == part else page, context)


def found(value: Any) -> Any:
    """The value, or 404 when there is none within reach."""
    if value is None:
        raise Http404
    return value
