"""What every page and action of the desk stands on: the reader and the reference data of one revision."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from marshrut.agency.web.actors import PageRequest, needs_login
from marshrut.agency.web.pages import Reader, answered, found, part_or_page, reader_of
from marshrut.catalog.queries import Catalogue, read_catalogue
from marshrut.deals.queries import FunnelCard, read_funnels
from marshrut.intake.reference import Reference, read_reference
from marshrut.marketing.queries import Sources, read_sources

__all__ = ["Desk", "DeskRequest", "acting", "at_desk", "found", "part_or_page", "personal"]
P = ParamSpec("P")
V = TypeVar("V")
SAFE = ("GET", "HEAD", "OPTIONS")
ACTING = "tasks:write"


@dataclass(frozen=True)
class Desk(Reader):
    """The reader and everything a page is worded by, all of one revision."""

    @property
    def catalogue(self) -> Catalogue:
        return read_catalogue(self.revision)

    @property
    def funnels(self) -> dict[str, FunnelCard]:
        return read_funnels(self.revision)

    @property
    def sources(self) -> Sources:
        return read_sources(self.revision)

    def reference(self) -> Reference:
        return read_reference(self.revision)


class DeskRequest(PageRequest):
    """A request of somebody at the desk."""

    desk: Desk


def personal(view: V) -> V:
    """Mark a view that changes nothing but the reader's own things (notices seen, saved views): put below `@at_desk`."""
    view.is_personal = True  # type: ignore[attr-defined]
    return view


def acting(view: V) -> V:
    """Mark a view whose dialog, too, is only for whoever acts: what somebody may not do is not asked either. Below `@at_desk`."""
    view.is_acting = True  # type: ignore[attr-defined]
    return view


def at_desk(view: Callable[Concatenate[DeskRequest, P], HttpResponseBase]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for whoever has logged in; times in their office's zone; what is foreign or absent is 404.

    Whoever only reads (marketer, accountant, administrator) changes nothing here but what is `personal`, and is not shown
    what is `acting`: 403.
    A refusal the view has not worded in a form of its own is shown as a dialog with the sentence.
    """

    is_personal, is_acting = getattr(view, "is_personal", False), getattr(view, "is_acting", False)

    @wraps(view)
    def seated(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if (is_acting or (request.method not in SAFE and not is_personal)) and not request.actor.may(ACTING):
            raise PermissionDenied(ACTING)
        asked = cast("DeskRequest", request)
        reader = reader_of(request)
        asked.desk = Desk(reader.actor, reader.revision, reader.staff, reader.office, reader.now)
        with timezone.override(ZoneInfo(asked.desk.office.time_zone)):
            return answered(request, lambda: view(asked, *args, **kwargs))

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", needs_login(seated))  # type: ignore[arg-type]
