"""Today: one ordered list of what to do now, and why this first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.desk.queries import FIRST, LATER, NEW, OVERDUE, PAGE, TODAY, MatterRow, count_done, list_today
from marshrut.desk.shapes import Matter
from marshrut.desk.shaping import matter_of
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk, part_or_page
from marshrut.desk.web.sidebar import counts
from marshrut.desk.web.turning import first_of, turning
from marshrut.intake.queries.exceptions import exception_sql
from marshrut.intake.reference import read_reference
from marshrut.intake.rules.exceptions import ExceptionRules
from marshrut.intake.wording import exception_label

SLUGS = {"first": FIRST, "new": NEW, "overdue": OVERDUE, "today": TODAY, "later": LATER}


@dataclass(frozen=True, slots=True)
class Group:
    """One part of the list; `count` is the whole number, `items` the first of them, `more_url` where all of them stand."""

    slug: str
    label: str
    items: list[Matter]
    count: int
    more_url: str
    notes: Mapping[int, str] = field(default_factory=dict)
    """Why a task comes before new inquiries, by its id."""

    @property
    def more(self) -> int:
        """How many do not stand here."""
        return self.count - len(self.items)


@require_safe
@at_desk
def today(request: DeskRequest) -> HttpResponse:
    """The home page: the beginning of the day, or one part of it page by page."""
    slug = request.GET.get("group", "")
    context = _part(request, slug) if slug in SLUGS else _whole(request.desk)
    return part_or_page(request, "list", "desk/_today_list.html", "desk/today.html", {"now": request.desk.now, **context})


def _whole(desk: Desk) -> dict[str, Any]:
    groups = read_groups(desk)
    numbers = {group.slug: group.count for group in groups}
    return {
        "groups": [group for group in groups if group.items],
        "counts": {"new": numbers["new"], "overdue": numbers["overdue"],
                   "today": numbers["first"] + numbers["new"] + numbers["overdue"] + numbers["today"],
                   "done": count_done(desk.actor, desk.day[0])},
    }  # fmt: skip


def _part(request: DeskRequest, slug: str) -> dict[str, Any]:
    first = first_of(request.GET.get("from", ""), PAGE)
    group = next(group for group in read_groups(request.desk, SLUGS[slug], first) if group.slug == slug)
    pages = turning(first, len(group.items), group.count, PAGE, lambda at: f"{group.more_url}&from={at}")
    return {"groups": [group] if group.items else [], "only": group, "turning": pages}


def read_groups(desk: Desk, part: int | None = None, first: int = 0) -> list[Group]:
    """The day in its groups; of one `part` a page of it. One statement."""
    day_end = desk.day[1]
    rules = read_reference(desk.revision).rules.exceptions
    rows = list_today(desk.actor, desk.now, day_end, exception_sql(rules, desk.now, day_end), part=part, first=first)
    return group_rows(rows, desk, _notes(rows, rules, desk, day_end))


def _notes(rows: list[MatterRow], rules: ExceptionRules, desk: Desk, day_end: datetime) -> dict[int, str]:
    return {
        row.task_id: exception_label(rules.of_task(row.task_kind or "", row.task_due_at, desk.now, day_end))
        for row in rows
        if row.group == FIRST and row.task_id is not None and row.task_due_at is not None
    }


def group_rows(rows: Sequence[MatterRow], desk: Desk, notes: Mapping[int, str]) -> list[Group]:
    """The rows in their groups."""
    labels = {"first": _("Before new inquiries"), "new": _("New: answer now"), "overdue": _("Late"),
              "today": _("Until the end of the day"), "later": _("Later")}  # fmt: skip
    groups = []
    for slug, part in SLUGS.items():
        own = [row for row in rows if row.group == part]
        count = own[0].group_count or 0 if own else 0
        address = f"{reverse('today')}?group={slug}"
        groups.append(Group(slug, labels[slug], [matter_of(row, desk) for row in own], count, address, notes))
    return groups


@require_safe
@at_desk
def nav(request: DeskRequest) -> HttpResponse:
    """The sidebar alone, counted anew."""
    counts(request)
    return render(request, "ui/_nav.html")
