"""A table whatever its file is called: what it is, is told by its content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from types import ModuleType
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from marshrut.core.errors import Invalid
from marshrut.core.tables import csv_reading

MOST_COLUMNS = 300
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_TABLES = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"Rar!": "RAR", b"\x1f\x8b": "gzip",
              b"7z\xbc\xaf": "7-Zip", b"{\\rtf": "RTF"}


@dataclass(frozen=True, slots=True)
class TableShape:
    """What a file is. `kind` is csv or xlsx; the rest belongs to one of them, but for `heading`: the number of the row, as a
    spreadsheet shows it, that names the columns (of the next one when it is empty); 0 where no row does."""

    kind: str
    encoding: str = ""
    separator: str = ""
    skipped: int = 0
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    heading: int = 1

    def as_json(self) -> dict[str, Any]:
        """For jsonb; `TableShape(**…)` reads it back."""
        return {"kind": self.kind, "encoding": self.encoding, "separator": self.separator, "skipped": self.skipped,
                "sheet": self.sheet, "sheets": list(self.sheets), "heading": self.heading}


def find_table(file: BinaryIO) -> TableShape:
    """What kind of table a file is, by its first bytes; its name is not asked.

    Raises:
        Invalid: empty, broken, locked, a bomb, or no table at all; with a sentence for whoever chose it.
    """
    file.seek(0)
    head = file.read(16)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        file.seek(0)
        if not file.read(1 << 16).strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
            raise Invalid("empty_file", _("The file is empty."), field="file")
    if head.startswith(_ZIP):
        sheets = tuple(_of_workbooks().sheet_names(file))
        return TableShape("xlsx", sheet=sheets[0] if sheets else "", sheets=sheets)
    if head.startswith(_OLE):
        raise Invalid("old_excel", _("This is an old or a locked Excel file. Save it as XLSX without a password and try again."),
                      field="file")
    for mark, name in _NO_TABLES.items():
        if head.startswith(mark):
            raise Invalid("not_a_table", _("This is a %(kind)s file, not a table.") % {"kind": name}, field="file")
    found = csv_reading.find_shape(file)
    return TableShape("csv", found.encoding, found.separator, found.skipped)


def _of_workbooks() -> ModuleType:
    """The reading of XLSX, loaded with the first workbook: its library would make up a tenth of every process's start."""
    from marshrut.core.tables import xlsx_reading

    return xlsx_reading


def read_table(file: BinaryIO, shape: TableShape) -> Iterator[tuple[int, list[Any]]]:
    """Rows with data and their numbers as a spreadsheet shows them; the first is the heading, empty where the file has none.
    What stands above it is passed over. Flat memory.

    Raises:
        Invalid: the file turns out to be broken, or has more than `MOST_COLUMNS` columns.
    """
    if shape.kind == "xlsx":
        rows: Iterator[tuple[int, list[Any]]] = _of_workbooks().read_xlsx(file, shape.sheet)
    else:
        rows = csv_reading.read_csv(file, csv_reading.CsvShape(shape.encoding, shape.separator, shape.skipped))
    if not shape.heading:
        yield 0, []
    for number, row in rows:
        if number < shape.heading:
            continue
        while row and row[-1] in (None, ""):
            row.pop()
        if len(row) > MOST_COLUMNS:
            raise Invalid("wide_table", _("Row %(number)s has more than %(most)s columns: this is no list of leads.")
                          % {"number": number, "most": MOST_COLUMNS}, field="file")
        yield number, row


def as_text(cell: Any) -> str:
    """A cell as a person would read it: no “.0” after a telephone number, a midnight without its hours."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return armed(cell.strip())
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def armed(text: str) -> str:
    """The text as it was before `disarm` put an apostrophe before it."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text
