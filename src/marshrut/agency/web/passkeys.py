"""Keys of devices (WebAuthn): connecting one, and opening the door with it alone or as the second step.

The key itself asks for a finger, a face or a PIN (user verification), so it is two factors by itself.
"""

import base64
import importlib
import json
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marshrut.agency.models import Employee
from marshrut.agency.queries.people import KnownKey, credentials_of, find_colleague, find_key
from marshrut.agency.services.attempts import is_blocked, note_failure
from marshrut.agency.services.second_factor import add_passkey, note_passkey_used
from marshrut.agency.web.actors import staff_of
from marshrut.agency.web.confirming import require_password
from marshrut.agency.web.entering import half_of, tries
from marshrut.agency.web.pages import ReaderRequest, for_staff
from marshrut.agency.web.views import let_in, safe_next
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError

CHALLENGE = "challenge"
NEW_CHALLENGE = "new_key_challenge"  # apart: what is asked of anybody at the door connects no key
GOOD_FOR = 300  # seconds


def _ceremony() -> Any:
    """Loaded with the first key that anybody uses: see there."""
    return importlib.import_module("marshrut.agency.web.key_ceremony")


def _in_text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _in_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def site_of(request: HttpRequest) -> tuple[str, str]:
    """The name keys are bound to, and the address this page has. A host below the agency's address shares its keys."""
    host = request.get_host()
    name = urlsplit(f"//{host}").hostname or ""
    agency = urlsplit(staff_of(request).agency.address).hostname or ""
    return (agency if agency and name.endswith("." + agency) else name), f"{request.scheme}://{host}"


def _challenge(request: HttpRequest, purpose: str, challenge: bytes, now: datetime) -> None:
    request.session[purpose] = [_in_text(challenge), now.timestamp() + GOOD_FOR]


def _asked(request: HttpRequest, purpose: str, now: datetime) -> bytes:
    """The challenge this session was given for the purpose, good once. Refused when there is none or it is too old."""
    kept = request.session.pop(purpose, None)
    if not kept or kept[1] < now.timestamp():
        raise DomainError("no_challenge", _("It took too long. Try again."))
    return _in_bytes(kept[0])


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body)
    except ValueError as error:
        raise DomainError("unreadable", _("The key's answer cannot be read.")) from error
    if not isinstance(given, dict):
        raise DomainError("unreadable", _("The key's answer cannot be read."))
    return given


def _said(request: HttpRequest) -> dict[str, Any]:
    """What the page sends with a key's answer."""
    given = _read(request)
    if not isinstance(given.get("credential"), dict):
        raise DomainError("unreadable", _("The key's answer cannot be read."))
    return given


def _refusal(error: DomainError) -> JsonResponse:
    return JsonResponse({"sentence": error.sentence}, status=error.status)


@never_cache
@require_POST
def ask_key(request: HttpRequest) -> HttpResponse:
    """What a key must answer to open the door; after a password, only this person's keys."""
    half = half_of(request, utc_now())
    site, _origin = site_of(request)
    challenge, options = _ceremony().ask_to_enter(site, credentials_of(half.employee_id) if half else ())
    _challenge(request, CHALLENGE, challenge, utc_now())
    return HttpResponse(options, content_type="application/json")


@never_cache
@require_POST
def enter_by_key(request: HttpRequest) -> HttpResponse:
    """A key opens the door: instead of password and code, or as the second step."""
    now = utc_now()
    half = half_of(request, now)
    try:
        employee = _check(request, now)
    except DomainError as error:
        return _refusal(error)
    if half and half.employee_id != employee.id:
        return _refusal(DomainError("other_person", _("This key belongs to somebody else.")))
    response = let_in(request, employee, half.target if half else safe_next(request))
    answer = JsonResponse({"go": response["Location"]})
    answer.cookies = response.cookies
    return answer


def _check(request: HttpRequest, now: datetime) -> Employee:
    """Whose key has answered. A try counts for the owner of the key it names; of a key nobody has, for its address alone."""
    challenge, credential = _asked(request, CHALLENGE, now), _said(request)["credential"]
    known = _key_named(credential)
    employee = Employee.objects.filter(pk=known.employee_id).first() if known else None
    keys = tries(request, "key", employee.email) if employee else tries(request, "key", "")[:1]
    if is_blocked(keys, now):
        raise DomainError("too_many", _("Too many failed attempts. Wait a quarter of an hour."))
    count = _ceremony().entering_count(site_of(request), challenge, credential, (known.public_key, known.sign_count)) if known else None
    if known is None or employee is None or count is None:
        note_failure(keys, now)
        raise DomainError("unknown_key", _("This key is not known here, or its owner no longer works here."))
    note_passkey_used(passkey_id=known.id, sign_count=count, now=now)
    return employee


def _key_named(credential: dict[str, Any]) -> KnownKey | None:
    with suppress(ValueError):
        return find_key(_in_bytes(str(credential.get("rawId", ""))))
    return None


@never_cache
@require_POST
@for_staff()
def offer_key(request: ReaderRequest) -> HttpResponse:
    """What a key must answer to be connected; told to whoever knows the password, since a key opens the door alone."""
    try:
        require_password(request, str(_read(request).get("password", "")))
    except DomainError as error:
        return _refusal(error)
    me = find_colleague(request.reader.actor.id)
    site, _origin = site_of(request)
    actor, agency = request.reader.actor, request.reader.staff.agency.name or "Marshrut"
    challenge, options = _ceremony().ask_to_connect(site, agency, (actor.id, me.email if me else "", actor.name), credentials_of(actor.id))
    _challenge(request, NEW_CHALLENGE, challenge, request.reader.now)
    return HttpResponse(options, content_type="application/json")


@never_cache
@require_http_methods(["GET", "POST"])
@for_staff()
def connect_key(request: ReaderRequest) -> HttpResponse:
    """The dialog; then the key has answered and is connected. Recovery codes are shown with the first factor."""
    if request.method == "GET":
        return render(request, "agency/_key_dialog.html")
    try:
        said, challenge = _said(request), _asked(request, NEW_CHALLENGE, request.reader.now)
        proof = _ceremony().connected(site_of(request), challenge, said["credential"])
        if proof is None:
            raise DomainError("bad_key", _("The key's answer does not hold. Try again."))
        codes = add_passkey(
            credential_id=proof[0], public_key=proof[1], sign_count=proof[2], name=str(said.get("name", "")),
            by=request.reader.actor, now=request.reader.now,
        )  # fmt: skip
    except DomainError as error:
        return _refusal(error)
    html = render_to_string("agency/_codes_dialog.html", {"codes": codes}, request) if codes else ""
    return JsonResponse({"html": html})
