"""Tables written as streams: CSV and XLSX piece by piece, in memory that does not grow with the number of rows.

A text that a spreadsheet would take for a formula (OWASP, CSV injection) stays a text: in CSV an apostrophe stands
before it, in XLSX its cell is a text cell marked as quoted. Numbers, dates and truths keep their types in XLSX.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

Cell = str | int | float | Decimal | bool | datetime | date | time | None
"""What may stand in a cell. A moment is written as it is on its own clock: turn it into the reader's zone before."""

PIECE = 1 << 16  # bytes gathered before they are handed over
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_XLSX_TEXT = 32_767  # characters of a cell: a limit of the format

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of spreadsheets, which know no zones


def write_csv(rows: Iterable[Sequence[Cell]], *, separator: str = ";") -> Iterator[bytes]:
    """Rows as CSV in UTF-8 with a byte order mark, so that spreadsheets read it right; the first row is the heading."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    text.write("\ufeff")
    for row in rows:
        writer.writerow([_csv_text(cell) for cell in row])
        if text.tell() >= PIECE:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    if text.tell():
        yield text.getvalue().encode("utf-8", "replace")


def disarm(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return disarm(cell.replace("\x00", ""))
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None).isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def write_xlsx(rows: Iterable[Sequence[Cell]], *, sheet: str = "Sheet", widths: Sequence[int] = ()) -> Iterator[bytes]:
    """Rows as one sheet of an XLSX workbook; the first row is the heading, bold, and stays in sight.

    `widths` are those of the columns in characters. Rows are asked for while the file is being sent.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as package:
        for name, content in _frame(sheet).items():
            package.writestr(name, content)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(_sheet_head(widths).encode())
            held: list[str] = []
            for number, row in enumerate(rows, 1):
                held.append(_xlsx_row(number, row))
                if len(held) >= 200:
                    part.write("".join(held).encode())
                    held.clear()
                    yield from sink.taken(PIECE)
            part.write(("".join(held) + "</sheetData></worksheet>").encode())
    yield from sink.taken()


class _Sink(io.RawIOBase):
    """A file that only grows, and whose beginning is taken away while it does."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._held += piece
        return len(piece)

    def taken(self, least: int = 1) -> Iterator[bytes]:
        """What was written since the last time, if it is at least so many bytes."""
        if len(self._held) >= least:
            yield bytes(self._held)
            self._held.clear()


_STYLES = {"": 0, "heading": 1, "day": 2, "moment": 3, "quoted": 4, "time": 5}


def _xlsx_row(number: int, row: Sequence[Cell]) -> str:
    heading = number == 1
    return f'<row r="{number}">{"".join([_xlsx_cell(cell, heading) for cell in row])}</row>'


def _xlsx_cell(cell: Cell, heading: bool) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, str):
        text = cell[:LONGEST_XLSX_TEXT]
        style = "heading" if heading else "quoted" if text.startswith(FORMULA_STARTS) else ""
        if not text.isprintable():
            text = _UNFIT.sub("", text)
        marked = f' s="{_STYLES[style]}"' if style else ""
        return f'<c t="inlineStr"{marked}><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    if isinstance(cell, bool):
        return f'<c t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, datetime):
        return f'<c s="{_STYLES["moment"]}"><v>{_serial(cell.replace(tzinfo=None)):.9f}</v></c>'
    if isinstance(cell, date):
        return f'<c s="{_STYLES["day"]}"><v>{_serial(datetime(cell.year, cell.month, cell.day)):.0f}</v></c>'  # noqa: DTZ001
    if isinstance(cell, time):
        return f'<c s="{_STYLES["time"]}"><v>{(cell.hour * 3600 + cell.minute * 60 + cell.second) / 86400:.6f}</v></c>'
    if isinstance(cell, float) and (cell != cell or cell in (float("inf"), float("-inf"))):
        return "<c/>"
    return f"<c><v>{cell}</v></c>"


def _serial(moment: datetime) -> float:
    between = moment - _EPOCH
    return between.days + between.seconds / 86400


def _sheet_head(widths: Sequence[int]) -> str:
    columns = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _frame(sheet: str) -> dict[str, str]:
    """The parts of a workbook around its one sheet (ECMA-376)."""
    name = escape(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", sheet).strip("' ")[:31] or "Sheet", {'"': "&quot;"})
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return {
        "[Content_Types].xml": f'{head}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'{head}<styleSheet xmlns="{_MAIN}">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd.mm.yyyy"/>'
        '<numFmt numFmtId="165" formatCode="dd.mm.yyyy hh:mm"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
        '<xf numFmtId="20" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        "</cellXfs></styleSheet>",
    }
