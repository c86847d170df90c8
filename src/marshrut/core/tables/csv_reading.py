"""CSV of any encoding and separator, row by row."""

from __future__ import annotations

import contextlib
import csv
import io
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from marshrut.core.errors import Invalid
from marshrut.core.tables.letters import find_encoding

LONGEST_CELL = 2 << 20  # characters
LONGEST_LINE = 8 << 20  # characters
SEPARATORS = (";", ",", "\t", "|")
MOST_LINES_OF_A_ROW = 20  # a longer note is believed only where the row is as wide as the heading
_ROWS_LOOKED_AT = 60
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class CsvShape:
    """How a CSV file is written."""

    encoding: str
    separator: str
    skipped: int = 0  # lines before the heading: a “sep=;” of Excel's


def find_shape(file: BinaryIO) -> CsvShape:
    """Encoding and separator of a file."""
    encoding = find_encoding(file)
    file.seek(0)
    lines = [line for line, _n in zip(_lines(file, encoding), range(400), strict=False)]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return CsvShape(encoding, lines[0].strip()[4], 1)
    return CsvShape(encoding, max(SEPARATORS, key=lambda separator: _fitness(lines, separator)))


def _fitness(lines: list[str], separator: str) -> tuple[float, int]:
    """How evenly a separator parts the rows: the share of rows as wide as most, then how wide they are."""
    widths: Counter[int] = Counter()
    try:
        for row in _records(iter(lines), separator):
            if row:
                widths[len(row)] += 1
            if widths.total() >= _ROWS_LOOKED_AT:
                break
    except csv.Error:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (rows / widths.total() if width > 1 else 0.0), width


def read_csv(file: BinaryIO, shape: CsvShape) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers as a spreadsheet shows them; empty rows are passed over but counted.

    Raises:
        Invalid: a cell or a line is longer than any table's.
    """
    file.seek(0)
    lines = _lines(file, shape.encoding)
    for _n in range(shape.skipped):
        next(lines, "")
    records = _records(lines, shape.separator)
    number = shape.skipped
    while True:
        number += 1
        try:
            row = next(records, None)
        except csv.Error as error:
            raise Invalid("long_cell", _("Row %(number)s: a cell is too long.") % {"number": number}, field="file") from error
        if row is None:
            return
        if any(row):
            yield number, [cell.replace("\x00", "") if "\x00" in cell else cell for cell in row]


class _Lines:
    """Lines that can be given back: `taken` are those since the last `begin`."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._coming, self._again = lines, deque[str]()
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._coming)
        self.taken.append(line)
        return line

    def begin(self) -> None:
        self.taken = []

    def give_back(self) -> str:
        """All taken lines but the first will come again; the first one."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        return first


def _records(lines: Iterator[str], separator: str) -> Iterator[list[str]]:
    """Rows. A quote that is opened and never closed would swallow the rows up to the next one: its line is a row by itself.

    Raises:
        csv.Error: a cell is longer than LONGEST_CELL.
    """
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=separator, strict=True)
    width = 0
    while True:
        source.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = _first_line_alone(source, separator)
            reader = csv.reader(source, delimiter=separator, strict=True)
        else:
            if len(source.taken) > MOST_LINES_OF_A_ROW and width and len(row) != width:
                row = _first_line_alone(source, separator)
        width = width or len(row)
        yield row


def _first_line_alone(source: _Lines, separator: str) -> list[str]:
    """The row of the first line taken; what was read after it comes again."""
    is_torn = len(source.taken) > 1
    first = source.give_back()
    return next(csv.reader([first], delimiter=separator, quoting=csv.QUOTE_NONE if is_torn else csv.QUOTE_MINIMAL), [])


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines with their ends as they are; bytes that are no letters become the sign for it."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        while line := text.readline(LONGEST_LINE):
            if len(line) >= LONGEST_LINE and line[-1] not in "\r\n":
                raise Invalid("long_line", _("This is not a table: a line of it is longer than %(limit)s characters.")
                              % {"limit": LONGEST_LINE}, field="file")
            yield line
    finally:
        with contextlib.suppress(ValueError):  # its owner has closed it already
            text.detach()  # the file stays open for its owner
