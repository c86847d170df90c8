"""Criteria of classification: an ordered list, and the editor of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.backoffice.web.settings.condition_shapes import say_tree, shape_editor
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
from marshrut.backoffice.web.settings.rule_pages import (
    class_choices,
    examples,
    ids_of,
    month_of,
    posted_lists,
    reference_of,
    sample_note,
)
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import DomainError, Invalid
from marshrut.intake.queries.rule_lists import CriterionRow, read_criteria
from marshrut.intake.reference import read_reference
from marshrut.intake.rules import RulesetError, compile_criteria
from marshrut.intake.rules.condition_logic import always_holds, contradiction, shadows
from marshrut.intake.rules.condition_trees import EMPTY, Group, act_on, from_conditions, read_form
from marshrut.intake.rules.previews import classes_of, compare, matching, taken_by
from marshrut.intake.services.criteria import order_criteria, read_conditions, save_criterion, switch_criterion
from marshrut.intake.wording import class_label

PAGE = register_settings(
    SettingsPage(
        slug="criteria",
        group="inquiries",
        title=lazy("Criteria of classification"),
        icon="filter",
        order=20,
        url_name="settings_criteria",
        description=lazy(
            "What an inquiry is. The list is read from the top, and the first criterion that holds decides; the rest are not asked."
        ),
        watches={"intake_criterion": ()},
        words=lazy("class spam job partner repeat"),
    )
)


def say_conditions(value: Any, reader: Any) -> str:
    """Stored conditions in words, for history."""
    return (
        say_tree(from_conditions(value), read_reference(reader.revision), ("new_year", "may", "summer"))
        if isinstance(value, dict)
        else str(value)
    )


describe(
    "intake_criterion",
    TableWords(
        noun=lazy("Criterion"),
        hidden=("id",),
        columns={
            "position": lazy("place in the list"),
            "name": lazy("name"),
            "inquiry_class": lazy("class"),
            "conditions": lazy("conditions"),
            "is_active": lazy("is asked"),
        },
        said={
            "inquiry_class": lambda value, _reader: class_label(str(value)),
            "conditions": say_conditions,
            "position": lambda value, _reader: str(int(value) + 1),
        },
    ),
)


@dataclass(frozen=True)
class ListedCriterion:
    """A criterion as the list shows it."""

    id: int
    name: str
    note: str
    is_active: bool
    badge: str
    url: str


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def criteria(request: ReaderRequest) -> HttpResponse:
    """The list: put in order, switched on and off; what it would have made of last month."""
    rows = read_criteria()
    context = {
        "rows": [_listed(request, row) for row in rows],
        "new_url": reverse("settings_criterion_new"),
        "here": reverse("settings_criteria"),
    }
    if request.method == "GET":
        return page_of(request, PAGE, "backoffice/settings/criteria.html", {**context, "values": {}})
    posted = posted_lists(request)
    ids, on = ids_of(posted.get("ids", [])), set(ids_of(posted.get("on", [])))
    if is_preview(request):
        wanted = _arranged(rows, ids, on)
        return preview_of(request, "backoffice/settings/_criteria_preview.html", lambda: compared_lists(request, wanted))
    try:
        with saving(request, PAGE):
            order_criteria(ids=ids, by=request.reader.actor, now=request.reader.now)
            for row in rows:
                if row.is_active != (row.id in on):
                    switch_criterion(criterion_id=row.id, is_active=row.id in on, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_criteria_form.html", context, {}, error)
    return saved(PAGE)


def _listed(request: ReaderRequest, row: CriterionRow) -> ListedCriterion:
    note = say_tree(from_conditions(row.conditions), reference_of(request)) or _("every inquiry")
    return ListedCriterion(
        row.id, row.name, note, row.is_active, class_label(row.inquiry_class), reverse("settings_criterion", args=[row.id])
    )


def _arranged(rows: Sequence[CriterionRow], ids: Sequence[int], on: set[int]) -> list[dict[str, Any]]:
    """The list as it would be, ready to compile: those that are asked, in the order sent."""
    by_id = {row.id: row for row in rows}
    return [by_id[number].as_rule() for number in ids if number in by_id and number in on]


def compared_lists(request: ReaderRequest, wanted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What another list would have made of last month, class before and after."""
    sample = month_of(request)
    facts = [one.facts for one in sample]
    classifier = compile_criteria(wanted)
    compared = compare(classes_of(reference_of(request).rules.classifier, facts), classes_of(classifier, facts))
    notes = {one.place: f"{class_label(one.before)} → {class_label(one.after)}" for one in compared.changes}
    return {
        "compared": compared,
        "note": sample_note(sample),
        "taken": taken_by(classifier, facts).most_common(),
        "moves": [(class_label(before), class_label(after), number) for before, after, number in compared.moves()],
        "examples": examples(request.reader, sample, notes, notes),
    }


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def criterion(request: ReaderRequest, pk: int | None = None) -> HttpResponse:
    """One criterion: its name, its class and its conditions, tried while they are edited."""
    rows = read_criteria()
    row = next((one for one in rows if one.id == pk), None)
    if pk is not None and row is None:
        raise Http404
    context = {"classes": class_choices(), "action": request.path, "title": row.name if row else _("New criterion")}
    if request.method == "GET":
        tree = from_conditions(row.conditions) if row else act_on(EMPTY, "add:c")
        values = {"name": row.name if row else "", "inquiry_class": row.inquiry_class if row else ""}
        return page_of(
            request, PAGE, "backoffice/settings/criterion.html", {**context, "values": values, "editor": _editor(request, tree)}
        )
    posted = posted_lists(request)
    tree, values = read_form(posted), {name: (posted.get(name) or [""])[0] for name in ("name", "inquiry_class")}
    if "act" in request.GET:
        return render(
            request,
            "backoffice/settings/_conditions.html",
            {"editor": _editor(request, act_on(tree, request.GET["act"])), "action": request.path},
        )
    if is_preview(request):
        return preview_of(
            request, "backoffice/settings/_criterion_preview.html", lambda: _preview(request, rows, row, tree, values)
        )
    try:
        with saving(request, PAGE, {("intake_criterion", pk)} if pk else set()):
            save_criterion(
                criterion_id=pk,
                name=values["name"],
                inquiry_class=values["inquiry_class"],
                conditions=read_conditions(tree),
                by=request.reader.actor,
                now=request.reader.now,
            )
    except DomainError as error:
        errors = {error.field: error.sentence} if error.field and error.field.startswith("c") else {}
        context["editor"] = _editor(request, tree, errors)
        return refused(request, PAGE, "backoffice/settings/_criterion_form.html", context, values, error)
    return saved(PAGE)


