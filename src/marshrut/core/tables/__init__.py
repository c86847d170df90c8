"""Files of tables, CSV and XLSX: read row by row whatever they call themselves, written as streams."""

from marshrut.core.tables.reading import MOST_COLUMNS, TableShape, as_text, find_table, read_table
from marshrut.core.tables.writing import Cell, disarm, write_csv, write_xlsx

__all__ = ["MOST_COLUMNS", "Cell", "TableShape", "as_text", "disarm", "find_table", "read_table", "write_csv", "write_xlsx"]
