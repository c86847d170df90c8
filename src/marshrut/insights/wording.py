"""How figures are said: shares with what they rest on, working minutes, days, changes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from babel.dates import get_day_names
from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from marshrut.ui.wording import NO_BREAK, figure, language, percent, short_money

FEW = 10
"""With fewer closed ones than this a share is said as "2 of 3": a percentage would promise too much."""
NONE = "—"


def number(value: int) -> str:
    return figure(value)


def share(value: float | None) -> str:
    """`22,4 %`."""
    return NONE if value is None else percent(value)


def share_of(part: int, whole: int) -> str:
    """`22,4 %`, or `2 of 3` while there are few."""
    if not whole:
        return NONE
    return _("%(part)s of %(whole)s") % {"part": part, "whole": whole} if whole < FEW else share(part / whole)


def interval(bounds: tuple[float, float] | None) -> str:
    """`21–94 %`; empty of nothing."""
    return f"{round(bounds[0] * 100)}–{round(bounds[1] * 100)}{NO_BREAK}%" if bounds else ""


def minutes(value: float | None) -> str:
    """`40 s`, `3 min 40 s`, `25 min`, `1 h 20 min`: working time."""
    if value is None:
        return NONE
    seconds = round(value * 60)
    if seconds < 60:
        return _("%(count)s s") % {"count": seconds}
    whole, rest = divmod(seconds, 60)
    if whole < 10:
        return " ".join(filter(None, (_("%(count)s min") % {"count": whole}, _("%(count)s s") % {"count": rest} if rest else "")))
    if whole < 60:
        return _("%(count)s min") % {"count": whole}
    hours, left = divmod(whole, 60)
    return " ".join(filter(None, (_("%(count)s h") % {"count": hours}, _("%(count)s min") % {"count": left} if left else "")))


def signed_points(value: float) -> str:
    """`+1,2`: a difference of shares in points."""
    points = round(value * 100, 1)
    return f"{'+' if points > 0 else '−' if points < 0 else '±'}{format_decimal(abs(points), '0.#', locale=language())}"


def points(value: float) -> str:
    """`+1,2 pp`."""
    return _("%(points)s pp") % {"points": signed_points(value)}


def days(value: float | None) -> str:
    """`3,5 d`."""
    return NONE if value is None else _("%(count)s d") % {"count": format_decimal(round(value, 1), "0.#", locale=language())}


def sums(amounts: Iterable[tuple[Decimal, str]]) -> str:
    """Each currency apart."""
    return " · ".join(short_money(amount, currency) for amount, currency in amounts) or NONE


def weekdays(width: Literal["abbreviated", "wide"] = "abbreviated") -> list[str]:
    """Monday first."""
    names = get_day_names(width, locale=language())
    return [names[day] for day in range(7)]


def change(now: float | None, before: float | None) -> str:
    """`+18 %` against the period before; empty when there is nothing to compare."""
    if now is None or not before:
        return ""
    part = round((now - before) * 100 / before)
    return "±0" + NO_BREAK + "%" if part == 0 else f"{'+' if part > 0 else '−'}{abs(part)}{NO_BREAK}%"


def change_of_share(now: float | None, before: float | None) -> str:
    """`−1,2 pp` against the period before."""
    if now is None or before is None:
        return ""
    return points(now - before)