def _editor(request: ReaderRequest, tree: Group, errors: Mapping[str, str] | None = None) -> Any:
    return shape_editor(tree, reference_of(request), errors or {})


def _preview(
    request: ReaderRequest, rows: Sequence[CriterionRow], row: CriterionRow | None, tree: Group, values: Mapping[str, str]
) -> dict[str, Any]:
    """How many of last month's it would have matched and which, and what the list with it would have done differently."""
    conditions = read_conditions(tree)
    sample = month_of(request)
    facts = [one.facts for one in sample]
    found = matching(conditions, facts)
    rule = {"name": "\u0000this", "inquiry_class": values["inquiry_class"] or "other", "conditions": conditions}
    wanted = [rule if row and one.id == row.id else one.as_rule() for one in rows if one.is_active or (row and one.id == row.id)]
    wanted += [] if row else [rule]
    try:
        classifier = compile_criteria(wanted)
    except RulesetError as error:
        raise Invalid("no_such_class", _("Choose the class."), field="inquiry_class") from error
    compared = compare(classes_of(reference_of(request).rules.classifier, facts), classes_of(classifier, facts))
    decided = taken_by(classifier, facts)["\u0000this"]
    notes = {place: matched for place, matched in found}
    return {
        "found": len(found),
        "decided": decided,
        "total": len(sample),
        "note": sample_note(sample),
        "moves": [(class_label(before), class_label(after), number) for before, after, number in compared.moves()],
        "examples": examples(request.reader, sample, [place for place, _matched in found], notes),
        "warnings": _warnings(request, rows, row, tree, (len(found), decided, len(sample))),
    }


def _warnings(
    request: ReaderRequest, rows: Sequence[CriterionRow], row: CriterionRow | None, tree: Group, counts: tuple[int, int, int]
) -> list[str]:
    """What is worth knowing while one edits: contradictory, shadowed, never matching, matching all."""
    said, (found, decided, total) = [], counts
    if clash := contradiction(tree):
        one, other = (say_tree(part, reference_of(request)) for part in clash)
        said.append(_("It can never hold: “%(one)s” and “%(other)s” exclude each other.") % {"one": one, "other": other})
    elif always_holds(tree):
        said.append(_("It matches every inquiry: criteria below it are never asked."))
    elif total and found == total:
        said.append(_("It matched every inquiry of the month."))
    elif total and not found:
        said.append(_("It matched nothing in the month."))
    for earlier in rows:
        if row and earlier.id == row.id:
            break
        if earlier.is_active and shadows(from_conditions(earlier.conditions), tree):
            said.append(_("It is never reached: “%(name)s” above it takes everything it would match.") % {"name": earlier.name})
            break
    else:
        if found and not decided:
            said.append(_("All it matched was decided by criteria above it."))
    return said
