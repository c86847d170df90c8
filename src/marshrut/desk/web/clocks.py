"""The board of live clocks: the clients who wait for an answer, the nearest breach first, by who holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.core.working_time import WorkingCalendar
from marshrut.desk.queries import MatterRow, matters_in_order
from marshrut.desk.shapes import Matter, Named, Tag
from marshrut.desk.shaping import named_matter_of, owner_of, queue_of
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, part_or_page
from marshrut.desk.web.turning import first_of, turning
from marshrut.intake.queries.running import FIRST, RunningClock, running_of, running_within
from marshrut.intake.reference import Rules
from marshrut.intake.services import may_hand_over
from marshrut.intake.services.matters import calendar_of
from marshrut.intake.wording import channel_label, class_label

PARTS = (0.25, 0.5, 0.75)
"""Parts of a clock's minutes whose moments the browser is told: between them it draws what is left by itself."""
BAD, WARM = 25, 50  # per cent left, at which the colour changes
SHOWN, PAGE = 30, 50  # clocks of the board, and of one holder's page


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
    """Whoever has clocks, and the nearest of them; `count` is the whole number.

    `soon`: how many have a quarter left or less, of those that were read; `is_more`: others that were not may have, too.
    """

    owner: Named | None
    queue: Named | None
    name: str
    clocks: list[Clock]
    count: int
    soon: int
    is_more: bool
    url: str

    @property
    def soon_said(self) -> str:
        """The number as it is shown."""
        return f"{self.soon}+" if self.is_more else str(self.soon)

    @property
    def more(self) -> int:
        """How many do not stand here."""
        return self.count - len(self.clocks)


@require_safe
@at_desk
def clocks(request: DeskRequest) -> HttpResponse:
    """The page, and its region alone: the nearest of all, or those of one holder page by page."""
    desk = request.desk
    whose = request.GET.get("of", "")
    context = _of_one(request, whose) if whose else _of_all(desk)
    context |= {"now": desk.now, "may_hand_over": may_hand_over(desk.actor)}
    return part_or_page(request, "list", "desk/_clocks_list.html", "desk/clocks.html", context)


def _of_all(desk: Desk) -> dict[str, Any]:
    running = running_within(desk.actor)
    holders = _by_holder(running, running[:SHOWN], desk)
    return {
        "groups": [one for one in holders if one.clocks],
        "others": [one for one in holders if not one.clocks],
        "total": running[0].total if running else 0,
        "soon": sum(one.soon for one in holders),
        "is_more": any(one.is_more for one in holders),
        "first": running[0].firsts if running else 0,
    }


def _of_one(request: DeskRequest, whose: str) -> dict[str, Any]:
    """The clocks of a manager (`o12`), a queue (`q3`), or nobody's (`q0`). Whoever is not within reach has none."""
    kind, number = whose[:1], whose[1:]
    if kind not in ("o", "q") or not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise Http404
    first = first_of(request.GET.get("from", ""), PAGE)
    owner_id, queue_id = (int(number), None) if kind == "o" else (None, int(number) or None)
    running = running_of(request.desk.actor, owner_id=owner_id, queue_id=queue_id, first=first, most=PAGE)
    groups = _by_holder(running, running, request.desk)
    total = running[0].total if running else 0
    address = f"{reverse('clocks')}?of={whose}"
    return {"groups": groups, "is_one": True, "turning": turning(first, len(running), total, PAGE, lambda at: f"{address}&from={at}")}


def _by_holder(running: Sequence[RunningClock], shown: Sequence[RunningClock], desk: Desk) -> list[Holder]:
    """Whoever has clocks, in the order of each one's nearest breach; only of those `shown` more is said than that they are."""
    rows = {row.dossier_id: row for row in matters_in_order([one.dossier_id for one in shown])}
    has_little, address = _Soon(desk), reverse("clocks")
    held: dict[tuple[int | None, int | None], list[RunningClock]] = {}
    for one in running:
        held.setdefault((one.owner_id, one.queue_id), []).append(one)
    found = []
    for (owner_id, queue_id), own in held.items():
        owner, queue = owner_of(desk.staff, owner_id), queue_of(desk.staff, queue_id)
        listed = [_clock(one, rows[one.dossier_id], desk) for one in own if one.dossier_id in rows]
        name = owner.name if owner else queue.name if queue else _("Nobody's")
        whose = f"o{owner_id}" if owner_id else f"q{queue_id or 0}"
        soon, count = sum(map(has_little, own)), own[0].of_holder
        found.append(Holder(owner, queue, name, listed, count, soon, soon == len(own) < count, f"{address}?of={whose}"))
    return found


def _minutes(one: RunningClock, policies: Rules) -> float:
    """How long this clock may run, in working minutes."""
    return (policies.clock_of if one.answer == FIRST else policies.next_clock_of)(one.office_id, one.kind).breach


def _calendar(one: RunningClock, desk: Desk) -> WorkingCalendar:
    return calendar_of(desk.staff, one.owner_id, one.office_id)


class _Soon:
    """Whether a clock has a quarter left or less: by when it must end for that is reckoned once for clocks alike."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._policies = desk, desk.reference().rules
        self._until: dict[tuple[int | None, int | None, float], datetime] = {}

    def __call__(self, one: RunningClock) -> bool:
        minutes = _minutes(one, self._policies)
        alike = (one.owner_id, one.office_id, minutes)
        if alike not in self._until:
            self._until[alike] = _calendar(one, self._desk).add_working_minutes(self._desk.now, minutes * BAD / 100)
        return one.respond_by <= self._until[alike]


def _clock(one: RunningClock, row: MatterRow, desk: Desk) -> Clock:
    calendar, minutes = _calendar(one, desk), _minutes(one, desk.reference().rules)
    left = max(0, min(100, round(100 * calendar.working_minutes_between(desk.now, one.respond_by) / minutes)))
    is_late = one.respond_by <= desk.now
    return Clock(
        named_matter_of(row, desk),
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
