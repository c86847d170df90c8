"""What a priority was made of: chance × margin × cooling ÷ minutes, and where each of them comes from."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marshrut.core.money import format_money
from marshrut.desk.web.pages import DeskRequest, at_desk
from marshrut.intake.queries.derivations import Derivation, find_derivation
from marshrut.intake.reference import read_reference
from marshrut.intake.wording import say, say_priority
from marshrut.intake.wording_chance import chance_steps, told_origin
from marshrut.ui.wording import language

HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Row:
    """One part: what it is, its value, where it comes from, and what lies between."""

    label: str
    value: str
    origin: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


@require_safe
@at_desk
def derivation(request: DeskRequest, pk: int) -> HttpResponse:
    """The dialog of one inquiry's priority."""
    desk = request.desk
    found = find_derivation(desk.actor, pk)
    if found is None:
        raise Http404
    currency = read_reference(desk.revision).rules.priority.currency
    sees_margin = desk.actor.shows("margin")
    rows = [_row(part, currency, sees_margin) for part in found.parts]
    context = {
        "found": found,
        "name": desk.actor.named(found.person),
        "reasons": say_priority(found.reasons, desk.actor),
        "rows": rows,
        "money": _money(_per_hour(found), currency) if found.parts and sees_margin else "",
    }
    return render(request, "desk/_priority_dialog.html", context)


def _row(part: dict[str, Any], currency: str, sees_margin: bool) -> Row:
    name, value = part.get("part"), float(part.get("value") or 0)
    if name == "chance":
        facts = [say(fact) for fact in part.get("facts", [])]
        base = [(_("begins at"), _percent(part["base"]))] if "base" in part else []
        return Row(_("Chance of a sale"), _percent(value), told_origin(part), [*base, *chance_steps(part)], facts)
    if name == "margin":
        return Row(_("Margin at stake"), _money(value, currency) if sees_margin else HIDDEN, told_origin(part))
    if name == "cooling":
        return Row(_("Lost in the next hour without an answer"), _percent(value), told_origin(part))
    return Row(_("Minutes of the next step"), f"{value:g}", told_origin(part))


def _per_hour(found: Derivation) -> float:
    value = {str(part["part"]): float(part["value"]) for part in found.parts}
    return value["chance"] * value["margin"] * value["cooling"] / (value["minutes"] / 60)


def _money(amount: float, currency: str) -> str:
    return format_money(Decimal(round(amount)), currency, language())


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.1 or share == 0 else f"{share * 100:.1f} %"
