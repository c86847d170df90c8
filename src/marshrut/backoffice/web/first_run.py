"""The first run: the code from the terminal, the agency and its owner; then the first steps, and a first inquiry to oneself."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.services.attempts import is_blocked, keys_of, note_failure
from marshrut.agency.services.first_run import COUNTRIES, FIRST_RUN, Beginning, set_up_agency
from marshrut.agency.web.actors import staff_of
from marshrut.agency.web.browsers import address_of
from marshrut.agency.web.languages import LANGUAGES
from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff
from marshrut.agency.web.views import enter
from marshrut.catalog.services import name_first_catalogue
from marshrut.channels.queries import mail_server, read_forms
from marshrut.channels.services.site_forms import name_first_form
from marshrut.core.clock import utc_now
from marshrut.core.errors import DomainError
from marshrut.core.names import clean_text
from marshrut.core.phones import read_phone
from marshrut.core.time_zones import offered_zones
from marshrut.deals.queries import read_funnels
from marshrut.deals.services.funnels import name_first_funnels
from marshrut.deals.services.reasons import name_first_reasons
from marshrut.intake.reading import read_submission
from marshrut.intake.reference import read_reference
from marshrut.intake.services import accept_inquiry
from marshrut.intake.services.criteria import name_first_criteria
from marshrut.marketing.queries import read_sources
from marshrut.marketing.services import name_first_sources

LANGUAGE_NAMES = {"ru": "Русский", "uk": "Українська", "en": "English"}
FIELDS = ("code", "agency", "office", "name", "email")


@never_cache
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Set the agency up with the code from the terminal. Once somebody works here there is nothing to see."""
    staff = staff_of(request)
    if staff.agency.is_set_up or staff.colleagues:
        raise Http404
    asked = request.GET.get("language") or request.POST.get("language", "")
    language = asked if asked in LANGUAGES else get_language() or "ru"
    with override(language):
        return _set_up(request) if request.method == "POST" else _ask(request, _blank(request, language), {})


def _blank(request: HttpRequest, language: str) -> dict[str, str]:
    country = "UA" if language == "uk" else "RU"
    return {"code": clean_text(request.GET.get("code"), 20), "language": language, "country": country,
            "time_zone": COUNTRIES[country][1], "office": _("Main office")}


def _set_up(request: HttpRequest) -> HttpResponse:
    values = {name: clean_text(request.POST.get(name), 254) for name in (*FIELDS, "language", "country", "time_zone")}
    beginning = Beginning(password=request.POST.get("password", "")[:1000], **{k: v for k, v in values.items() if k != "code"})
    try:
        with transaction.atomic():
            owner = set_up_agency(code=values["code"], beginning=beginning, now=utc_now())
            _name_first_data(beginning.language)
    except DomainError as error:
        if error.code == "wrong_code" and _is_one_too_many(request):
            error = TooMany("too_many_codes", _("Too many wrong codes came from here. The right one stands in the terminal."), field="code")
        return _ask(request, values, {error.field or "": error.sentence}, error.status)
    return enter(request, owner, reverse("first_steps"))


class TooMany(DomainError):
    status = 429


def _is_one_too_many(request: HttpRequest) -> bool:
    """Count a wrong code. The right one, of sixty bits, always opens: nobody can shut the owner out by guessing."""
    keys = keys_of("first run", "", address_of(request))
    if is_blocked(keys, utc_now()):
        return True
    note_failure(keys, utc_now())
    return False


def _name_first_data(language: str) -> None:
    """What a home begins with is called in the agency's own language from now on."""
    for name in (name_first_catalogue, name_first_sources, name_first_reasons, name_first_funnels, name_first_criteria, name_first_form):
        name(language=language, by=FIRST_RUN)


