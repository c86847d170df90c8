"""The numbers and orders of a rule set in history: each value that changed, under the name it has on its page.

The three sets share one table that keeps only what differs from the delivered values; a page shows its own set alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from marshrut.agency.web.pages import Reader
from marshrut.backoffice.web.settings.story import Line, Stored, TableWords, cut, describe, plain, rows_ever
from marshrut.core.saves import read_past
from marshrut.core.undo import Past, Row
from marshrut.intake.rules.adjusting import adjusted

TABLE = "intake_rulesetting"
Path = tuple[str, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class SetWords:
    """How a rule set is spoken of: its delivered values, what a value is called by its path, how a value is said."""

    delivered: Callable[[], Values]
    named: Callable[[Path, Reader], str]
    said: Callable[[Any], str] = plain


_words: dict[str, SetWords] = {}


def describe_set(slug: str, words: SetWords) -> None:
    """Say how a rule set is spoken of in stories."""
    _words[slug] = words


def rows_of_set(slug: str) -> Callable[[], set[Row]]:
    """The rows that keep or kept a rule set, as the frame names rows."""

    def rows() -> set[Row]:
        return {(TABLE, number) for number, row in rows_ever(TABLE, read_past(TABLE)).items() if row["slug"] == slug}

    return rows


def _told(saves: Sequence[Sequence[Past]], reader: Reader) -> list[list[Line]]:
    past = read_past(TABLE)
    rows = rows_ever(TABLE, past)
    return [[line for one in pasts if one.row_id in rows for line in _lines(one, rows[one.row_id], past, reader)] for pasts in saves]


def _lines(one: Past, row: Stored, past: Sequence[Past], reader: Reader) -> list[Line]:
    """What a change made of the set: every value that is another one now, delivered ones included."""
    lines = lines_between(str(row["slug"]), *_around(one, row, [other for other in past if other.row_id == one.row_id]), reader)
    return [Line(_("As delivered again")), *lines] if one.op == "D" else lines


def lines_between(slug: str, before: Values, after: Values, reader: Reader) -> list[Line]:
    """What is another value in one set of changes of a rule set than in another."""
    words = _words[slug]
    old, new = (dict(_leaves(adjusted(words.delivered(), values))) for values in (before, after))
    return [
        Line(words.named(path, reader), cut(words.said(old.get(path))), cut(words.said(new.get(path))))
        for path in {**old, **new}
        if old.get(path) != new.get(path)
    ]


def _around(one: Past, row: Stored, past: Sequence[Past]) -> tuple[Values, Values]:
    """What was kept before and after a change. What was added is not noted: the next change tells what it was."""
    if one.op == "U":
        old, new = (one.diff or {}).get("values", ({}, {}))
        return old or {}, new or {}
    if one.op == "D":
        return (one.diff or {}).get("values") or {}, {}
    following = next((other for other in past if other.id > one.id and (other.op == "D" or "values" in (other.diff or {}))), None)
    if following is None:
        return {}, row["values"] or {}
    left = (following.diff or {}).get("values")
    return {}, (left[0] if following.op == "U" and left else left) or {}


def _leaves(values: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each value with its path; lists of plain values are one."""
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(values, Mapping):
        inner = values.items()
    elif isinstance(values, list) and any(isinstance(one, (Mapping, list)) for one in values):
        inner = enumerate(values)
    else:
        yield path, values
    for key, value in inner:
        yield from _leaves(value, (*path, str(key)))


describe(
    TABLE,
    TableWords(noun="", columns={}, hidden=("id", "slug", "values"), together=_told),
)
