"""What the client asks for, on the card: read out of the message and confirmed, or written down by hand."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.core.errors import DomainError, NotFound
from marshrut.desk import wording
from marshrut.desk.queries import loaded
from marshrut.desk.shapes import Option
from marshrut.desk.web.asking import asked_about, currency_options, refused, typed, usual_currency
from marshrut.desk.web.pages import Desk, DeskRequest, acting, at_desk, found
from marshrut.intake.queries import InquiryCard, find_inquiry
from marshrut.intake.rules import BOARDS
from marshrut.intake.rules.requests import MOST_TRIPS
from marshrut.intake.services import change_request, confirm_request
from marshrut.intake.wording import board_label
from marshrut.ui.answers import done

SPANS = ("dates", "nights", "stars")
PLAIN = ("departure", "adults", "people", "rooms", "board")
LISTS = ("directions", "resorts", "excluded")
OTHER_TRIPS = tuple(f"trip_{place}" for place in range(MOST_TRIPS))
FIELDS = (*LISTS, "children", "children_ages", "amount", "least", "each", "currency", "flexible", *PLAIN, *OTHER_TRIPS,
          *(f"{name}_{end}" for name in SPANS for end in ("from", "to")))  # fmt: skip
_FIELD_OF = {"budget": "amount", "budget.from": "least", "budget.per_person": "each"}


@require_POST
@at_desk
@acting
def confirm(request: DeskRequest, pk: int, group: str = "") -> HttpResponse:
    """It is so: what was read of one thing, or of all, is stated from now on."""
    desk = request.desk
    count = confirm_request(inquiry_id=pk, groups=[group] if group else [], by=desk.actor, now=desk.now)
    if not count:
        return done(_("It was confirmed already"))
    return done(ngettext("Confirmed: %(count)s value", "Confirmed: %(count)s values", count) % {"count": count})


@require_http_methods(["GET", "POST"])
@at_desk
@acting
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    """The dialog of what is asked for."""
    desk = request.desk
    card: InquiryCard = found(find_inquiry(desk.actor, pk))
    asked = loaded(card.request) or {}
    others = list(zip(OTHER_TRIPS, asked.get("other_trips") or [], strict=False))
    context = {
        "action": reverse("inquiry_request", args=[pk]), "matter_title": asked_about(desk, card.dossier_id).title,
        "currencies": currency_options(), "boards": [Option(code, board_label(code)) for code in BOARDS],
        "places": [Option(slug, name) for slug, name in desk.catalogue.offered_directions.items()],
        "others": [Option(field, wording.other_trip(trip, desk.catalogue)) for field, trip in others],
    }  # fmt: skip
    if request.method == "GET":
        values = as_values(asked, desk)
        return render(request, "desk/_request_dialog.html", {**context, "values": values, "errors": {}})
    values = typed(request, *FIELDS)
    try:
        given = {**as_request(values), "other_trips": [trip for field, trip in others if values[field]]}
        is_changed = change_request(inquiry_id=pk, given=given, reference=desk.reference(), by=desk.actor, now=desk.now)
    except NotFound:
        raise
    except DomainError as error:
        named = str(getattr(error, "field", "") or "")
        error.field = _FIELD_OF.get(named, named.replace(".", "_"))
        return refused(request, "desk/_request_dialog.html", context, values, error)
    return done(_("Written down") if is_changed else _("Nothing has changed"))


def as_values(request: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    """A request as the fields of the dialog."""
    budget = request.get("budget") or {}
    spans = {f"{name}_{end}": (request.get(name) or {}).get(end, "") for name in SPANS for end in ("from", "to")}
    return {
        **spans, **{name: request.get(name) if request.get(name) is not None else "" for name in (*PLAIN, "children")},
        **{name: ", ".join(desk.catalogue.directions.get(slug, slug) for slug in request.get(name) or []) for name in LISTS},
        "children_ages": ", ".join(map(str, request.get("children_ages") or [])), **dict.fromkeys(OTHER_TRIPS, "1"),
        "amount": budget.get("amount", ""), "least": budget.get("from", ""), "each": budget.get("per_person", ""),
        "currency": budget.get("currency") or usual_currency(desk), "flexible": "1" if (request.get("dates") or {}).get("flexible") else "",
    }  # fmt: skip


def as_request(values: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the dialog as the API's request; an empty one is not known."""
    asked: dict[str, Any] = {name: values[name] for name in (*PLAIN, "children")}
    asked |= {name: {end: values[f"{name}_{end}"] for end in ("from", "to")} for name in SPANS}
    asked["dates"]["flexible"] = bool(values["flexible"])
    asked |= {name: [one.strip() for one in re.split(r"[,;]", values[name]) if one.strip()] for name in LISTS}
    asked["children_ages"] = re.findall(r"\d+", values["children_ages"])
    if values["amount"]:
        named = {"amount": "amount", "currency": "currency", "from": "least", "per_person": "each"}
        asked["budget"] = {name: values[field] for name, field in named.items()}
    return asked
