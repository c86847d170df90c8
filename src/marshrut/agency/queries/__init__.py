"""Reads: who acts, who works here and when, the queues; reference data kept until their revision changes."""

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TypeVar

from django.db import connection

from marshrut.agency.models import Absence, Agency, CustomField, Employee, Holiday, Office, Queue, Role, Shift, WorkingWindow
from marshrut.agency.permissions import REACH_OF_ROLE, SCOPES_OF_ROLE, UNMASKED_OF_ROLE, Actor
from marshrut.core.typed_values import FieldSpec
from marshrut.core.working_time import NoWorkingTime, WorkingCalendar

T = TypeVar("T")
Windows = dict[int, list[tuple[time, time]]]
LONGEST_BREAK = timedelta(hours=3)
"""A longer gap in somebody's hours is the end of a shift, a shorter one lunch."""


def read_revision() -> int:
    """The number of the present reference data; whoever changed any has raised it."""
    with connection.cursor() as cursor:
        cursor.execute("select number from agency_revision")
        return int(cursor.fetchone()[0])


def kept(load: Callable[[], T]) -> Callable[[int], T]:
    """Keep what `load` reads for as long as the revision asked for stays the same; one value a process."""
    lock = threading.Lock()
    held: tuple[str, int, T] | None = None

    def read(revision: int) -> T:
        nonlocal held
        database = str(connection.settings_dict["NAME"])
        found = held
        if found is None or found[:2] != (database, revision):
            with lock:
                found = (database, revision, load())
                held = found
        return found[2]

    return read


@dataclass(frozen=True)
class Colleague:
    """An employee as distribution and pages see them."""

    id: int
    name: str
    role: str
    office_id: int
    capacity: int | None
    weight: int
    is_on_duty: bool
    language: str
    calendar: WorkingCalendar
    absences: tuple[tuple[datetime, datetime], ...]
    team_id: int | None = None
    substitutes: tuple[tuple[datetime, datetime, int], ...] = ()
    languages: frozenset[str] = frozenset()
    newcomer_since: date | None = None

    def is_at_work(self, at: datetime) -> bool:
        """On shift (or on duty round the clock) and not absent at this moment."""
        if any(start <= at < end for start, end in self.absences):
            return False
        return self.is_on_duty or self.calendar.is_open(at)

    def why_gone(self, at: datetime) -> str:
        """Why they cannot answer for a while: "absent", "shift_ended" (a break is none); empty while they can or soon will."""
        if any(start <= at < end for start, end in self.absences):
            return "absent"
        if self.is_on_duty or self.calendar.is_open(at):
            return ""
        try:
            return "shift_ended" if self.calendar.next_opening(at) - at > LONGEST_BREAK else ""
        except NoWorkingTime:
            return "shift_ended"

    def substitute_at(self, at: datetime) -> int | None:
        """Who works for them while they are absent at this moment."""
        return next((substitute for start, end, substitute in self.substitutes if start <= at < end), None)

    @cached_property
    def response_calendar(self) -> WorkingCalendar:
        """The time in which this person's response clocks run."""
        return WorkingCalendar.round_the_clock(self.calendar.zone.key) if self.is_on_duty else self.calendar


@dataclass(frozen=True)
class OfficeCard:
    """An office with its country and its working hours."""

    id: int
    slug: str
    name: str
    time_zone: str
    country: str
    calendar: WorkingCalendar


@dataclass(frozen=True)
class QueueCard:
    """A named queue; without an office it is the common one."""

    id: int
    slug: str
    name: str
    office_id: int | None


@dataclass(frozen=True)
class AgencyCard:
    """The agency itself: what its pages and letters say of it."""

    name: str
    language: str
    currency: str
    address: str
    email: str
    phone: str
    needs_second_factor: bool
    is_set_up: bool


