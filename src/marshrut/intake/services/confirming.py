"""What was read out of a message becomes what the client asks for: a person says that it is so, or writes what is."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid
from marshrut.core.history import sign
from marshrut.intake.models import Inquiry, InquiryState
from marshrut.intake.reference import Reference
from marshrut.intake.rules import origin_of, read_names, read_request, with_places_of
from marshrut.intake.rules.origins import EDITED, GROUPS, names_of
from marshrut.intake.services.correcting import judge_anew
from marshrut.intake.services.matters import lock_inquiry
from marshrut.journal.services import Matter, Place, move_dossier


@transaction.atomic
def confirm_request(*, inquiry_id: int, groups: Collection[str], by: Actor, now: datetime) -> int:
    """What was read of these groups (see `GROUPS`; none given: of all) is so: it is stated from now on.

    Answers how many values that were read still were; saying it twice changes nothing. Invalid for a group there is none of.
    """
    sign(by.label)
    inquiry, _matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    if unknown := sorted(set(groups) - set(GROUPS)):
        raise Invalid("no_such_value", _("There is no such value."), field=unknown[0])
    read = read_names(inquiry.request_origin)
    confirmed = read & names_of(groups or GROUPS)
    if confirmed:
        inquiry.request_origin = origin_of(inquiry.request or {}, read - confirmed)
        inquiry.save(update_fields=["request_origin"])
    return len(confirmed)


@transaction.atomic
def change_request(*, inquiry_id: int, given: Mapping[str, Any], reference: Reference, by: Actor, now: datetime) -> bool:
    """Write down what is asked for; `given` is all of it, as the API's `request` has it. What differs is stated from now on.

    Contact set, relevance and priority of an open inquiry follow, and while there is no deal the worth of its matter.
    Invalid names the first field that cannot be read. Answers whether anything changed.
    """
    sign(by.label)
    inquiry, matter = lock_inquiry(inquiry_id=inquiry_id, by=by)
    asked = _read(given, reference, now)
    before = inquiry.request or {}
    kept = {name: value for name, value in before.items() if name not in EDITED}
    after = {**kept, "directions": [], **asked}
    changed = {name for name in EDITED if (before.get(name) or None) != (after.get(name) or None)}
    if not changed:
        return False
    groups = {group for group, (_fields, names) in GROUPS.items() if changed & set(names)}
    inquiry.request, inquiry.request_origin = after, origin_of(after, read_names(inquiry.request_origin) - names_of(groups))
    _keep(inquiry, matter, after, reference, now, is_priced="budget" in changed)
    return True


def _read(given: Mapping[str, Any], reference: Reference, now: datetime) -> dict[str, Any]:
    today = reference.staff.first_office.calendar.local_date(now)
    request, flaws = read_request(given, today, reference.staff.agency.currency)
    if flaws:
        field = flaws[0].field.removeprefix("request.")
        raise Invalid("unreadable", _("This cannot be read: “%(value)s”.") % {"value": flaws[0].value}, field=field)
    request = with_places_of(request, reference.gazetteer)
    asked = {name: value for name, value in request.as_json().items() if name in EDITED}
    return {**asked, "directions": list(request.directions)}


def _keep(
    inquiry: Inquiry, matter: Matter, request: Mapping[str, Any], reference: Reference, now: datetime, *, is_priced: bool
) -> None:
    budget = request.get("budget") or {}
    amount = Decimal(budget["amount"]) if budget else None
    inquiry.budget, inquiry.currency = amount, budget.get("currency", "")
    inquiry.save(update_fields=["request", "request_origin", "budget", "currency"])
    if is_priced and matter.is_open and matter.phase == "inquiry" and inquiry.state == InquiryState.OPEN:
        move_dossier(dossier_id=matter.id, place=Place(worth=amount, currency=inquiry.currency))
    if inquiry.state != InquiryState.CLOSED and matter.is_open:
        judge_anew(inquiry, reference, now)
