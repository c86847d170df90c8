"""My security: where I am logged in, my password, my second factor."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.permissions import WITH_SECOND_FACTOR
from marshrut.agency.queries.people import factors_of, find_colleague
from marshrut.agency.queries.sessions import sessions_of
from marshrut.agency.services.access import change_password
from marshrut.agency.services.second_factor import (
    begin_authenticator,
    confirm_authenticator,
    remove_authenticator,
    remove_passkey,
    renew_recovery_codes,
)
from marshrut.agency.services.sessions import end_session, end_sessions
from marshrut.agency.web.actors import session_key_of
from marshrut.agency.web.confirming import LONGEST, Question, after_password, require_password
from marshrut.agency.web.pages import ReaderRequest, for_staff, found, part_or_page
from marshrut.agency.web.pictures import picture_of
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.ui.answers import done

dialog = require_http_methods(["GET", "POST"])


@never_cache
@require_safe
@for_staff()
def my_security(request: ReaderRequest) -> HttpResponse:
    """Sessions, password, second factor and recovery codes of the reader."""
    reader = request.reader
    factors = factors_of(reader.actor.id)
    context = {
        "sessions": sessions_of(reader.actor.id, session_key_of(request)),
        "factors": factors,
        "asks_for_factor": not factors and (reader.staff.agency.needs_second_factor or reader.actor.role in WITH_SECOND_FACTOR),
    }
    return part_or_page(request, "security", "agency/_security.html", "agency/security.html", context)


@require_POST
@for_staff()
def end_one(request: ReaderRequest, pk: int) -> HttpResponse:
    """End a session: one's own, or a colleague's by whoever manages staff."""
    end_session(session_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("The session has ended"))


@require_POST
@for_staff()
def end_others(request: ReaderRequest) -> HttpResponse:
    """End every session of the reader but this one."""
    actor = request.reader.actor
    end_sessions(employee_id=actor.id, by=actor, now=request.reader.now, except_key=session_key_of(request))
    return done(_("You are logged in here only"))


@dialog
@for_staff()
def password(request: ReaderRequest) -> HttpResponse:
    """Another password; every other session ends."""
    if request.method == "GET":
        return render(request, "agency/_password_dialog.html", {"errors": {}})
    old, new = (request.POST.get(name, "")[:LONGEST] for name in ("old", "new"))
    try:
        require_password(request, old, "old")
        change_password(
            employee_id=request.reader.actor.id, old=old, new=new, session_key=session_key_of(request), now=request.reader.now
        )
    except DomainError as error:
        return render(request, "agency/_password_dialog.html", {"errors": {error.field or "": error.sentence}}, status=error.status)
    return done(_("The password is changed; other sessions have ended"))


@never_cache
@dialog
@for_staff()
def connect_app(request: ReaderRequest) -> HttpResponse:
    """Connect an app that shows codes: the picture, then the first code, then the recovery codes."""
    reader = request.reader
    secret = begin_authenticator(by=reader.actor, now=reader.now)
    me = find_colleague(reader.actor.id)
    context: dict[str, Any] = {
        "secret": secret,
        "picture": picture_of(secret, me.email if me else "", reader.staff.agency.name),
        "errors": {},
    }
    if request.method == "GET":
        return render(request, "agency/_app_dialog.html", context)
    try:
        require_password(request, request.POST.get("password", ""))
        codes = confirm_authenticator(code=clean_text(request.POST.get("code"), 60), by=reader.actor, now=reader.now)
    except DomainError as error:
        return render(
            request, "agency/_app_dialog.html", {**context, "errors": {error.field or "": error.sentence}}, status=error.status
        )
    if not codes:
        return done(_("The app is connected"))
    return _shown_once(request, codes)


def _shown_once(request: ReaderRequest, codes: list[str]) -> HttpResponse:
    """The recovery codes in the dialog; the page behind it shows what is connected now."""
    answer = render(request, "agency/_codes_dialog.html", {"codes": codes})
    answer["HX-Trigger"] = "written"
    return answer


@never_cache
@dialog
@for_staff()
def disconnect_app(request: ReaderRequest) -> HttpResponse:
    """The app is not asked for any more."""

    def disconnect() -> HttpResponse:
        remove_authenticator(by=request.reader.actor, now=request.reader.now)
        return done(_("The app is disconnected"))

    said = _("Disconnect the app? It will not be asked for any more.")
    return after_password(request, Question(_("Disconnect the app"), said, _("Disconnect")), disconnect)


@never_cache
@dialog
@for_staff()
def disconnect_key(request: ReaderRequest, pk: int) -> HttpResponse:
    """A key opens the door no more."""
    key = found(next((key for key in factors_of(request.reader.actor.id).keys if key.id == pk), None))

    def disconnect() -> HttpResponse:
        remove_passkey(passkey_id=pk, by=request.reader.actor, now=request.reader.now)
        return done(_("The key is disconnected"))

    said = _("Disconnect the key “%(name)s”?") % {"name": key.name}
    return after_password(request, Question(_("Disconnect the key"), said, _("Disconnect")), disconnect)


@never_cache
@dialog
@for_staff()
def new_codes(request: ReaderRequest) -> HttpResponse:
    """Ten new recovery codes, shown once."""
    reader = request.reader
    if not factors_of(reader.actor.id):
        return done(_("Connect an app or a key first"))

    def renew() -> HttpResponse:
        return _shown_once(request, renew_recovery_codes(by=reader.actor))

    said = _("Make ten new codes? The old ones will open nothing.")
    return after_password(request, Question(_("Recovery codes"), said, _("New codes")), renew)
