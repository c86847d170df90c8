"""Costs as they stand in anybody's spreadsheet: a line a month and source, pasted or from a file, in three languages."""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from babel.dates import get_month_names

from marshrut.core.money import Money, read_money
from marshrut.core.names import search_name

MOST_LINES = 2000
_LONGEST_LINE = 2000
COLUMNS = ("month", "source", "amount", "currency", "note")
"""The order of the columns where no heading names them."""
_HEADINGS = {
    "month": "месяц|місяць|month|период|період|дата|date",
    "source": "источник|джерело|source|канал|channel|реклама",
    "amount": "сумма|сума|amount|sum|расход|витрати|затраты|потрачено|витрачено|cost|spent|spend",
    "currency": "валюта|currency",
    "note": "за что|за що|примечание|примітка|комментарий|коментар|note|comment|what for",
}
_BY_HEADING = {search_name(word): name for name, words in _HEADINGS.items() for word in words.split("|")}
_LANGUAGES = ("ru", "uk", "en")
_MONTHS = {
    search_name(name): number
    for language in _LANGUAGES for context in ("format", "stand-alone") for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, context, language).items()
}  # fmt: skip
_YEAR_FIRST = re.compile(r"(20\d\d)[-./](\d{1,2})(?:[-./]\d{1,2})?")
_YEAR_LAST = re.compile(r"(?:\d{1,2}[-./])?(\d{1,2})[-./](20\d\d)")
_NAMED = re.compile(r"([^\W\d_]+)\.?\s+(20\d\d)(?:\s*(?:г|р|г\.|р\.|года|року))?")


class EnteredCost(NamedTuple):
    """What makes a cost the same as another: entered twice it would count twice."""

    source_id: int
    first_day: date
    last_day: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PastedCost:
    """One line: `flaw` is empty, or month, source, unknown_source or amount: what of it cannot be read."""

    number: int
    first_day: date | None
    last_day: date | None
    source: str
    source_id: int | None
    spent: Money | None
    note: str
    flaw: str

    @property
    def entered(self) -> EnteredCost | None:
        """What it would be once entered; None of a line that cannot be read."""
        if self.source_id is None or self.first_day is None or self.last_day is None or self.spent is None:
            return None
        return EnteredCost(self.source_id, self.first_day, self.last_day, self.spent.amount, self.spent.currency)


def read_costs(text: str, sources: Mapping[str, int], currency: str) -> list[PastedCost]:
    """The lines of a pasted table, empty ones and the heading left out; at most one more than `MOST_LINES`.

    `sources` are ids by what a source is called, in the form of `search_name`; `currency` is meant where none is named.
    """
    rows = list(islice(_rows(text), MOST_LINES + 2))
    order = _order(rows[0][1]) if rows else None
    return [_read(number, cells, order or COLUMNS, sources, currency) for number, cells in (rows[1:] if order else rows)]


def _rows(text: str) -> Iterable[tuple[int, list[str]]]:
    """Lines with something in them, by their number; cells are parted by tabs, else by semicolons, else by commas."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = next((mark for mark in ("\t", ";") if mark in first), ",")
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in next(csv.reader([line[:_LONGEST_LINE]], delimiter=separator), [])]
        if any(cells):
            yield number, cells


def _order(cells: list[str]) -> tuple[str, ...] | None:
    """What the columns are by their heading; None where the first line is none."""
    names = tuple(_BY_HEADING.get(search_name(cell), "") for cell in cells)
    return names if {"month", "source", "amount"} <= set(names) else None


def _read(number: int, cells: list[str], order: tuple[str, ...], sources: Mapping[str, int], currency: str) -> PastedCost:
    said = dict(zip(order, cells, strict=False))
    month, source = read_month(said.get("month", "")), said.get("source", "")
    source_id = sources.get(search_name(source))
    spent, wrong = read_money(said.get("amount", ""), said.get("currency") or None, currency)
    last_day = month.replace(day=monthrange(month.year, month.month)[1]) if month else None
    flaw = (
        "month" if month is None else "source" if not source else "unknown_source" if source_id is None
        else "amount" if wrong or spent is None else ""
    )  # fmt: skip
    return PastedCost(number, month, last_day, source[:120], source_id, spent, said.get("note", "")[:300], flaw)


def read_month(text: str) -> date | None:
    """The first day of a month written `2026-10`, `10.2026`, `01.10.2026`, `октябрь 2026` or `жовтень 2026`; None for anything else."""
    written = text.strip().lower()
    if found := _YEAR_FIRST.fullmatch(written):
        year, month = int(found[1]), int(found[2])
    elif found := _YEAR_LAST.fullmatch(written):
        year, month = int(found[2]), int(found[1])
    elif found := _NAMED.fullmatch(written):
        year, month = int(found[2]), _MONTHS.get(search_name(found[1]), 0)
    else:
        return None
    return date(year, month, 1) if 1 <= month <= 12 else None
