"""In which language a request is answered: the reader's own, else the agency's; a stranger's browser is believed."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_staff
from marshrut.agency.web.actors import staff_of

LANGUAGES = ("ru", "uk", "en")


class LanguageMiddleware:
    """Activates a language for the request. Stands after the one that gives the request its actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_for(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "ru")
            return response


def language_for(request: HttpRequest) -> str:
    """The language of a request. A program's is what it asks for, else the agency's, which is known with its token."""
    wished = accepted(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
    if "HTTP_AUTHORIZATION" in request.META:
        return wished or settings.LANGUAGE_CODE
    if actor := request.actor if settings.SESSION_COOKIE_NAME in request.COOKIES else None:  # type: ignore[attr-defined]
        staff = staff_of(request)
        own = staff.colleagues.get(actor.id)
        return (own.language if own else "") or staff.agency.language
    try:
        return wished or staff_of(request).agency.language
    except DatabaseError:  # a probe is answered while the database is away
        return settings.LANGUAGE_CODE


def speak_to_program(request: HttpRequest, actor: Actor) -> None:
    """Answer a program that named no language in the agency's; for the rest of its request."""
    if actor.kind == "token" and actor.revision is not None and not accepted(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        translation.activate(read_staff(actor.revision).agency.language)


def accepted(header: str) -> str:
    """The first of our languages that an Accept-Language header (RFC 9110) names; empty when it names none."""
    if not header or len(header) > 500:
        return ""
    named = (language.partition("-")[0] for language, _quality in parse_accept_lang_header(header))
    return next((language for language in named if language in LANGUAGES), "")
