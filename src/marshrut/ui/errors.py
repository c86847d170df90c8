"""What is said when a page cannot be shown: what happened, what was kept, what to do. A program gets problem+json."""

import json
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

REFUSED_BODY = "marshrut.refused_body"
"""In a request's environment: its body was longer than so many bytes and was not read."""


class Refusals:
    """What is refused before an address is asked, or by it without a word, is said like every other refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = request.META.get(REFUSED_BODY)
        if limit is not None:
            return too_large(request, limit)
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.path.startswith("/api/"):
            said = say(request, 405, _("This address does not take %(method)s.") % {"method": request.method}, "")
            said["Allow"] = response.get("Allow", "")
            return said
        return response


def say(request: HttpRequest, code: int, title: str, text: str) -> HttpResponse:
    """The page of an error, or the same as problem+json under /api/."""
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": code, "detail": title}
        return HttpResponse(json.dumps(body), status=code, content_type="application/problem+json")
    return render(request, "ui/error.html", {"code": code, "title": title, "text": text}, status=code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return say(request, 400, _("This request cannot be read"), _("Go back and send it again; what was saved before is safe."))


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """More was sent than is taken at once; `limit` in bytes."""
    text = _("At most %(limit)s MB are taken at once. Nothing of it was kept: go back, choose a smaller file or split it.")
    return say(request, 413, _("This is too large"), text % {"limit": limit >> 20})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return say(request, 403, _("You have no right to do this"), _("Ask the administrator if you need it for your work."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return say(request, 403, _("The page was open too long"), _("Go back, reload the page and send it again."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return say(request, 404, _("There is nothing here"), _("Perhaps it was closed or moved, or it is a colleague's."))


def broken(request: HttpRequest) -> HttpResponse:
    """500; or, while the database restarts, 503 with the moment to come again: what was not acknowledged can be sent again."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        response = say(request, 503, _("The database is restarting"), _("Nothing that was saved is lost. Try again in a few seconds."))
        response["Retry-After"] = "2"
        return response
    return say(request, 500, _("Something broke on our side"), _("Nothing that was saved is lost. Try again in a minute."))
