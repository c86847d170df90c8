"""How moments, money, phones and names are said to a reader, in the language and time zone that are active."""

import zlib
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

import phonenumbers
from babel.dates import format_date, format_datetime, get_day_names
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext
from markupsafe import Markup

from marshrut.core.money import format_money

TINTS = 8
NO_BREAK = "\u00a0"
_A_DAY = 25 * 3600  # seconds; the longest day there is
ABBREVIATED = ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))


def language() -> str:
    """Code of the language in use, for `<html lang>` and for Babel."""
    return (get_language() or "ru").split("-")[0]


def money(amount: Decimal | int | str | None, currency: str = "RUB") -> str:
    """`612 000 ₽`: kopecks only when there are any, spaces that do not break; empty for None."""
    return "" if amount is None else _money(Decimal(amount), currency, language())


def short_money(amount: Decimal | int | str | None, currency: str = "RUB") -> str:
    """`1,24 млн ₽` for sums of columns and figures; exact below a million."""
    return _short_money(Decimal(amount or 0), currency, language())


def figure(value: Decimal | float | str | None) -> str:
    """`0,35`, `200 000`: a number as the reader writes it, with spaces that do not break; empty for None."""
    return "" if value is None else _figure(str(value), language())


@lru_cache(maxsize=4096)
def _figure(value: str, locale: str) -> str:
    return str(format_decimal(Decimal(value), "#,##0.##########", locale=locale))


def typed_figure(value: Decimal | float | str | None) -> str:
    """`0,35`, `200000`: a number as it stands in a field, ready to be read again; empty for None."""
    return "" if value is None else str(format_decimal(Decimal(str(value)), "0.##########", locale=language()))


def up_to(count: int, most: int) -> str:
    """`17`, or `1 000+` where there are more than `most`: a number that is counted no further than it is of use."""
    return f"{figure(most)}+" if count > most else figure(count)


def percent(share: float | Decimal) -> str:
    """`22,9 %`: a share (1 is the whole), to a tenth."""
    return f"{figure(round(Decimal(str(share)) * 100, 1))}{NO_BREAK}%"


def day_short(weekday: int) -> str:
    """`пн`: a weekday (0 is Monday) as calendars shorten it."""
    return str(get_day_names("abbreviated", context="stand-alone", locale=language())[weekday])


def exact(moment: datetime) -> str:
    """`22 ноября 2026, 10:42`: the whole moment in the reader's zone."""
    return _exact(timezone.localtime(moment), language())


def day_words(moment: datetime) -> str:
    """`воскресенье, 22 ноября`: the day in the reader's zone."""
    return format_datetime(timezone.localtime(moment), "EEEE, d MMMM", locale=language())


def when(moment: datetime | None, now: datetime | None = None) -> Markup:
    """How long ago, or which day: `2 мин`, `5 ч`, `вчера`, `28 нояб.`; the exact moment on hover."""
    if moment is None:
        return Markup("")
    zone, locale, now = timezone.get_current_timezone(), language(), now or timezone.now()
    if (now - moment).total_seconds() >= _A_DAY:
        return _then(moment, _day_of(now, zone), zone, locale)
    local = moment.astimezone(zone)
    return _time_element(local, _age(local, now.astimezone(zone), locale), locale)


def due(moment: datetime | None, now: datetime | None = None) -> Markup:
    """By when: `до 10:42` today, `завтра, 10:00`, `28 нояб., 12:00`; the exact moment on hover."""
    if moment is None:
        return Markup("")
    zone = timezone.get_current_timezone()
    return _due(moment, _day_of(now or timezone.now(), zone), zone, language())


def due_tone(moment: datetime | None, now: datetime | None = None) -> str:
    """`overdue`, `today` or `later`: the colour of a next action."""
    if moment is None:
        return "later"
    now = now or timezone.now()
    if moment < now:
        return "overdue"
    return "today" if timezone.localtime(moment).date() == timezone.localtime(now).date() else "later"


def countdown(moment: datetime | None, now: datetime | None = None) -> Markup:
    """A running clock to `moment`, `04:12` or `−01:30` after it; the browser counts on from what is written here."""
    if moment is None:
        return Markup("")
    left = int((moment - (now or timezone.now())).total_seconds())
    hours, rest = divmod(abs(left), 3600)
    words = f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"
    state = "late" if left < 0 else "soon" if left < 300 else "calm"
    sign = "−" if left < 0 else ""
    return Markup(f'<time class="clock clock-{state}" data-due="{moment.isoformat()}" title="{exact(moment)}">{sign}{words}</time>')


def input_time(moment: datetime | str | None) -> str:
    """A moment as `<input type=datetime-local>` wants it, in the reader's zone; typed text passes through."""
    if isinstance(moment, datetime):
        return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")
    return moment or ""


@lru_cache(maxsize=4096)
def phone(number: str | None) -> str:
    """`+7 921 555-01-42` for +79215550142; what is no full number stays as written."""
    try:
        parsed = phonenumbers.parse(number or "", None)
    except phonenumbers.NumberParseException:
        return number or ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=4096)
