"""When each office works: hours of the week with lunch, public holidays, days off and short days; what clocks make of it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import format_date
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marshrut.agency.queries import OfficeCard
from marshrut.agency.queries.settings import DayOff, Hours, read_hours
from marshrut.agency.services.calendars import (
    calendar_from,
    check_calendars,
    check_day,
    check_week,
    drop_holiday,
    save_holiday,
    save_week,
    seed_holidays,
)
from marshrut.agency.web.pages import ReaderRequest, for_staff, found
from marshrut.backoffice.web.settings.day_off_preview import foresee_day
from marshrut.backoffice.web.settings.foreseen import TEMPLATE
from marshrut.backoffice.web.settings.frame import (
    SettingsPage,
    Values,
    dialog_of,
    is_preview,
    page_of,
    preview_of,
    refused,
    register_settings,
    saved,
    saving,
    typed,
)
from marshrut.backoffice.web.settings.story import TableWords, describe, office_name
from marshrut.backoffice.web.settings.week_story import told_days_off, told_weeks
from marshrut.backoffice.web.settings.weeks import DAYS, day_fields, read_day, read_week, week_values
from marshrut.core.errors import DomainError, Invalid
from marshrut.core.hours import UnreadableHours, read_hours_text, say_hours
from marshrut.core.working_time import NoWorkingTime, Window, WorkingCalendar
from marshrut.intake.reference import read_reference
from marshrut.ui.answers import done
from marshrut.ui.wording import language

PAGE = register_settings(
    SettingsPage(
        slug="calendars",
        group="people",
        order=10,
        title=lazy("Working hours"),
        icon="clock",
        url_name="settings_calendars",
        description=lazy(
            "When an office works. Response clocks run in these hours alone; outside them new inquiries wait for the morning."
        ),
        watches={"agency_workingwindow": (), "agency_holiday": ()},
        check=check_calendars,
        words=lazy("calendar schedule lunch holidays days off short days weekend"),
    )
)
describe(
    "agency_workingwindow",
    TableWords(
        noun="",
        columns={},
        hidden=("id", "weekday", "opens", "closes", "office_id"),
        together=told_weeks("agency_workingwindow", "office_id", ("opens", "closes"), office_name, lambda: _("closed")),
    ),
)
describe(
    "agency_holiday",
    TableWords(noun="", columns={},
        hidden=("id", "day", "name", "opens", "closes", "office_id"), together=told_days_off),
)


@require_safe
@for_staff("settings:write")
def calendars(request: ReaderRequest) -> HttpResponse:
    """The calendar of the reader's own office."""
    return redirect("settings_calendar", request.reader.office.id)


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def calendar(request: ReaderRequest, pk: int) -> HttpResponse:
    """Hours of an office's week, and its days off."""
    office = _office(request, pk)
    hours = read_hours(pk)
    context = {"office": office, "days": day_fields()}
    if request.method == "GET":
        whole = {**context, **_around(request, office, hours), "values": week_values(hours.week)}
        return page_of(request, PAGE, "backoffice/settings/calendar.html", whole)
    values = typed(request, *DAYS, longest=120)
    if is_preview(request):
        return preview_of(request, "backoffice/settings/_calendar_preview.html", lambda: _preview(request, office, hours, values))
    try:
        with saving(request, PAGE):
            save_week(office_id=pk, week=read_week(values), by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_calendar_form.html", context, values, error)
    return saved(PAGE, go=_address(office))


@require_http_methods(["GET", "POST"])
@for_staff("settings:write")
def day_off(request: ReaderRequest, pk: int, day: str = "") -> HttpResponse:
    """A day off or a short day: a new one, or one that is there; its day stays once it is there."""
    office = _office(request, pk)
    present = next((one for one in read_hours(pk).days_off if one.day.isoformat() == day), None)
    if day:
        found(present)
    context: dict[str, Any] = {"office": office, "present": present}
    if request.method == "GET":
        return dialog_of(request, PAGE, "backoffice/settings/_day_off_dialog.html", {**context, "values": _day_values(present)})
    values = typed(request, "day", "name", "hours", "remove", longest=120)
    if is_preview(request):
        return preview_of(request, TEMPLATE, lambda: _foreseen_day(request, office, present, values))
    try:
        with saving(request, PAGE):
            _save_day(request, pk, present, values)
    except DomainError as error:
        return refused(request, PAGE, "backoffice/settings/_day_off_dialog.html", context, values, error)
    return saved(PAGE, go=_address(office, values["day"][:4]))


@require_POST
@for_staff("settings:write")
def public_days(request: ReaderRequest, pk: int) -> HttpResponse:
    """Public holidays of the office's country for a year come into its calendar."""
    office = _office(request, pk)
    year = _year(request.POST.get("year", ""), request.reader.now.year)
    try:
        with saving(request, PAGE):
            count = seed_holidays(office_id=pk, year=year, by=request.reader.actor, now=request.reader.now)
    except DomainError as error:
        return render(request, "ui/_refusal_dialog.html", {"sentence": error.sentence}, status=error.status)
    said = (
        ngettext("%(num)s day came in", "%(num)s days came in", count) % {"num": count}
        if count
        else _("They are all there already")
    )
    return done(said, go=_address(office, str(year)))


def _office(request: ReaderRequest, pk: int) -> OfficeCard:
    office: OfficeCard = found(request.reader.staff.offices.get(pk))
    return office


def _address(office: OfficeCard, year: str = "") -> str:
    return reverse("settings_calendar", args=[office.id]) + (f"?year={year}" if year.isdigit() else "")


def _year(text: str, usual: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 and 2000 <= int(text) <= 2100 else usual


def _around(request: ReaderRequest, office: OfficeCard, hours: Hours) -> dict[str, Any]:
    """The other offices to go to, and the year's days off."""
    this = office.calendar.local_date(request.reader.now).year
    year = _year(request.GET.get("year", ""), this)
    return {
        "offices": [
            {"url": _address(one), "label": one.name, "is_current": one.id == office.id, "count": None}
            for one in request.reader.staff.offices.values()
        ],
        "year": year,
        "years": (this, this + 1),
        "this_year": this,
        "days_off": [_shown(one) for one in hours.days_off if one.day.year == year],
    }


def _shown(one: DayOff) -> dict[str, Any]:
    hours = say_hours([(one.opens, one.closes)]) if one.opens is not None and one.closes is not None else ""
    return {
        "iso": one.day.isoformat(),
        "said": format_date(one.day, "d MMMM, EEEE", locale=language()),
        "name": one.name,
        "hours": hours,
    }


def _day_values(one: DayOff | None) -> Values:
    if one is None:
        return {"day": "", "name": "", "hours": "", "remove": ""}
    return {"day": one.day.isoformat(), "name": one.name, "hours": _shown(one)["hours"], "remove": ""}


def _save_day(request: ReaderRequest, pk: int, present: DayOff | None, values: Values) -> None:
    who: dict[str, Any] = {"office_id": pk, "by": request.reader.actor, "now": request.reader.now}
    day = present.day if present else read_day(values["day"])
    values["day"] = day.isoformat()
    if present and values["remove"]:
        return drop_holiday(day=day, **who)
    windows = _windows(values)
    opens, closes = windows[0] if windows else (None, None)
    return save_holiday(day=day, name=values["name"], opens=opens, closes=closes, **who)


def _windows(values: Values) -> list[Window]:
    """The one window of a short day, or none of a day off. Invalid when it cannot be read."""
    try:
        windows = read_hours_text(values["hours"])
    except UnreadableHours:
        windows = [(time(), time())] * 2
    if len(windows) > 1:
        raise Invalid("unreadable_hours", _("One window, for example 10:00–16:00; empty: closed all day."), field="hours")
    return windows


def _foreseen_day(request: ReaderRequest, office: OfficeCard, present: DayOff | None, values: Values) -> Mapping[str, Any]:
    """What the day as it was typed would do. Invalid while it cannot be read."""
    if not present and not values["day"]:
        raise Invalid("day_missing", _("Choose the day first."), field="day")
    day = present.day if present else read_day(values["day"])
    check_day(day, request.reader.now)
    return foresee_day(office, day, None if present and values["remove"] else _windows(values), request.reader)


def _preview(request: ReaderRequest, office: OfficeCard, hours: Hours, values: Values) -> dict[str, Any]:
    """By when inquiries of telling moments would have to be answered, with these hours and with those that are saved."""
    week = read_week(values)
    check_week(week)
    days_off = [(one.day, one.opens, one.closes) for one in hours.days_off]
    minutes = read_reference(request.reader.revision).rules.clock_of(office.id).breach
    try:
        typed_calendar = calendar_from(office.time_zone, week, days_off)
        cases = [_case(at, typed_calendar, office.calendar, minutes) for at in _moments(office, request.reader.now, hours)]
    except NoWorkingTime as error:
        raise Invalid("no_working_time", _("With so many days off the office never opens.")) from error
    total = sum(_length(*window) for windows in week.values() for window in windows)
    return {"cases": cases, "minutes": int(minutes), "hours": f"{total / 60:.1f}".rstrip("0").rstrip("."), "office": office}


def _moments(office: OfficeCard, now: datetime, hours: Hours) -> list[tuple[str, datetime]]:
    """Now; Friday before closing; Saturday at noon; noon of the next day off."""
    zone = office.calendar.zone
    today = office.calendar.local_date(now)
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    listed = [
        (_("now"), now),
        (_("on Friday at 18:55"), datetime.combine(friday, time(18, 55), zone)),
        (_("on Saturday at noon"), datetime.combine(friday + timedelta(days=1), time(12), zone)),
    ]
    coming = next((one for one in hours.days_off if one.day > today), None)
    if coming:
        listed.append((_("on %(day)s at noon") % {"day": _day(coming.day)}, datetime.combine(coming.day, time(12), zone)))
    return listed


def _day(day: date) -> str:
    return format_date(day, "d MMMM", locale=language())


def _case(
    moment: tuple[str, datetime], typed_calendar: WorkingCalendar, present: WorkingCalendar, minutes: float
) -> dict[str, Any]:
    said, at = moment
    new, old = (one.add_working_minutes(at, minutes).astimezone(typed_calendar.zone) for one in (typed_calendar, present))
    return {"said": said, "by": _moment(new), "was": "" if new == old else _moment(old)}


def _moment(at: datetime) -> str:
    return f"{format_date(at.date(), 'EEEE, d MMMM', locale=language())}, {at:%H:%M}"


def _length(opens: time, closes: time) -> int:
    end = 24 * 60 if closes == time() else closes.hour * 60 + closes.minute
    return end - opens.hour * 60 - opens.minute
