"""Django's PostgreSQL backend with two costs of every statement taken away.

Django reads each timestamptz through a loader written in Python, to give it the connection's time zone: half of the
time a list of fifty rows takes in this process. Our connections are in UTC, so the driver's compiled loader gives the
very same values.

Django makes a cursor of the driver for each statement, and each finds anew how values of every type are written and read: a
third of what a short statement costs in this process. Here a cursor that was closed is used again by the next statement.
"""

from typing import Any

import psycopg
from django.db import InterfaceError
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg.pq import Format

_TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
_LOADER = psycopg.adapters.get_loader(_TIMESTAMPTZ, Format.TEXT)
_MOST_KEPT_ROWS = 500
"""A cursor keeps its rows until its next statement: one that read more is not used again."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose moments come as UTC without a detour, and whose cursors are used again."""

    resting: list[Any]
    """Cursors of the present connection that nobody uses."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.timezone_name != "UTC":
            raise ValueError("connections of this backend are in UTC: set TIME_ZONE to UTC")
        connection = super().get_new_connection(conn_params)
        assert _LOADER is not None  # psycopg has one for each of its own types
        connection.adapters.register_loader(_TIMESTAMPTZ, _LOADER)
        self.resting = []
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, without asking each cursor for its time zone; one that rests, if there is any."""
        if name:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        try:
            return self.resting.pop()
        except IndexError:
            return self.connection.cursor()

    def make_cursor(self, cursor: Any) -> "LentCursor":
        """What Django gives to whoever asks for a cursor."""
        return LentCursor(cursor, self)


class LentCursor(CursorWrapper):
    """A cursor of the driver for as long as it is not closed; then another statement may have it."""

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        if kind is not None and self.cursor is not _CLOSED:
            self.cursor.close()  # whatever state it is in, nobody gets it
        self.close()

    def close(self) -> None:
        """Give the cursor back, once. Nothing can be read from here any more."""
        cursor, self.cursor = self.cursor, _CLOSED
        if cursor is _CLOSED:
            return
        if self._may_rest(cursor):
            self.db.resting.append(cursor)
        else:
            with self.db.wrap_database_errors:
                cursor.close()

    def _may_rest(self, cursor: Any) -> bool:
        """Not a named one (a cursor of the server), not one of a connection that is gone, nor one that holds many rows."""
        connection = self.db.connection
        return (
            connection is not None
            and cursor.connection is connection
            and type(cursor) is connection.cursor_factory
            and not cursor.closed
            and cursor.rowcount <= _MOST_KEPT_ROWS
        )


class _Closed:
    """Stands in the place of a cursor that was given back."""

    closed = True

    def __getattr__(self, name: str) -> Any:
        raise InterfaceError("the cursor is closed")


_CLOSED = _Closed()
