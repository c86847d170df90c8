"""CSV of any encoding and separator, row by row."""

from __future__ import annotations

import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from marshrut.core.errors import Invalid
from marshrut.core.tables.letters import find_encoding

LONGEST_CELL = 2 << 20  # characters
LONGEST_LINE = 8 << 20  # characters
SEPARATORS = (";", ",", "\t", "|")
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
        for row in csv.reader(lines, delimiter=separator):
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
        Invalid: a cell or a line is longer than any table's; perhaps a quote is not closed.
    """
    file.seek(0)
    lines = _lines(file, shape.encoding)
    for _n in range(shape.skipped):
        next(lines, "")
    reader = csv.reader(lines, delimiter=shape.separator)
    number = shape.skipped
    while True:
        number += 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise Invalid("long_cell", _("Row %(number)s: a cell is too long. Perhaps a quote is not closed.")
                          % {"number": number}, field="file") from error
        if row is None:
            return
        if any(row):
            yield number, [cell.replace("\x00", "") if "\x00" in cell else cell for cell in row]


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
