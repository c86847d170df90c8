"""The calendar: actions, meetings and returns by day, week and month, of one person or of an office side by side."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.agency.queries import Colleague
from marshrut.desk.calendar_grid import (
    MOST_LANES,
    QUARTERS,
    Wall,
    day_span,
    hours_in_sight,
    month_of,
    place_blocks,
    quarter_of,
    shut_strips,
    step,
    week_of,
)
from marshrut.desk.calendar_reads import (
    MOST_COUNTED,
    CalendarRow,
    Mark,
    MonthDay,
    list_marks,
    list_month,
    list_overdue,
    read_marked,
)
from marshrut.desk.shapes import Filter, Option, Tab
from marshrut.desk.web.calendar_events import Event, event_of, wall_time
from marshrut.desk.web.inbox import filter_of
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, part_or_page
from marshrut.desk.web.turning import Turning, first_of, turning
from marshrut.intake.services.handing import HOLDERS
from marshrut.ui.wording import language, up_to

VIEWS = ("day", "week", "month")
SLOT = 2  # quarters
ABREAST = 8  # people side by side, as many as can be read; of a larger office the others stand on the next pages
ACTION_ROWS = 2  # a block as short as this shows one line
MANY_COLUMNS, FEW_LANES = 5, 2  # narrow columns hold fewer things abreast


@dataclass(frozen=True)
class Look:
    """What is looked at: which view, around which day, whose. `people` are `everybody`'s from `first` on, one page of them."""

    view: str
    day: date
    everybody: tuple[Colleague, ...]
    first: int
    who: str
    office: str
    zone: ZoneInfo
    today: date

    @property
    def people(self) -> tuple[Colleague, ...]:
        return self.everybody[self.first : self.first + ABREAST]

    @property
    def ids(self) -> list[int]:
        return [person.id for person in self.people]

    def url(self, **changed: Any) -> str:
        query = {"view": self.view, "day": self.day.isoformat(), "who": self.who, "office": self.office, "from": self.first, **changed}
        return f"{reverse('calendar')}?{urlencode({k: v for k, v in query.items() if v})}"


@dataclass(frozen=True, slots=True)
class Stack:
    """What has no room on the wall: how many (`is_all`: they are all of that time), from when until when, and where they are listed."""

    count: int
    is_all: bool
    hours: str
    url: str


@require_safe
@at_desk
def calendar(request: DeskRequest) -> HttpResponse:
    """One page for all views; the filters stand in the address."""
    desk = request.desk
    look = read_look(request)
    context: dict[str, Any] = {
        "look": look,
        "tabs": _tabs(look),
        "heading": _heading(look),
        "filters": filters_of(desk, look),
        "people_pages": _pages(look),
        "before": look.url(day=step(look.day, look.view, False).isoformat()),
        "after": look.url(day=step(look.day, look.view, True).isoformat()),
        "now_url": look.url(day=look.today.isoformat()),
    }
    context |= _month(desk, look) if look.view == "month" else _grid(desk, look)
    return part_or_page(request, "calendar", "desk/_calendar.html", "desk/calendar.html", context)


def read_look(request: DeskRequest) -> Look:
    """The look the address asks for. Whoever is named and not within reach is not found."""
    desk = request.desk
    zone = ZoneInfo(desk.office.time_zone)
    today = desk.now.astimezone(zone).date()
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "day"
    who, office = request.GET.get("who", ""), request.GET.get("office", "")
    seen = people_of(desk)
    if who:
        people = tuple(c for c in seen if str(c.id) == who)
        if not people:
            raise Http404
    elif view == "week" or desk.actor.reach == "own":
        people = tuple(c for c in seen if c.id == desk.actor.id) or seen[:1]
        who = str(people[0].id) if people and len(seen) > 1 else ""
    else:
        people = _of_office(seen, desk, office)
    day, first = read_day(request.GET.get("day", ""), today), _first(request.GET.get("from", ""), len(people))
    return Look(view, day, people, first, who, office, zone, today)


def _first(text: str, count: int) -> int:
    """Where the page of people begins: the beginning when the address names none there is."""
    first = first_of(text, ABREAST)
    return first if first < count else 0


def _pages(look: Look) -> Turning | None:
    """Which of how many people stand here, with the ways to the others; None where all do."""
    return turning(look.first, len(look.people), len(look.everybody), ABREAST, lambda first: look.url(**{"from": first}))


