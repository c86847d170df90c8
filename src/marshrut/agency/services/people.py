"""Writes about people who work here: they join, their rights change, they come back."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import Employee, Office, Role, Team
from marshrut.agency.permissions import FIELDS, REACHES, Actor, is_within, may_manage, roles_to_give
from marshrut.agency.services.sessions import end_sessions
from marshrut.core.emails import read_email
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.languages import LANGUAGES
from marshrut.core.slugs import name_within
from marshrut.ui.live import announce_access_changed


@dataclass(frozen=True, slots=True)
class Employment:
    """What somebody is here and what they may: empty `reach` and no `unmasked` mean those of the role, no `languages` any."""

    name: str
    role: str
    office_id: int
    team_id: int | None = None
    reach: str = ""
    unmasked: frozenset[str] | None = None
    capacity: int | None = None
    share_weight: Decimal = Decimal(1)
    is_on_duty: bool = False
    languages: frozenset[str] = frozenset()


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
    check_password_strength(password)
    sign(by.label)
    employee = Employee.objects.filter(email=email.strip().lower()).first() or Employee(email=email.strip().lower())
    if employee.pk and employee.is_active and employee.role != role:
        _keep_somebody(employee)
    employee.name, employee.role, employee.is_active, employee.left_at = name, role, True, None
    employee.joined_at = employee.joined_at or now
    employee.office = find_office(office) if office or not employee.office_id else employee.office
    employee.capacity, employee.is_on_duty = capacity, is_on_duty
    employee.set_password(password)
    employee.save()
    end_sessions(employee_id=employee.pk, by=by, now=now)
    return employee


def check_password_strength(password: str) -> None:
    """Invalid, with the reason in a sentence, when the password is too easy."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid("weak_password", " ".join(error.messages), field="password") from error


@transaction.atomic
def make_invited(*, email: str, employment: Employment, by: Actor, now: datetime) -> Employee:
    """An account that nobody can log in with yet: its owner sets a password through a link. Invalid names the field."""
    address = read_email(email)
    if not address:
        raise Invalid("not_an_email", _("This is no e-mail address."), field="email")
    if Employee.objects.filter(email=address).exists():
        raise Invalid("known_email", _("Somebody with this address works here or was invited already."), field="email")
    chosen = check_employment(employment, by)
    sign(by.label)
    employee = Employee(email=address, is_active=False)
    _fill(employee, chosen)
    employee.set_unusable_password()
    employee.save()
    return employee


@transaction.atomic
def change_employee(*, employee_id: int, employment: Employment, by: Actor, now: datetime) -> None:
    """Set what somebody is and may. A changed role, reach or office ends their sessions: they log in anew.

    Nobody gives more than they hold or changes their own rights; the last owner stays one.
    """
    employee = lock_managed(employee_id, by)
    chosen = check_employment(employment, by, employee)
    before = _rights(employee)
    if employee.id == by.id and before != _rights_of(chosen):
        raise Refused("own_rights", _("Nobody changes their own rights: ask a colleague who manages staff."), field="role")
    if employee.is_active and employee.role != chosen.role:
        _keep_somebody(employee)
    sign(by.label)
    _fill(employee, chosen)
    employee.save()
    if before != _rights(employee):
        end_sessions(employee_id=employee.id, by=by, now=now)
    else:
        announce_access_changed(employee.id)


@transaction.atomic
def end_employment(*, employee_id: int, by: Actor, now: datetime) -> None:
    """They no longer work here: nobody logs in with this account, its sessions end. What they held is handed over above."""
    employee = lock_managed(employee_id, by)
    if employee.id == by.id:
        raise Refused("own_leaving", _("Nobody lets themselves go: ask a colleague who manages staff."))
    if employee.is_active:
        _keep_somebody(employee)
    sign(by.label)
    Employee.objects.filter(pk=employee_id).update(is_active=False, left_at=now, is_on_duty=False)
    end_sessions(employee_id=employee_id, by=by, now=now)


@transaction.atomic
def take_back(*, employee_id: int, by: Actor, now: datetime) -> None:
    """Somebody who left works here again, with the account and the password they had."""
    employee = lock_managed(employee_id, by)
    if employee.left_at is None:
        raise Refused("never_left", _("This colleague has not left."))
    if employee.role not in roles_to_give(by):
        raise Refused("role_not_yours", _("Only an owner takes an owner back."))
    sign(by.label)
    Employee.objects.filter(pk=employee_id).update(is_active=True, left_at=None)
    announce_access_changed(employee_id)


@transaction.atomic
def save_team(*, team_id: int | None, name: str, office_id: int, by: Actor, now: datetime) -> int:
    """Make a team, or give one another name. Invalid when the office has one of this name."""
    named = name_within(name, 80)
    if not named:
        raise Invalid("no_name", _("Give the team a name."), field="name")
    if Team.objects.filter(office_id=office_id, name=named).exclude(pk=team_id or 0).exists():
        raise Invalid("known_name", _("This office has a team of that name."), field="name")
    if not Office.objects.filter(pk=office_id).exists():
        raise Invalid("no_such_office", _("Choose an office."), field="office")
    sign(by.label)
    team = Team.objects.filter(pk=team_id).first() if team_id else Team()
    if team is None:
        raise NotFound("no_such_team", _("There is no such team."))
    if team.pk and team.office_id != office_id and Employee.objects.filter(team=team).exists():
        raise Invalid("team_of_people", _("People of the team work in its office; move them first."), field="office")
    team.name, team.office_id = named, office_id
    team.save()
    return team.pk


