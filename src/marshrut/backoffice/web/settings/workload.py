"""How much each person is given and when they work; what each of them sells."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.queries.settings import WorkloadLine, list_workload
from marshrut.agency.services.workload import Workload, save_workload
from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff, found
from marshrut.agency.wording import role_label
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    dialog_of,
    page_of,
    refused,
    register_settings,
    saved,
    saving,
)
from marshrut.backoffice.web.settings.rolls import Ask, Item, Roll, whole_number
from marshrut.backoffice.web.settings.story import TableWords, clock_time, describe, person_name
from marshrut.backoffice.web.settings.weeks import day_fields, read_week, week_values, window_name
from marshrut.catalog.queries import list_categories, list_directions, read_catalogue, skills_by_ids
from marshrut.catalog.services import Pair, set_skills
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.hours import say_hours

WORKLOAD = register_settings(
    SettingsPage(
        slug="workload",
        group="people",
        order=20,
        title=lazy("Shifts and workload"),
        icon="users",
        url_name="settings_workload",
        description=lazy(
            "When each person works, how much may be open with them at once, and how large their share of new inquiries is."
        ),
        watches={"agency_employee": ("capacity", "share_weight", "is_on_duty"), "agency_shift": ()},
        words=lazy("capacity weight fair share duty schedule managers"),
    )
)
SKILLS = register_settings(
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
    "agency_employee",
    TableWords(
        noun="",
        hidden=("id",),
        columns={
            "capacity": lazy("at most open at once"),
            "share_weight": lazy("share of new inquiries"),
            "is_on_duty": lazy("on duty round the clock"),
        },
    ),
)
describe(
    "agency_shift",
    TableWords(
        noun=lazy("Shift"),
        named_by=("employee_id", "weekday", "starts", "ends"),
        hidden=("id",),
        name_of=lambda row, reader: f"{person_name(row['employee_id'], reader)}, {window_name(row)}",
        columns={"weekday": lazy("day"), "starts": lazy("begins"), "ends": lazy("ends"), "employee_id": lazy("person")},
        said={"starts": clock_time, "ends": clock_time, "employee_id": person_name},
    ),
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


def _read(reader: Reader) -> list[Item]:
    return [_item(line, reader) for line in list_workload()]


def _item(line: WorkloadLine, reader: Reader) -> Item:
    values = {
        "capacity": "" if line.capacity is None else line.capacity,
        "share_weight": line.share_weight,
        "is_on_duty": "yes" if line.is_on_duty else "",
        **week_values(line.week),
    }
    at_most = _("at most %(num)s open") % {"num": line.capacity} if line.capacity is not None else _("no limit")
    office = reader.staff.offices.get(line.office_id)
    notes = (role_label(line.role), at_most, _("share %(share)s") % {"share": line.share_weight}, _hours(line))
    tags = ((_("on duty"), "info"),) if line.is_on_duty else ()
    return Item(line.id, line.name, values, notes, tags, True, office.name if office else "")


def _hours(line: WorkloadLine) -> str:
    """`the office's hours`, or the days of one's own."""
    if not line.week:
        return _("the office's hours")
    named = dict(enumerate(name for _field, name in day_fields()))
    return "; ".join(f"{named[day][:2]} {say_hours(windows)}" for day, windows in sorted(line.week.items()))


def _asks(_reader: Reader, _item: Item | None) -> list[Ask]:
    hint = _("For example 09:00–14:00. All seven empty: the office's hours.")
    return [
        Ask(
            "capacity",
            _("At most open at once"),
            "number",
            _("New inquiries and overdue work. Above it nothing more is given. Empty: no limit."),
            is_whole=False,
            attrs={"min": "0", "max": "1000"},
        ),
        Ask(
            "share_weight",
            _("Share of new inquiries"),
            hint=_("1 is a full share, 0.5 half of it."),
            is_whole=False,
            attrs={"inputmode": "decimal"},
        ),
        Ask(
            "is_on_duty",
            _("On duty round the clock"),
            "check",
            _("Is given inquiries at any hour, and their clocks run at night too."),
        ),
        *(
            Ask(name, label, hint=hint if name == "day0" else "", is_whole=False, attrs={"placeholder": "–"})
            for name, label in day_fields()
        ),
    ]


def _save(pk: int | None, values: Values, reader: Reader) -> None:
    try:
        weight = Decimal(values["share_weight"].replace(",", "."))
        if not weight.is_finite():
            raise InvalidOperation
        weight = weight.quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Invalid(
            "bad_weight", _("A share above 0 and up to 10: 1 is a full share, 0.5 half of it."), field="share_weight"
        ) from error
    capacity = whole_number(values, "capacity", most=1000) if values["capacity"] else None
    workload = Workload(capacity, weight, bool(values["is_on_duty"]), read_week(values))
    save_workload(employee_id=pk or 0, workload=workload, by=reader.actor, now=reader.now)


ROLL = Roll(
    page=WORKLOAD,
    table="agency_employee",
    add_label="",
    read=_read,
    asks=_asks,
    save=_save,
    fresh=lambda _reader: {},
    locks_page=True,
    help=lazy(
        "Somebody on the phone all day needs a lower limit than somebody who writes: nothing new is given to whoever is full."
    ),
)


@require_safe
@for_staff("settings:write")
def skills(request: ReaderRequest) -> HttpResponse:
    """The matrix: people and categories, directions beside them."""
    categories = [line for line in list_categories() if line.is_active]
    directions = {line.id: line.name for line in list_directions()}
    held = skills_by_ids()
    rows = [_skill_row(person, held.get(person.id, set()), categories, directions) for person in request.reader.staff.sellers]
    return page_of(request, SKILLS, "backoffice/settings/skills.html", {"categories": categories, "rows": rows})


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
        return dialog_of(request, SKILLS, "backoffice/settings/_skills_dialog.html", {**context, "values": values})
    categories, directions, joint = (_ids(request, name) for name in ("category", "direction", "joint"))
    kept: set[Pair] = {(own, place) for own, place in pairs if own and place and own * 10**9 + place in joint}
    values = {"categories": categories, "directions": directions, "joint": kept}
    wanted: set[Pair] = {*((c, None) for c in categories), *((None, d) for d in directions), *kept}
    try:
        with saving(request, SKILLS):
            set_skills(employee_id=pk, pairs=wanted, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, SKILLS, "backoffice/settings/_skills_dialog.html", context, values, error)
    return saved(SKILLS)


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
