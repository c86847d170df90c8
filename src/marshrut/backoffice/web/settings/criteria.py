"""Criteria of classification: what is their own beside what every list of criteria has."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.backoffice.web.settings.condition_shapes import say_conditions
from marshrut.backoffice.web.settings.criterion_lists import CriterionList, list_page, row_page, said_clash, with_this
from marshrut.backoffice.web.settings.frame import SettingsPage, Values, register_settings
from marshrut.backoffice.web.settings.rule_pages import Rule, class_choices, examples, month_of, reference_of, sample_note
from marshrut.backoffice.web.settings.story import TableWords, describe
from marshrut.core.errors import Invalid
from marshrut.intake.queries.rule_lists import CriterionRow, read_criteria
from marshrut.intake.rules import RulesetError, compile_criteria
from marshrut.intake.rules.condition_logic import always_holds, shadows
from marshrut.intake.rules.condition_trees import Group, from_conditions
from marshrut.intake.rules.previews import classes_of, compare, matching, taken_by
from marshrut.intake.services.criteria import read_conditions, save_criterion
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


THIS = "\0this"
"""Stands for the name of the criterion that is being edited: no other is called so."""


def _compared(request: ReaderRequest, wanted: Sequence[Rule]) -> dict[str, Any]:
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


def _preview(
    request: ReaderRequest, rows: Sequence[CriterionRow], row: CriterionRow | None, tree: Group, values: Mapping[str, str]
) -> dict[str, Any]:
    """How many of last month's it would have matched and which, and what the list with it would have done differently."""
    conditions = read_conditions(tree)
    sample = month_of(request)
    facts = [one.facts for one in sample]
    found = matching(conditions, facts)
    rule = {"name": THIS, "inquiry_class": values["inquiry_class"] or "other", "conditions": conditions}
    try:
        classifier = compile_criteria(with_this(rows, row, rule))
    except RulesetError as error:
        raise Invalid("no_such_class", _("Choose the class."), field="inquiry_class") from error
    compared = compare(classes_of(reference_of(request).rules.classifier, facts), classes_of(classifier, facts))
    decided = taken_by(classifier, facts)[THIS]
    return {
        "found": len(found),
        "decided": decided,
        "total": len(sample),
        "note": sample_note(sample),
        "moves": [(class_label(before), class_label(after), number) for before, after, number in compared.moves()],
        "examples": examples(request.reader, sample, [place for place, _matched in found], dict(found)),
        "warnings": _warnings(request, rows, row, tree, (len(found), decided, len(sample))),
    }


def _warnings(
    request: ReaderRequest, rows: Sequence[CriterionRow], row: CriterionRow | None, tree: Group, counts: tuple[int, int, int]
) -> list[str]:
    """What is worth knowing while one edits: contradictory, shadowed, never matching, matching all."""
    said, (found, decided, total) = [], counts
    if clash := said_clash(request, tree):
        said.append(clash)
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


def _save(row: CriterionRow | None, values: Values, tree: Group, reader: Reader) -> None:
    save_criterion(
        criterion_id=row.id if row else None,
        name=values["name"],
        inquiry_class=values["inquiry_class"],
        conditions=read_conditions(tree),
        by=reader.actor,
        now=reader.now,
    )


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
    badge=lambda row: class_label(row.inquiry_class),
    own_value=lambda row: row.inquiry_class if row else "",
    try_list=_compared,
    try_one=_preview,
    save=_save,
    editing=lambda: {"classes": class_choices()},
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
