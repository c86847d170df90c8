"""Relevance: the criteria that give and take points, and the numbers behind them; how grades have ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.condition_shapes import say_conditions
from marshrut.backoffice.web.settings.criterion_lists import CriterionList, list_page, row_page, said_clash, with_this
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.relevance_outcomes import (
    GRADES,
    compared_outcomes,
    ended_note,
    outcomes_of,
    usefulness_of,
    usefulness_of_rule,
    window_of,
    windows,
)
from marshrut.backoffice.web.settings.rule_pages import (
    Rule,
    examples,
    last_reckoning,
    month_of,
    reference_of,
    sample_note,
    title_of,
    whole,
)
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.catalog.rules import PriceFloors
from marshrut.core.errors import Invalid
from marshrut.core.money import Money
from marshrut.intake.queries.rule_lists import RelevanceRow, read_relevance_criteria
from marshrut.intake.rules import WORKED_OUT, InquiryFacts, RelevanceGrader, compile_relevance
from marshrut.intake.rules.condition_logic import always_holds
from marshrut.intake.rules.condition_trees import Group
from marshrut.intake.rules.previews import compare, grades_of
from marshrut.intake.services.criteria import read_conditions, relevance_settings, save_relevance_criterion
from marshrut.intake.wording import say_all

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


def _seasons() -> list[str]:
    return [str(row["slug"]) for row in relevance_settings()["seasons"]]


@dataclass(frozen=True)
class LiveExample:
    """One of the two requests of the source, graded by the rules that are being tried."""

    said: str
    grade: str
    reasons: list[str]


def live_examples(grader: RelevanceGrader, floors: PriceFloors) -> list[LiveExample]:
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


def compared_grades(request: ReaderRequest, settings: Mapping[str, Any], wanted: Sequence[Rule]) -> dict[str, Any]:
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
        "ended": compared_outcomes(request, grader),
        "useful": None,
        "note": sample_note(sample),
        "warnings": [],
        "found": None,
    }


def _points(text: str) -> int:
    points = whole(text.strip().replace("−", "-").removeprefix("+"))
    if points is None:
        raise Invalid("points_out_of_range", _("Points are from −5 to 5."), field="points")
    return points


def _preview(
    request: ReaderRequest, rows: Sequence[RelevanceRow], row: RelevanceRow | None, tree: Group, values: Mapping[str, str]
) -> dict[str, Any]:
    conditions, points = read_conditions(tree, for_relevance=True), _points(values["points"])
    rule = {"code": row.code if row else "own", "name": values["name"][:120], "points": points, "conditions": conditions}
    said = compared_grades(request, relevance_settings(), with_this(rows, row, rule))
    if clash := said_clash(request, tree, _seasons()):
        return said | {"warnings": [clash]}
    month, floors = month_of(request), reference_of(request).catalogue.floors
    grader = compile_relevance({"settings": relevance_settings(), "criteria": [rule]})
    found = sum(bool(grader.criteria_met(one.facts, floors)) for one in month)
    return said | {"found": found, "warnings": _warnings(tree, found, len(month)), "useful": usefulness_of_rule(request, rule)}


def _warnings(tree: Group, found: int, total: int) -> list[str]:
    """That a criterion says nothing of anybody, or the same of everybody."""
    if always_holds(tree) or (total and found == total):
        return [_("It holds for every inquiry: then it tells none from another.")]
    return [_("It matched nothing in the month.")] if total and not found else []


def _save(row: RelevanceRow | None, values: Values, tree: Group, reader: Reader) -> None:
    """A delivered criterion whose name was left as it is said keeps being said in each reader's language."""
    is_as_delivered = row is not None and not row.name and values["name"] == title_of("", row.code)
    save_relevance_criterion(
        criterion_id=row.id if row else None,
        name="" if is_as_delivered else values["name"],
        points=_points(values["points"]),
        conditions=read_conditions(tree, for_relevance=True),
        by=reader.actor,
        now=reader.now,
    )


LIST = CriterionList(
    page=PAGE,
    table="intake_relevancecriterion",
    template="backoffice/settings/relevance.html",
    list_preview="backoffice/settings/_relevance_preview.html",
    row_preview="backoffice/settings/_relevance_preview.html",
    new_url="settings_relevance_new",
    row_url="settings_relevance_one",
    own_field="points",
    read=read_relevance_criteria,
    badge=lambda _request, row: f"{row.points:+d}",
    own_value=lambda row: str(row.points) if row else "-1",
    try_list=lambda request, wanted: compared_grades(request, relevance_settings(), wanted),
    try_one=_preview,
    save=_save,
    around=lambda request: {
        "outcomes": outcomes_of(request),
        "separations": usefulness_of(request),
        "windows": windows(request),
        "ended_note": ended_note(request),
        "days": window_of(request),
        "reckoning": last_reckoning(),
    },
    seasons=_seasons,
    more=WORKED_OUT,
    kind="relevance",
)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def relevance(request: ReaderRequest) -> HttpResponse:
    """The list of criteria: in order, on and off; grades of last month before and after; how grades have ended."""
    return list_page(request, LIST)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def relevance_criterion(request: ReaderRequest, pk: int | None = None) -> HttpResponse:
    """One criterion: its name, its points and its conditions."""
    return row_page(request, LIST, pk)
