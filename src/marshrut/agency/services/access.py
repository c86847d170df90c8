"""One-time links that let somebody in: invitations and new passwords. Only digests are kept; a link is shown once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import AccessLink, Employee
from marshrut.agency.permissions import Actor
from marshrut.agency.queries import digest_of
from marshrut.agency.services.people import Employment, check_password_strength, lock_managed, make_invited
from marshrut.agency.services.sessions import end_sessions
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.slugs import name_within

GOOD_FOR = {"invitation": timedelta(hours=48), "reset": timedelta(hours=2)}


@dataclass(frozen=True, slots=True)
class Letter:
    """A link to send or to show once: whose, their address, and the secret that stands at the end of it."""

    employee_id: int
    name: str
    email: str
    kind: str
    secret: str
    expires_at: datetime


@transaction.atomic
def invite_employee(*, email: str, employment: Employment, by: Actor, now: datetime) -> Letter:
    """An account waits for its person for 48 hours. Invalid names the field."""
    return _link(make_invited(email=email, employment=employment, by=by, now=now), "invitation", by.label, now)


@transaction.atomic
def invite_again(*, employee_id: int, by: Actor, now: datetime) -> Letter:
    """A new link in the place of the old one, which is good for nothing any more."""
    employee = _invited(employee_id, by)
    sign(by.label)
    return _link(employee, "invitation", by.label, now)


@transaction.atomic
def revoke_invitation(*, employee_id: int, by: Actor, now: datetime) -> str:
    """The link lets nobody in; the account waits for another one. The name, for the answer."""
    employee = _invited(employee_id, by)
    sign(by.label)
    _revoke(employee.id, "invitation", now)
    return employee.name


def _invited(employee_id: int, by: Actor) -> Employee:
    employee = lock_managed(employee_id, by)
    if employee.joined_at is not None:
        raise Refused("joined_already", _("This colleague has accepted the invitation already."))
    return employee


@transaction.atomic
def issue_reset(*, employee_id: int, by: Actor, now: datetime) -> Letter:
    """A link to a new password for somebody who works here, by whoever manages staff."""
    employee = lock_managed(employee_id, by)
    if not employee.is_active:
        raise Refused("not_here", _("Nobody logs in with this account now."))
    sign(by.label)
    return _link(employee, "reset", by.label, now)


@transaction.atomic
def forget_password(*, email: str, now: datetime) -> Letter | None:
    """A link to a new password for whoever works here under this address; None for anybody else, who is told the same."""
    employee = Employee.objects.filter(email=email.strip().lower(), is_active=True).first()
    if employee is None:
        return None
    sign(f"employee:{employee.id}")
    return _link(employee, "reset", f"employee:{employee.id}", now)


def _link(employee: Employee, kind: str, by: str, now: datetime) -> Letter:
    _revoke(employee.id, kind, now)
    secret, expires_at = secrets.token_urlsafe(32), now + GOOD_FOR[kind]
    AccessLink.objects.create(
        employee=employee, kind=kind, digest=digest_of(secret), created_at=now, created_by=by, expires_at=expires_at
    )
    return Letter(employee.id, employee.name, employee.email, kind, secret, expires_at)


def _revoke(employee_id: int, kind: str, now: datetime) -> None:
    AccessLink.objects.filter(employee_id=employee_id, kind=kind, used_at=None, revoked_at=None).update(revoked_at=now)


@transaction.atomic
def revoke_all_links(*, by: Actor, now: datetime) -> int:
    """No link that was given out lets anybody in any more; how many there were. For a home come back out of an archive."""
    sign(by.label)
    return AccessLink.objects.filter(used_at=None, revoked_at=None).update(revoked_at=now)


@transaction.atomic
def accept_invitation(*, secret: str, name: str, password: str, now: datetime) -> Employee:
    """The invited person is here: name and password are their own. Refused when the link is no longer good."""
    link = _use(secret, "invitation", now)
    employee = link.employee
    if employee.is_active or employee.left_at:
        raise Refused("used", _("This invitation has been used. Log in, or ask for a new password."))
    chosen = name_within(name)
    if not chosen:
        raise Invalid("no_name", _("Write your name."), field="name")
    check_password_strength(password)
    sign(f"employee:{employee.id}")
    employee.name, employee.is_active, employee.joined_at = chosen, True, now
    employee.newcomer_since = now.date()
    employee.set_password(password)
    employee.save()
    return employee


@transaction.atomic
def set_forgotten_password(*, secret: str, password: str, now: datetime) -> Employee:
    """A new password through a link; every session ends, other links are good for nothing."""
    link = _use(secret, "reset", now)
    employee = link.employee
    if not employee.is_active:
        raise Refused("not_here", _("Nobody logs in with this account now."))
    check_password_strength(password)
    _set_password(employee, password, "", now)
    return employee


def is_own_password(*, employee_id: int, password: str) -> bool:
    """Whether it is the password of somebody who works here."""
    employee = Employee.objects.filter(pk=employee_id, is_active=True).first()
    return employee is not None and employee.check_password(password)


@transaction.atomic
def change_password(*, employee_id: int, old: str, new: str, session_key: str, now: datetime) -> None:
    """One's own password; every other session of this person ends."""
    employee = Employee.objects.select_for_update().get(pk=employee_id)
    if not employee.check_password(old):
        raise Invalid("wrong_password", _("This is not your present password."), field="old")
    try:
        check_password_strength(new)
    except Invalid as error:
        raise Invalid(error.code, error.sentence, field="new") from error
    _set_password(employee, new, session_key, now)


def _set_password(employee: Employee, password: str, session_key: str, now: datetime) -> None:
    by = Actor("employee", employee.id, employee.name)
    sign(by.label)
    employee.set_password(password)
    employee.save(update_fields=["password"])
    _revoke(employee.id, "reset", now)
    end_sessions(employee_id=employee.id, by=by, now=now, except_key=session_key)


def _use(secret: str, kind: str, now: datetime) -> AccessLink:
    """The link, used up; two people with one link cannot both pass."""
    link = AccessLink.objects.select_for_update(of=("self",)).select_related("employee").filter(digest=digest_of(secret), kind=kind).first()
    if link is None:
        raise NotFound("no_such_link", _("There is no such link."))
    if link.used_at:
        raise Refused("used", _("This link has been used already. Log in, or ask for another."))
    if link.revoked_at:
        raise Refused("revoked", _("This link was taken back or replaced by a newer one. Ask for another."))
    if link.expires_at <= now:
        raise Refused("expired", _("This link is too old. Ask for another."))
    link.used_at = now
    link.save(update_fields=["used_at"])
    return link
