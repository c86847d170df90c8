"""Who acts in this request: `request.actor`, asked of the database once."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.urls import reverse

from marshrut.agency.models import Employee
from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff, read_revision, read_staff
from marshrut.agency.queries.sessions import actor_of_session_key as read_session_actor
from marshrut.agency.services.sessions import note_seen, start_session
from marshrut.agency.web.browsers import address_of, browser_of
from marshrut.core.clock import utc_now

P = ParamSpec("P")


class PageRequest(HttpRequest):
    """A request of somebody who has logged in."""

    actor: Actor


class ActorMiddleware:
    """Gives each request its `actor`: an employee by session, or None. Tokens are read by the JSON door itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of_session(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def session_key_of(request: HttpRequest) -> str:
    """The key this browser shows; empty when it shows none."""
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def actor_of_session(request: HttpRequest) -> Actor | None:
    """Whoever is logged in: one statement, and one more every quarter of an hour, which writes down that they were here."""
    key = session_key_of(request)
    if not key:
        return None
    actor, unseen = read_session_actor(key)
    if unseen is not None:
        note_seen(unseen)
    return actor


def actor_of_session_key(session_key: str) -> Actor | None:
    """Whoever is logged in under this session key. The gate of the event stream."""
    return read_session_actor(session_key)[0] if session_key else None


def remember_session(sender: object, request: HttpRequest, user: Employee, **_more: object) -> None:
    """Django has logged somebody in: their session is one that can be seen and ended."""
    start_session(
        employee_id=user.pk, session_key=request.session.session_key or "", address=address_of(request), browser=browser_of(request),
        now=utc_now(),
    )  # fmt: skip


def revision_of(request: HttpRequest) -> int:
    """The revision of reference data this request works by: it came with the actor."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor.revision if actor and actor.revision is not None else read_revision()


def staff_of(request: HttpRequest) -> Staff:
    """Offices, colleagues and queues as this request sees them."""
    return read_staff(revision_of(request))


def needs_login(view: Callable[Concatenate[PageRequest, P], HttpResponse]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Default deny: a page without an actor sends to the login page, a fragment answers 403."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.actor:  # type: ignore[attr-defined]
            login = reverse("login")
            if request.headers.get("HX-Request"):
                return HttpResponseForbidden(headers={"HX-Redirect": login})
            return redirect(f"{login}?next={quote(request.get_full_path())}" if request.method == "GET" else login)
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    guarded.needs_login = True  # type: ignore[attr-defined]
    return guarded