def _ask(request: HttpRequest, values: dict[str, str], errors: dict[str, str], status: int = 200) -> HttpResponse:
    context = {
        "values": values,
        "errors": errors,
        "languages": [{"value": code, "label": name} for code, name in LANGUAGE_NAMES.items()],
        "countries": [{"value": code, "label": _country(code)} for code in COUNTRIES],
        "zones": [{"value": zone, "label": city} for zone, city in offered_zones(get_language() or "ru")],
    }
    return render(request, "backoffice/first_run.html", context, status=status)


def _country(code: str) -> str:
    return {"RU": _("Russia"), "UA": _("Ukraine"), "KZ": _("Kazakhstan"), "BY": _("Belarus")}[code]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps: what it is for, where it is done, what stands there now."""

    title: str
    why: str
    url: str
    icon: str
    state: str
    is_done: bool


@require_safe
@for_staff("settings:write")
def first_steps(request: ReaderRequest) -> HttpResponse:
    """What a new agency does on its first day, and how far it is."""
    return _show_steps(request)


def _show_steps(request: ReaderRequest, phone: str = "", problem: str = "") -> HttpResponse:
    reader = request.reader
    steps = _steps(reader)
    form = next(iter(read_forms(reader.revision).values()), None)
    context: dict[str, Any] = {
        "steps": steps,
        "done": sum(step.is_done for step in steps),
        "form_url": request.build_absolute_uri(reverse("public_form", args=[form.key])) if form else "",
        "agency": reader.staff.agency.name,
        "phone": phone,
        "problem": problem,
    }
    return render(request, "backoffice/first_steps.html", context, status=422 if problem else 200)


def _steps(reader: Reader) -> list[Step]:
    staff, others = reader.staff, len(reader.staff.colleagues) - 1
    funnels = [funnel for funnel in read_funnels(reader.revision).values() if funnel.stages]
    sources = [source for source in read_sources(reader.revision).values() if source.is_named]
    server = mail_server()
    return [
        Step(_("Offices and working hours"), _("The response clock runs in working time: lunch and holidays stop it."),
             reverse("settings_calendars"), "building", ", ".join(office.name for office in staff.offices.values()), True),
        Step(_("People"), _("Managers are given inquiries in fair shares; a supervisor sees what burns."),
             reverse("staff"), "users", _("besides you: %(count)s") % {"count": others}, others > 0),
        Step(_("Sources"), _("Where inquiries come from: the report shows which of them bring buyers."),
             reverse("settings_sources"), "target-arrow", _("named: %(count)s") % {"count": len(sources)}, bool(sources)),
        Step(_("Funnels"), _("Stages are results reached. Take a ready funnel and change it to your own."),
             reverse("settings_funnels"), "filter", ", ".join(funnel.name for funnel in funnels), bool(funnels)),
        Step(_("Mail server"), _("Letters and invitations go out through it."),
             reverse("settings_server"), "mail", server.host if server else _("not yet"), server is not None),
    ]


@require_POST
@for_staff("settings:write")
def first_inquiry(request: ReaderRequest) -> HttpResponse:
    """Send oneself an inquiry, as a tourist would: it goes through everything a real one does."""
    reader = request.reader
    phone = clean_text(request.POST.get("phone"), 40)
    found = read_phone(phone, reader.staff.regions)
    if found is None or not found.e164:
        return _show_steps(request, phone, _("This is no telephone number. Write it with its code, such as +7 921 555-01-42."))
    body = {
        "channel": "site_form", "source": "site",
        "contact": {"name": reader.actor.name, "phone": phone},
        "message": _("A first inquiry to myself: Turkey in May, two adults, a week, up to 200,000."),
    }  # fmt: skip
    reference = read_reference(reader.revision)
    try:
        submission = read_submission(body, regions=reader.staff.regions, today=reader.now.date(), now=reader.now)
    except DomainError:
        return redirect("first_steps")
    receipt = accept_inquiry(submission=submission, body=str(body).encode(), reference=reference, by=reader.actor, now=reader.now)
    return redirect("inbox" if receipt.quarantined else reverse("inquiry", args=[receipt.id]))
