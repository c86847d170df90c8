"""Hours as people write them: `09:00–13:00, 14:00–18:00`; a day without hours is closed."""

import re
from collections.abc import Iterable
from datetime import time

from marshrut.core.working_time import Window

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—−]\s*(\d{1,2})(?:[:.](\d{2}))?")
_BETWEEN = re.compile(r"[,;+\s]|\band\b|\bи\b|\bта\b|\bі\b", re.IGNORECASE)
CLOSED = frozenset({"", "-", "–", "—", "closed", "выходной", "вихідний", "закрыто", "зачинено"})


class UnreadableHours(ValueError):
    """What was written is no hours."""


def read_hours_text(text: str) -> list[Window]:
    """The windows of one day, in order; 24:00 is midnight (00:00). UnreadableHours when something else is written."""
    if text.strip().lower() in CLOSED:
        return []
    windows = [_window(*found.groups()) for found in _SPAN.finditer(text)]
    rest = _BETWEEN.sub("", _SPAN.sub(" ", text))
    if rest or not windows:
        raise UnreadableHours(text)
    return sorted(windows)


def say_hours(windows: Iterable[Window]) -> str:
    """Windows in the form in which they are read."""
    return ", ".join(f"{opens:%H:%M}–{'24:00' if closes == time() else f'{closes:%H:%M}'}" for opens, closes in windows)


def _window(from_hour: str, from_minute: str | None, to_hour: str, to_minute: str | None) -> Window:
    return _moment(from_hour, from_minute), _moment(to_hour, to_minute)


def _moment(hour: str, minute: str | None) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if hours == 24 and minutes == 0:
        return time()
    if hours > 23 or minutes > 59:
        raise UnreadableHours(f"{hour}:{minutes}")
    return time(hours, minutes)
