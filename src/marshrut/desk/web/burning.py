"""What burns: the supervisor's page of everything that will not mend itself, the worst first, each with its gesture."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Colleague
from marshrut.core.errors import DomainError, NotFound, Refused
from marshrut.desk.burning import (
    BREAKING,
    BROKEN,
    MOST,
    NOBODY,
    STUCK,
    LateLine,
    Trouble,
    late_by_manager,
    list_burning,
    read_trouble,
)
from marshrut.desk.queries import MatterRow
from marshrut.desk.shapes import Matter, Named, Option
from marshrut.desk.shaping import matter_of, owner_of
from marshrut.desk.web.asking import asked_about, queue_options, receiver_of, refused, typed
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, part_or_page
from marshrut.intake.queries.on_hand import loads_on_hand
from marshrut.intake.queries.queues import open_alarms
from marshrut.intake.services import hand_over_matter, may_hand_over, receivers_of
from marshrut.intake.services.handing import find_receiver
from marshrut.intake.wording_rules import queue_alarm
from marshrut.ui.answers import done
from marshrut.ui.wording import figure, up_to

LATE = 12  # managers who are late; the report behind the link has them all


@dataclass(frozen=True, slots=True)
class Block:
    """Matters that burn in one way; `count` is the whole number (`said` as it is shown), `items` the worst of them."""

    slug: str
    icon: str
    tone: str
    label: str
    hint: str
    items: list[Matter]
    count: int
    more_url: str

    @property
    def said(self) -> str:
        return up_to(self.count, MOST)


@dataclass(frozen=True, slots=True)
class LateRow:
    """Overdue actions of one person; `share` of the most overdue one, 0 to 100, for the bar."""

    owner: Named | None
    name: str
    count: int
    oldest: datetime
    share: int
    url: str


@dataclass(frozen=True, slots=True)
class FullRow:
    """Somebody with more on their hands than they can carry."""

    owner: Named
    load: float
    said: str  # the load as the reader writes numbers
    capacity: int
    url: str


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing of the house that is in trouble."""

    icon: str
    tone: str
    title: str
    text: str
    since: datetime | None
    url: str | None


@require_safe
@at_desk
def burning(request: DeskRequest) -> HttpResponse:
    """The page, and its region alone."""
    desk = request.desk
    if not desk.sees_queues():
        raise Http404
    blocks = blocks_of(list_burning(desk.actor, desk.now), desk)
    late = late_by_manager(desk.actor, desk.now)
    full, signs = full_rows(desk), [*alarms_of(desk), *signs_of(read_trouble(desk.actor, desk.now), desk.actor)]
    numbers = {block.slug: block.said if block.count else "" for block in blocks}
    context = {
        "blocks": [block for block in blocks if block.items],
        "late": late_rows(late[:LATE], desk),
        "late_more": max(0, len(late) - LATE),
        "full": full,
        "signs": signs,
        "now": desk.now,
        "counts": {**numbers, "late": sum(line.count for line in late), "full": len(full), "signs": len(signs)},
        "is_calm": not (any(numbers.values()) or late or full or signs),
        "may_hand_over": may_hand_over(desk.actor),
    }
    return part_or_page(request, "list", "desk/_burning_list.html", "desk/burning.html", context)


def blocks_of(rows: Iterable[MatterRow], desk: Desk) -> list[Block]:
    """The four blocks of matters."""
    listed = list(rows)
    told = {
        BROKEN: (
            "broken",
            "flame",
            "bad",
            _("Not answered in time"),
            _("The clock has broken and the client still waits."),
            _inbox("all"),
        ),
        BREAKING: ("breaking", "clock", "warm", _("About to break"), _("Less than ten minutes are left to answer."), _inbox("all")),
        NOBODY: ("nobody", "users", "warm", _("Nobody's"), _("They wait in a queue; the longest waiting first."), _inbox("nobody")),
        STUCK: (
            "stuck",
            "hourglass",
            "info",
            _("Deals that stand still"),
            _("Longer at a stage than it allows, or nothing done for two weeks."),
            f"{reverse('list_deals')}?stuck=1",
        ),
    }
    blocks = []
    for part, (slug, icon, tone, label, hint, more) in told.items():
        own = [row for row in listed if row.group == part]
        blocks.append(
            Block(slug, icon, tone, label, hint, [matter_of(row, desk) for row in own], own[0].group_count or 0 if own else 0, more)
        )
    return blocks


def _inbox(tab: str) -> str:
    return f"{reverse('inbox')}?tab={tab}"