@transaction.atomic
def drop_team(*, team_id: int, by: Actor, now: datetime) -> None:
    """A team nobody is in is removed."""
    if Employee.objects.filter(team_id=team_id).exists():
        raise Refused("team_not_empty", _("There are people in this team; move them to another first."))
    sign(by.label)
    Team.objects.filter(pk=team_id).delete()


def lock_managed(employee_id: int, by: Actor) -> Employee:
    """The account, locked, if this actor may change it; NotFound and Refused otherwise."""
    employee = Employee.objects.select_for_update().filter(pk=employee_id).first()
    if employee is None:
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    if not may_manage(by, employee.role):
        raise Refused("owner_only", _("Only an owner changes an owner's account."))
    return employee


def check_employment(employment: Employment, by: Actor, before: Employee | None = None) -> Employment:
    """The same with the name cleaned. Invalid names the field that is wrong or goes beyond what the giver holds."""
    name = name_within(employment.name)
    if not name:
        raise Invalid("no_name", _("Write the name."), field="name")
    if employment.role not in Role.values:
        raise Invalid("no_such_role", _("Choose a role."), field="role")
    if employment.role not in roles_to_give(by):
        raise Invalid("role_not_yours", _("Only an owner makes somebody an owner."), field="role")
    _check_reach(employment, by, before)
    if not Office.objects.filter(pk=employment.office_id).exists():
        raise Invalid("no_such_office", _("Choose an office."), field="office")
    if employment.team_id and not Team.objects.filter(pk=employment.team_id, office_id=employment.office_id).exists():
        raise Invalid("foreign_team", _("The team belongs to another office."), field="team")
    if not 0 < employment.share_weight < 100:
        raise Invalid("bad_weight", _("The share is a number above 0, usually 1."), field="share_weight")
    if employment.capacity is not None and not 0 <= employment.capacity <= 100_000:
        raise Invalid("bad_capacity", _("How many at once: a whole number, or nothing for no limit."), field="capacity")
    if not employment.languages <= set(LANGUAGES):
        raise Invalid("no_such_language", _("Choose one of the languages."), field="languages")
    return replace(employment, name=name)


def _check_reach(employment: Employment, by: Actor, before: Employee | None) -> None:
    """Reach and fields beyond the role's are given only by whoever holds them; what somebody has already may stay."""
    if employment.reach and employment.reach not in REACHES:
        raise Invalid("no_such_reach", _("Choose whose clients they see."), field="reach")
    if employment.unmasked is not None and not employment.unmasked <= set(FIELDS):
        raise Invalid("no_such_field", _("There is no such field."), field="unmasked")
    kept = before is not None and before.role == employment.role
    if not is_within(by, employment.role, employment.reach, None) and not (kept and before and before.reach == employment.reach):
        raise Invalid("wider_than_own", _("Nobody gives a wider view than their own or the role's."), field="reach")
    had = frozenset(before.unmasked or ()) if kept and before else frozenset()
    if not is_within(by, employment.role, "", (employment.unmasked or frozenset()) - had):
        raise Invalid("more_than_own", _("Nobody opens fields they do not see themselves."), field="unmasked")


def _fill(employee: Employee, chosen: Employment) -> None:
    employee.name, employee.role, employee.office_id, employee.team_id = chosen.name, chosen.role, chosen.office_id, chosen.team_id
    employee.reach, employee.unmasked = chosen.reach, sorted(chosen.unmasked) if chosen.unmasked is not None else None
    employee.capacity, employee.share_weight, employee.is_on_duty = chosen.capacity, chosen.share_weight, chosen.is_on_duty
    employee.languages = sorted(chosen.languages)


def _rights(employee: Employee) -> tuple[object, ...]:
    fields = frozenset(employee.unmasked) if employee.unmasked is not None else None
    return employee.role, employee.office_id, employee.reach, fields


def _rights_of(employment: Employment) -> tuple[object, ...]:
    return employment.role, employment.office_id, employment.reach, employment.unmasked


def _keep_somebody(employee: Employee) -> None:
    """Refused when this is the last owner, or the last who can let people in. The database holds it too, at the commit."""
    if employee.role not in (Role.OWNER, Role.ADMINISTRATOR):
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('agency_keep_somebody'))")
    others = Employee.objects.filter(is_active=True).exclude(pk=employee.pk)
    if employee.role == Role.OWNER and not others.filter(role=Role.OWNER).exists():
        raise Refused("last_owner", _("This is the last owner: make somebody else an owner first."), field="role")
    if not others.filter(role__in=(Role.OWNER, Role.ADMINISTRATOR)).exists():
        raise Refused("last_keeper", _("Nobody would be left who can let people in."), field="role")
