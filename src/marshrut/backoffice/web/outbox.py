"""The outbox: what waits to be sent, went, failed, and why; sent again or put away, one or many."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.channels.queries import (
    HELD,
    NO_SERVER,
    RESTORED,
    STATES,
    SendingLine,
    count_sendings,
    find_sendings,
    list_sendings,
    mail_server,
)
from marshrut.channels.services import cancel_sending, repeat_sending
from marshrut.channels.services.outbox_many import CANCEL, REPEAT, settle_sendings
from marshrut.core.errors import Invalid
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
    is_open: bool


@require_safe
@for_staff()
def outbox(request: ReaderRequest) -> HttpResponse:
    """Messages within reach, of one state or all; a page at a time."""
    actor = request.reader.actor
    state = request.GET.get("state", "")
    state = state if state in (*STATES, HELD) else ""
    before = request.GET.get("before", "")
    older = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    lines = list_sendings(actor, state, older, PAGE + 1)
    numbers = count_sendings(actor)
    tabs = [Tab(_("All"), reverse("outbox"), not state, None)]
    for name, (_tone, label) in STATE_WORDS.items():
        tabs.append(Tab(str(label), f"{reverse('outbox')}?state={name}", state == name, numbers.get(name, 0)))
    if numbers[HELD] or state == HELD:
        tabs.append(Tab(_("Held after a restore"), f"{reverse('outbox')}?state={HELD}", state == HELD, numbers[HELD]))
    more = f"{reverse('outbox')}?state={state}&before={lines[PAGE - 1].id}" if len(lines) > PAGE else None
    context = {"rows": [_row(line, request) for line in lines[:PAGE]], "tabs": tabs, "state": state, "more_url": more,
               "has_server": mail_server() is not None, "may_set": actor.may("settings:write"),
               "may_change": _may_change(request)}  # fmt: skip
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
        _may_change(request), is_open,
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


@require_POST
@for_staff()
def send_many(request: ReaderRequest) -> HttpResponse:
    """The chosen messages go again: the first request asks, the second (`step=do`) does it."""
    return _settled(request, REPEAT)


@require_POST
@for_staff()
def cancel_many(request: ReaderRequest) -> HttpResponse:
    """The chosen messages do not go."""
    return _settled(request, CANCEL)


def _settled(request: ReaderRequest, way: str) -> HttpResponse:
    _only_for_senders(request)
    reader, ids = request.reader, _chosen(request)
    if request.POST.get("step") != "do":
        return render(request, "backoffice/_outbox_many_dialog.html", _asking(request, way, ids))
    lines = find_sendings(reader.actor, ids)
    results = settle_sendings(way=way, sending_ids=ids, by=reader.actor, now=reader.now)
    named = [(_row(lines[one.sending_id], request) if one.sending_id in lines else None, one) for one in results]
    title = {REPEAT: _("In the outbox again"), CANCEL: _("Will not be sent")}[way]
    well = sum(not one.refusal for one in results)
    answer = render(request, "backoffice/_outbox_many_result.html", {"title": title, "results": named, "well": well})
    answer["HX-Trigger"] = json.dumps({"rows-changed": {}})
    return answer


def _asking(request: ReaderRequest, way: str, ids: list[int]) -> dict[str, Any]:
    """What is asked before many messages go, or do not: how many they are, and which of them may have gone already."""
    lines = find_sendings(request.reader.actor, ids)
    held = sum(line.state == "failed" and line.problem == RESTORED for line in lines.values())
    return {
        "way": way,
        "ids": ",".join(map(str, ids)),
        "chosen": ngettext("%(count)s message is chosen", "%(count)s messages are chosen", len(ids)) % {"count": len(ids)},
        "held": ngettext(
            "%(count)s of them was held after a restore: it may have gone before, and would then come twice.",
            "%(count)s of them were held after a restore: they may have gone before, and would then come twice.",
            held,
        )
        % {"count": held}
        if held and way == REPEAT
        else "",
        "action": reverse("sendings_repeat" if way == REPEAT else "sendings_cancel"),
    }


def _chosen(request: ReaderRequest) -> list[int]:
    """The rows that were ticked. Invalid when there are none."""
    texts = dict.fromkeys(request.POST.get("ids", "").split(","))
    ids = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
    if not ids:
        raise Invalid("nothing_chosen", _("Choose at least one row."))
    return ids


def _only_for_senders(request: ReaderRequest) -> None:
    """403 for whoever only reads; who keeps the settings minds the outbox."""
    if not _may_change(request):
        raise PermissionDenied("messages:write")


def _may_change(request: ReaderRequest) -> bool:
    return request.reader.actor.may("messages:write") or request.reader.actor.may("settings:write")
