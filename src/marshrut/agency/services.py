"""Writes: people join, tokens are issued and revoked."""

import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import ApiToken, Employee, Office, Role
from marshrut.agency.permissions import ALL_SCOPES, EVERYTHING, Actor
from marshrut.agency.queries import digest_of
from marshrut.core.errors import Invalid
from marshrut.core.history import sign


def find_office(slug: str | None) -> Office:
    """The office of this slug, or the first one when none is named."""
    found = Office.objects.filter(slug=slug).first() if slug else Office.objects.order_by("id").first()
    if found is None:
        raise Invalid("no_such_office", _("There is no office “%(slug)s”.") % {"slug": slug or ""}, field="office")
    return found


@transaction.atomic
def add_employee(
    *,
    email: str,
    name: str,
    role: str,
    password: str,
    office: str | None = None,
    by: Actor,
    now: datetime,
    capacity: int | None = None,
    is_on_duty: bool = False,
) -> Employee:
    """Make an account, or set name, role and password of the one with this e-mail. Invalid names the field."""
    if role not in Role.values:
        raise Invalid(
            "no_such_role",
            _("There is no role “%(role)s”; choose one of %(roles)s.") % {"role": role, "roles": ", ".join(Role.values)},
            field="role",
        )
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid("weak_password", " ".join(error.messages), field="password") from error
    sign(by.label)
    employee = Employee.objects.filter(email=email.strip().lower()).first() or Employee(email=email.strip().lower())
    employee.name, employee.role, employee.is_active = name, role, True
    employee.office = find_office(office) if office or not employee.office_id else employee.office
    employee.capacity, employee.is_on_duty = capacity, is_on_duty
    employee.set_password(password)
    employee.save()
    return employee


@transaction.atomic
def issue_token(
    *, name: str, scopes: frozenset[str] | None = None, reach: str = "all", office: str | None = None, by: Actor, now: datetime
) -> str:
    """A new secret for a service account. It is shown once: only its digest is kept."""
    chosen = EVERYTHING if scopes is None else scopes
    unknown = chosen - ALL_SCOPES
    if unknown:
        raise Invalid("no_such_scope", _("There is no scope “%(scope)s”.") % {"scope": ", ".join(sorted(unknown))}, field="scopes")
    if reach not in ("office", "all"):
        raise Invalid("no_such_reach", _("A token's reach is office or all."), field="reach")
    sign(by.label)
    secret = "mrt_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        name=name,
        digest=digest_of(secret),
        scopes=sorted(chosen),
        reach=reach,
        office=find_office(office) if office or reach == "office" else None,
    )
    return secret
