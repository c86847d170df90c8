"""The way in and out."""

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.agency.models import Employee
from marshrut.agency.web.attempts import attempts
from marshrut.core.clock import utc_now
from marshrut.core.names import clean_text
from marshrut.ui.live import announce_access_changed


@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The login page; after ten failures for an address it refuses for a quarter of an hour, the right password too."""
    target = safe_next(request)
    if request.method == "GET":
        if request.actor:  # type: ignore[attr-defined]
            return redirect(target)
        return _ask(request, target)
    email = clean_text(request.POST.get("email"), 254).lower()
    password = request.POST.get("password", "")[:1000]
    if errors := _empty(email, password):
        return _ask(request, target, email, errors, 422)
    if attempts.is_blocked(email, utc_now()):
        return _ask(
            request,
            target,
            email,
            {
                "": _(
                    "Too many failed attempts for this address. Wait a quarter of an hour, "
                    "or ask the administrator for a new password."
                )
            },
            429,
        )
    found = authenticate(request, username=email, password=password)
    if not isinstance(found, Employee):
        attempts.note_failure(email, utc_now())
        return _ask(request, target, email, {"": _("The e-mail or the password is not right.")}, 422)
    attempts.forget(email)
    login(request, found)
    return redirect(target)


def _empty(email: str, password: str) -> dict[str, str]:
    given = {"email": email, "password": password}
    return {name: _("Fill this in.") for name, value in given.items() if not value}


def _ask(
    request: HttpRequest, target: str, email: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context = {"values": {"email": email}, "errors": errors or {}, "next": target if target != reverse("today") else ""}
    return render(request, "agency/login.html", context, status=status)


def safe_next(request: HttpRequest) -> str:
    """Where to go after logging in: a page of ours, never another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if wanted.startswith("/") and is_ours else reverse("today")


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; streams opened with it are asked again and end too."""
    actor = request.actor  # type: ignore[attr-defined]
    leaving = actor.id if actor else None
    logout(request)
    if leaving:
        announce_access_changed(leaving)
    return redirect("login")
