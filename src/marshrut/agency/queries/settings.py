"""Reads for the pages of settings: everything there is, what is not used any more included."""

from dataclasses import dataclass
from datetime import date, time

from django.db.models import Count, Q

from marshrut.agency.models import CustomField, Employee, Holiday, Office, Queue, Shift, WorkingWindow
from marshrut.core.working_time import Window


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """An office, how many work there, and its own queue's name (empty: the common queue serves it)."""

    id: int
    slug: str
    name: str
    country: str
    time_zone: str
    is_active: bool
    people: int
    queue: str


def list_offices() -> list[OfficeLine]:
    """Every office, those that work first: two statements."""
    queues: dict[int, str] = {}
    for office_id, name in Queue.objects.exclude(office=None).order_by("id").values_list("office_id", "name"):
        queues.setdefault(office_id or 0, name)
    rows = Office.objects.annotate(people=Count("employees", filter=Q(employees__is_active=True))).order_by("-is_active", "id")
    return [OfficeLine(o.id, o.slug, o.name, o.country, o.time_zone, o.is_active, o.people, queues.get(o.id, "")) for o in rows]


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day an office is closed, or (with hours) a short day."""

    day: date
    name: str
    opens: time | None
    closes: time | None


@dataclass(frozen=True, slots=True)
class Hours:
    """An office's week and its days off, in order."""

    week: dict[int, list[Window]]
    days_off: list[DayOff]


def read_hours(office_id: int) -> Hours:
    """The hours of an office: two statements."""
    week: dict[int, list[Window]] = {}
    rows = WorkingWindow.objects.filter(office_id=office_id).order_by("weekday", "opens")
    for weekday, opens, closes in rows.values_list("weekday", "opens", "closes"):
        week.setdefault(weekday, []).append((opens, closes))
    days = Holiday.objects.filter(office_id=office_id).order_by("day").values_list("day", "name", "opens", "closes")
    return Hours(week, [DayOff(*row) for row in days])


@dataclass(frozen=True, slots=True)
class WorkloadLine:
    """How much one person may be given, and when they work (no windows: the office's hours)."""

    id: int
    name: str
    role: str
    office_id: int
    capacity: int | None
    share_weight: str
    is_on_duty: bool
    week: dict[int, list[Window]]
    newcomer_since: date | None = None


def list_workload() -> list[WorkloadLine]:
    """Everybody who works here, by office and name: two statements."""
    shifts: dict[int, dict[int, list[Window]]] = {}
    for employee_id, day, starts, ends in Shift.objects.order_by("weekday", "starts").values_list(
        "employee_id", "weekday", "starts", "ends"
    ):
        shifts.setdefault(employee_id, {}).setdefault(day, []).append((starts, ends))
    people = Employee.objects.filter(is_active=True).order_by("office_id", "name", "id")
    return [
        WorkloadLine(
            e.id,
            e.name,
            e.role,
            e.office_id,
            e.capacity,
            f"{e.share_weight.normalize():f}",
            e.is_on_duty,
            shifts.get(e.id, {}),
            e.newcomer_since,
        )
        for e in people
    ]


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of the agency's own, used or not."""

    id: int
    subject: str
    slug: str
    name: str
    kind: str
    choices: tuple[str, ...]
    position: int
    in_list: bool
    is_active: bool


def list_fields() -> list[FieldLine]:
    """Every field: those of people first, in their order."""
    rows = CustomField.objects.order_by("-subject", "position", "id")
    return [FieldLine(f.id, f.subject, f.slug, f.name, f.kind, tuple(f.choices), f.position, f.in_list, f.is_active) for f in rows]
