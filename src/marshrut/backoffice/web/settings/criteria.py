"""Criteria of classes and of categories: what is their own beside what every list of criteria has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.condition_shapes import say_conditions
from marshrut.backoffice.web.settings.criterion_lists import CriterionList, list_page, row_page, with_this
from marshrut.backoffice.web.settings.criterion_warnings import Asked, said_of_list, said_of_one
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings, saved, saving
from marshrut.backoffice.web.settings.rule_pages import (
    Choice,
    Rule,
    category_choices,
    class_choices,
    examples,
    month_of,
    reference_of,
    sample_note,
)
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.catalog.queries import read_catalogue
from marshrut.core.errors import DomainError, Invalid
from marshrut.intake.queries.rule_lists import CategoryRow, CriterionRow, read_category_criteria, read_criteria
from marshrut.intake.queries.rule_samples import Sampled
from marshrut.intake.rules import WITHOUT_CATEGORY, Classifier, RulesetError, compile_category_criteria, compile_criteria
from marshrut.intake.rules.condition_trees import Group, from_conditions
from marshrut.intake.rules.previews import compare, labels_of, matching, reached_by
from marshrut.intake.services.criteria import (
    begin_with_ready_categories,
    read_conditions,
    save_category_criterion,
    save_criterion,
)
from marshrut.intake.wording import class_label
from marshrut.ui.answers import done

AnyRow = CriterionRow | CategoryRow
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
CATEGORY_PAGE = register_settings(
    SettingsPage(
        slug="category-criteria",
        group="inquiries",
        title=lazy("Criteria of category"),
        icon="list-details",
        order=20,
        url_name="settings_category_criteria",
        description=lazy(
            "What is wanted, where the request itself does not state it: what is stated always wins. The first criterion that holds "
            "decides. Partners, job seekers and spam are not asked about."
        ),
        watches={"intake_categorycriterion": ()},
        words=lazy("category product visa tour hotel flight"),
    )
)
_COLUMNS: dict[str, str | Promise] = {
    "position": lazy("place in the list"),
    "name": lazy("name"),
    "conditions": lazy("conditions"),
    "is_active": lazy("is asked"),
}
_SAID: dict[str, Callable[[Any, Any], str]] = {
    "conditions": say_conditions,
    "position": lambda value, _reader: str(int(value) + 1),
}


def _category_label(slug: str, reader: Any) -> str:
    return read_catalogue(reader.revision).categories.get(slug, slug)


describe(
    "intake_criterion",
    TableWords(
        noun=lazy("Criterion"),
        hidden=("id",),
        columns=_COLUMNS | {"inquiry_class": lazy("class")},
        said=_SAID | {"inquiry_class": lambda value, _reader: class_label(str(value))},
    ),
)
describe(
    "intake_categorycriterion",
    TableWords(
        noun=lazy("Criterion"),
        hidden=("id",),
        columns=_COLUMNS | {"category": lazy("category")},
        said=_SAID | {"category": lambda value, reader: _category_label(str(value), reader)},
    ),
)


@dataclass(frozen=True)
class _Axis:
    """What classes and categories have each for themselves. `present` is the list in force, `asks` whom of the month it is asked of."""

    field: str
    refusal: tuple[str, str | Promise]
    compile: Callable[[Sequence[Rule]], Classifier]
    present: Callable[[ReaderRequest], Classifier]
    label: Callable[[ReaderRequest, str], str]
    asks: Callable[[Sampled], bool]
    none: str


def _is_asked_of_category(one: Sampled) -> bool:
    """Whether the request states none, and the class has one."""
    return not one.states_category and one.inquiry_class not in WITHOUT_CATEGORY


CLASSES = _Axis(
    "inquiry_class",
    ("no_such_class", lazy("Choose the class.")),
    compile_criteria,
    lambda request: reference_of(request).rules.classifying.classes,
    lambda _request, slug: class_label(slug),
    lambda _one: True,
    "other",
)
CATEGORIES = _Axis(
    "category",
    ("no_such_category", lazy("Choose the category.")),
    compile_category_criteria,
    lambda request: reference_of(request).rules.classifying.categories,
    lambda request, slug: reference_of(request).catalogue.categories.get(slug, slug) if slug else _("none"),
    _is_asked_of_category,
    "",
)


def _compared(request: ReaderRequest, axis: _Axis, wanted: Sequence[Rule]) -> dict[str, Any]:
    """What another list would have made of last month, before and after, and which of its criteria do nothing."""
    sample = [one for one in month_of(request) if axis.asks(one)]
    facts = [one.as_stated for one in sample]
    classifier = axis.compile(wanted)
    compared = compare(labels_of(axis.present(request), facts, axis.none), labels_of(classifier, facts, axis.none))
    notes = {one.place: f"{axis.label(request, one.before)} → {axis.label(request, one.after)}" for one in compared.changes}
    reached = reached_by(classifier, len(wanted), facts)
    asked = [Asked(str(rule["name"]), from_conditions(rule["conditions"])) for rule in wanted]
    taken = sorted(((one.name, mine.decided) for one, mine in zip(asked, reached, strict=True)), key=lambda pair: -pair[1])
    return {
        "compared": compared,
        "note": sample_note(sample),
        "warnings": said_of_list(asked, reached, len(facts)),
        "taken": [*taken, ("", len(facts) - sum(number for _name, number in taken))],
        "moves": _moves(request, axis, compared),
        "examples": examples(request.reader, sample, notes, notes),
    }


def _moves(request: ReaderRequest, axis: _Axis, compared: Any) -> list[tuple[str, str, int]]:
    return [(axis.label(request, before), axis.label(request, after), number) for before, after, number in compared.moves()]


def _preview(
    request: ReaderRequest, axis: _Axis, rows: Sequence[AnyRow], row: AnyRow | None, tree: Group, values: Mapping[str, str]
) -> dict[str, Any]:
    """How many of last month's it would have matched and which, and what the list with it would have done differently."""
    conditions = read_conditions(tree)
    sample = [one for one in month_of(request) if axis.asks(one)]
    facts = [one.as_stated for one in sample]
    label = values[axis.field] or ("other" if axis is CLASSES else "")
    rule = {"name": values["name"].strip() or _("This criterion"), axis.field: label, "conditions": conditions}
    wanted = with_this(rows, row, rule)
    try:
        classifier = axis.compile(wanted)
    except RulesetError as error:
        raise Invalid(axis.refusal[0], str(axis.refusal[1]), field=axis.field) from error
    place = next(place for place, one in enumerate(wanted) if one is rule)
    asked = [Asked(str(one["name"]), from_conditions(one["conditions"])) for one in wanted]
    reached = reached_by(classifier, len(wanted), facts)
    compared = compare(labels_of(axis.present(request), facts, axis.none), labels_of(classifier, facts, axis.none))
    found = matching(conditions, facts)
    shows_all = "all" in request.GET
    return {
        "found": len(found),
        "decided": reached[place].decided,
        "total": len(sample),
        "note": sample_note(sample),
        "moves": _moves(request, axis, compared),
        "examples": examples(request.reader, sample, [place for place, _matched in found], dict(found), None if shows_all else 6),
        "all_url": "" if shows_all else f"{request.path}?preview=1&all=1",
        "warnings": said_of_one(request, asked, place, reached, len(facts)),
    }


