"""The public form's fields as the JSON door's contract names them."""

import re
from collections.abc import Mapping
from typing import Any

FIELDS = ("name", "phone", "email", "directions", "date_from", "nights", "adults", "children", "budget", "message", "consent", "website",
          "started")
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
    }


def _given(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if values.get(name)}


def _request(values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what was said: nights and dates as spans, directions and ages as lists."""
    request = _given(values, "adults", "category", "rooms")
    directions, children = values.get("directions"), values.get("children")
    if directions:
        request["directions"] = re.split(r"\s*[,;]\s*", directions.strip()) if isinstance(directions, str) else directions
    if children:
        request["children_ages"] = re.findall(r"\d+", children) if isinstance(children, str) else children
    if values.get("date_from"):
        request["dates"] = {"from": values["date_from"]}
    if values.get("nights"):
        request["nights"] = values["nights"] if isinstance(values["nights"], dict) else {"from": values["nights"], "to": values["nights"]}
    if values.get("budget"):
        request["budget"] = values["budget"] if isinstance(values["budget"], dict) else {"amount": values["budget"]}
    return request
