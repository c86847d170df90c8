"""XLSX, row by row: bombs refused before anything is unpacked, formulas read as the values they had, never evaluated."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from marshrut.core.errors import Invalid

MOST_UNPACKED = 1 << 30  # bytes of all parts
MOST_HELD = 192 << 20  # bytes of the part with shared texts, which is held in memory
MOST_SMALL_PART = 24 << 20  # bytes of every other part that is read whole
MOST_PARTS = 2_000
HARMLESS, HIGHEST_RATIO = 32 << 20, 250  # a part larger than this may not have been squeezed more than that
MOST_CELLS_IN_A_ROW = 5_000  # a wider row is not even made into cells to say that it is too wide
_BLOCK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, KeyError, ValueError, TypeError, AttributeError,
           IndexError, EOFError, OSError, NotImplementedError, RuntimeError, LookupError, RecursionError)


def check_package(file: BinaryIO) -> None:
    """Look at the directory of a zip package alone. What it says of the sizes also bounds what is unpacked later.

    Raises:
        Invalid: broken, locked, no workbook, or far larger inside than any table of ours.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
    except _BROKEN as error:
        raise _broken() from error
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid("locked_file", _("The file is locked with a password. Take the password off and try again."), field="file")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED or any(map(_is_bomb, parts)):
        raise Invalid("zip_bomb", _("The file would be far too large when unpacked, and is not opened."), field="file")
    if any(_has_endless_row(file, part.filename) for part in parts if "worksheets/" in part.filename.lower()):
        raise Invalid("endless_row", _("A row of this table has far too many cells, and is not read."), field="file")
    if not any(part.filename.startswith("xl/workbook") for part in parts):
        raise Invalid("not_a_table", _("This is an archive, not a table: unpack it and choose the file inside."), field="file")


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    name = part.filename.lower()
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return True
    if "sharedstrings" in name and part.file_size > MOST_HELD:
        return True
    if "worksheets/" not in name and "sharedstrings" not in name and not name.startswith("xl/media") and part.file_size > MOST_SMALL_PART:
        return True
    return part.file_size > HARMLESS and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)


def _has_endless_row(file: BinaryIO, name: str) -> bool:
    """Whether a row has so many cells that making them, all before the row itself, would take minutes.

    Looked for in the bytes, between one end of a row and the next, in blocks.
    """
    cells, kept = 0, b""
    try:
        with zipfile.ZipFile(file) as package, package.open(name) as part:
            while block := part.read(_BLOCK):
                *rows, last = (kept + block).split(b"row>")
                for row in rows:
                    if cells + _count_cells(row) > MOST_CELLS_IN_A_ROW:
                        return True
                    cells = 0
                kept = last[-3:]  # a mark may be torn between two blocks
                cells += _count_cells(last) - _count_cells(kept)
                if cells > MOST_CELLS_IN_A_ROW:
                    return True
    except _BROKEN as error:
        raise _broken() from error
    return False


def _count_cells(xml: bytes) -> int:
    """How many cells begin here, at least; elements of other names that begin alike are few."""
    return xml.count(b"<c") + xml.count(b":c")


def _broken() -> Invalid:
    return Invalid("broken_xlsx", _("The file is damaged and cannot be opened. Open it in a spreadsheet, save it anew and try again."),
                   field="file")


def sheet_names(file: BinaryIO) -> list[str]:
    """Names of the sheets that hold cells. Raises Invalid as `check_package` does."""
    book = _open(file)
    try:
        return [sheet.title for sheet in book.worksheets]
    finally:
        book.close()


def read_xlsx(file: BinaryIO, sheet: str = "") -> Iterator[tuple[int, list[Any]]]:
    """Rows of a sheet (the first when it has no such one) with their numbers; empty rows are passed over but counted.

    Raises:
        Invalid: as `check_package`, or when a part turns out to be broken on the way.
    """
    book = _open(file)
    try:
        found = [one for one in book.worksheets if one.title == sheet] or book.worksheets
        if not found:
            raise Invalid("no_sheet", _("There is no sheet with cells in this workbook."), field="file")
        found[0].reset_dimensions()  # some programs write wrong ones
        for number, row in enumerate(found[0].iter_rows(values_only=True), 1):
            if any(cell not in (None, "") for cell in row):
                yield number, list(row)
    except (*_BROKEN, DefusedXmlException) as error:
        raise _broken() from error
    finally:
        book.close()


def _open(file: BinaryIO) -> Any:
    check_package(file)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions we do not read
            return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (*_BROKEN, DefusedXmlException) as error:
        raise _broken() from error
