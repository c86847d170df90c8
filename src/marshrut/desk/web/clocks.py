"""The board of live clocks: every client who waits for an answer, by who holds them, the nearest breach first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.core.working_time import WorkingCalendar
from marshrut.desk.queries import MatterRow, matters_in_order
from marshrut.desk.shapes import Matter, Named, Tag
from marshrut.desk.shaping import matter_of, owner_of, queue_of
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, part_or_page
from marshrut.intake.queries.running import FIRST, MOST, RunningClock, running_within
from marshrut.intake.services import may_hand_over
from marshrut.intake.services.matters import calendar_of
from marshrut.intake.wording import channel_label, class_label
from marshrut.ui.wording import up_to

PARTS = (0.25, 0.5, 0.75)
"""Parts of a clock's minutes whose moments the browser is told: between them it draws what is left by itself."""
BAD, WARM = 25, 50  # per cent left, at which the colour changes


@dataclass(frozen=True, slots=True)
class Clock:
    """One client who waits. `left`: per cent of the working minutes, 0 once it has broken; `points`: when 100, 75, 50, 25 and 0
    per cent are left; `stands_until`: nobody works now, the clock goes on then."""

    matter: Matter
    since: datetime
    respond_by: datetime
    left: int
    tone: str
    points: str
    stands_until: datetime | None
    tags: list[Tag]
    is_told: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """The clocks of one manager or queue; `soon`: how many have a quarter left or less."""

    owner: Named | None
    queue: Named | None
    name: str
    clocks: list[Clock]
    soon: int


@require_safe
@at_desk
def clocks(request: DeskRequest) -> HttpResponse:
    """The page, and its region alone."""
    desk = request.desk
    running = running_within(desk.actor)
    rows = {row.dossier_id: row for row in matters_in_order([one.dossier_id for one in running])}
    groups = _grouped(running, rows, desk)
    total = running[0].total if running else 0
    context = {
        "groups": groups,
        "now": desk.now,
        "total": up_to(total, 10_000),
        "not_shown": max(0, total - MOST),
        "soon": sum(group.soon for group in groups),
        "first": sum(one.answer == FIRST for one in running),
        "may_hand_over": may_hand_over(desk.actor),
    }
    return part_or_page(request, "list", "desk/_clocks_list.html", "desk/clocks.html", context)


def _grouped(running: Iterable[RunningClock], rows: dict[int, MatterRow], desk: Desk) -> list[Holder]:
    """By holder, in the order of each one's nearest breach."""
    groups: dict[tuple[int | None, int | None], list[Clock]] = {}
    for one in running:
        if one.dossier_id in rows:
            groups.setdefault((one.owner_id, one.queue_id), []).append(_clock(one, rows[one.dossier_id], desk))
    found = []
    for (owner_id, queue_id), listed in groups.items():
        owner, queue = owner_of(desk.staff, owner_id), queue_of(desk.staff, queue_id)
        name = owner.name if owner else queue.name if queue else _("Nobody's")
        found.append(Holder(owner, queue, name, listed, sum(clock.tone in ("bad", "late") for clock in listed)))
    return found


def _clock(one: RunningClock, row: MatterRow, desk: Desk) -> Clock:
    calendar = calendar_of(desk.staff, one.owner_id, one.office_id)
    policies = desk.reference().rules
    minutes = (policies.clock_of if one.answer == FIRST else policies.next_clock_of)(one.office_id, one.kind).breach
    left = max(0, min(100, round(100 * calendar.working_minutes_between(desk.now, one.respond_by) / minutes)))
    is_late = one.respond_by <= desk.now
    return Clock(
        matter_of(row, desk),
        one.since,
        one.respond_by,
        0 if is_late else left,
        "late" if is_late else "bad" if left <= BAD else "warm" if left <= WARM else "calm",
        ",".join(point.isoformat() for point in _points(calendar, one, minutes)),
        None if is_late or calendar.is_open(desk.now) else calendar.next_opening(desk.now),
        _tags(one),
        one.step > 0,
    )


def _points(calendar: WorkingCalendar, one: RunningClock, minutes: float) -> list[datetime]:
    begun = calendar.next_opening(one.started_at)
    return [begun, *(calendar.add_working_minutes(one.started_at, part * minutes) for part in PARTS), one.respond_by]


def _tags(one: RunningClock) -> list[Tag]:
    how = Tag(channel_label(one.kind.channel), "warm" if one.is_missed_call else "neutral")
    tags = [how] if one.answer == FIRST else [Tag(_("wrote again"), "info"), how]
    if one.inquiry_class == "trip_trouble":
        tags.append(Tag(class_label(one.inquiry_class), "bad"))
    if one.reroutes:
        tags.append(Tag(_("passed on: %(times)s") % {"times": one.reroutes}, "warm"))
    return tags
