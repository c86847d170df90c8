"""New inquiries passed over: by whom, how often, under which exception; for whoever answers for others."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marshrut.desk.web.pages import DeskRequest, at_desk
from marshrut.intake.queries.exceptions import PassedCount, count_passed, list_passed
from marshrut.intake.rules.exceptions import EXCEPTIONS
from marshrut.intake.wording import exception_label

SPANS = (7, 30, 90)
USUAL = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One person: how often under each exception, how often under none, and over how many inquiries at most."""

    name: str
    times: list[int]
    uncovered: int
    total: int


@require_safe
@at_desk
def passed_over(request: DeskRequest) -> HttpResponse:
    """The last thirty days, or as many as the address asks for."""
    desk = request.desk
    if desk.actor.reach not in ("office", "all"):
        raise PermissionDenied("reach")
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, SPANS) else USUAL
    since = desk.now - timedelta(days=days)
    counted = count_passed(desk.actor, since)
    context = {
        "days": days,
        "spans": SPANS,
        "labels": [exception_label(name) for name in EXCEPTIONS],
        "lines": _lines(counted),
        "rows": [
            (one, exception_label(one.exception), None if one.worked_on is None else desk.actor.named(one.worked_on),
             desk.actor.named(one.waited))
            for one in list_passed(desk.actor, since)
        ],
        "total": sum(one.times for one in counted),
        "uncovered": sum(one.times for one in counted if not one.exception),
    }
    return render(request, "desk/passed_over.html", context)


def _lines(counted: list[PassedCount]) -> list[Line]:
    by_person: dict[int, dict[str, int]] = {}
    names = {one.employee_id: one.employee for one in counted}
    for one in counted:
        by_person.setdefault(one.employee_id, {})[one.exception] = one.times
    lines = [
        Line(names[number], [times.get(name, 0) for name in EXCEPTIONS], times.get("", 0), sum(times.values()))
        for number, times in by_person.items()
    ]
    return sorted(lines, key=lambda line: (-line.uncovered, -line.total, line.name))
