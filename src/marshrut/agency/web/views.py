"""The way in and out: password, then the second factor of whoever has one."""

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.agency.models import Employee
from marshrut.agency.queries import actor_of_employee
from marshrut.agency.queries.people import factors_of
from marshrut.agency.services.attempts import is_blocked, note_failure
from marshrut.agency.services.second_factor import begin_authenticator, check_code, confirm_authenticator
from marshrut.agency.services.sessions import end_session_of_key
from marshrut.agency.web.actors import session_key_of, staff_of
from marshrut.agency.web.entering import Half, finish, half_of, open_half, remember_browser, tries
from marshrut.agency.web.pictures import picture_of
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text


@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The login page; after ten failures from one place it refuses that place for a quarter of an hour."""
    target = safe_next(request)
    if request.method == "GET":
        if request.actor:  # type: ignore[attr-defined]
            return redirect(target)
        return _ask(request, target)
    email = clean_text(request.POST.get("email"), 254).lower()
    password = request.POST.get("password", "")[:1000]
    if errors := _empty(email, password):
        return _ask(request, target, email, errors, 422)
    keys = tries(request, "login", email)
    if is_blocked(keys, utc_now()):
        return _ask(request, target, email, {"": _too_many()}, 429)
    found = authenticate(request, username=email, password=password)
    if not isinstance(found, Employee):
        note_failure(keys, utc_now())
        return _ask(request, target, email, {"": _("The e-mail or the password is not right.")}, 422)
    return enter(request, found, target)


def enter(request: HttpRequest, employee: Employee, target: str) -> HttpResponse:
    """The password was right: on to the second factor, to making one where the agency asks for it, or in."""
    if factors_of(employee.id):
        open_half(request, employee.id, target, utc_now())
        return redirect("login_second")
    if staff_of(request).agency.needs_second_factor:
        open_half(request, employee.id, target, utc_now())
        return redirect("login_setup")
    return let_in(request, employee, target)


def let_in(request: HttpRequest, employee: Employee, target: str) -> HttpResponse:
    """Logged in, and on to the page that was asked for."""
    finish(request, employee)
    response = redirect(target)
    remember_browser(request, response, employee.email)
    return response


def _too_many() -> str:
    return _("Too many failed attempts. Wait a quarter of an hour, or ask the administrator for a new password.")


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


@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app or a recovery code; a passkey has an address of its own."""
    half = half_of(request, utc_now())
    employee = _half_employee(half)
    if half is None or employee is None:
        return redirect("login")
    factors = factors_of(employee.id)
    if request.method == "GET":
        return render(request, "agency/second.html", {"factors": factors, "errors": {}})
    keys = tries(request, "second", employee.email)
    now = utc_now()
    if is_blocked(keys, now):
        return render(request, "agency/second.html", {"factors": factors, "errors": {"": _too_many()}}, status=429)
    if check_code(employee_id=employee.id, code=clean_text(request.POST.get("code"), 60), now=now):
        return let_in(request, employee, half.target)
    note_failure(keys, now)
    wrong = _("This code is not right, or has been used already. Wait for the next one.")
    return render(request, "agency/second.html", {"factors": factors, "errors": {"code": wrong}}, status=422)


def _half_employee(half: Half | None) -> Employee | None:
    return Employee.objects.filter(pk=half.employee_id, is_active=True).first() if half else None


@never_cache
@require_http_methods(["GET", "POST"])
def set_up_factor(request: HttpRequest) -> HttpResponse:
    """The agency asks everybody for a second factor: whoever has none connects an app before the door opens."""
    half = half_of(request, utc_now())
    employee = _half_employee(half)
    actor = actor_of_employee(employee.id) if employee else None
    if half is None or employee is None or actor is None:
        return redirect("login")
    if factors_of(employee.id):
        return redirect("login_second")
    secret = begin_authenticator(by=actor, now=utc_now())
    context = {"picture": picture_of(secret, employee.email, staff_of(request).agency.name), "secret": secret, "errors": {}}
    if request.method == "GET":
        return render(request, "agency/setup.html", context)
    try:
        codes = confirm_authenticator(code=clean_text(request.POST.get("code"), 60), by=actor, now=utc_now())
    except DomainError as error:
        return render(request, "agency/setup.html", {**context, "errors": {error.field or "": error.sentence}}, status=error.status)
    finish(request, employee)
    response = render(request, "agency/codes.html", {"codes": codes, "next": half.target})
    remember_browser(request, response, employee.email)
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; streams opened with it are asked again and end too."""
    if key := session_key_of(request):
        end_session_of_key(session_key=key, now=utc_now())
    logout(request)
    return redirect("login")
