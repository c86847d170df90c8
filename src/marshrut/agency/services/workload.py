"""How much one person is given, and when they work."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.models import Employee, Shift
from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound
from marshrut.core.history import sign

Week = dict[int, list[tuple[time, time]]]
MOST_CAPACITY = 1000
HEAVIEST = Decimal(10)


@dataclass(frozen=True, slots=True)
class Workload:
    """`capacity` empty: no limit; `share_weight` 1 is a full share; `week` empty: the office's hours; `newcomer_since` empty: their
    share does not grow any more."""

    capacity: int | None
    share_weight: Decimal
    is_on_duty: bool
    week: Week
    newcomer_since: date | None = None


@transaction.atomic
def save_workload(*, employee_id: int, workload: Workload, by: Actor, now: datetime) -> None:
    """Set how much somebody is given and when they work. Shifts that stay are not touched. Invalid names the field."""
    employee = Employee.objects.select_for_update().filter(pk=employee_id, is_active=True).first()
    if employee is None:
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    check_workload(workload)
    sign(by.label)
    employee.capacity, employee.share_weight, employee.is_on_duty = workload.capacity, workload.share_weight, workload.is_on_duty
    employee.newcomer_since = workload.newcomer_since
    employee.save(update_fields=["capacity", "share_weight", "is_on_duty", "newcomer_since"])
    wanted = {(day, starts, ends) for day, spans in workload.week.items() for starts, ends in spans}
    present = {(s.weekday, s.starts, s.ends): s.id for s in Shift.objects.filter(employee=employee)}
    Shift.objects.filter(pk__in=[number for key, number in present.items() if key not in wanted]).delete()
    Shift.objects.bulk_create(
        Shift(employee=employee, weekday=day, starts=starts, ends=ends) for day, starts, ends in sorted(wanted - set(present))
    )


def check_workload(workload: Workload) -> Workload:
    """The same workload when it can be; Invalid names the field that cannot."""
    if workload.capacity is not None and not 0 <= workload.capacity <= MOST_CAPACITY:
        raise Invalid("bad_capacity", _("A number up to a thousand; empty: no limit."), field="capacity")
    if not 0 < workload.share_weight <= HEAVIEST:
        raise Invalid("bad_weight", _("A share above 0 and up to 10: 1 is a full share, 0.5 half of it."), field="share_weight")
    check_shifts(workload.week)
    return workload


def check_shifts(week: Week) -> None:
    """Invalid (field `day0`…) when a shift ends before it begins (00:00 is midnight) or two of one day overlap."""
    for day, spans in week.items():
        ended: time | None = None
        for starts, ends in sorted(spans):
            if ends != time() and ends <= starts:
                raise Invalid("ends_before", _("A shift ends after it begins. For midnight write 00:00."), field=f"day{day}")
            if ended is not None and (ended == time() or starts < ended):
                raise Invalid("overlap", _("Two shifts of this day overlap."), field=f"day{day}")
            ended = ends
