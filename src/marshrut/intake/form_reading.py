"""The public form's fields as the JSON door's contract names them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext as _

from marshrut.channels.queries import Waiting
from marshrut.core.errors import Invalid
from marshrut.intake.reading import Submission, read_submission
from marshrut.intake.reference import Reference
from marshrut.intake.rules import CHANNELS

FIELDS = ("name", "phone", "email", "directions", "date_from", "nights", "adults", "children", "departure", "stars", "board", "budget",
          "message", "consent", "website", "started", "language")
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


def as_contract(values: Mapping[str, Any], query: Mapping[str, str], source: str) -> dict[str, Any]:
    """Flat fields as the contract's object. A script may send the contract's own `contact` and `request` instead."""
    contact = values["contact"] if isinstance(values.get("contact"), dict) else {}
    asked = values["request"] if isinstance(values.get("request"), dict) else {}
    utm = values["utm"] if isinstance(values.get("utm"), dict) else {}
    from_query = {name.removeprefix("utm_"): query[name] for name in UTM if query.get(name)}
    return {
        "channel": "site_form",
        "source": source,
        "external_id": values.get("external_id"),
        "contact": {**_given(values, "name", "phone", "email", "messenger"), **contact},
        "message": values.get("message"),
        "request": {**_request(values), **asked},
        "utm": {**from_query, **utm},
        "visitor": values.get("visitor"),
        "language": values.get("language"),
    }


def read_waiting(waiting: Waiting, reference: Reference, now: datetime) -> Submission:
    """Read once more what waits in quarantine, after a person has looked: the way it came is no obstacle any longer.

    Invalid when there is still no way to reach or identify anybody in it.
    """
    try:
        data = orjson.loads(waiting.body)
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        raise Invalid("unreadable", _("This cannot be read: call or write by hand, as the text shows."))
    given = data if data.get("channel") else as_contract(data, {}, waiting.source_slug)
    channel = given["channel"] if given["channel"] in CHANNELS else "api"
    today = reference.staff.first_office.calendar.local_date(now)
    staff = reference.staff
    submission = read_submission(
        {**given, "channel": channel}, regions=staff.regions, today=today, now=now, currency=staff.agency.currency
    )
    if submission.obstacle:
        raise Invalid("unreadable", _("This cannot be read: call or write by hand, as the text shows."))
    return replace(submission, source_slug=waiting.source_slug, office_id=waiting.office_id)


def _given(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if values.get(name)}


def _request(values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what was said: nights and dates as spans, directions and ages as lists."""
    request = _given(values, "adults", "category", "rooms", "departure", "board", "people")
    for name, places in _given(values, "directions", "resorts", "excluded").items():
        request[name] = re.split(r"\s*[,;]\s*", places.strip()) if isinstance(places, str) else places
    children = values.get("children")
    if children:
        request["children_ages"] = re.findall(r"\d+", children) if isinstance(children, str) else children
    if dates := {end: values[f"date_{end}"] for end in ("from", "to") if values.get(f"date_{end}")}:
        request["dates"] = dates
    if stars := values.get("stars"):
        request["stars"] = stars if isinstance(stars, dict) else {"from": stars}
    if values.get("nights"):
        request["nights"] = values["nights"] if isinstance(values["nights"], dict) else {"from": values["nights"], "to": values["nights"]}
    if values.get("budget"):
        request["budget"] = values["budget"] if isinstance(values["budget"], dict) else {"amount": values["budget"]}
    return request
