"""Service accounts: what a program may do here. A secret is shown once."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.permissions import scopes_to_give
from marshrut.agency.queries.people import list_tokens
from marshrut.agency.services import issue_token, revoke_token
from marshrut.agency.web.pages import ReaderRequest, for_staff, part_or_page
from marshrut.agency.wording import scope_label
from marshrut.backoffice.web.staff_forms import Choice
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.names import clean_text
from marshrut.ui.answers import done

dialog = require_http_methods(["GET", "POST"])


@require_safe
@for_staff("staff:write")
def tokens(request: ReaderRequest) -> HttpResponse:
    """Programs that work here, and when each was used last."""
    lines = list_tokens()
    context = {"tokens": [line for line in lines if line.revoked_at is None], "revoked": [line for line in lines if line.revoked_at],
               "labels": {scope: scope_label(scope) for line in lines for scope in line.scopes}}
    return part_or_page(request, "tokens", "backoffice/_tokens.html", "backoffice/tokens.html", context)


@never_cache
@dialog
@for_staff("staff:write")
def new_token(request: ReaderRequest) -> HttpResponse:
    """A token for a program: never more than the giver holds."""
    reader = request.reader
    context: dict[str, Any] = {
        "scopes": [Choice(scope, scope_label(scope)) for scope in sorted(scopes_to_give(reader.actor))],
        "offices": [Choice(office.slug, office.name) for office in reader.staff.offices.values()],
    }
    if request.method == "GET":
        return render(request, "backoffice/_token_dialog.html", {**context, "values": {"scopes": ["inquiries:write"]}, "errors": {}})
    values: dict[str, Any] = {name: clean_text(request.POST.get(name), 2000) for name in ("name", "office")}
    values["scopes"] = [clean_text(scope, 40) for scope in request.POST.getlist("scopes")[:40]]
    try:
        if not values["name"]:
            raise Invalid("no_name", _("Give it a name: which program will use it?"), field="name")
        secret = issue_token(name=values["name"], scopes=frozenset(values["scopes"]), reach="office" if values["office"] else "all",
                             office=values["office"] or None, by=reader.actor, now=reader.now)  # fmt: skip
    except DomainError as error:
        field = {"reach": "office"}.get(error.field or "", error.field or "")
        errors = {field if field in values else "": error.sentence}
        return render(request, "backoffice/_token_dialog.html", {**context, "values": values, "errors": errors}, status=error.status)
    return render(request, "backoffice/_secret_dialog.html", {"name": values["name"], "secret": secret})


@require_POST
@for_staff("staff:write")
def revoke(request: ReaderRequest, pk: int) -> HttpResponse:
    """The token is good for nothing from now on."""
    name = revoke_token(token_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("The token “%(name)s” is revoked") % {"name": name})
