"""A plan of distribution tried on a month: who would get how many, waits, breaches, queues, beside the plan in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.backoffice.web.settings.distribution import PAGE
from marshrut.backoffice.web.settings.frame import frame_of, saved, saving
from marshrut.backoffice.web.settings.rule_pages import whole
from marshrut.backoffice.web.settings.rule_story import lines_between
from marshrut.core.errors import DomainError, Refused
from marshrut.intake.queries.learning import RunCard, find_run
from marshrut.intake.services.learning_runs import TRIAL, ask_for_run
from marshrut.intake.services.rule_settings import changes_kept, switch_distribution
from marshrut.intake.services.trials import MADE_UP, MONTH
from marshrut.ui.answers import done
from marshrut.ui.wording import day_short

MOST_ADDED, MOST_VOLUME, MOST_SEED = 50, 1000, 1_000_000
WIDTH, HEIGHT = 100.0, 40.0


@dataclass(frozen=True)
class Person:
    """What one person would get by both plans: `apart` is how far from their fair share, in inquiries; widths of the bars."""

    name: str
    before: Mapping[str, float]
    after: Mapping[str, float]
    before_width: float
    after_width: float

    @property
    def apart(self) -> float:
        return abs(round(self.after["drawn"] - self.after["share"], 1))


@dataclass(frozen=True)
class Day:
    """The queue on one day of the week, by both plans: the mean of its hours and the most that ever waited."""

    name: str
    before: float
    after: float
    before_most: int
    after_most: int


@dataclass(frozen=True)
class Column:
    """One hour of the week in the picture of the queue: how high the mean stands by both plans."""

    x: int
    before: float
    after: float


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def trial(request: ReaderRequest, pk: int) -> HttpResponse:
    """One trial: how far it is, what came of it; the same plan tried otherwise, or put to use."""
    run = find_run(pk, TRIAL)
    if run is None:
        raise Http404
    if request.method == "POST":
        return _switch(request, run) if "switch" in request.POST else _again(request, run)
    result = run.result or {}
    context = {
        **frame_of(request, PAGE),
        "run": run,
        "changes": lines_between("distribution", changes_kept("distribution"), run.asked.get("changes") or {}, request.reader),
        "people_to_choose": request.reader.staff.sellers,
        "away": {int(one) for one in run.asked.get("away", ())},
        **(_told(result) if result.get("total") else {}),
    }
    return part_or_page(request, "run", "backoffice/settings/_trial.html", "backoffice/settings/trial.html", context)


def _again(request: ReaderRequest, run: RunCard) -> HttpResponse:
    """The same plan on another stream, or with other people."""
    sellers = {c.id for c in request.reader.staff.sellers}
    asked = {
        "changes": run.asked.get("changes"),
        "stream": MADE_UP if request.POST.get("stream") == MADE_UP else MONTH,
        "volume": _within(request, "volume", 10, MOST_VOLUME, 100),
        "seed": _within(request, "seed", 0, MOST_SEED, 1),
        "added": _within(request, "added", 0, MOST_ADDED, 0),
        "away": sorted({one for text in request.POST.getlist("away")[:500] if (one := whole(text)) in sellers}),
    }
    run_id = ask_for_run(kind=TRIAL, asked=asked, by=request.reader.actor, now=request.reader.now)
    return done(_("The plan is being tried"), go=reverse("settings_trial", args=[run_id]))


def _within(request: ReaderRequest, name: str, least: int, most: int, usual: int) -> int:
    """A number of the form, held within its bounds; what is none is the usual one."""
    number = whole(request.POST.get(name))
    return usual if number is None else max(least, min(most, number))


def _switch(request: ReaderRequest, run: RunCard) -> HttpResponse:
    """The plan that was tried is the one in use from now on; it can be taken back like any save."""
    changes = run.asked.get("changes")
    if changes is None:
        raise Refused("nothing_tried", _("This trial had no plan of its own."))
    try:
        with saving(request, PAGE):
            switch_distribution(changes=changes, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return done(error.sentence, go=reverse("settings_trial", args=[run.id]))
    return saved(PAGE, _("The plan is in use now"))


def _told(result: Mapping[str, Any]) -> dict[str, Any]:
    before, after = result["before"], result["after"]
    return {
        "before": before,
        "after": after,
        "people": _people(result["names"], before["people"], after["people"]),
        "days": _days(before, after),
        "columns": _columns(before["queue_mean"], after["queue_mean"]),
        "most_waiting": max([*before["queue_most"], *after["queue_most"]]),
    }


def _people(names: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Person]:
    nothing = {"given": 0, "effort": 0, "drawn": 0, "share": 0, "answered": 0, "minutes": 0}
    most = max([one["given"] for one in (*before.values(), *after.values())] + [1])
    rows = [(number, before.get(number, nothing), after.get(number, nothing)) for number in dict.fromkeys([*before, *after])]
    return [
        Person(_name(number, names), was, now, round(WIDTH * was["given"] / most, 1), round(WIDTH * now["given"] / most, 1))
        for number, was, now in sorted(rows, key=lambda row: -row[2]["given"])
    ]


def _name(number: str, names: Mapping[str, str]) -> str:
    return names.get(number) or _("Newcomer %(number)s") % {"number": number.lstrip("-")}


def _days(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Day]:
    def of(values: Sequence[float], day: int) -> Sequence[float]:
        return values[24 * day : 24 * day + 24]

    return [
        Day(day_short(day), round(sum(of(before["queue_mean"], day)) / 24, 1), round(sum(of(after["queue_mean"], day)) / 24, 1),
            int(max(of(before["queue_most"], day))), int(max(of(after["queue_most"], day))))
        for day in range(7)
    ]  # fmt: skip


def _columns(before: Sequence[float], after: Sequence[float]) -> list[Column]:
    highest = max([*before, *after]) or 1
    return [
        Column(hour, round(HEIGHT * was / highest, 1), round(HEIGHT * now / highest, 1))
        for hour, (was, now) in enumerate(zip(before, after, strict=True))
    ]
