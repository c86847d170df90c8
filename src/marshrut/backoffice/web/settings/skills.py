"""Who sells what: a matrix of people and categories, directions beside them."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.queries import Colleague
from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff, found
from marshrut.backoffice.web.settings.foreseen import TEMPLATE, Figure, foreseen, names_of, turned
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    dialog_of,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.replaying import replayed
from marshrut.backoffice.web.settings.story import TableWords, describe, person_name
from marshrut.catalog.queries import list_categories, list_directions, read_catalogue, skills_by_ids
from marshrut.catalog.services import Pair, set_skills
from marshrut.core.errors import DomainError

MOST_MOVED = 6
PAGE = register_settings(
    SettingsPage(
        slug="skills",
        group="people",
        order=30,
        title=lazy("Who sells what"),
        icon="school",
        url_name="settings_skills",
        description=lazy("Skills by category and direction. An inquiry goes first to those who are skilled in it."),
        watches={"catalog_skill": ()},
        words=lazy("skills experts specialists distribution matrix"),
    )
)
describe(
    "catalog_skill",
    TableWords(
        noun=lazy("Skill"),
        named_by=("employee_id", "category_id", "direction_id"),
        hidden=("id",),
        name_of=lambda row, reader: f"{person_name(row['employee_id'], reader)}: {_pair_name(row, reader)}",
        columns={"employee_id": lazy("person"), "category_id": lazy("category"), "direction_id": lazy("direction")},
        said={"employee_id": person_name},
    ),
)


def _pair_name(row: Any, reader: Reader) -> str:
    """`Круиз, Турция` of the ids in a row of history."""
    catalogue = read_catalogue(reader.revision)
    named = (catalogue.category_ids.get(row.get("category_id")), catalogue.direction_ids.get(row.get("direction_id")))
    return ", ".join(name for name in named if name)


@require_safe
@for_staff("settings:write")
def skills(request: ReaderRequest) -> HttpResponse:
    """The matrix: people and categories, directions beside them."""
    categories = [line for line in list_categories() if line.is_active]
    directions = {line.id: line.name for line in list_directions()}
    held = skills_by_ids()
    rows = [_skill_row(person, held.get(person.id, set()), categories, directions) for person in request.reader.staff.sellers]
    return page_of(request, PAGE, "backoffice/settings/skills.html", {"categories": categories, "rows": rows})


def _skill_row(person: Any, pairs: set[Pair], categories: list[Any], directions: dict[int, str]) -> dict[str, Any]:
    """One line of the matrix: a cell is all, or the directions of that category alone, or nothing."""
    cells = []
    for category in categories:
        inside = [directions.get(direction or 0, "") for own, direction in pairs if own == category.id and direction]
        cells.append({"is_all": (category.id, None) in pairs, "inside": ", ".join(sorted(inside))})
    anywhere = sorted(directions.get(direction or 0, "") for own, direction in pairs if own is None)
    return {"person": person, "cells": cells, "directions": ", ".join(anywhere), "is_generalist": not pairs}


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def skills_of(request: ReaderRequest, pk: int) -> HttpResponse:
    """What one person sells."""
    person = found(request.reader.staff.colleagues.get(pk))
    pairs = skills_by_ids().get(pk, set())
    context: dict[str, Any] = {"person": person, "categories": list_categories(), "directions": list_directions()}
    context["joint"] = _joint(context, pairs)
    if request.method == "GET":
        values = {
            "categories": {c for c, d in pairs if d is None},
            "directions": {d for c, d in pairs if c is None},
            "joint": pairs,
        }
        return dialog_of(request, PAGE, "backoffice/settings/_skills_dialog.html", {**context, "values": values})
    categories, directions, joint = (_ids(request, name) for name in ("category", "direction", "joint"))
    kept: set[Pair] = {(own, place) for own, place in pairs if own and place and own * 10**9 + place in joint}
    values = {"categories": categories, "directions": directions, "joint": kept}
    wanted: set[Pair] = {*((c, None) for c in categories), *((None, d) for d in directions), *kept}
    if is_preview(request):
        return preview_of(request, TEMPLATE, lambda: _try_skills(request.reader, person, pairs, wanted, context))
    try:
        with saving(request, PAGE):
            set_skills(employee_id=pk, pairs=wanted, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_skills_dialog.html", context, values, error)
    return saved(PAGE)


def _try_skills(reader: Reader, person: Colleague, before: set[Pair], wanted: set[Pair], known: dict[str, Any]) -> dict[str, Any]:
    """Last month given out with these skills; what nobody would be skilled in any more."""
    categories, directions = ({line.id: line for line in known[name]} for name in ("categories", "directions"))
    slugs = frozenset(
        (categories[c].slug if c in categories else None, directions[d].slug if d in directions else None) for c, d in wanted
    )
    shares = replayed(reader, change=lambda one: replace(one, skills=slugs) if one.employee_id == person.id else one)["shares"]
    left = [
        " · ".join(lines[number].name for lines, number in zip((categories, directions), pair, strict=True) if number in lines)
        for pair in before - wanted - _of_others(reader, person)
    ]
    lost = _("Nobody would be skilled in: %(names)s. Such inquiries go to whoever is free.")
    cautions = [lost % {"names": names_of(sorted(left))}] if left else []
    own = next((one for one in shares if one.id == person.id), None)
    if own is None:
        return foreseen(_("New inquiries are given to managers and seniors alone."), cautions=cautions)
    moved = [Figure(one.name, str(one.after), str(one.before)) for one in shares if one.id != person.id and one.before != one.after]
    return foreseen(
        "" if wanted else _("Nothing ticked: counts as selling everything."),
        figures=[turned(_("Of last month’s inquiries"), str(own.before), str(own.after)), *moved[:MOST_MOVED]],
        cautions=cautions,
    )


def _of_others(reader: Reader, person: Colleague) -> set[Pair]:
    held = skills_by_ids()
    return {pair for one in reader.staff.sellers if one.id != person.id for pair in held.get(one.id, ())}


def _joint(context: dict[str, Any], pairs: set[Pair]) -> list[dict[str, Any]]:
    """Skills in one category of one direction: kept or taken away one by one."""
    categories = {line.id: line.name for line in context["categories"]}
    directions = {line.id: line.name for line in context["directions"]}
    both = [(own, place) for own, place in pairs if own and place]
    return [
        {"key": own * 10**9 + place, "pair": (own, place), "name": f"{categories.get(own, '')}, {directions.get(place, '')}"}
        for own, place in sorted(both)
    ]


def _ids(request: HttpRequest, name: str) -> set[int]:
    return {int(text) for text in request.POST.getlist(name)[:1000] if text.isascii() and text.isdigit() and len(text) < 19}
