"""The form a manager fills while on the phone: the same contract as the JSON door, the same chain behind it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marshrut.core.errors import Invalid
from marshrut.desk.shapes import Option
from marshrut.desk.shaping import channel_options
from marshrut.desk.web.asking import currency_options, refused, typed, usual_currency
from marshrut.desk.web.known import chosen_person, said_to_be, ways_of, who_it_may_be
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk
from marshrut.intake.queries import find_inquiry
from marshrut.intake.reading import Submission, read_submission
from marshrut.intake.rules import BOARDS
from marshrut.intake.services import Receipt, accept_inquiry
from marshrut.intake.wording import board_label
from marshrut.ui.answers import done

FIELDS = ("phone", "name", "email", "channel", "source", "directions", "date_from", "date_to", "nights_from", "nights_to", "adults",
          "children", "departure", "board", "stars_from", "stars_to", "excluded", "people", "flexible", "amount", "currency", "message",
          "person", "of_client", "missed")
TEMPLATE = "desk/_quick_inquiry_dialog.html"


@require_http_methods(["GET", "POST"])
@at_desk
def quick_inquiry(request: DeskRequest) -> HttpResponse:
    """Asked, checked, accepted like any other inquiry; the card opens if it is within the reader's reach."""
    desk = request.desk
    if not desk.actor.may("inquiries:write"):
        raise PermissionDenied
    context = {
        "channels": channel_options("phone", "walk_in", "messenger", "email"), "currencies": currency_options(),
        "sources": [Option(card.slug, card.name) for card in desk.sources.values() if card.is_active],
        "directions": [Option(slug, name) for slug, name in desk.catalogue.offered_directions.items()],
        "boards": [Option(code, board_label(code)) for code in BOARDS],
    }
    if request.method == "GET":
        return render(request, TEMPLATE, {**context, "values": _first_values(request), "errors": {}})
    values = typed(request, *FIELDS)
    try:
        data, submission = _read(values, desk)
        receipt = accept_inquiry(submission=submission, body=orjson.dumps(data), reference=desk.reference(), by=desk.actor, now=desk.now)
    except Invalid as error:
        return refused(request, TEMPLATE, {**context, **who_it_may_be(desk, values)}, values, error)
    return _accepted(desk, receipt)


def _first_values(request: DeskRequest) -> dict[str, Any]:
    """Empty, or of the client from whose page the form was opened."""
    desk = request.desk
    values: dict[str, Any] = {"channel": "phone", "currency": usual_currency(desk)}
    person = chosen_person(desk, request.GET)
    if person:
        ways = {contact.kind: contact.normal for contact in reversed(person.contacts)}
        is_shown = desk.actor.shows("phone")
        values |= {"person": person.id, "of_client": "1", "name": person.name if desk.actor.named(person.name) == person.name else ""}
        values |= {"phone": ways.get("phone"), "email": ways.get("email")} if is_shown else {}
    return values


def _read(values: Mapping[str, str], desk: Desk) -> tuple[dict[str, Any], Submission]:
    """The fields as the contract's object, and what the door reads in it. Invalid names the field to mend."""
    data, person = as_contract(values), chosen_person(desk, values)
    if not (values["phone"] or values["email"]):
        data["contact"] = {**data.get("contact", {}), **ways_of(person)}
    if not data.get("contact", {}).keys() & {"phone", "email", "messenger"}:
        raise Invalid("unreachable", _("Write down a phone or an e-mail: otherwise nobody can answer."), field="phone")
    if values["missed"] and data["channel"] != "phone":
        raise Invalid("not_a_call", _("Only a phone call can be one that nobody took."), field="missed")
    today = desk.office.calendar.local_date(desk.now)
    submission = read_submission(data, regions=desk.staff.regions, today=today, now=desk.now, currency=desk.staff.agency.currency)
    if submission.obstacle:
        field = "phone" if values["phone"] else "email"
        raise Invalid("unreadable", _("This cannot be read: check it with the client."), field=field)
    if flaw := next((one for one in submission.flaws if one.field.startswith("request.")), None):
        raise Invalid("unreadable", _("This cannot be read: “%(value)s”.") % {"value": flaw.value}, field=_field_of(flaw.field))
    return data, said_to_be(replace(submission, office_id=desk.actor.office_id), person)


def _field_of(named: str) -> str:
    """The field of the form a value of the request was typed into."""
    name = named.removeprefix("request.")
    spans = {"dates.from": "date_from", "dates.to": "date_to", "budget": "amount"}
    return spans.get(name, "children" if name.startswith("children") else name.replace(".", "_"))


def as_contract(values: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as the JSON door's contract names them; empty ones are left out."""
    places = {name: [part.strip() for part in re.split(r"[,;]", values[name]) if part.strip()] for name in ("directions", "excluded")}
    request = {
        **places, **{name: values[name] for name in ("departure", "board", "people")},
        "dates": {"from": values["date_from"], "to": values["date_to"], "flexible": bool(values["flexible"]) or None},
        "nights": {"from": values["nights_from"], "to": values["nights_to"]},
        "stars": {"from": values["stars_from"], "to": values["stars_to"]},
        "adults": values["adults"], "children_ages": re.findall(r"\d+", values["children"]),
        "budget": {"amount": values["amount"], "currency": values["currency"]} if values["amount"] else {},
    }
    data = {
        "channel": values["channel"] if values["channel"] in ("phone", "walk_in", "messenger", "email") else "phone",
        "source": values["source"],
        "contact": {name: values[name] for name in ("name", "phone", "email")},
        "message": values["message"], "request": request, "missed": bool(values["missed"]) or None,
    }
    return _without_empty(data)


def _without_empty(value: dict[str, Any]) -> dict[str, Any]:
    inner = {key: _without_empty(item) if isinstance(item, dict) else item for key, item in value.items()}
    return {key: item for key, item in inner.items() if item not in ("", [], {}, None)}


def _accepted(desk: Desk, receipt: Receipt) -> HttpResponse:
    """To the card; or, where distribution gave it to a colleague, a word about where it went."""
    if receipt.quarantined:
        return done(_("Saved as No. %(number)s: it waits in quarantine") % {"number": receipt.id})
    card = find_inquiry(desk.actor, receipt.id)
    if card is None:
        return done(_("Saved as No. %(number)s and given to a colleague") % {"number": receipt.id})
    return done(_("Saved as No. %(number)s") % {"number": receipt.id}, go=reverse("inquiry", args=[receipt.id]))
