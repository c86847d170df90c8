"""Parts of the year that come again every year: from a month and day to a month and day, perhaps over New Year."""

from __future__ import annotations

from datetime import date

Day = tuple[int, int]
"""(month, day)."""
Season = tuple[Day, Day]
"""The first and the last day, both included."""


def read_day(text: str) -> Day:
    """`12-25` as (12, 25); 02-29 is a day. Raises ValueError."""
    day = date.fromisoformat(f"2024-{text}")
    return day.month, day.day


def is_within(season: Season, day: Day) -> bool:
    """Does the day fall into the season?"""
    first, last = season
    return first <= day <= last if first <= last else day >= first or day <= last


def days_of(season: Season) -> list[Day]:
    """Every day of the season, in the order of the calendar year."""
    return [day for day in _YEAR if is_within(season, day)]


_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEAR = [(month, day) for month, length in enumerate(_LENGTHS, 1) for day in range(1, length + 1)]
