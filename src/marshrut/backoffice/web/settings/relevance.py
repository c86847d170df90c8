"""Relevance: the criteria that give and take points, and the numbers behind them; how grades have ended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.backoffice.web.settings.condition_shapes import say_tree, shape_editor
from marshrut.backoffice.web.settings.criteria import ListedCriterion, say_conditions
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
    examples,
    ids_of,
    month_of,
    posted_lists,
    reference_of,
    sample_note,
    whole,
)
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.money import Money
from marshrut.intake.queries.rule_lists import RelevanceRow, read_relevance_criteria
from marshrut.intake.queries.rule_samples import Sampled
from marshrut.intake.rules import InquiryFacts, RelevanceGrader, compile_relevance
from marshrut.intake.rules.condition_logic import contradiction
from marshrut.intake.rules.condition_trees import EMPTY, Group, act_on, from_conditions, read_form
from marshrut.intake.rules.previews import compare, grades_of, matching
from marshrut.intake.services.criteria import (
    order_criteria,
    read_conditions,
    relevance_settings,
    save_relevance_criterion,
    switch_criterion,
)
from marshrut.intake.wording import SENTENCES, say_all

PAGE = register_settings(
    SettingsPage(
        slug="relevance",
        group="inquiries",
        title=lazy("Criteria of relevance"),
        icon="scale",
        order=30,
        url_name="settings_relevance",
        description=lazy(
            "How adequate a request is. Points are added up: nought or more is A, a little below is B, far below is C."
        ),
        watches={"intake_relevancecriterion": ()},
        words=lazy("grade A B C points budget adequate"),
    )
)
GRADES = ("A", "B", "C")
TITLES = {
    "budget_far_below": lazy("The budget is far below the least price"),
    "budget_below": lazy("The budget is below the least price"),
    "budget_implausible": lazy("The budget is many times the price"),
    "budget_fits": lazy("The budget is enough"),
}

describe(
    "intake_relevancecriterion",
    TableWords(
        noun=lazy("Criterion"),
        named_by=("name", "code"),
        hidden=("id", "code"),
        name_of=lambda row, _reader: title_of(str(row.get("name") or ""), str(row.get("code") or "")),
        columns={
            "position": lazy("place in the list"),
            "name": lazy("name"),
            "points": lazy("points"),
            "conditions": lazy("conditions"),
            "is_active": lazy("is asked"),
        },
        said={"conditions": say_conditions, "position": lambda value, _reader: str(int(value) + 1)},
    ),
)


def title_of(name: str, code: str) -> str:
    """What a criterion is called: its own name, else its code's sentence without the numbers of a case."""
    if name:
        return name
    if code in TITLES:
        return str(TITLES[code])
    sentence = SENTENCES.get(code, "")
    return _(sentence) if sentence and "%(" not in sentence else code.replace("_", " ")


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def relevance(request: ReaderRequest) -> HttpResponse:
    """The list of criteria: in order, on and off; grades of last month before and after; how grades have ended."""
    rows = read_relevance_criteria()
    context = {
        "rows": [_listed(request, row) for row in rows],
        "new_url": reverse("settings_relevance_new"),
        "here": reverse("settings_relevance"),
    }
    if request.method == "GET":
        return page_of(
            request,
            PAGE,
            "backoffice/settings/relevance.html",
            {**context, "values": {}, "outcomes": outcomes_of(month_of(request))},
        )
    posted = posted_lists(request)
    ids, on = ids_of(posted.get("ids", [])), set(ids_of(posted.get("on", [])))
    if is_preview(request):
        by_id = {row.id: row for row in rows}
        wanted = [by_id[number].as_rule() for number in ids if number in by_id and number in on]
        return preview_of(
            request, "backoffice/settings/_relevance_preview.html", lambda: compared_grades(request, relevance_settings(), wanted)
        )
    try:
        with saving(request, PAGE):
            order_criteria(ids=ids, relevance=True, by=request.reader.actor, now=request.reader.now)
            for row in rows:
                if row.is_active != (row.id in on):
                    switch_criterion(
                        criterion_id=row.id, is_active=row.id in on, relevance=True, by=request.reader.actor, now=request.reader.now
                    )
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_criteria_form.html", context, {}, error)
    return saved(PAGE)


def _listed(request: ReaderRequest, row: RelevanceRow) -> ListedCriterion:
    note = say_tree(from_conditions(row.conditions), reference_of(request), _seasons()) or _("every inquiry")
    return ListedCriterion(
        row.id,
        title_of(row.name, row.code),
        note,
        row.is_active,
        f"{row.points:+d}",
        reverse("settings_relevance_one", args=[row.id]),
    )


def _seasons() -> list[str]:
    return [str(row["slug"]) for row in relevance_settings()["seasons"]]


@dataclass(frozen=True)
class Outcome:
    """How inquiries of one grade have ended: conversion is won ÷ closed."""

    grade: str
    inquiries: int
    closed: int
    won: int

    @property
    def conversion(self) -> float | None:
        return self.won / self.closed if self.closed else None


def outcomes_of(sample: Sequence[Sampled]) -> list[Outcome]:
    """Grade × conversion of what is sampled."""
    counted = Counter((one.relevance, one.outcome) for one in sample)
    return [
        Outcome(
            grade,
            sum(number for (of, _end), number in counted.items() if of == grade),
            counted[grade, "won"] + counted[grade, "lost"],
            counted[grade, "won"],
        )
        for grade in GRADES
    ]


@dataclass(frozen=True)
class LiveExample:
    """One of the two requests of the source, graded by the rules that are being tried."""

    said: str
    grade: str
    reasons: list[str]