@dataclass(frozen=True)
class Staff:
    """Everybody who works here, the offices and the queues, of one revision."""

    agency: AgencyCard
    offices: dict[int, OfficeCard]
    colleagues: dict[int, Colleague]
    queues: dict[int, QueueCard]

    @cached_property
    def sellers(self) -> tuple[Colleague, ...]:
        """Who may be given inquiries: managers, seniors among them."""
        return tuple(c for c in self.colleagues.values() if c.role in (Role.MANAGER, Role.SENIOR))

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Countries of the offices, first the first office's: the order in which a bare phone number is tried."""
        return tuple(dict.fromkeys([*(office.country for office in self.offices.values()), "RU", "UA", "KZ", "BY"]))

    @cached_property
    def has_duty(self) -> bool:
        return any(c.is_on_duty for c in self.sellers)

    @cached_property
    def first_office(self) -> OfficeCard:
        return next(iter(self.offices.values()))

    def queue_of(self, office_id: int | None) -> QueueCard:
        """The queue of this office, else the common one."""
        own = (q for q in self.queues.values() if q.office_id == office_id and office_id is not None)
        return next(own, None) or next(q for q in self.queues.values() if q.office_id is None)

    def supervisor_of(self, office_id: int | None) -> Colleague | None:
        """Who is told when a clock is about to break: the office's supervisor, else any, else the owner."""
        leads = [c for c in self.colleagues.values() if c.role == Role.SUPERVISOR]
        owners = [c for c in self.colleagues.values() if c.role == Role.OWNER]
        return next((c for c in leads if c.office_id == office_id), None) or next(iter([*leads, *owners]), None)

    def lead_at(self, office_id: int | None, at: datetime) -> Colleague | None:
        """Who answers for an office at this moment: its supervisor, whoever works for them meanwhile, the owner; None when none of
        them is at work."""
        leads = [c for c in self.colleagues.values() if c.role == Role.SUPERVISOR and c.office_id == office_id]
        substitutes = [c for lead in leads if (c := self.colleagues.get(lead.substitute_at(at) or 0))]
        owners = [c for c in self.colleagues.values() if c.role == Role.OWNER]
        return next((c for c in (*leads, *substitutes, *owners) if c.is_at_work(at)), None)

    def told_at(self, office_id: int | None, at: datetime) -> Colleague | None:
        """Who is told at this moment that a clock is about to break; with nobody of them at work, the office's supervisor."""
        return self.lead_at(office_id, at) or self.supervisor_of(office_id)


def _load_staff() -> Staff:
    offices, windows = {}, _windows_by(WorkingWindow.objects.values_list("office_id", "weekday", "opens", "closes"))
    holidays: dict[int, dict[date, list[tuple[time, time]]]] = {}
    for office_id, day, opens, closes in Holiday.objects.values_list("office_id", "day", "opens", "closes"):
        holidays.setdefault(office_id, {})[day] = [(opens, closes)] if opens is not None and closes is not None else []
    for office in Office.objects.filter(is_active=True).order_by("id"):
        calendar = WorkingCalendar(office.time_zone, windows.get(office.id, {}), holidays.get(office.id, {}))
        offices[office.id] = OfficeCard(office.id, office.slug, office.name, office.time_zone, office.country, calendar)
    shifts = _windows_by(Shift.objects.values_list("employee_id", "weekday", "starts", "ends"))
    absences: dict[int, list[tuple[datetime, datetime]]] = {}
    substitutes: dict[int, list[tuple[datetime, datetime, int]]] = {}
    for employee_id, start, end, substitute in Absence.objects.values_list("employee_id", "starts_at", "ends_at", "substitute_id"):
        absences.setdefault(employee_id, []).append((start, end))
        if substitute is not None:
            substitutes.setdefault(employee_id, []).append((start, end, substitute))
    colleagues = {}
    for e in Employee.objects.filter(is_active=True, office_id__in=offices).order_by("id"):
        office_card = offices[e.office_id]
        own = shifts.get(e.id)
        calendar = WorkingCalendar(office_card.time_zone, own, holidays.get(e.office_id, {})) if own else office_card.calendar
        colleagues[e.id] = Colleague(
            e.id,
            e.name,
            e.role,
            e.office_id,
            e.capacity,
            int(e.share_weight * 100),
            e.is_on_duty,
            e.language,
            calendar,
            tuple(absences.get(e.id, ())),
            e.team_id,
            tuple(substitutes.get(e.id, ())),
            frozenset(e.languages),
            e.newcomer_since,
        )
    queues = {q.id: QueueCard(q.id, q.slug, q.name, q.office_id) for q in Queue.objects.order_by("id")}
    return Staff(_load_agency(), offices, colleagues, queues)