def late_rows(lines: list[LateLine], desk: Desk) -> list[LateRow]:
    """Who is late with how much; the first is the most."""
    most = max((line.count for line in lines), default=1)
    rows, address = [], reverse("reports_list")
    for line in lines:
        owner = owner_of(desk.staff, line.assignee_id)
        whose = f"measure=overdue&manager={line.assignee_id or 'queue'}"
        rows.append(
            LateRow(
                owner,
                owner.name if owner else _("Queues"),
                line.count,
                line.oldest,
                max(2, line.count * 100 // most),
                f"{address}?{whose}",
            )
        )
    return rows


def full_rows(desk: Desk) -> list[FullRow]:
    """Managers within reach whose load is above their capacity, the fullest first."""
    limited = [c for c in desk.staff.sellers if c.capacity is not None and desk.actor.sees(c.id, c.office_id)]
    loads = loads_on_hand([c.id for c in limited], desk.reference().rules.distribution.effort, desk.now)
    rows = [
        FullRow(Named(c.id, c.name), loads[c.id], figure(loads[c.id]), c.capacity, f"{reverse('board')}?owner={c.id}")
        for c in limited
        if c.capacity is not None and loads[c.id] > c.capacity
    ]
    return sorted(rows, key=lambda row: row.capacity - row.load)


def alarms_of(desk: Desk) -> list[Sign]:
    """Queues that call for whoever answers for them."""
    told = []
    for alarm in open_alarms(desk.actor):
        queue = desk.staff.queues.get(alarm.queue_id)
        title, text = queue_alarm(alarm.reason, queue.name if queue else "", alarm.waiting, alarm.longest_minutes)
        told.append(Sign("users", "bad", title, text, alarm.began_at, _inbox("nobody")))
    return told


def signs_of(trouble: Trouble, actor: Actor) -> list[Sign]:
    """Trouble of the house in words; nothing while all is well. A page that the reader may not open is no link."""
    t = trouble
    mail = reverse("settings_mail") if actor.may("settings:write") else None
    told: list[tuple[Any, ...]] = [
        (not t.workers, "alert-triangle", "bad", _("Background work stands still"),
         _("No worker has reported for half a minute: clocks, mail and reminders wait. An administrator should look."), None, None),
        (t.quarantined, "shield-check", "warm",
         ngettext("%(count)s message in quarantine", "%(count)s messages in quarantine", t.quarantined) % {"count": t.quarantined},
         _("A person has to look whether it is an inquiry."), t.quarantined_since, _inbox("quarantine")),
        (t.doors, "mail", "bad", _("Mail is not coming in: %(name)s") % {"name": t.door or ""}, _("The folder cannot be read."),
         t.doors_since, mail),
        (t.failed_sendings, "send", "bad",
         ngettext("%(count)s message could not be sent", "%(count)s messages could not be sent", t.failed_sendings)
         % {"count": t.failed_sendings}, _("See why, mend the address and send again."), t.failed_since, reverse("outbox")),
        (t.late_sendings, "send", "warm",
         ngettext("%(count)s message waits too long to be sent", "%(count)s messages wait too long to be sent", t.late_sendings)
         % {"count": t.late_sendings}, _("They are tried again by themselves."), None, reverse("outbox")),
        (t.imports, "file-text", "warm", _("An import has stopped: %(name)s") % {"name": t.import_name or ""},
         _("It can go on from where it stopped."), None, reverse("imports")),
        (t.failed_jobs, "settings", "warm",
         ngettext("%(count)s background job failed", "%(count)s background jobs failed", t.failed_jobs) % {"count": t.failed_jobs},
         _("The doctor's page of the guide says what to do."), None, None),
    ]  # fmt: skip
    return [Sign(*words) for is_so, *words in told if is_so]


@require_http_methods(["GET", "POST"])
@at_desk
def hand_over(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a matter to a colleague (the least loaded are suggested first) or into a queue; a reason is asked for."""
    desk = request.desk
    asked = asked_about(desk, pk)
    if not may_hand_over(desk.actor):
        raise Refused("no_grabbing", _("Inquiries are given out by rule; ask the supervisor."))
    people = [c for c in receivers_of(desk.actor, desk.staff) if c.id != asked.row.owner_id]
    receivers = _suggested(people, desk) + queue_options(desk, but=asked.row.queue_id)
    context: dict[str, Any] = {"dossier": pk, "matter_title": asked.title, "receivers": receivers, "reasons": _reasons()}
    if request.method == "GET":
        first = receivers[0].value if receivers else ""
        return render(request, "desk/_hand_over_dialog.html", {**context, "values": {"to": first, "reason": ""}, "errors": {}})
    values = typed(request, "to", "reason")
    try:
        receiver = receiver_of(values["to"])
        hand_over_matter(dossier_id=pk, reason=values["reason"], staff=desk.staff, by=desk.actor, now=desk.now, **receiver)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, "desk/_hand_over_dialog.html", context, values, error)
    return done(_("Handed over to %(name)s") % {"name": find_receiver(desk.actor, desk.staff, **receiver).name})


def _suggested(people: list[Colleague], desk: Desk) -> list[Option]:
    """Whoever is at work comes first, then whoever has least on their hands."""
    loads = loads_on_hand([c.id for c in people], desk.reference().rules.distribution.effort, desk.now)
    ordered = sorted(people, key=lambda c: (not c.is_at_work(desk.now), loads.get(c.id, 0), c.name))
    return [
        Option(
            str(c.id),
            " · ".join((c.name, _how_busy(loads.get(c.id, 0)), _("at work") if c.is_at_work(desk.now) else _("not on shift"))),
        )
        for c in ordered
    ]


def _how_busy(load: float) -> str:
    return ngettext("%(count)s on their hands", "%(count)s on their hands", round(load)) % {"count": figure(load)}


def _reasons() -> list[Option]:
    return [
        Option(text, text)
        for text in (_("Too much on their hands"), _("Away today"), _("Knows the direction better"), _("The client asked"))
    ]