def initials(name: str | None) -> str:
    """`АК` for Анна Крылова; legal forms and quotes do not count; `·` when there are no letters."""
    words = [word.strip("«»\"'()„“.,") for word in (name or "").split()]
    letters = [word[0].upper() for word in words if word and word[0].isalpha() and word not in ("ООО", "ИП", "ТОВ", "АО")]
    return "".join(letters[:2]) or "·"


@lru_cache(maxsize=4096)
def tint(seed: Any) -> str:
    """Class of an avatar's colour: the same person has the same colour on every page."""
    return f"tint-{zlib.crc32(str(seed).encode()) % TINTS}"


@lru_cache(maxsize=4096)
def _money(value: Decimal, currency: str, locale: str) -> str:
    return format_money(value, currency, locale)


@lru_cache(maxsize=4096)
def _short_money(value: Decimal, currency: str, locale: str) -> str:
    names = {
        "billion": pgettext("amount of money", "%(amount)s bn"),
        "million": pgettext("amount of money", "%(amount)s m"),
    }
    for limit, name in ABBREVIATED:
        if abs(value) >= limit:
            figure = format_decimal(value / limit, "0.00", locale=locale)
            # The sign stands where the reader's language puts it: in the place of a whole amount's figure.
            return format_money(1, currency, locale).replace("1", names[name] % {"amount": figure}).replace(" ", NO_BREAK)
    return format_money(value.quantize(Decimal(1)), currency, locale)


@lru_cache(maxsize=64)
def _day_of(now: datetime, zone: tzinfo) -> date:
    """A page asks for its day at each of its rows."""
    return now.astimezone(zone).date()


@lru_cache(maxsize=8192)
def _then(moment: datetime, today: date, zone: tzinfo, locale: str) -> Markup:
    """A moment more than a day ago: only the day it is looked at from changes its words."""
    local = moment.astimezone(zone)
    return _time_element(local, _day(local.date(), today, locale), locale)


@lru_cache(maxsize=8192)
def _due(moment: datetime, today: date, zone: tzinfo, locale: str) -> Markup:
    local = moment.astimezone(zone)
    clock = f"{local.hour:02}:{local.minute:02}"
    words = _patterns(locale)["by"] % {"time": clock} if local.date() == today else f"{_planned_day(local.date(), today, locale)}, {clock}"
    return _time_element(local, words, locale)


def _time_element(local: datetime, words: str, locale: str) -> Markup:
    # Every part is a number, or a word of our own catalogue.
    return Markup(f'<time datetime="{local.isoformat(timespec="seconds")}" title="{_exact(local, locale)}">{words}</time>')


def _exact(local: datetime, locale: str) -> str:
    return f"{_long_date(local.date(), locale)}, {local.hour:02}:{local.minute:02}"


@lru_cache(maxsize=8)
def _patterns(locale: str) -> dict[str, str]:
    """Short words of time in one language, looked up once: a list asks for them on every row."""
    return {
        "by": gettext("by %(time)s"),
        "now": gettext("now"),
        "minutes": gettext("%(count)s min"),
        "hours": gettext("%(count)s h"),
    }


def _age(local: datetime, now: datetime, locale: str) -> str:
    seconds = (now - local).total_seconds()
    said = _patterns(locale)
    if 0 <= seconds < 60:
        return said["now"]
    if 0 <= seconds < 3600:
        return said["minutes"] % {"count": int(seconds // 60)}
    if seconds >= 0 and (local.date() == now.date() or seconds < 6 * 3600):
        return said["hours"] % {"count": int(seconds // 3600)}
    if seconds < 0 and local.date() == now.date():
        return f"{local.hour:02}:{local.minute:02}"
    return _day(local.date(), now.date(), locale)


def _planned_day(day: date, today: date, locale: str) -> str:
    """A planned day: yesterday, tomorrow or its date; "2 d" would read as a length."""
    if abs((day - today).days) <= 1:
        return _day(day, today, locale)
    return _date(day, day.year == today.year, locale)


@lru_cache(maxsize=4096)
def _day(day: date, today: date, locale: str) -> str:
    """A day other than today in as few words as possible."""
    days = (day - today).days
    if -1 <= days <= 1:
        return (gettext("yesterday"), gettext("today"), gettext("tomorrow"))[days + 1]
    if -7 < days < 0:
        return ngettext("%(count)s d", "%(count)s d", -days) % {"count": -days}
    return _date(day, day.year == today.year, locale)


@lru_cache(maxsize=2048)
def _date(day: date, is_this_year: bool, locale: str) -> str:
    return format_date(day, "d MMM" if is_this_year else "d MMM y", locale=locale)


@lru_cache(maxsize=2048)
def _long_date(day: date, locale: str) -> str:
    return format_date(day, "d MMMM y", locale=locale)
