"""The pages of the desk in the sidebar, with how much waits on each."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marshrut.agency.permissions import Actor
from marshrut.agency.web.actors import staff_of
from marshrut.clients.queries import count_suspects
from marshrut.core.clock import utc_now
from marshrut.desk.burning import count_burning
from marshrut.desk.queries import SidebarCounts, count_sidebar
from marshrut.ui.navigation import register_entry

MOST_BURNING = 99
"""Above it the sidebar only says that there are more."""

MOST_DUPLICATES = 99


def register_pages() -> None:
    """Today, Inbox, deals and clients; the Inbox burns while somebody's inquiry is nobody's."""
    register_entry("", _("Today"), "today", "list-check", 10, count=lambda request: counts(request).to_do, allowed=_works)
    register_entry("", _("What burns"), "burning", "flame", 15, count=_burning_count, allowed=_answers_for_others, is_urgent=True,
                   most=MOST_BURNING)
    register_entry("", _("Live clocks"), "clocks", "clock", 22, allowed=_works)
    register_entry("", _("Inbox"), "inbox", "inbox", 20, count=_inbox_count, allowed=_works, also=("inquiry",), is_urgent=True)
    register_entry("", _("Deals"), "board", "layout-kanban", 30, count=lambda request: counts(request).deals, allowed=_works,
                   also=("deal",))
    register_entry("", _("Calendar"), "calendar", "calendar", 33, allowed=_works)
    register_entry("", _("Waiting"), "waiting", "hourglass", 35, allowed=_works)
    register_entry("", _("Stopped matters"), "dropped", "thumb-down", 37, allowed=_answers_for_others)
    register_entry("", _("Clients"), "people", "users", 40, allowed=_works, also=("person",))
    register_entry("", _("Duplicates"), "duplicates", "copy", 45, count=_duplicates_count, allowed=_works, most=MOST_DUPLICATES)
    register_entry(_("Lists"), _("Inquiries"), "list_inquiries", "message-circle", 60, allowed=_works)
    register_entry(_("Lists"), _("Deals"), "list_deals", "coins", 61, allowed=_works)


def _works(request: HttpRequest) -> bool:
    """Administrators manage and read no clients."""
    actor: Actor | None = getattr(request, "actor", None)
    return bool(actor) and actor.reach != "none"  # type: ignore[union-attr]


def _answers_for_others(request: HttpRequest) -> bool:
    actor: Actor | None = getattr(request, "actor", None)
    return bool(actor) and actor.reach in ("office", "all")  # type: ignore[union-attr]


def _burning_count(request: HttpRequest) -> int:
    """Clients who wait too long; counted once for a request."""
    if not hasattr(request, "burning_count"):
        request.burning_count = count_burning(request.actor, utc_now(), MOST_BURNING + 1)  # type: ignore[attr-defined]
    return request.burning_count  # type: ignore[attr-defined, no-any-return]


def _duplicates_count(request: HttpRequest) -> int:
    """Pairs that somebody should decide about; counted once for a request, and no further than is shown.

    For whoever answers for others: a manager is told on the client's card, and picking a few own clients out of all pairs
    on every page would cost more than the rest of the frame.
    """
    if not _answers_for_others(request):
        return 0
    if not hasattr(request, "duplicates_count"):
        request.duplicates_count = count_suspects(request.actor, MOST_DUPLICATES + 1)  # type: ignore[attr-defined]
    return request.duplicates_count  # type: ignore[attr-defined, no-any-return]


def _inbox_count(request: HttpRequest) -> int:
    return counts(request).inquiries


def counts(request: HttpRequest) -> SidebarCounts:
    """Counted once for a request, however often the frame is drawn."""
    if not hasattr(request, "sidebar_counts"):
        actor: Actor = request.actor  # type: ignore[attr-defined]
        staff = staff_of(request)
        office = staff.offices.get(actor.office_id or 0) or staff.first_office
        _start, day_end = office.calendar.local_day_bounds(utc_now())
        request.sidebar_counts = count_sidebar(actor, day_end)  # type: ignore[attr-defined]
    return request.sidebar_counts  # type: ignore[attr-defined, no-any-return]
