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
from marshrut.desk.shapes import Fact, Piece, Tag
from marshrut.intake.rules.origins import names_of
from marshrut.intake.rules.text import Span
from marshrut.intake.wording import board_label
from marshrut.ui.wording import money

_GROUP_OF = {"people": "adults"}  # what a span of the message calls otherwise than the groups do
_BUDGET_TAGS = {"budget_fits": ("good", "enough"), "budget_below": ("warm", "tight"), "budget_far_below": ("bad", "far too little"),
                "budget_implausible": ("warm", "worth asking")}


def request_facts(
    request: Mapping[str, Any],
    catalogue: Catalogue,
    relevance_reasons: Sequence[Mapping[str, Any]] | None,
    read: frozenset[str] = frozenset(),
) -> list[Fact]:
    """Where, when, for how long, who, for how much: what a selection cannot begin without is shown even when unknown.

    `read` are the names in the request that were read out of the message and confirmed by nobody.
    """
    category, rooms = request.get("category"), request.get("rooms")
    ages = request.get("children_ages") or []
    listed = [
        Fact(_("Where to"), _where(request, catalogue) or None, read=_read("directions", read)),
        Fact(_("Not to"), wording.excluded(request, catalogue), read=_read("excluded", read)),
        Fact(_("Leaving from the city"), request.get("departure"), read=_read("departure", read)),
        Fact(_("When"), wording.dates(request) or None, read=_read("dates", read)),
        Fact(_("For how long"), wording.nights(request) or None, read=_read("nights", read)),
        Fact(_("Who travels"), wording.party(request) or None, read=_read("adults", read) or ("" if ages else _read("children", read))),
        Fact(_("Children's ages"), ", ".join(map(str, ages)), read=_read("children", read)),
        Fact(_("Hotel"), wording.stars(request), read=_read("stars", read)),
        Fact(_("Board"), board_label(str(request.get("board") or "")), read=_read("board", read)),
        Fact(_("Budget"), _budget(request), tag=_budget_tag(relevance_reasons or []), read=_read("budget", read)),
        Fact(_("Rooms"), str(rooms or ""), read=_read("rooms", read)),
        Fact(_("Kind of trip"), catalogue.categories.get(category, category) if category else ""),
        *(Fact(_("Asks for another trip"), wording.other_trip(one, catalogue), read=_read("other_trips", read))
          for one in request.get("other_trips") or []),
    ]  # fmt: skip
    return [fact for fact in listed if fact.value or (fact.value is None and fact.label != _("Leaving from the city"))]


def _read(group: str, read: frozenset[str]) -> str:
    """The group, if anything of it was read and is not confirmed."""
    return group if read & names_of([group]) else ""


def _where(request: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Directions, and the places within them that were named."""
    where, resorts = wording.directions(request, catalogue), ", ".join(request.get("resorts") or [])
    return f"{where} ({resorts})" if where and resorts else where


def _budget(request: Mapping[str, Any]) -> str | None:
    """The amount; its range and what it is for one, where that was said."""
    budget = request.get("budget") or {}
    currency = str(budget.get("currency") or "RUB")
    try:
        shown = money(Decimal(str(budget["amount"])), currency)
        least, each = budget.get("from"), budget.get("per_person")
        shown = _("%(least)s to %(most)s") % {"least": money(Decimal(least), currency), "most": shown} if least else shown
        return _("%(amount)s, %(each)s for each") % {"amount": shown, "each": money(Decimal(each), currency)} if each else shown
    except (KeyError, TypeError, InvalidOperation):
        return None


def marked_words(message: str, spans: Sequence[Span], read: frozenset[str]) -> list[Piece]:
    """A message in pieces: the words in which an unconfirmed value was read are marked."""
    pieces, at = [], 0
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if span.start < at or _read(_GROUP_OF.get(span.field, span.field), read) == "":
            continue
        pieces += [Piece(message[at : span.start]), Piece(message[span.start : span.end], is_read=True)]
        at = span.end
    return [piece for piece in (*pieces, Piece(message[at:])) if piece.text]


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
