"""Django reads each timestamptz through a loader written in Python, to give it the connection's time zone: half of the
time a list of fifty rows takes in this process. Our connections are in UTC, so the driver's compiled loader gives the
very same values.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import Format

_TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
_LOADER = psycopg.adapters.get_loader(_TIMESTAMPTZ, Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose moments come as UTC without a detour."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.timezone_name != "UTC":
            raise ValueError("connections of this backend are in UTC: set TIME_ZONE to UTC")
        connection = super().get_new_connection(conn_params)
        assert _LOADER is not None  # psycopg has one for each of its own types
        connection.adapters.register_loader(_TIMESTAMPTZ, _LOADER)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, without asking each cursor for its time zone."""
        if name:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()
