"""Seven fields for the hours of a week: read, filled, named."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from babel.dates import format_date, get_day_names
from django.utils.translation import gettext as _

from marshrut.agency.queries.settings import Hours
from marshrut.backoffice.web.settings.foreseen import Figure
from marshrut.backoffice.web.settings.frame import Values
from marshrut.core.errors import Invalid
from marshrut.core.hours import UnreadableHours, read_hours_text, say_hours
from marshrut.core.working_time import Window
from marshrut.ui.wording import language

DAYS = tuple(f"day{number}" for number in range(7))


def day_name(weekday: int) -> str:
    """`Понедельник`: a weekday (0 is Monday) in the reader's language."""
    name: str = get_day_names("wide", context="stand-alone", locale=language())[weekday]
    return name[:1].upper() + name[1:]


def day_fields() -> list[tuple[str, str]]:
    """(field, name) of the seven days."""
    return [(name, day_name(number)) for number, name in enumerate(DAYS)]


def week_values(week: Mapping[int, Sequence[Window]]) -> Values:
    """The seven fields filled."""
    return {name: say_hours(week.get(number, ())) for number, name in enumerate(DAYS)}


def next_days(hours: Hours, today: date, number: int = 7) -> list[Figure]:
    """Each of the coming days with its hours, or that it is closed and why."""
    off = {one.day: one for one in hours.days_off}
    found = []
    for day in (today + timedelta(days=passed) for passed in range(number)):
        windows, holiday = hours.week.get(day.weekday(), []), off.get(day)
        if holiday is not None:
            windows = [(holiday.opens, holiday.closes)] if holiday.opens and holiday.closes is not None else []
        said = say_hours(windows) or _("closed")
        named = f" · {holiday.name}" if holiday and holiday.name else ""
        found.append(Figure(format_date(day, "EEE, d MMMM", locale=language()), said + named))
    return found


def read_week(values: Values) -> dict[int, list[Window]]:
    """The week as it was typed. Invalid at the day that cannot be read."""
    week = {}
    for number, name in enumerate(DAYS):
        try:
            windows = read_hours_text(values.get(name, ""))
        except UnreadableHours as error:
            said = _("Hours are written like 09:00–13:00, 14:00–18:00; an empty field is a day off.")
            raise Invalid("unreadable_hours", said, field=name) from error
        if windows:
            week[number] = windows
    return week


def read_day(text: str, field: str = "day") -> date:
    """A day as a browser sends it. Invalid when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("not_a_day", _("Choose a day."), field=field) from error
