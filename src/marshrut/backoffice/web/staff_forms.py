"""What the forms about people ask and how their answers are read."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marshrut.agency.permissions import FIELDS, REACHES, Actor, roles_to_give, usual_unmasked
from marshrut.agency.queries import Staff
from marshrut.agency.queries.people import StaffLine, TeamLine
from marshrut.agency.services import Employment
from marshrut.agency.wording import field_label, language_name, reach_label, role_hint, role_label
from marshrut.core.errors import Invalid
from marshrut.core.languages import LANGUAGES
from marshrut.core.names import clean_text


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things to choose from, with a word about it."""

    value: str
    label: str
    hint: str = ""
    icon: str = ""


def employment_choices(actor: Actor, staff: Staff, teams: list[TeamLine]) -> dict[str, Any]:
    """What the form of a person offers to this giver."""
    return {
        "roles": [Choice(role.value, role_label(role), role_hint(role)) for role in roles_to_give(actor)],
        "offices": [Choice(str(office.id), office.name) for office in staff.offices.values()],
        "teams": [Choice(str(team.id), f"{team.name} · {team.office}") for team in teams],
        "reaches": [Choice(reach, reach_label(reach)) for reach in REACHES],
        "fields": [Choice(field, field_label(field)) for field in FIELDS],
        "languages": [Choice(code, language_name(code)) for code in LANGUAGES],
    }


def values_of(line: StaffLine) -> dict[str, Any]:
    """The form filled with what is."""
    shown = line.unmasked if line.unmasked is not None else usual_unmasked(line.role)
    return {
        "name": line.name, "role": line.role, "office": str(line.office_id), "team": str(line.team_id or ""), "reach": line.reach,
        "own_fields": "yes" if line.unmasked is not None else "", "unmasked": sorted(shown), "capacity": line.capacity,
        "share_weight": f"{line.share_weight.normalize():f}", "is_on_duty": "yes" if line.is_on_duty else "",
        "languages": line.languages,
    }  # fmt: skip


def typed(request: HttpRequest) -> dict[str, Any]:
    """The form as it was typed."""
    names = ("email", "name", "role", "office", "team", "reach", "own_fields", "capacity", "share_weight", "is_on_duty")
    given: dict[str, Any] = {name: clean_text(request.POST.get(name), 254) for name in names}
    given |= {name: [clean_text(one, 20) for one in request.POST.getlist(name)[:10]] for name in ("unmasked", "languages")}
    return given


def employment_of(values: dict[str, Any]) -> Employment:
    """What was typed, as rights. Invalid names the field that cannot be read."""
    return Employment(
        name=values["name"], role=values["role"], office_id=_id(values["office"]) or 0, team_id=_id(values["team"]), reach=values["reach"],
        unmasked=frozenset(values["unmasked"]) if values["own_fields"] else None, capacity=_capacity(values["capacity"]),
        share_weight=_weight(values["share_weight"]), is_on_duty=bool(values["is_on_duty"]),
        languages=frozenset(values["languages"]),
    )  # fmt: skip


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _capacity(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Invalid("bad_capacity", _("How many at once: a whole number, or nothing for no limit."), field="capacity")
    return int(text)


def _weight(text: str) -> Decimal:
    try:
        weight = Decimal(text.replace(",", ".") or "1")
        if not weight.is_finite():
            raise InvalidOperation
        return weight.quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Invalid("bad_weight", _("The share is a number above 0, usually 1."), field="share_weight") from error