def live_examples(grader: RelevanceGrader, floors: Mapping[str, Money]) -> list[LiveExample]:
    """A New Year trip for two at 300 thousand is adequate; six adults in one room for a fortnight at 200 thousand is not."""
    said = (_("A last-minute New Year tour, 300 000 ₽ for two"), _("Six adults in one room, 14 days, 200 000 ₽"))
    today = date(2026, 11, 22)
    cases = (
        InquiryFacts(
            channel="site_form",
            today=today,
            message="Горящий тур на Новый год",
            adults=2,
            budget=Money(Decimal(300_000), "RUB"),
            category="package_tour",
            has_name=True,
            has_phone=True,
        ),
        InquiryFacts(
            channel="site_form",
            today=today,
            message="",
            adults=6,
            rooms=1,
            nights_from=14,
            budget=Money(Decimal(200_000), "RUB"),
            category="package_tour",
            has_name=True,
            has_phone=True,
        ),
    )
    graded = [grader.grade(facts, floors) for facts in cases]
    return [LiveExample(text, one.grade, say_all(one.reasons)[:3]) for text, one in zip(said, graded, strict=True)]


def compared_grades(request: ReaderRequest, settings: Mapping[str, Any], wanted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Grades of last month before and after, and the two examples of the source graded anew."""
    reference, sample = reference_of(request), month_of(request)
    grader = compile_relevance({"settings": settings, "criteria": list(wanted)})
    facts, floors = [one.facts for one in sample], reference.catalogue.floors
    compared = compare(grades_of(reference.rules.grader, facts, floors), grades_of(grader, facts, floors))
    notes = {one.place: f"{one.before} → {one.after}" for one in compared.changes}
    return {
        "grades": [(grade, compared.before.get(grade, 0), compared.after.get(grade, 0)) for grade in GRADES],
        "changed": len(compared.changes),
        "total": compared.total,
        "examples": examples(request.reader, sample, notes, notes),
        "live": live_examples(grader, floors),
        "note": sample_note(sample),
        "warnings": [],
        "found": None,
    }


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def relevance_criterion(request: ReaderRequest, pk: int | None = None) -> HttpResponse:
    """One criterion: its name, its points and its conditions."""
    rows = read_relevance_criteria()
    row = next((one for one in rows if one.id == pk), None)
    if pk is not None and row is None:
        raise Http404
    context = {"classes": None, "action": request.path, "title": title_of(row.name, row.code) if row else _("New criterion")}
    if request.method == "GET":
        tree = from_conditions(row.conditions) if row else act_on(EMPTY, "add:c")
        values = {"name": title_of(row.name, row.code) if row else "", "points": str(row.points) if row else "-1"}
        return page_of(
            request, PAGE, "backoffice/settings/criterion.html", {**context, "values": values, "editor": _editor(request, tree)}
        )
    posted = posted_lists(request)
    tree, values = read_form(posted), {name: (posted.get(name) or [""])[0] for name in ("name", "points")}
    if "act" in request.GET:
        return render(
            request,
            "backoffice/settings/_conditions.html",
            {"editor": _editor(request, act_on(tree, request.GET["act"])), "action": request.path},
        )
    if is_preview(request):
        return preview_of(
            request, "backoffice/settings/_relevance_preview.html", lambda: _preview(request, rows, row, tree, values)
        )
    try:
        with saving(request, PAGE, {("intake_relevancecriterion", pk)} if pk else set()):
            name = "" if row and not row.name and values["name"] == title_of("", row.code) else values["name"]
            save_relevance_criterion(
                criterion_id=pk,
                name=name or (values["name"] if not row else ""),
                points=_points(values["points"]),
                conditions=read_conditions(tree, for_relevance=True),
                by=request.reader.actor,
                now=request.reader.now,
            )
    except DomainError as error:
        errors = {error.field: error.sentence} if error.field and error.field.startswith("c") else {}
        context["editor"] = _editor(request, tree, errors)
        return refused(request, PAGE, "backoffice/settings/_criterion_form.html", context, values, error)
    return saved(PAGE)


def _points(text: str) -> int:
    points = whole(text.strip().replace("−", "-").removeprefix("+"))
    if points is None:
        raise Invalid("points_out_of_range", _("Points are from −5 to 5."), field="points")
    return points


def _editor(request: ReaderRequest, tree: Group, errors: Mapping[str, str] | None = None) -> Any:
    return shape_editor(tree, reference_of(request), errors or {}, seasons=_seasons(), more=("budget_ratio",))


def _preview(
    request: ReaderRequest, rows: Sequence[RelevanceRow], row: RelevanceRow | None, tree: Group, values: Mapping[str, str]
) -> dict[str, Any]:
    conditions, points = read_conditions(tree, for_relevance=True), _points(values["points"])
    rule = {"code": row.code if row else "own", "name": values["name"][:120], "points": points, "conditions": conditions}
    wanted = [rule if row and one.id == row.id else one.as_rule() for one in rows if one.is_active or (row and one.id == row.id)]
    said = compared_grades(request, relevance_settings(), wanted + ([] if row else [rule]))
    if clash := contradiction(tree):
        one, other = (say_tree(part, reference_of(request), _seasons()) for part in clash)
        said["warnings"] = [_("It can never hold: “%(one)s” and “%(other)s” exclude each other.") % {"one": one, "other": other}]
    elif not _needs_more(conditions):
        said["found"] = len(matching(conditions, [sampled.facts for sampled in month_of(request)]))
    return said


def _needs_more(conditions: Any) -> bool:
    """Whether the conditions speak of a season or of the budget's share, which the grader alone works out."""
    return "season" in str(conditions) or "budget_ratio" in str(conditions)
