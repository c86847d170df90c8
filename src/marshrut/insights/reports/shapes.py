"""What a report is made of: figures, tables whose numbers lead to their lists, and rows for pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import Staff
from marshrut.core.shares import wilson
from marshrut.deals.queries import FunnelCard, read_funnels
from marshrut.insights import wording
from marshrut.insights.asked import Asked
from marshrut.insights.measures import MEASURES, Words
from marshrut.marketing.queries import SourceCard, read_sources

Amounts = tuple[tuple[Decimal, str], ...]


@dataclass(frozen=True)
class Question:
    """Who asks, what, and the reference data of one revision."""

    actor: Actor
    staff: Staff
    revision: int
    asked: Asked
    now: datetime

    @cached_property
    def sources(self) -> dict[int, SourceCard]:
        return {card.id: card for card in read_sources(self.revision).values()}

    @cached_property
    def funnels(self) -> dict[str, FunnelCard]:
        return read_funnels(self.revision)

    def address(self, code: str, **filters: Any) -> str:
        """The list behind a number."""
        return f"{self._lists}?{urlencode(self.asked.query(measure=code, **filters))}"

    @cached_property
    def _lists(self) -> str:
        return reverse("reports_list")

    def page(self, name: str, **more: Any) -> str:
        """Another report about the same."""
        return f"{reverse(name)}?{urlencode(self.asked.query(**more))}"

    def person(self, id: int) -> str:
        """A name by employee id; 0 is nobody yet."""
        if not id:
            return _("Queues")
        known = self.staff.colleagues.get(id)
        return known.name if known else _("a former colleague")

    def before(self) -> "Question":
        """The same about the period before."""
        return Question(self.actor, self.staff, self.revision, self.asked.before(), self.now)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; its definition is that of the measure with its code."""

    code: str
    label: Words
    kind: str = "number"

    @property
    def definition(self) -> Words:
        return MEASURES[self.code].definition if self.code in MEASURES else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, how it is said, the list behind it, and what is said beneath it."""

    value: Any
    text: str
    href: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table."""

    code: str
    label: str
    cells: tuple[Cell, ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a page, a file and a program show it."""

    code: str
    title: str
    heading: str
    columns: tuple[Column, ...]
    rows: list[Row]
    total: Row | None = None

    def sorted_by(self, wanted: str) -> "Table":
        """Ordered by a column's code, a minus before it turns the order; an unknown one leaves it as it is."""
        code = wanted.removeprefix("-")
        place = next((n for n, column in enumerate(self.columns) if column.code == code), None)
        if place is None:
            return self
        rows = sorted(self.rows, key=lambda row: _order(row.cells[place].value), reverse=wanted.startswith("-"))
        return Table(self.code, self.title, self.heading, self.columns, rows, self.total)


def _order(value: Any) -> float:
    if value is None:
        return -1.0
    if isinstance(value, tuple):
        return float(sum(amount for amount, _currency in value))
    return float(value) if not isinstance(value, str) else 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A large figure: what it is, how it changed, where it leads. `tone` is good or bad."""

    code: str
    label: Words
    text: str
    change: str = ""
    tone: str = ""
    note: str = ""
    href: str = ""
    line: tuple[float, ...] = ()
    """A small curve of it by day or week, for the eye."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a picture: lengths are shares of the widest, 0 to 100, `parts` laid one after another."""

    label: str
    text: str
    parts: tuple[tuple[str, float, str], ...]
    href: str = ""
    note: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of one report; `pictures` by name."""

    code: str
    title: str
    figures: list[Figure]
    tables: list[Table]
    pictures: dict[str, Any] = field(default_factory=dict)


def column(code: str) -> Column:
    """The column of a measure."""
    return Column(code, MEASURES[code].label, MEASURES[code].kind)


def columns(codes: Iterable[str]) -> tuple[Column, ...]:
    return tuple(column(code) for code in codes)


def number_cell(question: Question, code: str, value: int, **filters: Any) -> Cell:
    """A number that leads to its list; nought leads nowhere."""
    return Cell(value, wording.number(value), question.address(code, **filters) if value else "")


def conversion_cell(question: Question, won: int, closed: int, **filters: Any) -> Cell:
    """Realised ÷ closed with its interval; few ones are said as "2 of 3"."""
    bounds = wilson(won, closed)
    return Cell(
        won / closed if closed else None,
        wording.share_of(won, closed),
        question.address("closed", **filters) if closed else "",
        wording.interval(bounds),
    )


def share_cell(question: Question, code: str, part: int, whole: int, **filters: Any) -> Cell:
    """A share that leads to the list of the whole."""
    return Cell(part / whole if whole else None, wording.share_of(part, whole), question.address(code, **filters) if whole else "")


def money_cell(amounts: Sequence[tuple[Decimal, str]], href: str = "") -> Cell:
    """Money, each currency apart."""
    kept = tuple((amount, currency) for amount, currency in amounts if amount)
    return Cell(kept, wording.sums(kept), href if kept else "")
