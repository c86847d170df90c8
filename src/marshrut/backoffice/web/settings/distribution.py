"""The order in which distribution asks: which steps, which first, and what always holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
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
from marshrut.backoffice.web.settings.replaying import replayed
from marshrut.backoffice.web.settings.rule_pages import posted_lists
from marshrut.backoffice.web.settings.rule_story import SetWords, describe_set, rows_of_set
from marshrut.backoffice.web.settings.story import plain
from marshrut.core.errors import DomainError
from marshrut.intake.rules import STEPS, compile_distribution, completed
from marshrut.intake.services.rule_settings import changes_kept, delivered_distribution, save_distribution, try_distribution

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
        words=lazy("order share manager skill office language"),
        rows=rows_of_set("distribution"),
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
    "language": (
        lazy("Works in its language"),
        lazy("The language it is written in, the client's own or that of the page. Nobody free works in it: the step is passed over."),
    ),
    "skill": (
        lazy("Skilled in it"),
        lazy("Category and direction. Nobody skilled is free: those who sell everything, else whoever is free."),
    ),
}


SAID = {
    "order": lazy("Order of the steps"),
    "off": lazy("Steps that are not asked"),
    "take_by_hand": lazy("A supervisor may take a waiting inquiry by hand"),
}


def _said(value: Any) -> str:
    """Steps by their names; yes or no."""
    return plain([str(WORDS[step][0]) if step in WORDS else step for step in value] if isinstance(value, list) else value)


describe_set("distribution", SetWords(delivered_distribution, lambda path, _reader: str(SAID.get(path[0], path[0])), _said))


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
        with saving(request, PAGE):
            save_distribution(**asked, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        shown = asked if sorted(order) == sorted(STEPS) else {}
        return refused(request, PAGE, "backoffice/settings/_distribution_form.html", _context(shown), {}, error)
    return saved(PAGE)


def _context(kept: Mapping[str, Any]) -> dict[str, Any]:
    off = kept.get("off", [])
    steps = [Step(name, str(WORDS[name][0]), str(WORDS[name][1]), name not in off) for name in completed(kept.get("order", STEPS))]
    return {"steps": steps, "take_by_hand": kept.get("take_by_hand", True)}


def _preview(request: ReaderRequest, asked: Mapping[str, Any]) -> dict[str, Any]:
    wanted = compile_distribution(try_distribution(asked["order"], asked["off"], asked["take_by_hand"]))
    return {**replayed(request.reader, plan=wanted), "is_bare": not wanted.steps}
