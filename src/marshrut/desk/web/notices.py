"""Notices: the bell in the top bar, the list, and what a person wishes about them."""

from datetime import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.permissions import Actor
from marshrut.agency.services import set_notice_wishes
from marshrut.agency.web.actors import staff_of
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError, Invalid
from marshrut.desk import notice_words
from marshrut.desk.matter_reads import find_card
from marshrut.desk.notice_words import Notice, word_notice
from marshrut.desk.quiet import is_quiet
from marshrut.desk.shapes import Option
from marshrut.desk.web.asking import typed
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, found, personal
from marshrut.journal.queries import NoticeLine, count_notices, list_notices
from marshrut.journal.services import see_notices
from marshrut.ui.navigation import Bell

LATEST, A_PAGE = 12, 40


def describe_bell(request: HttpRequest) -> Bell | None:
    """What the bell of this reader shows; None for whoever has not logged in. One statement, once for a request."""
    actor: Actor | None = getattr(request, "actor", None)
    if not actor:
        return None
    if not hasattr(request, "bell"):
        counted, staff, now = count_notices(actor), staff_of(request), utc_now()
        office = staff.offices.get(actor.office_id or 0) or staff.first_office
        own = staff.colleagues.get(actor.id)
        quiet = is_quiet(now, office.calendar.zone, counted.quiet_from, counted.quiet_until, own)
        request.bell = Bell(counted.unseen, counted.newest_id, quiet)  # type: ignore[attr-defined]
    return request.bell  # type: ignore[attr-defined, no-any-return]


@require_safe
@at_desk
def bell(request: DeskRequest) -> HttpResponse:
    """The bell alone, counted anew."""
    return render(request, "ui/_bell.html")


@require_http_methods(["GET", "POST"])
@at_desk
@personal
def latest(request: DeskRequest) -> HttpResponse:
    """The latest notices under the bell; a POST says they have been looked at."""
    shown = worded(request.desk, list_notices(request.desk.actor, limit=LATEST))
    if request.method == "POST":
        see_notices(by=request.desk.actor, now=request.desk.now)
    return render(request, "desk/_notices_latest.html", {"notices": shown, "gathered": gathered(request.desk, shown)})


@require_safe
@at_desk
def notices(request: DeskRequest) -> HttpResponse:
    """Every notice of the last sixty days, the newest first."""
    before = request.GET.get("before", "")
    lines = list_notices(
        request.desk.actor, before_id=int(before) if before.isdecimal() and len(before) < 19 else None, limit=A_PAGE + 1
    )
    more = f"{reverse('notices')}?before={lines[A_PAGE - 1].id}" if len(lines) > A_PAGE else ""
    context = {"notices": worded(request.desk, lines[:A_PAGE]), "more": more}
    return render(request, "desk/_notice_rows.html" if before else "desk/notices.html", context)


@require_POST
@at_desk
@personal
def seen(request: DeskRequest) -> HttpResponse:
    """All of them have been looked at."""
    see_notices(by=request.desk.actor, now=request.desk.now)
    return redirect("notices")


@require_safe
@at_desk
def matter(request: DeskRequest, pk: int) -> HttpResponse:
    """The card of a matter by its dossier: where a notice leads."""
    kind, number = found(find_card(request.desk.actor, pk))
    return redirect(reverse(kind, args=[number]))


def worded(desk: Desk, lines: list[NoticeLine]) -> list[Notice]:
    """The notices in words, each with the address of its matter while that is within reach."""
    return [
        word_notice(n, desk.staff, reverse("dossier", args=[n.dossier_id]) if n.dossier_id and n.is_seen_matter else "", desk.actor)
        for n in lines
    ]


def gathered(desk: Desk, shown: list[Notice]) -> int:
    """How many of the new ones came while the reader was to be left alone."""
    counted = count_notices(desk.actor)
    own, zone = desk.staff.colleagues.get(desk.actor.id), desk.office.calendar.zone
    return sum(n.is_new and is_quiet(n.at, zone, counted.quiet_from, counted.quiet_until, own) for n in shown)


@require_http_methods(["GET", "POST"])
@at_desk
@personal
def wishes(request: DeskRequest) -> HttpResponse:
    """A person's own quiet hours, and what they do not want to hear of."""
    options = [Option(code, _(label), icon) for code, (icon, label) in notice_words.LABELS.items()]
    context: dict[str, Any] = {"options": options, "errors": {}}
    if request.method == "GET":
        kept = count_notices(request.desk.actor)
        values = {"quiet_from": _wall(kept.quiet_from), "quiet_until": _wall(kept.quiet_until)}
        return render(request, "desk/notice_wishes.html", {**context, "values": values, "wanted": _wanted(kept.muted)})
    values = typed(request, "quiet_from", "quiet_until")
    wanted = {code for code in request.POST.getlist("wanted") if code in notice_words.LABELS}
    try:
        hours = {name: _read_wall(values[name], name) for name in values}
        muted = set(notice_words.LABELS) - wanted
        set_notice_wishes(**hours, muted=muted, by=request.desk.actor, now=request.desk.now)
    except DomainError as error:
        shown = {**context, "values": values, "wanted": wanted, "errors": {error.field or "": error.sentence}}
        return render(request, "desk/notice_wishes.html", shown, status=error.status)
    return redirect(f"{reverse('notice_wishes')}?saved=1")


def _wanted(muted: tuple[str, ...]) -> set[str]:
    return set(notice_words.LABELS) - set(muted)


def _wall(at: time | None) -> str:
    return at.strftime("%H:%M") if at else ""


def _read_wall(text: str, field: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0) if text else None
    except ValueError as error:
        raise Invalid("not_a_time", _("Write a time as 22:00."), field=field) from error
