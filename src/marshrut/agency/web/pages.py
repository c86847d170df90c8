"""What every page of people who work here stands on: the reader, the staff of one revision, their time zone, their rights."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import OfficeCard, Staff
from marshrut.agency.web.actors import PageRequest, needs_login, revision_of, staff_of
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.working_time import WorkingCalendar

P = ParamSpec("P")
A = TypeVar("A", bound=HttpResponseBase)


@dataclass(frozen=True)
class Reader:
    """Who reads a page, and the staff as of one revision."""

    actor: Actor
    revision: int
    staff: Staff
    office: OfficeCard
    now: datetime

    @property
    def calendar(self) -> WorkingCalendar:
        """The reader's own working time."""
        own = self.staff.colleagues.get(self.actor.id)
        return own.calendar if own else self.office.calendar

    @property
    def day(self) -> tuple[datetime, datetime]:
        """The reader's midnights around now."""
        return self.office.calendar.local_day_bounds(self.now)

    def sees_queues(self) -> bool:
        """Whether the reader answers for more than their own matters."""
        return self.actor.reach in ("office", "all")


class ReaderRequest(PageRequest):
    """A request of somebody who works here."""

    reader: Reader


def reader_of(request: PageRequest) -> Reader:
    """The reader of a request; somebody without an office of their own reads as of the first one."""
    staff = staff_of(request)
    office = staff.offices.get(request.actor.office_id or 0) or staff.first_office
    return Reader(request.actor, revision_of(request), staff, office, utc_now())


def for_staff(
    scope: str = "",
) -> Callable[[Callable[Concatenate[ReaderRequest, P], A]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Only for whoever has logged in and holds the scope (403 without it); what is foreign or absent is 404.

    A refusal the view has not worded in a form of its own is shown as a dialog with the sentence.
    """

    def wrap(view: Callable[Concatenate[ReaderRequest, P], A]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def seated(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if scope and not request.actor.may(scope):
                raise PermissionDenied(scope)
            asked = cast("ReaderRequest", request)
            asked.reader = reader_of(request)
            with timezone.override(ZoneInfo(asked.reader.office.time_zone)):
                return answered(request, lambda: view(asked, *args, **kwargs))

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", needs_login(seated))  # type: ignore[arg-type]

    return wrap


def answered(request: HttpRequest, view: Callable[[], A]) -> A | HttpResponse:
    """The view's answer; a refusal it left unworded becomes 404 or a dialog with its sentence."""
    try:
        return view()
    except NotFound as error:
        raise Http404(error.sentence) from error
    except DomainError as error:
        return render(request, "ui/_refusal_dialog.html", {"sentence": error.sentence}, status=error.status)


def part_or_page(request: HttpRequest, part: str, fragment: str, page: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or only its region when `?part=` asks for it."""
    return render(request, fragment if request.GET.get("part") == part else page, context)


def found(value: Any) -> Any:
    """The value, or 404 when there is none within reach."""
    if value is None:
        raise Http404
    return value
