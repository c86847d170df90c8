"""Values of fields an agency made itself: text, number, date, choice or yes/no; read leniently, kept in one form.

What is kept is what JSON can hold and a filter can find: a text, a number, a day as `2026-12-31`, true or false.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from marshrut.core.errors import Invalid
from marshrut.core.names import clean_text

LONGEST_TEXT = 500
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_YES = frozenset({"true", "yes", "y", "1", "on", "да", "так", "д"})
_NO = frozenset({"false", "no", "n", "0", "off", "нет", "ні", "н"})
_MOST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of the agency's own: `subject` is person or matter, `kind` text, number, date, choice or yes_no."""

    subject: str
    slug: str
    name: str
    kind: str
    choices: tuple[str, ...] = ()
    in_list: bool = False


class UnreadableValue(ValueError):
    """A value that is none of this field's kind."""


def read_value(spec: FieldSpec, value: object) -> Any:
    """The value as it is kept; None when it says nothing. UnreadableValue when it is none of this kind.

    Numbers and days are taken as people write them (`12,5`, `31.12.2026`), choices whatever their case.
    """
    if value is None or isinstance(value, (dict, list, tuple)):
        if value:
            raise UnreadableValue
        return None
    if spec.kind == "yes_no" and isinstance(value, bool):
        return value
    text = clean_text(value, LONGEST_TEXT)
    if not text:
        return None
    return _READERS[spec.kind](spec, text)


def _text(_spec: FieldSpec, text: str) -> str:
    return text


def _number(_spec: FieldSpec, text: str) -> int | float:
    try:
        number = Decimal(re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", "."))
    except InvalidOperation as error:
        raise UnreadableValue from error
    if not number.is_finite() or abs(number) >= _MOST:
        raise UnreadableValue
    return int(number) if number == number.to_integral_value() else float(number)


def _date(_spec: FieldSpec, text: str) -> str:
    day = read_day(text)
    if day is None:
        raise UnreadableValue
    return day.isoformat()


def read_day(text: str) -> date | None:
    """A day of the years 1900 to 2199, as `2026-12-31` (a moment's time is left out) or `31.12.2026`; None for anything else."""
    try:
        dotted = _DAY.fullmatch(text.strip())
        found = date(*(int(dotted[n]) for n in (3, 2, 1))) if dotted else datetime.fromisoformat(text.strip()).date()
    except (ValueError, OverflowError):
        return None
    return found if 1900 <= found.year < 2200 else None


def _choice(spec: FieldSpec, text: str) -> str:
    found = next((choice for choice in spec.choices if choice.casefold() == text.casefold()), None)
    if found is None:
        raise UnreadableValue
    return found


def _yes_no(_spec: FieldSpec, text: str) -> bool:
    word = text.casefold()
    if word not in _YES | _NO:
        raise UnreadableValue
    return word in _YES


_READERS = {"text": _text, "number": _number, "date": _date, "choice": _choice, "yes_no": _yes_no}


@dataclass(frozen=True, slots=True)
class Merged:
    """What stands after new values were written over the kept ones; the slugs that were refused, and why."""

    values: dict[str, Any]
    unknown: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def merge_values(specs: Sequence[FieldSpec], kept: Mapping[str, Any], given: Mapping[str, object]) -> Merged:
    """Write `given` over `kept`: an empty value takes the old one away, what cannot be read changes nothing.

    Values of fields that are no longer in use stay where they are.
    """
    by_slug = {spec.slug: spec for spec in specs}
    values, unknown, unreadable = dict(kept), [], []
    for name, raw in given.items():
        slug = clean_text(name, 60)
        spec = by_slug.get(slug)
        if spec is None:
            unknown.append(slug)
            continue
        try:
            value = read_value(spec, raw)
        except UnreadableValue:
            unreadable.append(slug)
            continue
        if value is None:
            values.pop(slug, None)
        else:
            values[slug] = value
    return Merged(values, tuple(unknown), tuple(unreadable))


def refuse_flaws(merged: Merged, specs: Sequence[FieldSpec]) -> None:
    """Invalid when a value was unreadable or a field is unknown; names the first of them as `custom.<slug>`."""
    names = {spec.slug: spec.name for spec in specs}
    if merged.unknown:
        raise Invalid(
            "no_such_field",
            _("There is no field “%(name)s”.") % {"name": merged.unknown[0]},
            field=f"custom.{merged.unknown[0]}",
        )
    if merged.unreadable:
        slug = merged.unreadable[0]
        raise Invalid("value_unreadable", _("“%(name)s”: this cannot be read.") % {"name": names[slug]}, field=f"custom.{slug}")
