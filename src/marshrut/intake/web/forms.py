"""The public site form: a page and its answer, without an account and without scripts.

What a robot sends is kept in quarantine and answered like everything else; what a person sends is never refused for
its flaws. Only a form that names no way to reach anybody, or gives no consent, comes back to be completed.
"""

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import read_revision
from marshrut.agency.web.browsers import address_of
from marshrut.channels.queries import FormCard, count_recent, read_forms
from marshrut.core.clock import utc_now
from marshrut.core.errors import Invalid
from marshrut.core.languages import read_language
from marshrut.core.names import clean_text
from marshrut.intake.form_reading import FIELDS, as_contract
from marshrut.intake.reading import Consent, Submission, read_submission
from marshrut.intake.reference import Reference, read_reference
from marshrut.intake.rules import BOARDS
from marshrut.intake.services import Receipt, accept_inquiry, accept_quarantined
from marshrut.intake.wording import board_label

SOONEST = timedelta(seconds=2)  # no person reads and fills a form faster
MOST_A_MINUTE = 30  # of one form from one address; beyond that everything is still kept, in quarantine
LARGEST = 10 * 1024 * 1024
_signer = TimestampSigner(salt="public-form")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def public_form(request: HttpRequest, key: str) -> HttpResponse:
    """The form of this key, and what is sent with it: form-encoded by a browser, or JSON by the site's own script."""
    revision = read_revision()
    reference = read_reference(revision)
    form = read_forms(revision).get(key)
    if form is None:
        raise Http404
    if request.method != "POST":
        with _in_language(request.GET.get("language")):
            return _blank(request, form, reference)
    is_json = request.content_type == "application/json"
    if len(request.body) > LARGEST:
        return _refuse(request, form, reference, {}, {"": _("This is too large.")}, is_json, 413)
    values = _read_json(request.body) if is_json else {name: request.POST.get(name, "") for name in FIELDS}
    if values is None:
        return _problem(400, "", _("The body is not one JSON object in UTF-8."))
    with _in_language(values.get("language")):
        return _receive(request, form, reference, values, is_json)


def _in_language(named: object) -> AbstractContextManager[None]:
    """Speak the language the site says its page is in (`?language=uk` in the form's address), where it is one of ours."""
    language = read_language(named)
    return translation.override(language if language in dict(settings.LANGUAGES) else translation.get_language())


def _read_json(body: bytes) -> dict[str, Any] | None:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return data if isinstance(data, dict) else None


def _receive(request: HttpRequest, form: FormCard, reference: Reference, values: Mapping[str, Any], is_json: bool) -> HttpResponse:
    now = utc_now()
    # A person is asked again; a script cannot be, so what it sends without a consent waits for somebody who asks.
    errors = {} if values.get("consent") or is_json else {"consent": _("We may not answer without this consent.")}
    submission = None
    try:
        submission = _submission(request, form, reference, values, now)
        if submission.obstacle and not is_json:
            errors["phone" if values.get("phone") else "email"] = _("This cannot be read: please check it.")
    except Invalid:
        errors["phone"] = _("Leave a phone or an e-mail, so that we can answer.")
    if errors or submission is None:
        return _refuse(request, form, reference, values, errors, is_json, 422)
    by = sender(request, form)
    body = request.body if is_json else orjson.dumps({**values, "received_as": request.content_type})
    reason = why_doubtful(values, form, by, now, is_script=is_json)
    if reason:
        receipt = accept_quarantined(submission=submission, body=body, reason=reason, by=by, now=now)
    else:
        receipt = accept_inquiry(submission=submission, body=body, reference=reference, by=by, now=now)
    return _thank(request, form, reference, receipt, is_json)


def _submission(request: HttpRequest, form: FormCard, reference: Reference, values: Mapping[str, Any], now: datetime) -> Submission:
    data = as_contract(values, request.GET, form.source_slug)
    office = reference.staff.offices.get(form.office_id or 0) or reference.staff.first_office
    today, staff = office.calendar.local_date(now), reference.staff
    read = read_submission(data, regions=staff.regions, today=today, now=now, currency=staff.agency.currency)
    consent = Consent(form.consent_text, form.consent_version) if values.get("consent") else None
    return replace(read, office_id=form.office_id, consent=consent)


