"""The outbox: what waits to be sent, went, failed, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.channels.queries import NO_SERVER, RESTORED, STATES, SendingLine, count_sendings, list_sendings, mail_server
from marshrut.channels.services import cancel_sending, repeat_sending
from marshrut.ui.answers import done

PAGE = 50
STATE_WORDS = {"waiting": ("info", lazy("Wait")), "sent": ("good", lazy("Sent")), "failed": ("bad", lazy("Not delivered")),
               "cancelled": ("neutral", pgettext_lazy("letters", "Cancelled"))}  # fmt: skip
OF_ONE = {"waiting": noop("waits to be sent"), "sent": noop("sent"), "failed": noop("not delivered"), "cancelled": noop("cancelled")}
PURPOSES = {"message": noop("letter"), "invitation": noop("invitation"), "reset": noop("password reset"), "notice": noop("notice"),
            "auto": noop("automatic"), "test": noop("test")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tab:
    """One state of messages."""

    label: str
    url: str
    is_current: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One message as the list shows it."""

    line: SendingLine
    to: str
    subject: str
    purpose: str
    label: str
    tone: str
    problem: str
    until: datetime | None
    may_change: bool


@require_safe
@for_staff()
def outbox(request: ReaderRequest) -> HttpResponse:
    """Messages within reach, of one state or all; a page at a time."""
    actor = request.reader.actor
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    before = request.GET.get("before", "")
    older = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    lines = list_sendings(actor, state, older, PAGE + 1)
    numbers = count_sendings(actor)
    tabs = [Tab(_("All"), reverse("outbox"), not state, None)]
    for name, (_tone, label) in STATE_WORDS.items():
        tabs.append(Tab(str(label), f"{reverse('outbox')}?state={name}", state == name, numbers.get(name, 0)))
    more = f"{reverse('outbox')}?state={state}&before={lines[PAGE - 1].id}" if len(lines) > PAGE else None
    context = {"rows": [_row(line, request) for line in lines[:PAGE]], "tabs": tabs, "state": state, "more_url": more,
               "has_server": mail_server() is not None, "may_set": actor.may("settings:write")}  # fmt: skip
    return part_or_page(request, "outbox", "backoffice/_outbox.html", "backoffice/outbox.html", context)


def _row(line: SendingLine, request: ReaderRequest) -> Row:
    reader = request.reader
    tone, label = STATE_WORDS[line.state][0], OF_ONE[line.state]
    is_open = line.state in ("failed", "waiting")
    known = {NO_SERVER: _("No mail server is set yet"), RESTORED: _("Held after a restore: it may have gone already")}
    problem = known.get(line.problem, line.problem)
    is_pausing = line.state == "waiting" and line.attempts > 0 and line.try_at > reader.now
    return Row(
        line, reader.actor.email(line.to) or "", reader.actor.text(line.subject), _(PURPOSES.get(line.purpose, line.purpose)),
        _(label), tone, reader.actor.text(problem) if is_open else "", line.try_at if is_pausing else None,
        _may_change(request),
    )  # fmt: skip


@require_POST
@for_staff()
def send_again(request: ReaderRequest, pk: int) -> HttpResponse:
    """A message that failed or was cancelled goes again; one that waits goes at once."""
    _only_for_senders(request)
    repeat_sending(sending_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("It is in the outbox again"))


@require_POST
@for_staff()
def cancel(request: ReaderRequest, pk: int) -> HttpResponse:
    """A message that still waits does not go; a failed one is put away."""
    _only_for_senders(request)
    cancel_sending(sending_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("It will not be sent"))


def _only_for_senders(request: ReaderRequest) -> None:
    """403 for whoever only reads; who keeps the settings minds the outbox."""
    if not _may_change(request):
        raise PermissionDenied("messages:write")


def _may_change(request: ReaderRequest) -> bool:
    return request.reader.actor.may("messages:write") or request.reader.actor.may("settings:write")
