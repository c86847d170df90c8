"""Arithmetic of days people mean: parts of months, seasons, holidays, and which year when none is said."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

Window = tuple[date, date]

_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "winter": (12, 2)}
_HOLIDAYS = {  # (month, day) of the first and of the last day people are away
    "new_year": ((12, 28), (1, 8)),
    "christmas": ((1, 6), (1, 8)),
    "christmas_uk": ((12, 24), (12, 26)),
    "may": ((5, 1), (5, 10)),
    "may_first": ((5, 1), (5, 5)),
    "may_second": ((5, 8), (5, 11)),
    "november": ((11, 1), (11, 5)),
    "women": ((3, 6), (3, 9)),
    "defenders": ((2, 21), (2, 24)),
}
VACATIONS = {"spring": ((3, 22), (3, 31)), "summer": ((6, 1), (8, 31)), "autumn": ((10, 25), (11, 4)), "winter": ((12, 28), (1, 9))}
_SEASON_IS_OVER = timedelta(days=21)  # whoever says «осенью» in late November means the next one
_THIRDS = {"beginning": (1, 10), "middle": (11, 20), "ending": (21, 31)}


def day_of(year: int, month: int, day: int) -> date | None:
    """The day; None when that month has no such day."""
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else None


def next_day(today: date, month: int, day: int, year: int | None = None) -> date | None:
    """The named day of the named year, else the next such day from today on."""
    if year is not None:
        return day_of(year, month, day)
    found = day_of(today.year, month, day)
    if found is not None and found >= today:
        return found
    for later in range(1, 5):  # the 29th of February comes once in four years
        if ahead := day_of(today.year + later, month, day):
            return ahead
    return None


def month_window(today: date, first: int, last: int, year: int | None = None) -> Window:
    """From the first day of a month to the last day of the same or a later one, the next that has not ended."""
    start_year = year if year is not None else today.year
    end_year = start_year + (last < first)
    end = date(end_year, last, monthrange(end_year, last)[1])
    if year is None and end < today:
        return month_window(today, first, last, today.year + 1)
    if year is None and last < first and date(today.year, last, monthrange(today.year, last)[1]) >= today:
        return date(today.year - 1, first, 1), date(today.year, last, monthrange(today.year, last)[1])
    return date(start_year, first, 1), end


def part_of_month(today: date, month: int, part: str, year: int | None = None) -> Window:
    """The first, second or last third of a month: days 1–10, 11–20, 21 to the end."""
    low, high = _THIRDS[part]
    for tried in [year] if year is not None else [today.year, today.year + 1]:
        last = monthrange(tried, month)[1]
        end = date(tried, month, min(high, last))
        if year is not None or end >= today:
            break
    return date(tried, month, low), end


def days_of_month(today: date, month: int, low: int, high: int, year: int | None = None) -> Window:
    """From one day of a month to another; a last day beyond the month is its last."""
    for tried in [year] if year is not None else [today.year, today.year + 1]:
        end = date(tried, month, min(high, monthrange(tried, month)[1]))
        if year is not None or end >= today:
            break
    return date(tried, month, min(low, end.day)), end


def season_window(today: date, season: str, year: int | None = None) -> Window:
    """The months of a season."""
    start, end = month_window(today, *_SEASONS[season], year)
    if year is None and end - today < _SEASON_IS_OVER:
        return month_window(end + timedelta(days=1), *_SEASONS[season])
    return start, end


def holiday_window(today: date, holiday: str, year: int | None = None) -> Window:
    """The days people are away for a holiday."""
    if holiday == "easter":
        return _easter_window(today, year)
    return span_of_days(today, *_HOLIDAYS[holiday], year)


def span_of_days(today: date, first: tuple[int, int], last: tuple[int, int], year: int | None = None) -> Window:
    """From one day of the year to another, over New Year where the last comes first; the next that has not ended."""
    for tried in [year - (last < first)] if year is not None else [today.year - 1, today.year, today.year + 1]:
        start, end = date(tried, *first), date(tried + (last < first), *last)
        if year is not None or end >= today:
            break
    return start, end


def _easter_window(today: date, year: int | None) -> Window:
    for tried in [year] if year is not None else [today.year, today.year + 1]:
        sunday = orthodox_easter(tried)
        if year is not None or sunday + timedelta(days=1) >= today:
            break
    return sunday - timedelta(days=2), sunday + timedelta(days=1)


def orthodox_easter(year: int) -> date:
    """The Sunday of Orthodox Easter by our calendar, for years 1900 to 2099 (Meeus)."""
    d = (19 * (year % 19) + 15) % 30
    e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def week_after(today: date, weeks: int) -> Window:
    """Monday to Sunday, so many weeks on."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return monday, monday + timedelta(days=6)


def weekend_after(today: date, weeks: int = 0) -> Window:
    """The Saturday and Sunday that come next, so many weeks on; on a Sunday the present one is over."""
    ahead = (5 - today.weekday()) % 7 if today.weekday() != 6 else 6
    saturday = today + timedelta(days=ahead, weeks=weeks)
    return saturday, saturday + timedelta(days=1)
