"""Errors as problem+json (RFC 9457): a type, a sentence, and the names of what is wrong or missing."""

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

from marshrut.core.errors import DomainError


def problem(
    status: int,
    detail: str,
    *,
    code: str = "",
    field: str | None = None,
    missing: tuple[str, ...] = (),
    errors: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    """One problem as an answer."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    extra = {"code": code, "field": field, "missing": list(missing), "errors": errors}
    body |= {name: value for name, value in extra.items() if value}
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def problem_of(error: DomainError) -> HttpResponse:
    return problem(error.status, error.sentence, code=error.code, field=error.field, missing=error.missing)
