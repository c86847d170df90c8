"""The ways in that a letter opens: an invitation accepted, a forgotten password set anew."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marshrut.agency.permissions import Actor
from marshrut.agency.queries.people import read_link
from marshrut.agency.services import Letter, accept_invitation, forget_password, set_forgotten_password
from marshrut.agency.services.attempts import is_blocked, keys_of, note_failure
from marshrut.agency.web.actors import staff_of
from marshrut.agency.web.browsers import address_of
from marshrut.agency.web.views import enter
from marshrut.channels.queries import mail_server
from marshrut.channels.services import queue_message
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.names import clean_text

page = require_http_methods(["GET", "POST"])


def address_of_link(request: HttpRequest, letter: Letter) -> str:
    """The link as it goes into a letter: at the agency's own address, else at the one this request came to."""
    path = reverse("welcome" if letter.kind == "invitation" else "password_new", args=[letter.secret])
    own = staff_of(request).agency.address.rstrip("/")
    return own + path if own.startswith(("https://", "http://")) else request.build_absolute_uri(path)


def send_link(request: HttpRequest, letter: Letter, by: Actor, now: datetime) -> bool:
    """Put the letter with the link into the outbox; False when there is no mail server, and the link must be passed on by hand."""
    if mail_server() is None:
        return False
    agency = staff_of(request).agency
    link, name = address_of_link(request, letter), agency.name or "Marshrut"
    with override(agency.language):
        if letter.kind == "invitation":
            subject = _("Invitation to %(agency)s") % {"agency": name}
            text = _(
                "Hello, %(name)s!\n\nYou are invited to work in the CRM of %(agency)s. Set your password here:\n%(link)s\n\n"
                "The link is good for two days and for one person."
            ) % {"name": letter.name, "agency": name, "link": link}
        else:
            subject = _("A new password for %(agency)s") % {"agency": name}
            text = _(
                "Hello, %(name)s!\n\nSet a new password here:\n%(link)s\n\nThe link is good for two hours. If you did not ask for it, "
                "do nothing: your password stays as it is."
            ) % {"name": letter.name, "link": link}
    queue_message(to=letter.email, subject=subject, text=text, purpose=letter.kind, by=by, now=now)
    return True


@never_cache
@page
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """An invited person chooses name and password, and is in."""
    link = read_link(token, "invitation", utc_now())
    if link is None or link.state != "good":
        return _no_link(request, link.state if link else "unknown", "invitation")
    context = {"email": link.email, "values": {"name": link.name}, "errors": {}, "agency": staff_of(request).agency.name}
    if request.method == "GET":
        return render(request, "backoffice/welcome.html", context)
    name, password = clean_text(request.POST.get("name"), 2000), request.POST.get("password", "")[:1000]
    try:
        employee = accept_invitation(secret=token, name=name, password=password, now=utc_now())
    except NotFound:
        return _no_link(request, "unknown", "invitation")
    except DomainError as error:
        errors = {error.field or "": error.sentence}
        return render(request, "backoffice/welcome.html", {**context, "values": {"name": name}, "errors": errors}, status=error.status)
    return enter(request, employee, reverse("today"))


@never_cache
@page
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever forgot the password sets a new one; the second factor is still asked for."""
    link = read_link(token, "reset", utc_now())
    if link is None or link.state != "good":
        return _no_link(request, link.state if link else "unknown", "reset")
    if request.method == "GET":
        return render(request, "backoffice/new_password.html", {"email": link.email, "errors": {}})
    try:
        employee = set_forgotten_password(secret=token, password=request.POST.get("password", "")[:1000], now=utc_now())
    except NotFound:
        return _no_link(request, "unknown", "reset")
    except DomainError as error:
        errors = {error.field or "": error.sentence}
        return render(request, "backoffice/new_password.html", {"email": link.email, "errors": errors}, status=error.status)
    return enter(request, employee, reverse("today"))


def _no_link(request: HttpRequest, state: str, kind: str) -> HttpResponse:
    """What to do when a link is no longer good: used, revoked, expired, or never was one."""
    return render(request, "backoffice/no_link.html", {"state": state, "kind": kind}, status=404 if state == "unknown" else 410)


@never_cache
@page
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password: the answer is the same for known and unknown addresses."""
    context = {"values": {}, "errors": {}, "is_sent": False, "has_mail": mail_server() is not None}
    if request.method == "GET":
        return render(request, "backoffice/forgotten.html", context)
    now, email = utc_now(), clean_text(request.POST.get("email"), 254).lower()
    if "@" not in email:
        errors = {"email": _("Write the e-mail you log in with.")}
        return render(request, "backoffice/forgotten.html", {**context, "values": {"email": email}, "errors": errors}, status=422)
    by_address, by_account = keys_of("forgotten", email, address_of(request))
    keys = [(by_address[0], 3), (by_account[0], 6), *keys_of("forgotten", "", address_of(request))[:1]]
    if not is_blocked(keys, now):
        note_failure(keys, now)
        if context["has_mail"] and (letter := forget_password(email=email, now=now)):
            send_link(request, letter, Actor("employee", letter.employee_id, letter.name), now)
    return render(request, "backoffice/forgotten.html", {**context, "values": {"email": email}, "is_sent": True})
