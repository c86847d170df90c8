"""Files of tables, CSV and XLSX: read row by row whatever they call themselves, written as streams."""

from marshrut.core.tables.csv_reading import SEPARATORS
from marshrut.core.tables.letters import ENCODINGS, looks_garbled
from marshrut.core.tables.reading import MOST_COLUMNS, TableShape, as_text, find_table, read_table
from marshrut.core.tables.writing import Cell, disarm, write_csv, write_xlsx

__all__ = [
    "ENCODINGS", "MOST_COLUMNS", "SEPARATORS", "Cell", "TableShape", "as_text", "disarm", "find_table", "looks_garbled", "read_table",
    "write_csv", "write_xlsx",
]  # fmt: skip
