"""The desk's own words: facts, channels' icons, what happened in a story, why something stands where it does."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import orjson
from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from marshrut.catalog.queries import Catalogue, read_catalogue
from marshrut.channels.queries import NO_SERVER, RESTORED
from marshrut.deals.wording import TASK_KINDS as KIND_LABELS
from marshrut.ui import wording

CHANNEL_ICONS = {"site_form": "world", "phone": "phone", "email": "mail", "messenger": "brand-telegram", "walk_in": "walk",
                 "import": "history", "api": "link", "missed_call": "phone-off"}
HINTS = {
    "need": noop("Where, when, who, what matters"),
    "selection": noop("Which options, in short"),
    "option": noop("Hotel, dates, flight"),
    "passports": noop("Whose are here, whose are missing"),
    "prepayment": noop("A sum, for example 120 000"),
    "amount": noop("A sum, for example 350 000"),
}
TOUCHES = {
    "call_out": ("phone-out", noop("Call to the client")),
    "call_in": ("phone-in", noop("Call from the client")),
    "message_out": ("message", noop("Message to the client")),
    "message_in": ("message", noop("Message from the client")),
    "email_out": ("mail", noop("Letter to the client")),
    "email_in": ("mail", noop("Letter from the client")),
    "email_auto": ("mail", noop("Automatic reply")),
    "message_auto": ("message", noop("Told outside working time")),
    "file_opened": ("note", noop("A private file was opened")),
    "meeting": ("meeting", noop("Meeting")),
    "note": ("note", noop("Note")),
    "close": ("system", noop("Closed")),
    "reopen": ("system", noop("Opened again")),
}
TOUCH_CHOICES = (
    ("call_out", "phone-outgoing", noop("Called")),
    ("call_in", "phone-incoming", noop("They called")),
    ("message_out", "send", noop("Wrote")),
    ("email_out", "mail", noop("Sent a letter")),
    ("meeting", "users", noop("Met")),
    ("note", "note", noop("Note")),
)
_KIND_ICONS = {"call": "phone", "write": "send", "meeting": "users", "document": "file-text",
               "hold": "hourglass", "payment": "coins", "trouble": "alert-triangle"}
TASK_KINDS = tuple((kind, _KIND_ICONS[kind], label) for kind, label in KIND_LABELS.items())
POSTPONED = (noop("The client asked to call later"), noop("No answer"), noop("Waiting for the operator"), noop("Short of time"))


POSTED = {
    "waiting": ("info", noop("waits to be sent")),
    "sent": ("good", noop("sent")),
    "failed": ("bad", noop("not delivered")),
    "cancelled": ("neutral", noop("cancelled")),
}
"""States of a letter of ours: tone and word."""


def posted(state: str) -> tuple[str, str]:
    """Tone and word of a letter's state."""
    tone, label = POSTED.get(state, ("neutral", state))
    return tone, _(label)


def sending_problem(problem: str) -> str:
    """Why a letter has not gone; what the other side said stays in its own words."""
    known = {NO_SERVER: _("No mail server is set yet"), RESTORED: _("Held after a restore: it may have gone already")}
    return known.get(problem, problem)


def size(number: int) -> str:
    """The size of a file."""
    if number < 1 << 20:
        return _("%(number)s KB") % {"number": max(1, round(number / 1024))}
    return _("%(number)s MB") % {"number": f"{number / (1 << 20):.1f}".rstrip("0").rstrip(".")}



def fact_hint(name: str) -> str:
    return _(HINTS[name]) if name in HINTS else ""


def fact_value(name: str, value: Any, kind: str) -> str | None:
    """A kept fact as a person reads it; None when there is none."""
    if value in (None, ""):
        return None
    if kind == "date":
        return day(str(value))
    if kind == "money":
        amount, _space, currency = str(value).partition(" ")
        try:
            return wording.money(Decimal(amount), currency or "RUB")
        except InvalidOperation:
            return str(value)
    return str(value)


def day(text: str) -> str:
    """A stored day, 2026-12-31, in words; what is no day stays as it is."""
    try:
        return format_date(date.fromisoformat(text), "d MMMM y", locale=wording.language())
    except ValueError:
        return text


def directions(request: Mapping[str, Any], catalogue: Catalogue) -> str:
    return _places(request, "directions", catalogue)


