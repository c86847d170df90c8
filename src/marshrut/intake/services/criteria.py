"""Writes of the lists by which inquiries are classified and graded: only what compiles is kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision
from marshrut.catalog.queries import read_catalogue
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.first_names import first_names
from marshrut.core.history import sign
from marshrut.core.slugs import name_within
from marshrut.intake.models import CategoryCriterion, Criterion, RelevanceCriterion
from marshrut.intake.rules import (
    CLASSES,
    WORKED_OUT,
    RulesetError,
    compile_category_criteria,
    compile_criteria,
    compile_relevance,
    default_category_criteria,
    default_relevance,
)
from marshrut.intake.rules.adjusting import adjusted
from marshrut.intake.rules.condition_trees import ConditionFormError, Group, to_conditions
from marshrut.intake.services.rule_settings import changes_kept, hold_rules
from marshrut.intake.wording_rules import condition_refusal

LISTS = {"class": Criterion, "category": CategoryCriterion, "relevance": RelevanceCriterion}
MOST_CRITERIA = 200
MOST_POINTS = 5


def read_conditions(tree: Group, *, for_relevance: bool = False) -> dict[str, Any]:
    """The conditions a form shows, ready to keep. Raises Invalid whose field is the place of the line at fault."""
    try:
        seasons = [str(row["slug"]) for row in relevance_settings()["seasons"]] if for_relevance else None
        return to_conditions(tree, seasons=seasons, measures=WORKED_OUT if for_relevance else ())
    except ConditionFormError as error:
        raise Invalid(f"condition_{error.code}", condition_refusal(error), field=error.place) from error


def relevance_settings() -> dict[str, Any]:
    """Prices, seasons and thresholds of relevance as the agency has them now."""
    return adjusted(default_relevance()["settings"], changes_kept("relevance"))


@transaction.atomic
def save_criterion(
    *, criterion_id: int | None, name: str, inquiry_class: str, conditions: Mapping[str, Any], by: Actor, now: datetime
) -> int:
    """Change a criterion of classification, or add one at the end of the list (criterion_id None); its id."""
    sign(by.label)
    hold_rules()
    row = {"name": _named(name), "inquiry_class": inquiry_class, "conditions": dict(conditions)}
    if inquiry_class not in CLASSES:
        raise Invalid("no_such_class", _("Choose the class."), field="inquiry_class", missing=("inquiry_class",))
    try:
        compile_criteria([row])
    except RulesetError as error:
        raise Invalid("conditions_unusable", _("These conditions cannot be used: %(error)s") % {"error": error}, field="c") from error
    return _keep(Criterion, criterion_id, row)


@transaction.atomic
def save_category_criterion(
    *, criterion_id: int | None, name: str, category: str, conditions: Mapping[str, Any], by: Actor, now: datetime
) -> int:
    """Change a criterion of category, or add one at the end of the list (criterion_id None); its id."""
    sign(by.label)
    hold_rules()
    row = {"name": _named(name), "category": category, "conditions": dict(conditions)}
    if category not in read_catalogue(read_revision()).categories:
        raise Invalid("no_such_category", _("Choose the category."), field="category", missing=("category",))
    try:
        compile_category_criteria([row])
    except RulesetError as error:
        raise Invalid("conditions_unusable", _("These conditions cannot be used: %(error)s") % {"error": error}, field="c") from error
    return _keep(CategoryCriterion, criterion_id, row)


@transaction.atomic
def begin_with_ready_categories(*, language: str, by: Actor, now: datetime) -> int:
    """The ready criteria of category, for an agency that has none; how many. Refused when it has some."""
    sign(by.label)
    hold_rules()
    if CategoryCriterion.objects.exists():
        raise Refused("list_changed", _("The list has changed meanwhile; look again."))
    names = first_names("intake", "category_criteria", language)
    known = read_catalogue(read_revision()).categories
    rows = [row for row in default_category_criteria() if row["category"] in known]
    made = [CategoryCriterion(position=place, **{**row, "name": names.get(row["name"], row["name"])}) for place, row in enumerate(rows)]
    return len(CategoryCriterion.objects.bulk_create(made))


@transaction.atomic
def save_relevance_criterion(
    *, criterion_id: int | None, name: str, points: int, conditions: Mapping[str, Any], by: Actor, now: datetime
) -> int:
    """Change a criterion of relevance, or add one at the end (criterion_id None); its id. Points are −5 to 5.

    A delivered one has no name of its own and may stay without: it is said in each reader's language.
    """
    sign(by.label)
    hold_rules()
    if not -MOST_POINTS <= points <= MOST_POINTS:
        raise Invalid("points_out_of_range", _("Points are from −5 to 5."), field="points")
    has_no_name = criterion_id is not None and not name and RelevanceCriterion.objects.filter(pk=criterion_id, name="").exists()
    row: dict[str, Any] = {"name": "" if has_no_name else _named(name), "points": points, "conditions": dict(conditions)}
    try:
        compile_relevance({"settings": relevance_settings(), "criteria": [{"code": "own", **row}]})
    except RulesetError as error:
        raise Invalid("conditions_unusable", _("These conditions cannot be used: %(error)s") % {"error": error}, field="c") from error
    if criterion_id is None:
        row["code"] = _free_code()
    return _keep(RelevanceCriterion, criterion_id, row)


def _free_code() -> str:
    taken = set(RelevanceCriterion.objects.values_list("code", flat=True))
    return next(code for number in range(1, MOST_CRITERIA + 2) if (code := f"own_{number}") not in taken)


def _named(name: str) -> str:
    cleaned = name_within(name)
    if not cleaned:
        raise Invalid("name_missing", _("Give it a name."), field="name", missing=("name",))
    return cleaned


def _keep(model: Any, criterion_id: int | None, row: Mapping[str, Any]) -> int:
    if criterion_id is None:
        present = list(model.objects.values_list("position", flat=True))
        if len(present) >= MOST_CRITERIA:
            raise Refused("too_many", _("There are %(most)s criteria already.") % {"most": MOST_CRITERIA})
        return int(model.objects.create(position=max(present, default=-1) + 1, **row).pk)
    if not model.objects.filter(pk=criterion_id).update(**row):
        raise NotFound("no_such_criterion", _("There is no such criterion."))
    return criterion_id


@transaction.atomic
def arrange_criteria(*, ids: Sequence[int], on: Collection[int], by: Actor, now: datetime, kind: str = "class") -> None:
    """Put the whole list into this order; those of `on` are asked, the others are kept without being asked.

    Refused when somebody has added or removed one meanwhile.
    """
    sign(by.label)
    hold_rules()
    model: Any = LISTS[kind]
    present = {row.pk: row for row in model.objects.all()}
    if sorted(ids) != sorted(present):
        raise Refused("list_changed", _("The list has changed meanwhile; look again."))
    changed = []
    for place, pk in enumerate(ids):
        row = present[pk]
        if (row.position, row.is_active) != (place, pk in on):
            row.position, row.is_active = place, pk in on
            changed.append(row)
    if changed:
        model.objects.bulk_update(changed, ["position", "is_active"])


@transaction.atomic
def name_first_criteria(*, language: str, by: Actor) -> None:
    """Say the criteria a home begins with in the agency's language."""
    sign(by.label)
    for delivered, name in first_names("intake", "criteria", language).items():
        Criterion.objects.filter(name=delivered).update(name=name)
    for delivered, name in first_names("intake", "category_criteria", language).items():
        CategoryCriterion.objects.filter(name=delivered).update(name=name)
