"""What is known of a trip, as labelled facts: from the inquiry's request and from what a deal has gathered."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.catalog.queries import Catalogue
from marshrut.core.masks import DOT
from marshrut.deals.rules import FACT_KINDS
from marshrut.deals.wording import fact_label
from marshrut.desk import wording
from marshrut.desk.shapes import Fact, Tag
from marshrut.ui.wording import money

_BUDGET_TAGS = {"budget_fits": ("good", "enough"), "budget_below": ("warm", "tight"), "budget_far_below": ("bad", "far too little"),
                "budget_implausible": ("warm", "worth asking")}


def request_facts(request: Mapping[str, Any], catalogue: Catalogue, relevance_reasons: Sequence[Mapping[str, Any]] | None) -> list[Fact]:
    """Where, when, for how long, who, for how much: what a selection cannot begin without is shown even when unknown."""
    category = request.get("category")
    rooms = request.get("rooms")
    ages = request.get("children_ages") or []
    listed = [
        Fact(_("Where to"), wording.directions(request, catalogue) or None),
        Fact(_("When"), wording.dates(request) or None),
        Fact(_("For how long"), wording.nights(request) or None),
        Fact(_("Who travels"), wording.party(request) or None),
        Fact(_("Budget"), _budget(request), tag=_budget_tag(relevance_reasons or [])),
    ]
    if ages:
        listed.insert(4, Fact(_("Children's ages"), ", ".join(map(str, ages))))
    if rooms:
        listed.append(Fact(_("Rooms"), str(rooms)))
    if category:
        listed.append(Fact(_("Kind of trip"), catalogue.categories.get(category, category)))
    return listed


def _budget(request: Mapping[str, Any]) -> str | None:
    budget = request.get("budget") or {}
    try:
        return money(Decimal(str(budget["amount"])), str(budget.get("currency") or "RUB"))
    except (KeyError, TypeError, InvalidOperation):
        return None


def _budget_tag(reasons: Sequence[Mapping[str, Any]]) -> Tag | None:
    """How the budget compares to what such a trip costs."""
    words = {"enough": _("fits"), "tight": _("tight"), "far too little": _("far too little"), "worth asking": _("worth asking")}
    for reason in reasons:
        if reason.get("code") in _BUDGET_TAGS:
            tone, word = _BUDGET_TAGS[str(reason["code"])]
            return Tag(words[word], tone)
    return None


def deal_facts(facts: Mapping[str, Any]) -> list[Fact]:
    """What a deal has gathered, in the order of the funnel."""
    return [Fact(fact_label(name), wording.fact_value(name, facts[name], kind))
            for name, kind in FACT_KINDS.items() if facts.get(name) not in (None, "")]


def shown_facts(facts: Mapping[str, Any], reader: Actor) -> dict[str, Any]:
    """A deal's facts as this reader may see them: passports hidden, and phones in what was written down."""
    shown = {name: reader.text(value) if isinstance(value, str) else value for name, value in facts.items()}
    if shown.get("passports") and not reader.shows("passport"):
        shown["passports"] = DOT * 6
    return shown