def people_of(desk: Desk) -> tuple[Colleague, ...]:
    """Whose calendars the reader may look into: their own first, then the others by name."""
    holders = [c for c in desk.staff.colleagues.values() if c.role in HOLDERS]
    seen = [c for c in holders if c.id == desk.actor.id or desk.actor.sees(c.id, c.office_id)]
    return tuple(sorted(seen, key=lambda c: (c.id != desk.actor.id, c.name))) if desk.actor.reach != "none" else ()


def _of_office(seen: tuple[Colleague, ...], desk: Desk, office: str) -> tuple[Colleague, ...]:
    if office and desk.actor.reach == "all":
        if not any(card.slug == office for card in desk.staff.offices.values()):
            raise Http404
        return tuple(c for c in seen if desk.staff.offices[c.office_id].slug == office)
    if desk.actor.reach == "team":
        return seen
    return tuple(c for c in seen if c.office_id == desk.office.id)


def read_day(text: str, today: date) -> date:
    """The day of the address; today when it is none or out of any use."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if 2000 <= day.year <= 2100 else today


def _tabs(look: Look) -> list[Tab]:
    labels = {"day": _("Day"), "week": _("Week"), "month": _("Month")}
    return [Tab(view, labels[view], look.url(view=view), view == look.view) for view in VIEWS]


def filters_of(desk: Desk, look: Look) -> list[Filter]:
    """By person, and by office, for whoever sees more than their own."""
    people = people_of(desk)
    if len(people) < 2:
        return []
    listed = [filter_of("who", _("Manager"), look.who, [Option(str(c.id), c.name) for c in people])]
    if desk.actor.reach == "all" and len(desk.staff.offices) > 1:
        listed.append(filter_of("office", _("Office"), look.office, [Option(o.slug, o.name) for o in desk.staff.offices.values()]))
    return listed


def _heading(look: Look) -> str:
    locale = language()
    if look.view == "month":
        return str(format_date(look.day, "LLLL y", locale=locale))
    if look.view == "week":
        week = week_of(look.day)
        return f"{format_date(week[0], 'd MMM', locale=locale)} – {format_date(week[6], 'd MMM y', locale=locale)}"
    return str(format_date(look.day, "EEEE, d MMMM y", locale=locale))


def _grid(desk: Desk, look: Look) -> dict[str, Any]:
    """Day: a column for each person. Week: a column for each day of one person. Three statements."""
    days = week_of(look.day) if look.view == "week" else [look.day]
    start, end = day_span(days[0], look.zone)[0], day_span(days[-1], look.zone)[1]
    marks: dict[int, list[Mark]] = {person.id: [] for person in look.people}
    for mark in list_marks(desk.actor, look.ids, start, end):
        marks[mark.assignee_id].append(mark)
    columns = [(day, person) for day in days for person in look.people]
    most = FEW_LANES if len(columns) >= MANY_COLUMNS else MOST_LANES
    walls = [_wall(day, person, marks[person.id], look, most) for day, person in columns]
    first, last = hours_in_sight(walls)
    known = {row.id: row for row in read_marked([block.keys[0] for wall in walls for block in wall.blocks if not block.is_stack])}
    late = list_overdue(desk.actor, look.ids, min(start, desk.now)) if look.today in days else []
    shown = [
        _column(day, person, wall, known, (first * 4, last * 4), desk, look)
        for (day, person), wall in zip(columns, walls, strict=True)
    ]
    return {
        "columns": shown,
        "hours": [{"row": (h - first) * 4 + 1, "label": f"{h:02}:00"} for h in range(first, last)],
        "slots": [(quarter - first * 4 + 1, wall_time(quarter)) for quarter in range(first * 4, last * 4, SLOT)],
        "rows_count": (last - first) * 4,
        "overdue": [replace(task, title=desk.actor.text(task.title)) for task in late],
        "overdue_words": up_to(late[0].total, MOST_COUNTED) if late else "",
        "overdue_more": up_to(late[0].total - len(late), MOST_COUNTED - len(late)) if late and late[0].total > len(late) else "",
        "months": None,
        "now_row": _now_row(desk, look, days, first, last),
    }


def _wall(day: date, person: Colleague, marks: list[Mark], look: Look, most: int) -> Wall:
    start, end = day_span(day, look.zone)
    began, ended = start.astimezone(UTC), end.astimezone(UTC)  # as the marks are: compared much faster
    own = [(m.id, m.at, m.ends_at) for m in marks if m.at < ended and (m.at >= began or (m.ends_at is not None and m.ends_at > began))]
    blocks = place_blocks(own, day, look.zone, most, by_hour=len(look.people) >= MANY_COLUMNS)
    calendar = person.response_calendar if person.is_on_duty else person.calendar
    return Wall(day, start, end, blocks, shut_strips(calendar, person.absences, day, look.zone))


def _now_row(desk: Desk, look: Look, days: list[date], first: int, last: int) -> int | None:
    if look.today not in days:
        return None
    quarter = quarter_of(desk.now, look.today, look.zone) - first * 4
    return quarter + 1 if 0 <= quarter < (last - first) * 4 else None


def _column(
    day: date, person: Colleague, wall: Wall, known: dict[int, CalendarRow], sight: tuple[int, int], desk: Desk, look: Look
) -> dict[str, Any]:
    first, last = sight
    in_week = look.view == "week"
    label = format_date(day, "EEE d", locale=language()) if in_week else person.name
    long_label = format_date(day, "EEEE, d MMMM", locale=language())
    return {
        "label": label,
        "long_label": long_label if in_week else f"{person.name}, {long_label}",
        "day": day.isoformat(),
        "is_today": day == look.today,
        "url": look.url(view="day", day=day.isoformat()) if in_week else look.url(view="week", who=str(person.id)),
        "strips": [
            {"first": max(s.first, first) - first + 1, "last": min(s.last, last) - first + 1, "kind": s.kind}
            for s in wall.strips
            if s.last > first and s.first < last
        ],
        "who": person.id,
        "blocks": _blocks(day, person, wall, known, first, desk, look),
    }


def _blocks(
    day: date, person: Colleague, wall: Wall, known: dict[int, CalendarRow], first: int, desk: Desk, look: Look
) -> list[tuple[str, Event | None, Stack | None]]:
    """What stands on a wall in the order of the day: the place of each with what it is, or with what is behind it."""
    address = f"{reverse('calendar_hours')}?who={person.id}&day={day.isoformat()}"
    found: list[tuple[str, Event | None, Stack | None]] = []
    for block in sorted(wall.blocks, key=lambda block: (block.first, block.lane)):
        place = f"at-{block.first - first + 1} to-{block.last - first + 1} lane-{block.lanes}-{block.lane}"
        if not block.is_stack:
            short = " cal-short" if block.last - block.first <= ACTION_ROWS else ""
            found.append((place + short, event_of(known[block.keys[0]], desk, look.zone), None))
            continue
        span = f"{wall_time(block.first)}–{wall_time(block.last)}"
        found.append((place, None, Stack(len(block.keys), block.lanes == 1, span, f"{address}&first={block.first}&last={block.last}")))
    return found


def _month(desk: Desk, look: Look) -> dict[str, Any]:
    """What stands first on each day and how much there is, and which days are shut. One statement."""
    weeks = month_of(look.day)
    start, end = day_span(weeks[0][0], look.zone)[0], day_span(weeks[-1][6], look.zone)[1]
    known = list_month(desk.actor, look.ids, start, end, look.zone.key)
    calendar = look.people[0].calendar if look.people else desk.office.calendar
    cells = [
        [_cell(day, known.get(day), not calendar.open_spans(*day_span(day, look.zone)), desk, look) for day in week] for week in weeks
    ]
    names = [format_date(day, "EEEEEE", locale=language()) for day in weeks[0]]
    return {"months": cells, "names": names, "columns": [], "overdue": []}


def _cell(day: date, found: MonthDay | None, is_shut: bool, desk: Desk, look: Look) -> dict[str, Any]:
    return {
        "day": day,
        "number": day.day,
        "label": format_date(day, "d MMMM", locale=language()),
        "is_today": day == look.today,
        "is_other": day.month != look.day.month,
        "is_shut": is_shut,
        "count": found,
        "first": [event_of(row, desk, look.zone) for row in found.first] if found else [],
        "is_past": day < look.today,
        "url": look.url(view="day", day=day.isoformat()),
    }


def clash_words(clashes: list[Any], zone: ZoneInfo) -> str:
    """A warning, not a refusal: what else stands at that time; empty when nothing does."""
    if not clashes:
        return ""
    listed = ", ".join(f"{c.due_at.astimezone(zone):%H:%M} {c.title}" for c in clashes[:3])
    return _("At the same time: %(meetings)s") % {"meetings": listed}


def slot_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The slot somebody chose; the next whole hour when it is none or lies behind."""
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=zone)
    except ValueError:
        at = now
    if not now < at < now + timedelta(days=3660):
        at = (now + timedelta(hours=1)).astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return at


assert QUARTERS == 96, "the stylesheet has a row for each quarter of a day"
