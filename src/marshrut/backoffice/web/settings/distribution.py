"""The order in which distribution asks: which steps, which first, and what always holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.rule_pages import month_of, posted_lists, reference_of, rule_setting_rows, sample_note
from marshrut.core.errors import DomainError
from marshrut.intake.queries.rule_samples import Sampled
from marshrut.intake.reference import Reference
from marshrut.intake.rules import STEPS, Candidate, Demand, DistributionPlan, compile_distribution
from marshrut.intake.rules.previews import replay
from marshrut.intake.services.rule_settings import changes_kept, save_distribution, try_distribution

MOST_REPLAYED = 2000
PAGE = register_settings(
    SettingsPage(
        slug="distribution",
        group="inquiries",
        title=lazy("Distribution"),
        icon="route",
        order=55,
        url_name="settings_distribution",
        description=lazy(
            "Who gets an inquiry. Steps are asked from the top; each leaves fewer people, and the last divides fairly among them."
        ),
        watches={"intake_rulesetting": ()},
        words=lazy("order share manager skill office"),
    )
)
WORDS = {
    "clients_manager": (
        lazy("The client's own manager"),
        lazy("A known client goes to the manager they are used to, whatever their load."),
    ),
    "office": (
        lazy("The office it came to"),
        lazy("Only people of that office. Below the skill: preferred among the skilled, other offices if nobody."),
    ),
    "skill": (
        lazy("Skilled in it"),
        lazy("Category and direction. Nobody skilled is free: those who sell everything, else whoever is free."),
    ),
}


@dataclass(frozen=True)
class Step:
    """One step as the list shows it."""

    name: str
    title: str
    meaning: str
    is_on: bool


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def distribution(request: ReaderRequest) -> HttpResponse:
    """Steps in order, switched on and off; last month is given out again in form."""
    if request.method == "GET":
        kept = changes_kept("distribution")
        return page_of(request, PAGE, "backoffice/settings/distribution.html", {**_context(kept), "values": {}})
    posted = posted_lists(request)
    order, on = posted.get("order", []), set(posted.get("on", []))
    asked: dict[str, Any] = {"order": order, "off": [step for step in order if step not in on], "take_by_hand": "take_by_hand" in posted}
    if is_preview(request):
        return preview_of(request, "backoffice/settings/_distribution_preview.html", lambda: _preview(request, asked))
    try:
        with saving(request, PAGE, rule_setting_rows("distribution")):
            save_distribution(**asked, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        shown = asked if sorted(order) == sorted(STEPS) else {}
        return refused(request, PAGE, "backoffice/settings/_distribution_form.html", _context(shown), {}, error)
    return saved(PAGE)


def _context(kept: Mapping[str, Any]) -> dict[str, Any]:
    off = kept.get("off", [])
    steps = [Step(name, str(WORDS[name][0]), str(WORDS[name][1]), name not in off) for name in kept.get("order", STEPS)]
    return {"steps": steps, "take_by_hand": kept.get("take_by_hand", True)}


@dataclass(frozen=True)
class Share:
    """How many somebody would have got before and after."""

    name: str
    before: int
    after: int


def _preview(request: ReaderRequest, asked: Mapping[str, Any]) -> dict[str, Any]:
    wanted = compile_distribution(try_distribution(asked["order"], asked["off"], asked["take_by_hand"]))
    reference = reference_of(request)
    sample = [one for one in reversed(month_of(request)) if not one.is_joined][-MOST_REPLAYED:]
    cases = [(_demand(one), _people(reference, one)) for one in sample]
    before, after = replay(cases, reference.rules.distribution), replay(cases, wanted)
    names = {one.id: one.name for one in reference.staff.sellers}
    shares = sorted(
        (Share(name, before.given[number], after.given[number]) for number, name in names.items()), key=lambda one: -one.after
    )
    return {
        "shares": shares,
        "queued": Share(_("Waits in the queue"), before.queued, after.queued),
        "note": sample_note(sample),
        "most": max([one.after for one in shares] + [one.before for one in shares] + [1]),
        "is_bare": not _asks(wanted),
    }


def _asks(plan: DistributionPlan) -> bool:
    return bool(plan.steps)


def _demand(one: Sampled) -> Demand:
    return Demand(one.office_id, one.facts.category, one.facts.directions, one.keeper_id)


def _people(reference: Reference, one: Sampled) -> list[Candidate]:
    """Managers as they would be at the moment of receipt by today's shifts; loads of that day are not known and not counted."""
    skills = reference.catalogue.skills
    return [
        Candidate(
            c.id,
            c.name,
            c.office_id,
            c.is_at_work(one.received_at),
            0,
            c.capacity,
            c.weight,
            skills.get(c.id, frozenset()),
            serves_all_offices=c.is_on_duty,
        )
        for c in reference.staff.sellers
        if c.capacity != 0
    ]
