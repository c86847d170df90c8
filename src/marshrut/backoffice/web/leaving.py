"""A person leaves: what they hold, who would get it, and the one step that hands it over."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marshrut.agency.permissions import may_manage
from marshrut.agency.queries.people import StaffLine, find_colleague, list_tokens
from marshrut.agency.web.pages import ReaderRequest, for_staff, found
from marshrut.backoffice.web.staff_forms import Choice
from marshrut.core.errors import DomainError, NotFound
from marshrut.core.names import clean_text
from marshrut.intake.queries.leaving import held_by
from marshrut.intake.reference import read_reference
from marshrut.intake.services.handing import HOLDERS
from marshrut.intake.services.leaving import RULES, Share, let_go, preview_leaving
from marshrut.ui.answers import done


def _rules() -> list[Choice]:
    words = {"team": _("Evenly among the team"), "colleague": _("To one colleague"), "skill": _("By skill in the client's direction"),
             "queue": _("To the office's queue")}
    return [Choice(rule, words[rule]) for rule in RULES]


@require_http_methods(["GET", "POST"])
@for_staff("staff:write")
def leaving(request: ReaderRequest, pk: int) -> HttpResponse:
    """The dialog: choose the rule, see what each would get, then do it. POST without `sure` shows the preview anew."""
    reader = request.reader
    line: StaffLine = found(find_colleague(pk))
    if line.state != "active" or not may_manage(reader.actor, line.role):
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    given = request.POST if request.method == "POST" else request.GET
    values: dict[str, Any] = {"rule": clean_text(given.get("rule"), 12) or "team", "to": clean_text(given.get("to"), 18)}
    reference = read_reference(reader.revision)
    to = int(values["to"]) if values["to"].isdigit() else None
    errors, shares = {}, list[Share]()
    try:
        if request.method == "POST" and given.get("sure"):
            let_go(employee_id=pk, rule=values["rule"], to=to, reference=reference, by=reader.actor, now=reader.now)
            return done(_("%(name)s has left; everything is handed over") % {"name": line.name}, go=reverse("colleague", args=[pk]))
        shares = preview_leaving(employee_id=pk, rule=values["rule"], to=to, reference=reference, now=reader.now)
    except NotFound:
        raise
    except DomainError as error:
        errors = {error.field if error.field in values else "": error.sentence}
    colleagues = [Choice(str(c.id), c.name) for c in reader.staff.colleagues.values() if c.id != pk and c.role in HOLDERS]
    context = {
        "line": line, "held": held_by(pk), "shares": shares, "rules": _rules(), "colleagues": colleagues, "values": values,
        "errors": errors if request.method == "POST" else {}, "why_not": "" if request.method == "POST" else " ".join(errors.values()),
        "tokens": [token for token in list_tokens(f"employee:{pk}") if token.revoked_at is None],
    }  # fmt: skip
    status = 422 if errors and request.method == "POST" else 200
    return render(request, "backoffice/_leaving_dialog.html", context, status=status)
