"""Today: one ordered list of what to do now, and why this first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.desk.queries import FIRST, LATER, NEW, OVERDUE, TODAY, MatterRow, count_done, list_today
from marshrut.desk.shapes import Matter
from marshrut.desk.shaping import matter_of
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, part_or_page
from marshrut.desk.web.sidebar import counts
from marshrut.intake.queries.exceptions import exception_sql
from marshrut.intake.reference import read_reference
from marshrut.intake.rules.exceptions import ExceptionRules
from marshrut.intake.wording import exception_label


@dataclass(frozen=True, slots=True)
class Group:
    """One part of the list; `count` is the whole number, `items` the first of them."""

    slug: str
    label: str
    items: list[Matter]
    count: int
    notes: Mapping[int, str] = field(default_factory=dict)
    """Why a task comes before new inquiries, by its id."""


@require_safe
@at_desk
def today(request: DeskRequest) -> HttpResponse:
    """The home page."""
    desk = request.desk
    day_start, day_end = desk.day
    rules = read_reference(desk.revision).rules.exceptions
    rows = list_today(desk.actor, desk.now, day_end, exception_sql(rules, desk.now, day_end))
    groups = group_rows(rows, desk, _notes(rows, rules, desk, day_end))
    numbers = {group.slug: group.count for group in groups}
    context = {
        "groups": [group for group in groups if group.items],
        "counts": {"new": numbers["new"], "overdue": numbers["overdue"],
                   "today": numbers["first"] + numbers["new"] + numbers["overdue"] + numbers["today"],
                   "done": count_done(desk.actor, day_start)},
        "person_name": desk.actor.name,
        "now": desk.now,
    }
    return part_or_page(request, "list", "desk/_today_list.html", "desk/today.html", context)


def _notes(rows: list[MatterRow], rules: ExceptionRules, desk: Desk, day_end: datetime) -> dict[int, str]:
    return {
        row.task_id: exception_label(rules.of_task(row.task_kind or "", row.task_due_at, desk.now, day_end))
        for row in rows
        if row.group == FIRST and row.task_id is not None and row.task_due_at is not None
    }


def group_rows(rows: list[MatterRow], desk: Desk, notes: Mapping[int, str]) -> list[Group]:
    """The rows in their groups."""
    labels = {FIRST: ("first", _("Before new inquiries")), NEW: ("new", _("New: answer now")), OVERDUE: ("overdue", _("Late")),
              TODAY: ("today", _("Until the end of the day")),
              LATER: ("later", _("Later"))}
    groups = []
    for part, (slug, label) in labels.items():
        own = [row for row in rows if row.group == part]
        groups.append(Group(slug, label, [matter_of(row, desk) for row in own], own[0].group_count or 0 if own else 0, notes))
    return groups


@require_safe
@at_desk
def nav(request: DeskRequest) -> HttpResponse:
    """The sidebar alone, counted anew."""
    counts(request)
    return render(request, "ui/_nav.html")
