"""When an office works: hours of the week, days off, short days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from marshrut.agency.holidays import public_holidays
from marshrut.agency.models import Holiday, Office, WorkingWindow
from marshrut.agency.permissions import Actor
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.core.slugs import name_within
from marshrut.core.working_time import NoWorkingTime, Window, WorkingCalendar

MOST_WINDOWS = 4  # of one day
MIDNIGHT = time()
Week = Mapping[int, Sequence[Window]]


def check_week(week: Week) -> None:
    """Invalid (field `day0`…`day6`) when a day's windows cannot be, or the whole week has no working time.

    A window ends after it begins; 00:00 at its end is midnight. Windows of a day do not overlap.
    """
    if not any(week.values()):
        raise Invalid("no_working_time", _("A calendar without working time: no response clock could run. Open at least one day."))
    for day, windows in week.items():
        field, ended = f"day{day}", None
        if len(windows) > MOST_WINDOWS:
            raise Invalid("too_many_windows", _("At most four windows a day."), field=field)
        for opens, closes in sorted(windows):
            if closes != MIDNIGHT and closes <= opens:
                raise Invalid("ends_before", _("It closes before it opens. For midnight write 00:00."), field=field)
            if ended is not None and (ended == MIDNIGHT or opens < ended):
                raise Invalid("overlap", _("Two windows of this day overlap."), field=field)
            ended = closes


@transaction.atomic
def save_week(*, office_id: int, week: Week, by: Actor, now: datetime) -> None:
    """The office's hours by weekday (0 is Monday), several windows a day. What stays as it was is not touched."""
    office = _office(office_id)
    check_week(week)
    sign(by.label)
    wanted = {(day, opens, closes) for day, windows in week.items() for opens, closes in windows}
    present = {(w.weekday, w.opens, w.closes): w.id for w in WorkingWindow.objects.filter(office=office)}
    WorkingWindow.objects.filter(pk__in=[number for key, number in present.items() if key not in wanted]).delete()
    WorkingWindow.objects.bulk_create(
        WorkingWindow(office=office, weekday=day, opens=opens, closes=closes)
        for day, opens, closes in sorted(wanted - set(present))
    )
    _check_calendar(office)


@transaction.atomic
def save_holiday(
    *, office_id: int, day: date, name: str, opens: time | None, closes: time | None, by: Actor, now: datetime
) -> None:
    """A day off, or (with hours) a short day. The same day again replaces it."""
    office = _office(office_id)
    if (opens is None) != (closes is None):
        raise Invalid("half_a_window", _("Give both hours of a short day, or none for a day off."), field="closes")
    if opens is not None and closes is not None and closes != MIDNIGHT and closes <= opens:
        raise Invalid("ends_before", _("It closes before it opens. For midnight write 00:00."), field="closes")
    check_day(day, now)
    sign(by.label)
    Holiday.objects.update_or_create(
        office=office, day=day, defaults={"name": name_within(name), "opens": opens, "closes": closes}
    )
    _check_calendar(office)


def check_day(day: date, now: datetime) -> None:
    """Invalid (field day) for one that is too far away to be meant."""
    if abs(day.year - now.year) > 5:
        raise Invalid("far_day", _("Choose a day within five years."), field="day")


@transaction.atomic
def drop_holiday(*, office_id: int, day: date, by: Actor, now: datetime) -> None:
    """The day is an ordinary one again."""
    office = _office(office_id)
    sign(by.label)
    if not Holiday.objects.filter(office=office, day=day).delete()[0]:
        raise NotFound("no_such_holiday", _("This day is not among the days off."))


@transaction.atomic
def seed_holidays(*, office_id: int, year: int, by: Actor, now: datetime) -> int:
    """Public holidays of the office's country for a year; days that are there already stay as they are. How many came."""
    office = _office(office_id)
    if abs(year - now.year) > 5:
        raise Invalid("far_year", _("Choose a year within five years."), field="year")
    days = public_holidays(office.country, year)
    if not days:
        raise Refused("no_holidays_known", _("We know no public holidays of this country: add the days by hand."))
    known = set(Holiday.objects.filter(office=office, day__year=year).values_list("day", flat=True))
    sign(by.label)
    made = Holiday.objects.bulk_create(
        Holiday(office=office, day=day, name=name) for day, name in sorted(days.items()) if day not in known
    )
    _check_calendar(office)
    return len(made)


def check_calendars() -> None:
    """Every working office has working time. Refused otherwise (asked after an undo)."""
    for office in Office.objects.filter(is_active=True):
        _check_calendar(office)


def calendar_from(zone: str, week: Week, holidays: Iterable[tuple[date, time | None, time | None]]) -> WorkingCalendar:
    """A calendar of typed hours. NoWorkingTime when it never opens."""
    return WorkingCalendar(
        zone, week, {day: [(opens, closes)] if opens and closes is not None else [] for day, opens, closes in holidays}
    )


def _check_calendar(office: Office) -> None:
    rows = WorkingWindow.objects.filter(office=office).values_list("weekday", "opens", "closes")
    week: dict[int, list[Window]] = {}
    for day, opens, closes in rows:
        week.setdefault(day, []).append((opens, closes))
    days = Holiday.objects.filter(office=office).values_list("day", "opens", "closes")
    try:
        if not week:
            raise NoWorkingTime
        calendar_from(office.time_zone, week, days)
    except NoWorkingTime as error:
        sentence = _("A calendar without working time: no response clock could run. Open at least one day.")
        raise Refused("no_working_time", sentence) from error


def _office(office_id: int) -> Office:
    office = Office.objects.select_for_update().filter(pk=office_id, is_active=True).first()
    if office is None:
        raise NotFound("no_such_office", _("There is no such office."))
    return office
