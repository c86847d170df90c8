"""People who work here: the list, one person's rights, invitations, sessions and second factors of colleagues, teams."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.permissions import may_manage, usual_reach
from marshrut.agency.queries.people import StaffLine, factors_of, find_colleague, list_staff, list_teams, list_tokens
from marshrut.agency.queries.sessions import sessions_of
from marshrut.agency.services import (
    Letter,
    change_employee,
    drop_team,
    end_sessions,
    invite_again,
    invite_employee,
    issue_reset,
    reset_second_factor,
    revoke_invitation,
    save_team,
    take_back,
)
from marshrut.agency.web.pages import ReaderRequest, for_staff, found, part_or_page
from marshrut.agency.wording import reach_label, role_label, state_label
from marshrut.backoffice.web.access import address_of_link, send_link
from marshrut.backoffice.web.staff_forms import Choice, employment_choices, employment_of, typed, values_of
from marshrut.channels.queries import mail_server
from marshrut.channels.services import queue_message
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.names import clean_text
from marshrut.ui.answers import done

dialog = require_http_methods(["GET", "POST"])


@require_safe
@for_staff("staff:write")
def staff(request: ReaderRequest) -> HttpResponse:
    """Everybody who works here, was invited or has left."""
    lines = list_staff()
    shown = [_shown(line) for line in lines if line.state != "left"]
    context = {"people": shown, "left": [_shown(line) for line in lines if line.state == "left"], "teams": list_teams()}
    return part_or_page(request, "staff", "backoffice/_staff.html", "backoffice/staff.html", context)


def _shown(line: StaffLine) -> dict[str, Any]:
    return {"line": line, "role": role_label(line.role), "state": state_label(line.state),
            "reach": reach_label(line.reach) if line.reach and line.reach != usual_reach(line.role) else ""}


@dialog
@for_staff("staff:write")
def invite(request: ReaderRequest) -> HttpResponse:
    """Somebody is invited: a letter with a link, or the link to pass on when there is no mail server."""
    reader = request.reader
    context = {**employment_choices(reader.actor, reader.staff, list_teams()), "has_mail": mail_server() is not None}
    if request.method == "GET":
        values: dict[str, Any] = {"role": "manager", "office": str(reader.office.id), "share_weight": "1", "unmasked": []}
        return render(request, "backoffice/_invite_dialog.html", {**context, "values": values, "errors": {}})
    values = typed(request)
    try:
        with transaction.atomic():
            letter = invite_employee(email=values["email"], employment=employment_of(values), by=reader.actor, now=reader.now)
            is_sent = send_link(request, letter, reader.actor, reader.now)
    except DomainError as error:
        return _refused(request, "backoffice/_invite_dialog.html", context, values, error)
    return _told(request, letter, is_sent)


def _told(request: ReaderRequest, letter: Letter, is_sent: bool) -> HttpResponse:
    """The letter is on its way; or here is the link, this once, to pass on by hand."""
    if is_sent:
        return done(_("The letter to %(email)s is on its way") % {"email": letter.email})
    return render(request, "backoffice/_link_dialog.html", {"letter": letter, "link": address_of_link(request, letter)})


def _refused(request: ReaderRequest, template: str, context: dict[str, Any], values: dict[str, Any], error: DomainError) -> HttpResponse:
    field = {"office_id": "office", "team_id": "team"}.get(error.field or "", error.field or "")
    shown = field if field in values else ""
    return render(request, template, {**context, "values": values, "errors": {shown: error.sentence}}, status=error.status)


@require_safe
@for_staff("staff:write")
def colleague(request: ReaderRequest, pk: int) -> HttpResponse:
    """One person: what they are and may, where they are logged in, their factors, their tokens."""
    reader = request.reader
    line: StaffLine = found(find_colleague(pk))
    context = {
        **_shown(line),
        "sessions": sessions_of(pk) if may_manage(reader.actor, line.role) else [],
        "factors": factors_of(pk), "tokens": [t for t in list_tokens(f"employee:{pk}") if t.revoked_at is None],
        "may_manage": may_manage(reader.actor, line.role), "is_self": pk == reader.actor.id,
        "choices": employment_choices(reader.actor, reader.staff, list_teams()), "values": values_of(line), "errors": {},
    }  # fmt: skip
    return part_or_page(request, "colleague", "backoffice/_colleague.html", "backoffice/colleague.html", context)


@dialog
@for_staff("staff:write")
def change(request: ReaderRequest, pk: int) -> HttpResponse:
    """What somebody is and may."""
    reader = request.reader
    line: StaffLine = found(find_colleague(pk))
    context = {**employment_choices(reader.actor, reader.staff, list_teams()), "line": line}
    if request.method == "GET":
        return render(request, "backoffice/_colleague_dialog.html", {**context, "values": values_of(line), "errors": {}})
    values = typed(request)
    try:
        change_employee(employee_id=pk, employment=employment_of(values), by=reader.actor, now=reader.now)
    except NotFound:
        raise
    except DomainError as error:
        return _refused(request, "backoffice/_colleague_dialog.html", context, values, error)
    return done(_("Saved"))


@require_POST
@for_staff("staff:write")
def invite_anew(request: ReaderRequest, pk: int) -> HttpResponse:
    """Another link in the place of the old one."""
    with transaction.atomic():
        letter = invite_again(employee_id=pk, by=request.reader.actor, now=request.reader.now)
        is_sent = send_link(request, letter, request.reader.actor, request.reader.now)
    return _told(request, letter, is_sent)


@require_POST
@for_staff("staff:write")
def revoke(request: ReaderRequest, pk: int) -> HttpResponse:
    """The invitation lets nobody in."""
    name = revoke_invitation(employee_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("The invitation of %(name)s is revoked") % {"name": name})


@never_cache
@require_POST
@for_staff("staff:write")
def reset_password(request: ReaderRequest, pk: int) -> HttpResponse:
    """A link to a new password for a colleague."""
    with transaction.atomic():
        letter = issue_reset(employee_id=pk, by=request.reader.actor, now=request.reader.now)
        is_sent = send_link(request, letter, request.reader.actor, request.reader.now)
    return _told(request, letter, is_sent)


@require_POST
@for_staff("staff:write")
def reset_factor(request: ReaderRequest, pk: int) -> HttpResponse:
    """A colleague lost phone and key; they are told by letter, in case it was not they who asked."""
    reader = request.reader
    line: StaffLine = found(find_colleague(pk))
    with transaction.atomic():
        reset_second_factor(employee_id=pk, by=reader.actor, now=reader.now)
        if mail_server() is not None:
            with override(reader.staff.agency.language):
                subject = _("Your second factor was reset")
                text = _(
                    "Hello, %(name)s!\n\n%(by)s has reset your second factor, and all your sessions have ended. Log in and connect a new "
                    "one. If you did not ask for it, tell your administrator at once."
                ) % {"name": line.name, "by": reader.actor.name}
            queue_message(to=line.email, subject=subject, text=text, purpose="notice", by=reader.actor, now=reader.now)
    return done(_("The second factor of %(name)s is reset") % {"name": line.name})


@require_POST
@for_staff("staff:write")
def end_all(request: ReaderRequest, pk: int) -> HttpResponse:
    """Every session of a colleague ends."""
    line: StaffLine = found(find_colleague(pk))
    if not may_manage(request.reader.actor, line.role):
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    end_sessions(employee_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("All sessions of %(name)s have ended") % {"name": line.name})


@require_POST
@for_staff("staff:write")
def come_back(request: ReaderRequest, pk: int) -> HttpResponse:
    """Somebody who left works here again."""
    take_back(employee_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("The account is open again; give clients back by hand"))


@dialog
@for_staff("staff:write")
def team(request: ReaderRequest, pk: int = 0) -> HttpResponse:
    """A new team, or another name for one."""
    reader = request.reader
    known = next((line for line in list_teams() if line.id == pk), None)
    if pk and known is None:
        found(None)
    context = {"team": known, "offices": [Choice(str(office.id), office.name) for office in reader.staff.offices.values()]}
    if request.method == "GET":
        values = {"name": known.name if known else "", "office": str(known.office_id if known else reader.office.id)}
        return render(request, "backoffice/_team_dialog.html", {**context, "values": values, "errors": {}})
    values = {name: clean_text(request.POST.get(name), 100) for name in ("name", "office")}
    office = int(values["office"]) if values["office"].isdigit() and len(values["office"]) < 19 else 0
    try:
        save_team(team_id=pk or None, name=values["name"], office_id=office, by=reader.actor, now=reader.now)
    except DomainError as error:
        return _refused(request, "backoffice/_team_dialog.html", context, values, error)
    return done(_("Saved"))


@require_POST
@for_staff("staff:write")
def remove_team(request: ReaderRequest, pk: int) -> HttpResponse:
    """A team nobody is in is removed."""
    drop_team(team_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("The team is removed"), go=reverse("staff"))
