"""Absences and shifts: who is away when, who works for them, and what was planned for that time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import format_date
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.permissions import is_foreign
from marshrut.agency.queries import Colleague
from marshrut.agency.queries.people import AbsenceLine, find_absence, list_absences, shifts_of
from marshrut.agency.services import drop_absence, save_absence, set_shifts
from marshrut.agency.web.pages import Reader, ReaderRequest, for_staff, found, part_or_page
from marshrut.backoffice.web.staff_forms import Choice
from marshrut.core.errors import DomainError, Invalid, NotFound
from marshrut.core.names import clean_text
from marshrut.intake.queries.leaving import held_by, tasks_due
from marshrut.intake.reference import read_reference
from marshrut.intake.services.handing import HOLDERS
from marshrut.intake.services.handing_on import hand_on_open_clocks
from marshrut.intake.services.leaving import hand_over_absence, hand_over_tasks
from marshrut.ui.answers import done
from marshrut.ui.wording import language

DAYS = 28


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one person: away (and whether it begins or ends then), and whether they would work."""

    day: date
    is_off: bool
    is_today: bool
    absence: AbsenceLine | None
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One person and their days."""

    id: int
    name: str
    cells: list[Cell]


def _own_people(reader: Reader) -> list[Colleague]:
    """Colleagues whose time this reader may change."""
    return [c for c in reader.staff.colleagues.values() if not is_foreign(reader.actor, c.office_id)]


def _first_day(text: str, today: date) -> date:
    try:
        chosen = date.fromisoformat(text)
        return chosen if abs((chosen - today).days) < 4000 else today
    except ValueError:
        return today - timedelta(days=today.weekday())


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@require_safe
@for_staff("absences:write")
def absences(request: ReaderRequest) -> HttpResponse:
    """Four weeks, a line for each person; and the same as a list."""
    reader = request.reader
    today = timezone.localtime(reader.now).date()
    first = _first_day(clean_text(request.GET.get("from"), 10), today)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    office = None if reader.actor.reach in ("all", "none") else reader.actor.office_id
    lines = list_absences(office, _start(days[0]), _start(days[-1] + timedelta(days=1)))
    here = f"{reverse('absences')}?from="
    context = {
        "rows": [_row(person, days, [line for line in lines if line.employee_id == person.id], today) for person in _own_people(reader)],
        "days": [{"number": day.day, "name": format_date(day, "EEEEEE", locale=language()),
                  "exact": format_date(day, "full", locale=language()), "is_today": day == today} for day in days],
        "lines": lines, "first": first.isoformat(),
        "title": f"{format_date(days[0], 'd MMMM', locale=language())} – {format_date(days[-1], 'd MMMM y', locale=language())}",
        "before": here + (first - timedelta(days=DAYS)).isoformat(), "after": here + (first + timedelta(days=DAYS)).isoformat(),
    }  # fmt: skip
    return part_or_page(request, "absences", "backoffice/_absences.html", "backoffice/absences.html", context)


def _row(person: Colleague, days: list[date], lines: list[AbsenceLine], today: date) -> Row:
    return Row(person.id, person.name, [_cell(person, day, lines, today) for day in days])


def _cell(person: Colleague, day: date, lines: list[AbsenceLine], today: date) -> Cell:
    start, end = _start(day), _start(day + timedelta(days=1))
    away = next((line for line in lines if line.starts_at < end and line.ends_at > start), None)
    is_off = not person.is_on_duty and not person.calendar.is_open(start + timedelta(hours=12)) and not person.calendar.is_open(
        start + timedelta(hours=16))  # fmt: skip
    return Cell(day, is_off, day == today, away, bool(away and away.starts_at >= start), bool(away and away.ends_at <= end))


def _people_choices(reader: Reader) -> dict[str, list[Choice]]:
    """Who may be away, and who may stand in: whoever holds matters, with their office where there are several."""
    offices, own = reader.staff.offices, {c.office_id for c in _own_people(reader)}
    holders = [c for c in reader.staff.colleagues.values() if c.role in HOLDERS and (c.office_id in own or c.role == "owner")]
    label = "{0.name} · {1.name}" if len({c.office_id for c in holders}) > 1 else "{0.name}"
    return {
        "people": [Choice(str(c.id), c.name) for c in _own_people(reader)],
        "colleagues": [Choice(str(c.id), label.format(c, offices[c.office_id])) for c in holders],
    }


@require_http_methods(["GET", "POST"])
@for_staff("absences:write")
def absence(request: ReaderRequest, pk: int = 0) -> HttpResponse:
    """A new absence, or another time or substitute for one; what was planned for that time is shown for handing over."""
    reader = request.reader
    line = _own_absence(reader, pk) if pk else None
    context: dict[str, Any] = {"absence": line, **_people_choices(reader)}
    if request.method == "GET":
        return render(request, "backoffice/_absence_dialog.html", {**context, "values": _values(request, line), "errors": {}})
    values = {
        name: clean_text(request.POST.get(name), 200) for name in ("employee", "starts", "ends", "reason", "substitute", "now")
    }
    try:
        saved = _save(reader, line, values)
    except NotFound:
        raise
    except DomainError as error:
        field = {"starts_at": "starts", "ends_at": "ends"}.get(error.field or "", error.field or "")
        errors = {field if field in values else "": error.sentence}
        return render(
            request, "backoffice/_absence_dialog.html", {**context, "values": values, "errors": errors}, status=error.status
        )
    if tasks_due(saved.employee_id, saved.starts_at, saved.ends_at, 1):
        return _tasks_dialog(request, saved)
    return done(_("Saved"))


def _own_absence(reader: Reader, pk: int) -> AbsenceLine:
    line: AbsenceLine = found(find_absence(pk))
    if is_foreign(reader.actor, line.office_id):
        raise NotFound("no_such_absence", _("There is no such absence."))
    return line


def _values(request: ReaderRequest, line: AbsenceLine | None) -> dict[str, Any]:
    if line:
        return {"employee": str(line.employee_id), "starts": line.starts_at, "ends": line.ends_at, "reason": line.reason,
                "substitute": str(line.substitute_id or "")}  # fmt: skip
    day = _first_day(clean_text(request.GET.get("day"), 10), timezone.localtime(request.reader.now).date() + timedelta(days=1))
    return {"employee": clean_text(request.GET.get("employee"), 18), "starts": _start(day), "ends": _start(day + timedelta(days=1))}


def _save(reader: Reader, line: AbsenceLine | None, values: dict[str, Any]) -> AbsenceLine:
    """Write the absence down; one that begins at once hands over what nobody has answered yet."""
    employee, substitute = _id(values["employee"]), _id(values["substitute"])
    starts_at, ends_at = _moment(values["starts"], "starts"), _moment(values["ends"], "ends")
    number = save_absence(
        absence_id=line.id if line else None, employee_id=line.employee_id if line else employee or 0, starts_at=starts_at, ends_at=ends_at,
        reason=values["reason"], substitute_id=substitute, by=reader.actor, now=reader.now,
    )  # fmt: skip
    saved: AbsenceLine = found(find_absence(number))
    if saved.starts_at <= reader.now < saved.ends_at:
        if substitute:
            hand_over_absence(
                employee_id=saved.employee_id, to=substitute, reference=read_reference(reader.revision), by=reader.actor, now=reader.now
            )
        else:
            hand_on_open_clocks(reference=read_reference(), employee_id=saved.employee_id, by=reader.actor, now=reader.now)
    return saved


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _moment(text: str, field: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else timezone.make_aware(at)
    except (ValueError, OverflowError) as error:
        raise Invalid("not_a_moment", _("Choose a day and a time."), field=field) from error


@require_POST
@for_staff("absences:write")
def remove(request: ReaderRequest, pk: int) -> HttpResponse:
    """The absence did not happen, or is over now."""
    drop_absence(absence_id=pk, by=request.reader.actor, now=request.reader.now)
    return done(_("The absence is taken away"))


@require_http_methods(["GET", "POST"])
@for_staff("absences:write")
def absence_tasks(request: ReaderRequest, pk: int) -> HttpResponse:
    """What was planned for an absence goes to a colleague: those that are ticked."""
    reader = request.reader
    line = _own_absence(reader, pk)
    if request.method == "GET":
        return _tasks_dialog(request, line)
    chosen = [int(one) for one in request.POST.getlist("task")[:500] if one.isascii() and one.isdigit() and len(one) < 19]
    try:
        moved = hand_over_tasks(employee_id=line.employee_id, task_ids=chosen, to=_id(request.POST.get("to", "")) or 0,
                                reference=read_reference(reader.revision), by=reader.actor, now=reader.now)  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        return _tasks_dialog(request, line, {error.field or "": error.sentence}, error.status)
    return done(ngettext("%(count)s action handed over", "%(count)s actions handed over", moved) % {"count": moved})


def _tasks_dialog(
    request: ReaderRequest, line: AbsenceLine, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    due = tasks_due(line.employee_id, line.starts_at, line.ends_at)
    reads = request.reader.actor.reach != "none"
    context = {
        "absence": line, "tasks": due, "reads_people": reads, "reader": request.reader.actor, "held": held_by(line.employee_id),
        "colleagues": [Choice(str(c.id), c.name) for c in request.reader.staff.colleagues.values() if c.id != line.employee_id],
        "values": {"to": str(line.substitute_id or "")}, "errors": errors or {},
    }  # fmt: skip
    return render(request, "backoffice/_absence_tasks_dialog.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_staff("absences:write")
def shifts(request: ReaderRequest, pk: int) -> HttpResponse:
    """Hours of one person by weekday; none at all means the office's."""
    reader = request.reader
    person = next((c for c in _own_people(reader) if c.id == pk), None)
    if person is None:
        raise NotFound("no_such_colleague", _("There is no such colleague."))
    names = [format_date(date(2024, 1, 1) + timedelta(days=n), "EEEE", locale=language()) for n in range(7)]
    context: dict[str, Any] = {"person": person, "days": list(enumerate(names))}
    if request.method == "GET":
        shown = shifts_of(pk)
        values = {f"day{n}": ", ".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in shown.get(n, ())) for n in range(7)}
        return render(request, "backoffice/_shifts_dialog.html", {**context, "values": values, "errors": {}})
    values = {f"day{n}": clean_text(request.POST.get(f"day{n}"), 100) for n in range(7)}
    try:
        windows = {n: _windows(values[f"day{n}"], f"day{n}") for n in range(7) if values[f"day{n}"]}
        set_shifts(employee_id=pk, windows=windows, by=reader.actor, now=reader.now)
    except NotFound:
        raise
    except DomainError as error:
        errors = {error.field or "": error.sentence}
        return render(
            request, "backoffice/_shifts_dialog.html", {**context, "values": values, "errors": errors}, status=error.status
        )
    return done(_("Saved"))


def _windows(text: str, field: str) -> list[tuple[time, time]]:
    """`09:00–13:00, 14:00–18:00`; hyphens and bare hours are read too."""
    windows = []
    for part in text.split(","):
        try:
            start, end = (time.fromisoformat(_clock(one)) for one in part.replace("–", "-").replace("—", "-").split("-"))
        except ValueError as error:
            raise Invalid("bad_shift", _("Write hours like 09:00–18:00, or 09:00–13:00, 14:00–18:00."), field=field) from error
        windows.append((start, end))
    return windows


def _clock(text: str) -> str:
    hour, _colon, minute = text.strip().partition(":")
    return f"{0 if hour == '24' else int(hour):02}:{minute or '00'}"