def _save(row: Any, values: Values, tree: Group, reader: Reader) -> None:
    save_criterion(
        criterion_id=row.id if row else None, name=values["name"], inquiry_class=values["inquiry_class"],
        conditions=read_conditions(tree), by=reader.actor, now=reader.now,
    )  # fmt: skip


def _save_category(row: Any, values: Values, tree: Group, reader: Reader) -> None:
    save_category_criterion(
        criterion_id=row.id if row else None, name=values["name"], category=values["category"],
        conditions=read_conditions(tree), by=reader.actor, now=reader.now,
    )  # fmt: skip


def _categories(request: ReaderRequest) -> list[Choice]:
    return category_choices(reference_of(request).catalogue)


LIST = CriterionList(
    page=PAGE,
    table="intake_criterion",
    template="backoffice/settings/criteria.html",
    list_preview="backoffice/settings/_criteria_preview.html",
    row_preview="backoffice/settings/_criterion_preview.html",
    new_url="settings_criterion_new",
    row_url="settings_criterion",
    own_field="inquiry_class",
    read=read_criteria,
    badge=lambda _request, row: class_label(row.inquiry_class),
    own_value=lambda row: row.inquiry_class if row else "",
    try_list=lambda request, wanted: _compared(request, CLASSES, wanted),
    try_one=lambda request, rows, row, tree, values: _preview(request, CLASSES, rows, row, tree, values),
    save=_save,
    editing=lambda _request: {"classes": class_choices()},
)
CATEGORY_LIST = CriterionList(
    page=CATEGORY_PAGE,
    table="intake_categorycriterion",
    template="backoffice/settings/category_criteria.html",
    list_preview="backoffice/settings/_criteria_preview.html",
    row_preview="backoffice/settings/_criterion_preview.html",
    new_url="settings_category_criterion_new",
    row_url="settings_category_criterion",
    own_field="category",
    read=read_category_criteria,
    badge=lambda request, row: CATEGORIES.label(request, row.category),
    own_value=lambda row: row.category if row else "",
    try_list=lambda request, wanted: _compared(request, CATEGORIES, wanted),
    try_one=lambda request, rows, row, tree, values: _preview(request, CATEGORIES, rows, row, tree, values),
    save=_save_category,
    editing=lambda request: {"categories": _categories(request)},
    kind="category",
)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def criteria(request: ReaderRequest) -> HttpResponse:
    """The list in its order; what another order would have made of last month."""
    return list_page(request, LIST)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def criterion(request: ReaderRequest, pk: int | None = None) -> HttpResponse:
    """One criterion: its name, its class and its conditions."""
    return row_page(request, LIST, pk)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def category_criteria(request: ReaderRequest) -> HttpResponse:
    """The list of categories in its order; an agency that has none may begin with the ready one."""
    if request.method == "POST" and "ready" in request.POST:
        try:
            with saving(request, CATEGORY_PAGE):
                begin_with_ready_categories(language=get_language() or "ru", by=request.reader.actor, now=request.reader.now)
        except DomainError as error:
            return done(error.sentence, go=CATEGORY_PAGE.url)
        return saved(CATEGORY_PAGE)
    return list_page(request, CATEGORY_LIST)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def category_criterion(request: ReaderRequest, pk: int | None = None) -> HttpResponse:
    """One criterion: its name, its category and its conditions."""
    return row_page(request, CATEGORY_LIST, pk)
