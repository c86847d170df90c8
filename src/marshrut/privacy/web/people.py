"""One person's consents; everything about them in one file; their erasing. And the register of all consents."""

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.intake.wording import channel_label
from marshrut.privacy.permissions import SCOPE, may_care
from marshrut.privacy.queries import ConsentLine, find_person, list_consents, person_of_consent
from marshrut.privacy.services import erase_person, hand_over_everything, record_consent, withdraw_consent
from marshrut.privacy.services.consents import PURPOSES
from marshrut.privacy.web.rules import name_of
from marshrut.privacy.wording import purpose_label
from marshrut.ui.answers import done

PAGE = 50


@require_safe
@for_staff("persons:read")
def consents(request: ReaderRequest) -> HttpResponse:
    """The register of consents of people within reach, the latest first."""
    before = request.GET.get("before", "")
    lines = list_consents(request.reader.actor, before_id=int(before) if before.isdecimal() and len(before) < 19 else None, limit=PAGE)
    more = f"{reverse('consents')}?part=rows&before={lines[-1].id}" if len(lines) == PAGE else None
    context = {"consents": [_consent(line, request) for line in lines], "more_url": more}
    return part_or_page(request, "rows", "privacy/_consent_rows.html", "privacy/consents.html", context)


def _consent(line: ConsentLine, request: ReaderRequest) -> dict[str, Any]:
    return {
        "id": line.id, "person_id": line.person_id, "person": request.reader.actor.named(line.name),
        "purpose": purpose_label(line.purpose), "text": line.text, "version": line.version, "channel": channel_label(line.channel),
        "given_at": line.given_at, "withdrawn_at": line.withdrawn_at,
        "withdrawn_by": name_of(line.withdrawn_by, request) if line.withdrawn_by else "", "withdrawn_how": line.withdrawn_how,
    }  # fmt: skip


@require_safe
@for_staff("persons:read")
def person(request: ReaderRequest, pk: int) -> HttpResponse:
    """What one client agreed to, and, for whoever answers for it, everything about them handed over or erased."""
    actor = request.reader.actor
    found = find_person(actor, pk)
    context = {
        "person": found,
        "name": actor.named(found.name),
        "consents": [_consent(line, request) for line in list_consents(actor, person_id=pk)],
        "may_write": actor.may("persons:write"),
        "may_care": may_care(actor),
        "purposes": [{"value": purpose, "label": purpose_label(purpose)} for purpose in PURPOSES],
    }
    return render(request, "privacy/person.html", context)


def _asked(request: ReaderRequest, template: str, context: dict[str, Any], values: dict[str, str], error: DomainError) -> HttpResponse:
    field = error.field if error.field in values else ""
    return render(request, template, {**context, "values": values, "errors": {field or "": error.sentence}}, status=error.status)


@require_http_methods(["GET", "POST"])
@for_staff("persons:write")
def consent(request: ReaderRequest, pk: int) -> HttpResponse:
    """Write down a consent given by word or on paper."""
    reader = request.reader
    context = {"person": find_person(reader.actor, pk),
               "purposes": [{"value": purpose, "label": purpose_label(purpose)} for purpose in PURPOSES]}
    if request.method == "GET":
        return render(request, "privacy/_consent_dialog.html", {**context, "values": {"purpose": "marketing"}, "errors": {}})
    values = {name: clean_text(request.POST.get(name), 20_000, keep_lines=True) for name in ("purpose", "text", "channel")}
    try:
        record_consent(person_id=pk, purpose=values["purpose"], text=values["text"], version="", channel=values["channel"],
                       by=reader.actor, now=reader.now)
    except DomainError as error:
        return _asked(request, "privacy/_consent_dialog.html", context, values, error)
    return done(_("The consent is written down."), go=reverse("person_care", args=(pk,)))


@require_http_methods(["GET", "POST"])
@for_staff("persons:write")
def withdraw(request: ReaderRequest, pk: int) -> HttpResponse:
    """Write down that a consent was withdrawn, and how we learned it."""
    reader, context = request.reader, {"consent_id": pk}
    person_of_consent(reader.actor, pk)
    if request.method == "GET":
        return render(request, "privacy/_withdraw_dialog.html", {**context, "values": {}, "errors": {}})
    values = {"how": clean_text(request.POST.get("how"), 500)}
    try:
        person_id = withdraw_consent(consent_id=pk, how=values["how"], by=reader.actor, now=reader.now)
    except DomainError as error:
        return _asked(request, "privacy/_withdraw_dialog.html", context, values, error)
    return done(_("The withdrawal is written down."), go=reverse("person_care", args=(person_id,)))


@require_POST
@for_staff(SCOPE)
def everything(request: ReaderRequest, pk: int) -> HttpResponseBase:
    """Everything about a person as one ZIP."""
    reader = request.reader
    find_person(reader.actor, pk)
    file = hand_over_everything(person_id=pk, ground=request.POST.get("ground", ""), by=reader.actor, now=reader.now)
    return FileResponse(file, as_attachment=True, filename=f"person-{pk}.zip", content_type="application/zip")


@require_http_methods(["GET", "POST"])
@for_staff(SCOPE)
def erase(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask once more, then erase everything about a person."""
    reader = request.reader
    context = {"person": find_person(reader.actor, pk)}
    if request.method == "GET":
        return render(request, "privacy/_erase_dialog.html", {**context, "values": {}, "errors": {}})
    values = {"ground": clean_text(request.POST.get("ground"), 500)}
    try:
        counts = erase_person(person_id=pk, ground=values["ground"], by=reader.actor, now=reader.now)
    except DomainError as error:
        return _asked(request, "privacy/_erase_dialog.html", context, values, error)
    said = _("Erased: %(rows)s records. The register keeps that it was done.") % {"rows": sum(counts.values())}
    return done(said, go=reverse("privacy"))