def _load_agency() -> AgencyCard:
    row = Agency.objects.get(pk=1)
    return AgencyCard(
        row.name, row.language, row.currency, row.address, row.email, row.phone, row.needs_second_factor, row.set_up_at is not None
    )


def _windows_by(rows: Iterable[tuple[int, int, time, time]]) -> dict[int, Windows]:
    """Windows by whose they are: rows of (office or employee, weekday, from, until)."""
    found: dict[int, Windows] = {}
    for owner_id, weekday, start, end in rows:
        found.setdefault(owner_id, {}).setdefault(weekday, []).append((start, end))
    return found


read_staff: Callable[[int], Staff] = kept(_load_staff)


def actor_of_employee(employee_id: int) -> Actor | None:
    """The employee as an actor; None when they no longer work here."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select e.name, e.role, e.office_id, e.reach, e.unmasked, (select number from agency_revision),
                   case when e.team_id is not null then array(select m.id from agency_employee m where m.team_id = e.team_id) end
               from agency_employee e where e.id = %s and e.is_active""",
            [employee_id],
        )
        row = cursor.fetchone()
    return make_actor(employee_id, *row) if row else None


def make_actor(
    employee_id: int,
    name: str,
    role: str,
    office_id: int,
    reach: str = "",
    unmasked: list[str] | None = None,
    revision: int | None = None,
    members: list[int] | None = None,
) -> Actor:
    """An employee as an actor: reach, scopes and unmasked fields follow from the role unless they were set for them."""
    known = Role(role)
    return Actor(
        "employee",
        employee_id,
        name,
        role,
        office_id,
        reach or REACH_OF_ROLE[known],
        SCOPES_OF_ROLE[known],
        revision,
        tuple(sorted({employee_id, *(members or ())})),
        UNMASKED_OF_ROLE[known] if unmasked is None else frozenset(unmasked),
    )


def digest_of(secret: str) -> bytes:
    """SHA-256 of a token's secret: all that is kept of it."""
    return hashlib.sha256(secret.encode()).digest()


def actor_of_token(secret: str) -> Actor | None:
    """The service account this token belongs to; None for an unknown or revoked one. Every quarter of an hour it is noted as used."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select id, name, office_id, reach, scopes, (select number from agency_revision),
                   used_at is null or used_at < now() - interval '15 minutes' from agency_apitoken
               where digest = %s and revoked_at is null""",
            [digest_of(secret)],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        if row[6]:
            cursor.execute("update agency_apitoken set used_at = now() where id = %s", [row[0]])
    return Actor("token", row[0], row[1], "service", row[2], row[3], frozenset(row[4]), row[5])


def _load_custom_fields() -> tuple[FieldSpec, ...]:
    fields = CustomField.objects.filter(is_active=True).order_by("position", "id")
    return tuple(FieldSpec(f.subject, f.slug, f.name, f.kind, tuple(f.choices), f.in_list) for f in fields)


read_custom_fields: Callable[[int], tuple[FieldSpec, ...]] = kept(_load_custom_fields)


def custom_fields_of(subject: str, revision: int) -> tuple[FieldSpec, ...]:
    """The agency's own fields of people (`person`) or of matters (`matter`), in order."""
    return tuple(spec for spec in read_custom_fields(revision) if spec.subject == subject)
