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

from marshrut.clients.queries import person_card
from marshrut.core.errors import Invalid
from marshrut.desk.shapes import Option
from marshrut.desk.shaping import channel_options
from marshrut.desk.web.asking import currency_options, refused, typed, usual_currency
from marshrut.desk.web.pages import Desk, DeskRequest, at_desk
from marshrut.intake.queries import find_inquiry
from marshrut.intake.reading import Submission, read_submission
from marshrut.intake.services import Receipt, accept_inquiry
from marshrut.ui.answers import done

FIELDS = ("phone", "name", "email", "channel", "source", "directions", "date_from", "date_to", "nights_from", "nights_to", "adults",
          "children", "amount", "currency", "message", "person")
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
    }
    if request.method == "GET":
        return render(request, TEMPLATE, {**context, "values": _first_values(request), "errors": {}})
    values = typed(request, *FIELDS)
    try:
        data, submission = _read(values, desk)
        receipt = accept_inquiry(submission=submission, body=orjson.dumps(data), reference=desk.reference(), by=desk.actor, now=desk.now)
    except Invalid as error:
        return refused(request, TEMPLATE, context, values, error)
    return _accepted(desk, receipt)


def _first_values(request: DeskRequest) -> dict[str, Any]:
    """Empty, or of the client from whose page the form was opened."""
    desk = request.desk
    values: dict[str, Any] = {"channel": "phone", "currency": usual_currency(desk)}
    wanted = request.GET.get("person", "")
    person = person_card(desk.actor, int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    if person:
        ways = {contact.kind: contact.normal for contact in reversed(person.contacts)}
        is_shown = desk.actor.shows("phone")
        values |= {"person": person.id, "name": person.name if desk.actor.named(person.name) == person.name else ""}
        values |= {"phone": ways.get("phone"), "email": ways.get("email")} if is_shown else {}
    return values


def _read(values: Mapping[str, str], desk: Desk) -> tuple[dict[str, Any], Submission]:
    """The fields as the contract's object, and what the door reads in it. Invalid names the field to mend."""
    data = as_contract(values)
    if not (values["phone"] or values["email"]):
        raise Invalid("unreachable", _("Write down a phone or an e-mail: otherwise nobody can answer."), field="phone")
    today = desk.office.calendar.local_date(desk.now)
    submission = read_submission(data, regions=desk.staff.regions, today=today, now=desk.now)
    if submission.obstacle:
        field = "phone" if values["phone"] else "email"
        raise Invalid("unreadable", _("This cannot be read: check it with the client."), field=field)
    return data, replace(submission, office_id=desk.actor.office_id)


def as_contract(values: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as the JSON door's contract names them; empty ones are left out."""
    request = {
        "directions": [part.strip() for part in re.split(r"[,;]", values["directions"]) if part.strip()],
        "dates": {"from": values["date_from"], "to": values["date_to"]},
        "nights": {"from": values["nights_from"], "to": values["nights_to"]},
        "adults": values["adults"], "children_ages": re.findall(r"\d+", values["children"]),
        "budget": {"amount": values["amount"], "currency": values["currency"]} if values["amount"] else {},
    }
    data = {
        "channel": values["channel"] if values["channel"] in ("phone", "walk_in", "messenger", "email") else "phone",
        "source": values["source"],
        "contact": {name: values[name] for name in ("name", "phone", "email")},
        "message": values["message"], "request": request,
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
