"""The pieces that lists repeat hundreds of times on a page, in Python: as macros they were most of a page's cost.

`components.html` hands them on beside its macros. What comes from people is escaped here, word by word, by the standard
library: it makes a plain string, where the templates' own escaping makes an object at twice the cost.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Protocol

from django.utils.translation import gettext
from markupsafe import Markup

from marshrut.ui.assets import icon
from marshrut.ui.wording import due, due_tone, initials, tint


class Named(Protocol):
    """Somebody or something with an id."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


class Label(Protocol):
    """A soft label with the meaning of its colour."""

    @property
    def label(self) -> str: ...
    @property
    def tone(self) -> str: ...
    @property
    def icon(self) -> str | None: ...


class Planned(Protocol):
    """An action with its moment."""

    @property
    def title(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...


@lru_cache(maxsize=4096)
def tag(label: str, tone: str = "neutral", icon_name: str | None = None, title: str = "") -> Markup:
    """A soft label; tone is neutral, info, good, warm, bad, accent or star."""
    hover = f' title="{escape(title)}"' if title else ""
    picture = icon(icon_name, 13) if icon_name else ""
    return Markup(f'<span class="tag tag-{tone}"{hover}>{picture}<span>{escape(label)}</span></span>')


def tags(labels: Iterable[Label]) -> Markup:
    """Several labels in a row."""
    return Markup("".join(tag(one.label, one.tone, one.icon) for one in labels))


@lru_cache(maxsize=4096)
def avatar(name: str, seed: object = None, size: str = "", label: bool = True) -> Markup:
    """Initials on the person's own colour; silent for screen readers where the name stands beside it (label=False)."""
    extra = f"avatar-{size} " if size else ""
    said = f'role="img" aria-label="{escape(name)}" title="{escape(name)}"' if label else 'aria-hidden="true"'
    return Markup(f'<span class="avatar {extra}{tint(seed or name)}" {said}>{escape(initials(name))}</span>')


def holder(owner: Named | None, queue: Named | None, size: str = "") -> Markup:
    """Who answers for a matter: a person, a named queue or, once it is closed, nobody."""
    if owner:
        return avatar(owner.name, owner.id, size)
    return _queue(queue.name, size) if queue else Markup("")


@lru_cache(maxsize=256)
def _queue(name: str, size: str) -> Markup:
    extra = f" avatar-{size}" if size else ""
    said = f'role="img" aria-label="{escape(name)}" title="{escape(name)}"'
    return Markup(f'<span class="avatar avatar-none{extra}" {said}>{icon("users", 12)}</span>')


def score(value: int | None, reasons: Sequence[str] = ()) -> Markup:
    """Priority from 0 to 100 with its reasons on hover; nothing when there is none."""
    if value is None:
        return Markup("")
    word = gettext("Priority")
    height = " score-low" if value < 40 else " score-middle" if value < 70 else ""
    why = escape(" · ".join(reasons) or word)
    return Markup(f'<span class="score{height}" title="{why}"><span class="hear">{escape(word)} </span>{value}</span>')


def due_line(task: Planned) -> Markup:
    """A next action on a card: what and by when, in the colour of its urgency."""
    title = escape(task.title)
    return Markup(
        f'<div class="due due-{due_tone(task.due_at)}">{icon("clock", 14)}<span class="cut" title="{title}">{title}</span>'
        f'<span class="nowrap">{due(task.due_at)}</span></div>'
    )
