"""The contract of the intake door as OpenAPI tells it. The door itself reads leniently; this is what it likes to get."""

from typing import Any

from ninja import Schema

from marshrut.deals.rules.list_filters import ListPage
from marshrut.intake.rules import BOARDS, CATEGORIES, CHANNELS


class Problem(Schema):
    """RFC 9457, with the names of what is wrong or missing."""

    type: str
    title: str
    status: int
    detail: str
    code: str | None = None
    field: str | None = None
    missing: list[str] | None = None


PROBLEMS: dict[Any, Any] = {code: Problem for code in (400, 401, 403, 404, 409, 413, 422)}
ANY: dict[Any, Any] = {200: dict, **PROBLEMS}
INTAKE_ANSWERS: dict[Any, Any] = {200: dict, 201: dict, 202: dict, **PROBLEMS}

_TEXT = {"type": "string"}
_SPAN = {"type": "object", "properties": {"from": {"type": "integer"}, "to": {"type": "integer"}}}
_REQUEST = {
    "type": "object",
    "properties": {
        "category": {"type": "string", "enum": list(CATEGORIES)},
        "directions": {"type": "array", "items": _TEXT},
        "dates": {
            "type": "object",
            "properties": {
                "from": {"type": "string", "format": "date"},
                "to": {"type": "string", "format": "date"},
                "flexible": {"type": "boolean", "description": "Any days between these two"},
            },
        },
        "nights": _SPAN,
        "departure": {**_TEXT, "description": "The city they leave from"},
        "resorts": {"type": "array", "items": _TEXT},
        "excluded": {"type": "array", "items": _TEXT, "description": "Where they do not want to go"},
        "stars": _SPAN,
        "board": {"type": "string", "enum": list(BOARDS)},
        "adults": {"type": "integer"},
        "children": {"type": "integer", "description": "How many, where their ages are not all known"},
        "people": {"type": "integer", "description": "How many travel, where it is not known how many of them are children"},
        "children_ages": {"type": "array", "items": {"type": "integer"}},
        "rooms": {"type": "integer"},
        "budget": {
            "type": "object",
            "properties": {
                "amount": {"type": "number", "description": "At most, for all"},
                "currency": _TEXT,
                "from": {"type": "number"},
                "per_person": {"type": "number"},
            },
        },
        "other_trips": {"type": "array", "items": {"type": "object"}, "description": "Asked for beside this one, each as a request"},
    },
}
_CONTACT = {
    "type": "object",
    "properties": {
        "name": _TEXT,
        "phone": _TEXT,
        "email": _TEXT,
        "messenger": {"type": "object", "properties": {"kind": _TEXT, "id": _TEXT}},
    },
}
_INQUIRY = {
    "type": "object",
    "required": ["channel"],
    "properties": {
        "channel": {"type": "string", "enum": list(CHANNELS)},
        "missed": {"type": "boolean", "description": "Of a call: nobody took it, it is called back"},
        "source": _TEXT,
        "external_id": _TEXT,
        "received_at": {"type": "string", "format": "date-time"},
        "contact": _CONTACT,
        "message": _TEXT,
        "request": _REQUEST,
        "utm": {"type": "object", "additionalProperties": _TEXT},
        "visitor": _TEXT,
        "language": {"type": "string", "description": "Of the page the inquiry was left on, such as uk"},
        "custom": {"type": "object", "description": "Values of the agency's own fields by slug", "additionalProperties": True},
    },
}
INTAKE: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _INQUIRY}}},
    "parameters": [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": _TEXT}],
}


def narrowing(page: ListPage, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """The filters of a list as OpenAPI tells them, `custom.<slug>` too; `but` names those the operation declares itself."""
    names = [name for name in (*page.names, *(["sort"] if not but else [])) if name not in but]
    return {"parameters": [{"name": name, "in": "query", "required": False, "schema": _TEXT} for name in names]}