def excluded(request: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Where they do not want to go."""
    return _places(request, "excluded", catalogue)


def _places(request: Mapping[str, Any], name: str, catalogue: Catalogue) -> str:
    return ", ".join(catalogue.directions.get(slug, slug) for slug in request.get(name) or [])


def party(request: Mapping[str, Any]) -> str:
    """`2+1`: adults and children; how many in all where only that is known; empty while unknown."""
    adults, people = request.get("adults"), request.get("people")
    children = max(int(request.get("children") or 0), len(request.get("children_ages") or []))
    if adults is None:
        return ngettext("%(count)s person", "%(count)s people", int(people)) % {"count": people} if people else ""
    return f"{adults}+{children}" if children else str(adults)


def nights(request: Mapping[str, Any]) -> str:
    """`14 nights`, `7–10 nights`; empty while unknown."""
    span = request.get("nights") or {}
    least, most = span.get("from") or span.get("to"), span.get("to") or span.get("from")
    if not least or not most:
        return ""
    if least == most:
        return ngettext("%(count)s night", "%(count)s nights", int(least)) % {"count": least}
    return ngettext("%(least)s–%(most)s nights", "%(least)s–%(most)s nights", int(most)) % {"least": least, "most": most}


def dates(request: Mapping[str, Any]) -> str:
    """First and last day; of a window also that it is one."""
    span = request.get("dates") or {}
    if span.get("to") and not span.get("from"):
        return _("until %(day)s") % {"day": day(span["to"])}
    shown = " – ".join(day(span[end]) for end in ("from", "to") if span.get(end))
    if shown and span.get("flexible"):
        return _("within %(days)s") % {"days": shown} if span.get("to") else _("from %(day)s on") % {"day": shown}
    return shown


def stars(request: Mapping[str, Any]) -> str:
    """`4–5*`, `from 4*`; empty while unknown."""
    span = request.get("stars") or {}
    least, most = span.get("from"), span.get("to")
    if least and most:
        return f"{least}*" if least == most else f"{least}–{most}*"
    if least:
        return _("from %(stars)s*") % {"stars": least}
    return _("up to %(stars)s*") % {"stars": most} if most else ""


def trip(request: Mapping[str, Any] | None, catalogue: Catalogue, title: str | None = None) -> str:
    """`Vietnam · 2+1 · 14 nights`, or what the deal is called; empty when nothing has been said."""
    asked = request or {}
    where = directions(asked, catalogue)
    if title and title != ", ".join(str(d) for d in asked.get("directions") or []):
        where = title
    return " · ".join(filter(None, (where, party(asked), nights(asked))))


def stored_trip(stored: str | None, revision: int, title: str | None = None) -> str:
    """The same from the text of the request's jsonb value, by the catalogue of a revision: a list shows it at every look."""
    return _stored_trip(stored, revision, title, wording.language())


@lru_cache(maxsize=4096)
def _stored_trip(stored: str | None, revision: int, title: str | None, _language: str) -> str:
    return trip(orjson.loads(stored) if stored else None, read_catalogue(revision), title)


def other_trip(request: Mapping[str, Any], catalogue: Catalogue) -> str:
    """A further trip in one line: `Dubai · 28 December 2026 – 8 January 2027 · 4 people · 5 nights`."""
    where = ", ".join(filter(None, (directions(request, catalogue), *(request.get("resorts") or []))))
    return " · ".join(filter(None, (where, dates(request), party(request), nights(request))))


def titled(title: str | None, catalogue: Catalogue) -> str:
    """What a deal is called; slugs of directions become their names."""
    return ", ".join(catalogue.directions.get(part, part) for part in title.split(", ")) if title else ""


def overdue(due_at: datetime, now: datetime) -> str:
    """How late a next action is."""
    late = now - due_at
    if late.days:
        return ngettext("Late by %(count)s day", "Late by %(count)s days", late.days) % {"count": late.days}
    hours, minutes = divmod(int(late.total_seconds()) // 60, 60)
    if hours:
        return ngettext("Late by %(count)s hour", "Late by %(count)s hours", hours) % {"count": hours}
    return ngettext("Late by %(count)s minute", "Late by %(count)s minutes", max(1, minutes)) % {"count": max(1, minutes)}


def postponed(times: int) -> str:
    return ngettext("Postponed once", "Postponed %(count)s times", times) % {"count": times}


def standing(stage: str, days: int) -> str:
    return ngettext("“%(stage)s” for %(count)s day", "“%(stage)s” for %(count)s days", days) % {"stage": stage, "count": days}


def which_trip(past_deals: int) -> str:
    """Which trip with us this would be."""
    return _("trip No. %(number)s") % {"number": past_deals + 1}
