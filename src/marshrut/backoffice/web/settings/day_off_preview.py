"""What a day off would do: which running clocks are answered later (or sooner), and what is planned on that day and stays."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marshrut.agency.queries import OfficeCard
from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.foreseen import Figure, foreseen, turned
from marshrut.core.errors import Invalid
from marshrut.core.working_time import NoWorkingTime, Window, WorkingCalendar
from marshrut.intake.queries.day_changes import PlannedAction, RunningClock, planned_between, running_clocks
from marshrut.intake.reference import read_reference
from marshrut.intake.services.matters import calendar_of
from marshrut.ui.wording import language

MOST_EXAMPLES = 5


def foresee_day(office: OfficeCard, day: date, windows: Sequence[Window] | None, reader: Reader) -> Mapping[str, Any]:
    """The preview of other hours on one day of an office; no window is a day off, None an ordinary day again.

    Invalid when the office would never open any more.
    """
    try:
        changed = office.calendar.changed_on(day, windows)
        moved = _moved_clocks(office, changed, day, windows, reader)
        asked = _asked_that_day(office, changed, day, reader)
    except NoWorkingTime as error:
        raise Invalid("no_working_time", _("With so many days off the office never opens.")) from error
    outside = _outside(office, changed, day, reader)
    meetings = sum(one.is_meeting for one in outside)
    figures = [
        turned(_("An inquiry that comes at noon that day is answered by"), *asked),
        Figure(_("Running clocks"), _clocks(len(moved))),
        Figure(_("Planned while it is shut"), _planned(len(outside) - meetings, meetings)),
    ]
    return foreseen(
        _("Clocks that run already take the new hours at their next step.") if moved else "",
        figures=figures,
        cautions=[_("What is planned stays where it is: move it, or tell the clients.")] if outside else [],
        examples=[one.inquiry_id for one in moved if reader.actor.sees(one.owner_id, one.office_id)][:MOST_EXAMPLES],
    )


def _people(office: OfficeCard, reader: Reader) -> list[int]:
    return [one.id for one in reader.staff.colleagues.values() if one.office_id == office.id]


def _moved_clocks(
    office: OfficeCard, changed: WorkingCalendar, day: date, windows: Sequence[Window] | None, reader: Reader
) -> list[RunningClock]:
    """Running clocks whose moment of answer would be another; those that have broken already stay as they are."""
    breach, found = read_reference(reader.revision).rules.clock_of(office.id).breach, []
    calendars: dict[int | None, tuple[WorkingCalendar, WorkingCalendar]] = {}
    for clock in running_clocks(_people(office, reader), office.id):
        if clock.owner_id not in calendars:
            present = calendar_of(reader.staff, clock.owner_id, office.id)
            owner = reader.staff.colleagues.get(clock.owner_id or 0)
            is_fixed = owner is not None and owner.is_on_duty
            calendars[clock.owner_id] = present, present if is_fixed else present.changed_on(day, windows)
        before, after = (calendar.add_working_minutes(clock.began_at, breach) for calendar in calendars[clock.owner_id])
        if before > reader.now and before != after:
            found.append(clock)
    return found


def _asked_that_day(office: OfficeCard, changed: WorkingCalendar, day: date, reader: Reader) -> tuple[str, str]:
    """By when an inquiry of that day's noon is answered now, and would be."""
    noon = datetime.combine(day, time(12), office.calendar.zone)
    breach = read_reference(reader.revision).rules.clock_of(office.id).breach
    return _moment(office.calendar, noon, breach), _moment(changed, noon, breach)


def _moment(calendar: WorkingCalendar, at: datetime, minutes: float) -> str:
    by = calendar.add_working_minutes(at, minutes).astimezone(calendar.zone)
    return f"{format_date(by.date(), 'd MMMM, EEEE', locale=language())}, {by:%H:%M}"


def _outside(office: OfficeCard, changed: WorkingCalendar, day: date, reader: Reader) -> list[PlannedAction]:
    """What is planned on that day at an hour when the office would be shut, and is open now."""
    start = datetime.combine(day, time(), office.calendar.zone)
    end = datetime.combine(day + timedelta(days=1), time(), office.calendar.zone)
    planned = planned_between(_people(office, reader), max(start, reader.now), end) if end > reader.now else []
    return [one for one in planned if office.calendar.is_open(one.at) and not changed.is_open(one.at)]


def _clocks(number: int) -> str:
    if not number:
        return _("none is moved")
    return ngettext("%(num)s is moved", "%(num)s are moved", number) % {"num": number}


def _planned(actions: int, meetings: int) -> str:
    if not actions and not meetings:
        return _("nothing")
    said = [ngettext("%(num)s action", "%(num)s actions", actions) % {"num": actions}] if actions else []
    said += [ngettext("%(num)s meeting", "%(num)s meetings", meetings) % {"num": meetings}] if meetings else []
    return ", ".join(said)
