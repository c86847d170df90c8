"""The door: who knocks (tokens, or a logged-in person reading), what they may, and how refusals are said."""

import logging
from datetime import date, datetime
from typing import Annotated, Any

import orjson
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Path, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import BeforeValidator

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import actor_of_token
from marshrut.agency.web.languages import speak_to_program
from marshrut.api import contract
from marshrut.api.problems import problem, problem_of
from marshrut.core.errors import DomainError, NotFound

log = logging.getLogger(__name__)
LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
# A name without a value (`owner=`) asks for nothing.
Unsaid = BeforeValidator(lambda value: None if value == "" else value)
OptionalId = Annotated[int | None, Query(ge=1, le=LARGEST_ID), Unsaid]
OptionalMoment = Annotated[datetime | None, Unsaid]
OptionalDay = Annotated[date | None, Unsaid]


class Token(HttpBearer):
    """`Authorization: Bearer …`. A logged-in person may read with their session; writing needs a token."""

    def __call__(self, request: HttpRequest) -> Actor | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if header:
            scheme, _sep, secret = header.partition(" ")
            return self.authenticate(request, secret.strip()) if scheme.lower() == "bearer" else None
        if request.method in ("GET", "HEAD"):
            return getattr(request, "actor", None) or None
        return None

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return actor_of_token(token)


class BodyParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return orjson.loads(request.body)


_NEVER_SENT = HttpResponse()


class Door(NinjaAPI):
    """Ninja's own description calls every answer application/json; what is refused is answered as problem+json."""

    described: OpenAPISchema | None = None

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """Ninja begins an answer for operations that would add to it. Ours give whole ones, so this one is never sent."""
        return _NEVER_SENT

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The description, made once: what the door is does not change while it stands."""
        if self.described is None:
            self.described = self._describe(**where)
        return self.described

    def _describe(self, **where: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**where)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {"application/problem+json": answer["content"].pop("application/json")}
        return schema


api = Door(
    title="Marshrut", version="1", description="The CRM of a travel agency: inquiries, deals, next actions.",
    openapi_url="/openapi.json", docs_url=None, auth=Token(), parser=BodyParser(), urls_namespace="api",
)  # fmt: skip


class Forbidden(DomainError):
    status = 403


def acting(request: HttpRequest, *scopes: str) -> Actor:
    """The actor of this request, who must hold these scopes."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    speak_to_program(request, actor)
    for scope in scopes:
        if not actor.may(scope):
            raise lacking(scope)
    return actor


def lacking(scope: str) -> Forbidden:
    """The refusal that names the scope somebody does not hold."""
    return Forbidden("scope_missing", _("This needs the scope %(scope)s.") % {"scope": scope}, missing=(scope,))


def answer(value: Any, status: int = 200) -> HttpResponse:
    """A value as JSON. Decimals go out as texts, moments as ISO 8601."""
    return HttpResponse(orjson.dumps(value, default=str), status=status, content_type="application/json")


@api.exception_handler(DomainError)
def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem_of(error)


@api.exception_handler(AuthenticationError)
def refuse_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401, _("A valid token is needed: Authorization: Bearer …"), code="unauthenticated")


@api.exception_handler(ValidationError)
def refuse_values(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(str(part) for part in e["loc"][1:] if part != "given") or str(e["loc"][-1]), "problem": e["msg"]}
        for e in error.errors
    ]
    first = errors[0]["field"] if errors else None
    missing = tuple(e["loc"][-1] for e in error.errors if e.get("type") == "missing" and isinstance(e["loc"][-1], str))
    return problem(422, _("Some values cannot be read."), code="invalid", field=first, missing=missing, errors=errors)


@api.exception_handler(HttpError)
def refuse_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error), code="bad_request")


@api.exception_handler(Http404)
def refuse_absent(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("There is nothing like that within your reach."), code="not_found")


@api.exception_handler(DataError)
@api.exception_handler(ValueError)
def refuse_unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """A value no check foresaw and the database cannot hold: the caller's to mend, and ours to see in the log."""
    log.warning("unreadable value at %s: %s", request.path, error)
    return problem(422, _("Some value cannot be kept as it is."), code="unreadable")


def absent() -> NotFound:
    return NotFound("not_found", _("There is nothing like that within your reach."))


@api.get("/ping", response={204: None, **contract.PROBLEMS}, summary="Nothing, with token and rights checked", tags=["door"])
def ping(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)
