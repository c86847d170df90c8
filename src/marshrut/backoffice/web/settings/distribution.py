"""How inquiries are given out: which steps are asked and in which order, what an inquiry weighs, newcomers, the queue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
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
from marshrut.backoffice.web.settings.rule_pages import Field, Section, posted_lists
from marshrut.backoffice.web.settings.rule_story import SetWords, describe_set, rows_of_set
from marshrut.backoffice.web.settings.story import plain
from marshrut.catalog.queries import read_catalogue
from marshrut.core.errors import DomainError
from marshrut.intake.queries.learning import latest_runs
from marshrut.intake.queries.queues import TakingLine, takings_since
from marshrut.intake.rules import STEPS, STRICT, compile_distribution, completed, default_distribution
from marshrut.intake.rules.adjusting import NumberField, adjusted, number_fields
from marshrut.intake.services.learning_runs import TRIAL, ask_for_run
from marshrut.intake.services.rule_settings import changes_kept, restore_delivered, save_distribution, try_distribution
from marshrut.intake.services.trials import MONTH
from marshrut.intake.wording import class_label
from marshrut.ui.answers import done
from marshrut.ui.wording import typed_figure

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


MOST_TRIALS = 5
Label = str | Promise
SAID = {
    "order": lazy("Order of the steps"),
    "off": lazy("Steps that are not asked"),
    "strict": lazy("Steps that are waited for"),
    "take_by_hand": lazy("A supervisor may take a waiting inquiry by hand"),
    "managers_take_next": lazy("A manager may take the next in turn"),
    "keeper_when_full": lazy("The client's own manager gets it even when full"),
    "hand_over_at_shift_end": lazy("Unanswered inquiries are handed on at the end of a shift"),
}
CHOICES = ("take_by_hand", "managers_take_next", "keeper_when_full", "hand_over_at_shift_end")
"""What is simply on or off."""
SECTIONS: tuple[tuple[str, Label, Label], ...] = (
    (
        "effort.classes",
        lazy("What an open inquiry weighs, by class"),
        lazy("1 takes one place of what may be open at once; 0 takes none."),
    ),
    ("effort.categories", lazy("By category"), lazy("The class's weight is multiplied by it.")),
    ("effort.overdue", lazy("Overdue work"), lazy("What an overdue action of an older matter takes.")),
    (
        "newcomers",
        lazy("Newcomers"),
        lazy("Their share grows from the first day to the last. Who is new, and since when, stands with the shifts and workload."),
    ),
    (
        "queue",
        lazy("When the queue calls for its supervisor"),
        lazy("Also when nobody is at work in the office's hours. A queue's clock runs in the hours of its office."),
    ),
)
NUMBERS = {
    "effort.overdue": lazy("One overdue action"),
    "newcomers.percent": lazy("Percent of their share on the first day"),
    "newcomers.days": lazy("Days until it is whole (0: at once)"),
    "queue.minutes": lazy("The longest waiting, working minutes"),
    "queue.length": lazy("So many wait"),
}


def _named(path: tuple[str, ...], reader: Reader) -> str:
    """A value of the set by its path, for history."""
    if path[0] in SAID:
        return str(SAID[path[0]])
    name = ".".join(path)
    title = next((str(title) for prefix, title, _meaning in SECTIONS if name.startswith(prefix)), path[0])
    return f"{title}: {_label(name, read_catalogue(reader.revision).categories)}"


def _label(name: str, categories: Mapping[str, str]) -> str:
    if name in NUMBERS:
        return str(NUMBERS[name])
    last = name.rpartition(".")[2]
    return class_label(last) if name.startswith("effort.classes.") else categories.get(last, last)


def _said(value: Any) -> str:
    """Steps by their names; yes or no."""
    return plain([str(WORDS[step][0]) if step in WORDS else step for step in value] if isinstance(value, list) else value)


describe_set("distribution", SetWords(default_distribution, _named, _said))


@dataclass(frozen=True)
class Step:
    """One step as the list shows it; `is_strict` None: it cannot be waited for."""

    name: str
    title: str
    meaning: str
    is_on: bool
    is_strict: bool | None


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def distribution(request: ReaderRequest) -> HttpResponse:
    """Steps in order, switched on and off, and the numbers; last month is given out again in form."""
    if request.method == "GET":
        return page_of(request, PAGE, "backoffice/settings/distribution.html", {**_context(request, {}, {}), "values": {}})
    choices, typed = posted_plan(request)
    if is_preview(request):
        return preview_of(request, "backoffice/settings/_distribution_preview.html", lambda: _preview(request, choices, typed))
    try:
        with saving(request, PAGE):
            by: dict[str, Any] = {"by": request.reader.actor, "now": request.reader.now}
            if "restore" in request.POST:
                restore_delivered(slug="distribution", **by)
            elif "try" in request.POST:
                run_id = ask_for_run(kind=TRIAL, asked={"changes": try_distribution(choices, typed), "stream": MONTH}, **by)
                return done(_("The plan is being tried"), go=reverse("settings_trial", args=[run_id]))
            else:
                save_distribution(choices=choices, typed=typed, **by)
    except DomainError as error:
        shown = choices if sorted(choices["order"]) == sorted(STEPS) else {}
        context = _context(request, shown, typed)
        return refused(request, PAGE, "backoffice/settings/_distribution_form.html", context, typed, error, context["names"])
    return saved(PAGE)


def posted_plan(request: ReaderRequest) -> tuple[dict[str, Any], dict[str, str]]:
    """What was chosen in the form, by key, and the numbers as they were typed, by dotted path."""
    posted = posted_lists(request)
    order, on = posted.get("order", []), set(posted.get("on", []))
    choices: dict[str, Any] = {
        "order": order,
        "off": [step for step in order if step not in on],
        "strict": posted.get("strict", []),
        **{name: name in posted for name in CHOICES},
    }
    return choices, {name: values[0][:40] for name, values in posted.items() if "." in name}


def _context(request: ReaderRequest, choices: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """The present plan in form, with what was typed over it."""
    kept = changes_kept("distribution")
    plan = {**adjusted(default_distribution(), kept), **choices}
    off, strict = plan["off"], plan["strict"]
    fields = list(number_fields(plan))
    return {
        "steps": [
            Step(name, str(WORDS[name][0]), str(WORDS[name][1]), name not in off, name in strict if name in STRICT else None)
            for name in completed(plan["order"])
        ],
        **{name: plan[name] for name in CHOICES},
        "tables": list(_sections(fields, typed, read_catalogue(request.reader.revision).categories)),
        "names": [field.name for field in fields],
        "is_changed": bool(kept),
        "trials": latest_runs(TRIAL, MOST_TRIALS),
        "takings": _takings(request),
    }


def _takings(request: ReaderRequest) -> list[tuple[str, TakingLine, float | None]]:
    """Who took how much from queues by hand in the last month, with the mean priority of everything that came."""
    takings = takings_since(request.reader.now - timedelta(days=30))
    people = request.reader.staff.colleagues
    named = [(people[line.employee_id].name if line.employee_id in people else _("a former colleague"), line) for line in takings.lines]
    return [(name, line, takings.priority) for name, line in named]


def _sections(fields: list[NumberField], typed: Mapping[str, str], categories: Mapping[str, str]) -> Iterator[Section]:
    delivered = {field.name: typed_figure(field.value) for field in number_fields(default_distribution())}
    for prefix, title, meaning in SECTIONS:
        mine = [field for field in fields if field.name.startswith(prefix)]
        values = [(field.name, typed.get(field.name, typed_figure(field.value))) for field in mine]
        yield Section(
            str(title), str(meaning), [Field(name, _label(name, categories), value, delivered.get(name, "")) for name, value in values]
        )


def _preview(request: ReaderRequest, choices: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    wanted = compile_distribution(adjusted(default_distribution(), try_distribution(choices, typed)))
    return {**replayed(request.reader, plan=wanted), "is_bare": not wanted.steps}