def sender(request: HttpRequest, form: FormCard) -> Actor:
    """Who sends, for the record: the form, and a digest that tells one address from another without keeping it."""
    digest = hmac.new(settings.SECRET_KEY.encode(), address_of(request).encode(), hashlib.sha256).hexdigest()[:12]
    return Actor("form", 0, f"{form.key}:{digest}")


def why_doubtful(values: Mapping[str, Any], form: FormCard, by: Actor, now: datetime, *, is_script: bool) -> str:
    """Why a person should look first; empty when nothing speaks against it. The site's own script may have no stamp:
    it showed a page of its own, which has its own traps."""
    if values.get("website"):
        return _("The field no person sees was filled in: perhaps a robot")
    if not values.get("consent"):
        return _("There is no consent to be answered: ask for it first")
    if values.get("started") or not is_script:
        doubt = _doubtful_stamp(str(values.get("started") or ""), form)
        if doubt:
            return doubt
    if count_recent(by.label, now - timedelta(minutes=1)) >= MOST_A_MINUTE:
        return _("More than thirty a minute from one address")
    return ""


def _doubtful_stamp(stamp: str, form: FormCard) -> str:
    try:
        if _signer.unsign(stamp) != form.key:
            return _("The form's stamp is of another form: perhaps a robot")
        _signer.unsign(stamp, max_age=SOONEST)
        return _("The form was sent within two seconds: perhaps a robot")
    except BadSignature as error:
        if type(error) is BadSignature:
            return _("The form's stamp is missing or forged: perhaps a robot")
    return ""


def _blank(request: HttpRequest, form: FormCard, reference: Reference) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"key": form.key, "started": _signer.sign(form.key),
                             "consent": {"text": form.consent_text, "version": form.consent_version}})
    return _page(request, form, reference, {}, {}, 200)


def _page(request: HttpRequest, form: FormCard, reference: Reference, values: Mapping[str, Any], errors: dict[str, str],
          status: int) -> HttpResponse:
    shown = {name: clean_text(value, 5000, keep_lines=True) for name, value in values.items() if isinstance(value, str)}
    directions = [{"value": slug, "label": name} for slug, name in reference.catalogue.offered_directions.items()]
    # Who has already read the form once need not wait again: the stamp of the first time is sent back.
    started = shown.get("started") or _signer.sign(form.key)
    boards = [{"value": code, "label": board_label(code).partition(", ")[2]} for code in BOARDS]
    stars = [{"value": number, "label": _("from %(stars)s*") % {"stars": number}} for number in (3, 4, 5)]
    context = {"form": _shown(form, reference), "started": started, "directions": directions, "boards": boards, "stars": stars,
               "values": shown, "errors": errors,
               "spoken": read_language(shown.get("language") or request.GET.get("language")) or translation.get_language()}
    return render(request, "intake/public_form.html", context, status=status)


def _shown(form: FormCard, reference: Reference) -> dict[str, str]:
    office = reference.staff.offices.get(form.office_id or 0) or reference.staff.first_office
    return {"key": form.key, "title": _("Choose a trip"), "agency_name": office.name, "consent_text": form.consent_text}


def _refuse(request: HttpRequest, form: FormCard, reference: Reference, values: Mapping[str, Any], errors: dict[str, str], is_json: bool,
            status: int) -> HttpResponse:
    if is_json:
        field, sentence = next(iter(errors.items()))
        return _problem(status, field, sentence)
    return _page(request, form, reference, values, errors, status)


def _problem(status: int, field: str, sentence: str) -> HttpResponse:
    body = {"type": "about:blank", "title": sentence, "status": status, "detail": sentence, "field": field or None}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _thank(request: HttpRequest, form: FormCard, reference: Reference, receipt: Receipt, is_json: bool) -> HttpResponse:
    """The same thanks for everybody: a robot learns nothing from it."""
    if is_json:
        state = "quarantined" if receipt.quarantined else "open"
        return JsonResponse({"id": receipt.id, "number": receipt.id, "state": state}, status=202 if receipt.quarantined else 201)
    return render(request, "intake/public_form_done.html", {"form": _shown(form, reference), "number": receipt.id})
