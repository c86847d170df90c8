"""Writes about working time of one person: absences with a substitute, and shifts of their own."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import Absence, Employee, Shift
from marshrut.agency.permissions import Actor, is_foreign
from marshrut.agency.queries import actor_of_employee
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.names import clean_text

LONGEST = timedelta(days=1100)
HOLDING = "deals:write"  # the scope of whoever can be given a matter


def find_own(employee_id: int, by: Actor) -> Employee:
    """The colleague whose time this actor may change: anybody's, or of their own office. NotFound otherwise."""
    employee = Employee.objects.select_for_update().filter(pk=employee_id, is_active=True).first()
    if employee is None or not by.may("absences:write") or is_foreign(by, employee.office_id):
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    return employee


@transaction.atomic
def save_absence(
    *, absence_id: int | None = None, employee_id: int, starts_at: datetime, ends_at: datetime, reason: str = "",
    substitute_id: int | None = None, by: Actor, now: datetime,
) -> int:  # fmt: skip
    """Somebody is away from then to then, and who works for them meanwhile. Invalid names the field."""
    employee = find_own(employee_id, by)
    if not starts_at < ends_at:
        raise Invalid("bad_span", _("It must end after it begins."), field="ends")
    if ends_at - starts_at > LONGEST:
        raise Invalid("too_long", _("An absence is at most three years long."), field="ends")
    if substitute_id is not None:
        _check_substitute(employee, substitute_id, starts_at, ends_at)
    if Absence.objects.filter(employee=employee, starts_at__lt=ends_at, ends_at__gt=starts_at).exclude(pk=absence_id or 0).exists():
        raise Invalid("overlaps", _("There is an absence in this time already; change that one."), field="starts")
    sign(by.label)
    absence = _absence(absence_id, by) if absence_id else Absence(employee=employee)
    if absence.employee_id != employee.id:
        raise NotFound("no_such_absence", _("There is no such absence."))
    absence.starts_at, absence.ends_at = starts_at, ends_at
    absence.reason, absence.substitute_id = clean_text(reason, 200), substitute_id
    absence.save()
    return absence.pk


def _check_substitute(employee: Employee, substitute_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """Invalid (field substitute) for whoever cannot stand in: holds no matters, sees none of the other office, or is away too."""
    substitute, actor = Employee.objects.filter(pk=substitute_id, is_active=True).first(), actor_of_employee(substitute_id)
    if substitute is None or actor is None or substitute.id == employee.id:
        raise Invalid("bad_substitute", _("Choose a colleague who works here."), field="substitute")
    names = {"name": substitute.name, "absent": employee.name}
    if not actor.may(HOLDING):
        raise Invalid("holds_nothing", _("%(name)s works with no clients and cannot stand in.") % names, field="substitute")
    if substitute.office_id != employee.office_id and not actor.sees(employee.id, employee.office_id):
        sentence = _("%(name)s works in another office and sees no client of %(absent)s: choose somebody of the same office.")
        raise Invalid("substitute_foreign", sentence % names, field="substitute")
    if Absence.objects.filter(employee=substitute, starts_at__lte=starts_at, ends_at__gte=ends_at).exists():
        raise Invalid("substitute_absent", _("%(name)s is away all this time too.") % {"name": substitute.name}, field="substitute")


@transaction.atomic
def drop_absence(*, absence_id: int, by: Actor, now: datetime) -> None:
    """The absence did not happen; one that has begun ends now."""
    absence = _absence(absence_id, by)
    sign(by.label)
    if absence.starts_at < now < absence.ends_at:
        absence.ends_at = now
        absence.save(update_fields=["ends_at"])
    elif absence.ends_at <= now:
        raise Refused("past", _("What is over is not changed."))
    else:
        absence.delete()


def _absence(absence_id: int, by: Actor) -> Absence:
    absence = Absence.objects.select_for_update().filter(pk=absence_id).first()
    if absence is None:
        raise NotFound("no_such_absence", _("There is no such absence."))
    find_own(absence.employee_id, by)
    return absence


@transaction.atomic
def set_shifts(*, employee_id: int, windows: dict[int, list[tuple[time, time]]], by: Actor, now: datetime) -> None:
    """Hours of one person by weekday (0 is Monday); none at all: the office's hours. 00:00 ends a day at midnight."""
    employee = find_own(employee_id, by)
    for day, spans in windows.items():
        ends = time(0)
        for start, end in sorted(spans):
            if not (start < end or end == time(0)) or (ends != time(0) and start < ends):
                raise Invalid("bad_shift", _("A shift ends after it begins, and two do not overlap."), field=f"day{day}")
            ends = end
    sign(by.label)
    Shift.objects.filter(employee=employee).delete()
    Shift.objects.bulk_create(
        Shift(employee=employee, weekday=day, starts=start, ends=end) for day, spans in windows.items() for start, end in sorted(spans)
    )
