"""The numbers of the priority model, each with its meaning, and today's open inquiries in the order they would make."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
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
from marshrut.backoffice.web.settings.rule_pages import Choice, Field, Section, example, last_reckoning, reference_of
from marshrut.backoffice.web.settings.rule_story import Path, SetWords, describe_set, rows_of_set
from marshrut.catalog.queries import read_catalogue
from marshrut.core.errors import DomainError, Refused
from marshrut.core.names import clean_text
from marshrut.intake.queries.learning import latest_runs, was_replayed
from marshrut.intake.queries.rule_samples import Sampled, sample_open
from marshrut.intake.rules import CATEGORIES, CHANNELS, Priority, PriorityModel, compile_priority, default_priority
from marshrut.intake.rules.adjusting import NumberField, adjusted, number_fields
from marshrut.intake.services.learning_runs import REPLAY, ask_for_run
from marshrut.intake.services.reckoning import minutes_waited
from marshrut.intake.services.rule_settings import changes_kept, changes_tried, restore_delivered, save_priority, try_priority
from marshrut.intake.wording import channel_label, class_label, missing_label
from marshrut.ui.answers import done
from marshrut.ui.wording import typed_figure

OPTIONAL = {"margin_share": CATEGORIES, "usual_margin": CATEGORIES, "minutes": CHANNELS}
PAGE = register_settings(
    SettingsPage(
        slug="priority",
        group="inquiries",
        title=lazy("Priority"),
        icon="bolt",
        order=40,
        url_name="settings_priority",
        description=lazy(
            "Which inquiry first: what an hour of work on it saves, in money. "
            "Chance × margin × what is lost while nobody answers ÷ minutes."
        ),
        watches={"intake_rulesetting": ()},
        words=lazy("score weights model order"),
        rows=rows_of_set("priority"),
    )
)
MOST_ROWS = 14
Label = str | Promise
SECTIONS: tuple[tuple[str, Label, Label], ...] = (
    (
        "channel_chance",
        lazy("Chance of a sale by channel"),
        lazy("From 0 to 1; counts while the source has no conversion of its own."),
    ),
    ("grade_factor", lazy("How relevance changes the chance"), lazy("1 leaves it as it is, 0.4 makes it less than half.")),
    (
        "reach_factor",
        lazy("How the way to reach the client changes the chance"),
        lazy("From 0 to 1: a phone answers sooner than a letter."),
    ),
    (
        "completeness_least",
        lazy("Chance of an empty request"),
        lazy("Share that is left when nothing is said of what is wanted; 1: it does not matter."),
    ),
    ("most_chance", lazy("Greatest chance"), lazy("Nothing is ever surer than this, from 0 to 1.")),
    (
        "margin_share",
        lazy("Share of the budget that stays with the agency"),
        lazy("From 0 to 1 by category; empty: the usual one."),
    ),
    ("usual_margin", lazy("Usual margin where no budget is named"), lazy("In the model's currency; empty: the usual one.")),
    (
        "most_margin",
        lazy("Greatest margin that counts"),
        lazy("So that a slip of the hand in a budget does not overturn the list."),
    ),
    ("cooling", lazy("How inquiries cool"), lazy("Hours since receipt, and the share of chances that is left by then.")),
    (
        "minutes",
        lazy("Minutes of work for the next step"),
        lazy("By channel: a quick answer comes before a long one of the same worth."),
    ),
    (
        "classes",
        lazy("By class"),
        lazy("Clients have a least chance; duties have what is at stake and how much of it an hour loses."),
    ),
    ("vip_factor", lazy("VIP clients count"), lazy("So many times more, 1 or above. A VIP has bought four times or more.")),
    ("scale", lazy("Scale from 0 to 100"), lazy("Money per hour that stands for the low and the high end.")),
    ("rates", lazy("Rates of currencies"), lazy("One unit in the model's currency; only to compare, never for a price.")),
)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def priority(request: ReaderRequest) -> HttpResponse:
    """All numbers in one form; what is typed is tried on the open inquiries. (part=reckoning: how far these are.)"""
    if request.GET.get("part") == "reckoning":
        return render(request, "backoffice/settings/_reckoning.html", {"reckoning": last_reckoning()})
    data = adjusted(default_priority(), changes_kept("priority"))
    fields = list(number_fields(data, OPTIONAL))
    typed = {field.name: clean_text(request.POST.get(field.name), 40) for field in fields if field.name in request.POST}
    context = {
        "tables": list(_sections(fields, typed, reference_of(request).catalogue.categories)),
        "is_changed": bool(changes_kept("priority")),
        "runs": latest_runs(REPLAY, 5),
        "reckoning": last_reckoning(),
        "asks": False,
    }
    if request.method == "GET":
        return page_of(request, PAGE, "backoffice/settings/priority.html", {**context, "values": {}})
    if is_preview(request):
        return preview_of(request, "backoffice/settings/_priority_preview.html", lambda: _preview(request, typed, fields))
    try:
        with saving(request, PAGE):
            by: dict[str, Any] = {"by": request.reader.actor, "now": request.reader.now}
            if "restore" in request.POST:
                restore_delivered(slug="priority", **by)
            elif "replay" in request.POST:
                run_id = ask_for_run(kind=REPLAY, asked={"changes": changes_tried(typed, fields)}, **by)
                return done(_("The last month is being replayed"), go=reverse("settings_replay", args=[run_id]))
            else:
                refuse_unseen(typed, fields, is_decided="unseen" in request.POST)
                save_priority(typed=typed, fields=fields, **by)
    except DomainError as error:
        asks = error.code == "not_replayed"
        names = [field.name for field in fields]
        return refused(request, PAGE, "backoffice/settings/_priority_form.html", {**context, "asks": asks}, typed, error, names)
    return saved(PAGE)


def _sections(fields: list[NumberField], typed: Mapping[str, str], categories: Mapping[str, str]) -> Iterator[Section]:
    delivered = {field.name: field.value for field in number_fields(default_priority())}
    for table, title, meaning in SECTIONS:
        mine = [field for field in fields if field.path[0] == table and field.name != "cooling.0.0" and field.name != "cooling.0.1"]
        yield Section(
            str(title),
            str(meaning),
            [
                Field(
                    field.name,
                    _label(field.path, categories),
                    typed.get(field.name, typed_figure(field.value)),
                    typed_figure(delivered.get(field.name)),
                )
                for field in mine
            ],
        )


def _named(path: Path, reader: Reader) -> str:
    """`Share that stays with the agency: Visa`: a number with its table, for history."""
    title = next((str(title) for table, title, _meaning in SECTIONS if table == path[0]), path[0])
    label = _label(path, read_catalogue(reader.revision).categories)
    return f"{title}: {label}" if len(path) > 1 else title


describe_set("priority", SetWords(default_priority, _named))


def named_changes(changes: Mapping[str, Any], reader: Reader) -> list[tuple[str, str, str]]:
    """Numbers a set of changes makes other than those in use: what, value in use, value tried."""
    both = [adjusted(default_priority(), one) for one in (changes_kept("priority"), changes)]
    present, wanted = ({field.path: field.value for field in number_fields(data)} for data in both)
    paths = [path for path in wanted | present if wanted.get(path) != present.get(path)]
    return [(_named(path, reader), typed_figure(present.get(path)), typed_figure(wanted.get(path))) for path in paths]


def _label(path: Path, categories: Mapping[str, str]) -> str:
    table, *rest = path
    if not rest:
        return _("Number")
    if table == "classes":
        about = {"least_chance": _("least chance"), "at_stake": _("at stake"), "lost_in_hour": _("lost in an hour")}
        return f"{class_label(rest[0])}: {about.get(rest[1], rest[1])}"
    if table == "cooling":
        return (_("Point %(number)s: hours") if rest[1] == "0" else _("Point %(number)s: share left")) % {"number": rest[0]}
    if rest[0] == "default":
        return _("Usual")
    if table in ("channel_chance", "minutes"):
        return channel_label(rest[0])
    if table == "reach_factor":
        return missing_label(rest[0])
    if table == "scale":
        return _("Low end") if rest[0] == "low" else _("High end")
    return categories.get(rest[0], rest[0])


def refuse_unseen(typed: Mapping[str, str], fields: list[NumberField], *, is_decided: bool) -> None:
    """Numbers whose effect on the last month nobody has looked at are saved only by who says so. Raises Refused."""
    wanted = changes_tried(typed, fields)
    if is_decided or wanted == changes_kept("priority") or was_replayed(wanted):
        return
    raise Refused("not_replayed", _("Look first what these numbers would have done to the last month, or save them without looking."))


@dataclass(frozen=True)
class Risen:
    """One open inquiry before and after: its place and score, and what the score is made of."""

    title: Choice
    before: int
    after: int
    score: Priority
    score_before: int
    derivation: str

    @property
    def steps(self) -> int:
        """Places up (positive) or down."""
        return self.before - self.after


def _preview(request: ReaderRequest, typed: Mapping[str, str], fields: list[NumberField]) -> dict[str, Any]:
    present = reference_of(request).rules.priority
    model = compile_priority(try_priority(typed, fields), present.learned)
    sample = sample_open(request.reader.staff)
    rows = compared_orders(present, model, sample, request)
    moved = [row for row in rows if row.steps]
    return {
        "total": len(sample),
        "moved": len(moved),
        "rows": sorted(rows, key=lambda row: row.after)[:MOST_ROWS],
        "fallen": sorted((row for row in moved if row.steps < 0 and row.after > MOST_ROWS), key=lambda row: row.steps)[:4],
    }


def compared_orders(present: PriorityModel, wanted: PriorityModel, sample: list[Sampled], request: ReaderRequest) -> list[Risen]:
    """Every open inquiry with its place by the present numbers and by those being tried."""
    staff, now = request.reader.staff, request.reader.now
    waited = [minutes_waited(one, staff, now) for one in sample]
    before, after = (
        [
            model.score(one.facts, one.inquiry_class, one.relevance, one.source_chance, minutes, one.known_on_arrival)
            for one, minutes in zip(sample, waited, strict=True)
        ]
        for model in (present, wanted)
    )
    was, now_is = _places(before, sample), _places(after, sample)
    rows = []
    for number, one in enumerate(sample):
        shown = example(request.reader, one)
        title = Choice(one.id if shown else None, shown.title if shown else _("Inquiry no. %(number)s") % {"number": one.id})
        rows.append(Risen(title, was[number], now_is[number], after[number], before[number].score, _derivation(after[number])))
    return rows


def _places(scores: list[Priority], sample: list[Sampled]) -> dict[int, int]:
    order = sorted(range(len(scores)), key=lambda number: (-scores[number].money_per_hour, sample[number].id))
    return {number: place for place, number in enumerate(order, 1)}


def _derivation(score: Priority) -> str:
    return "{:.0f} % × {:,.0f} × {:.0f} % ÷ {:g} {}".format(
        score.part("chance") * 100, score.part("margin"), score.part("cooling") * 100, score.part("minutes"), _("min")
    ).replace(",", "\u202f")
