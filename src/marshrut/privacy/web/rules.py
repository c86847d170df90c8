"""How long things are kept, and the register of what was handed over and erased."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marshrut.agency.web.pages import ReaderRequest, for_staff, found
from marshrut.core.errors import DomainError
from marshrut.privacy.permissions import SCOPE
from marshrut.privacy.queries import ActLine, RuleLine, list_acts, list_rules
from marshrut.privacy.services import set_rule
from marshrut.privacy.wording import act_label, ground_words, subject_hint, subject_label
from marshrut.ui.answers import done


@require_safe
@for_staff(SCOPE)
def index(request: ReaderRequest) -> HttpResponse:
    """Rules with what they would take now, and the register."""
    context = {"rules": [_rule(line) for line in list_rules(request.reader.now)],
               "acts": [_act(line, request) for line in list_acts(request.reader.actor)]}
    return render(request, "privacy/index.html", context)


def _rule(line: RuleLine) -> dict[str, object]:
    return {"subject": line.subject, "label": subject_label(line.subject), "hint": subject_hint(line.subject),
            "days": line.days, "is_active": line.is_active, "due": line.due}


def _act(line: ActLine, request: ReaderRequest) -> dict[str, object]:
    return {"at": line.at, "what": act_label(line.kind), "is_erasure": line.kind == "erasure", "person_id": line.person_id,
            "who": name_of(line.by, request), "ground": ground_words(line.ground), "rows": line.rows}


def name_of(label: str, request: ReaderRequest) -> str:
    """Who a history label names: an employee's name, a program, or the system itself."""
    kind, _sep, number = label.partition(":")
    colleague = request.reader.staff.colleagues.get(int(number)) if kind == "employee" and number.isdigit() else None
    if colleague:
        return colleague.name
    return _("a program") if kind == "token" else _("the system") if kind == "system" else _("a former colleague")


@require_http_methods(["GET", "POST"])
@for_staff(SCOPE)
def rule(request: ReaderRequest, subject: str) -> HttpResponse:
    """Change one rule, with what it would take now said beside it."""
    line = found(next((line for line in list_rules(request.reader.now) if line.subject == subject), None))
    context = {"rule": _rule(line)}
    if request.method == "GET":
        values = {"days": line.days, "is_active": "1" if line.is_active else ""}
        return render(request, "privacy/_rule_dialog.html", {**context, "values": values, "errors": {}})
    values = {"days": request.POST.get("days", "")[:10].strip(), "is_active": request.POST.get("is_active", "")}
    try:
        days = int(values["days"]) if str(values["days"]).isascii() and str(values["days"]).isdigit() else 0
        set_rule(subject=subject, days=days, is_active=bool(values["is_active"]), by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        shown = {error.field or "": error.sentence}
        return render(request, "privacy/_rule_dialog.html", {**context, "values": values, "errors": shown}, status=error.status)
    return done(_("The rule is kept from now on."), go=request.headers.get("HX-Current-URL") and "/privacy")
