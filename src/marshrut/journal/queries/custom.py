"""Reads of the agency's own fields on a matter."""

from typing import Any

import orjson
from django.db import connection


def custom_of(dossier_id: int) -> dict[str, Any]:
    """Values of own fields on a matter, by slug. The caller has checked the reach."""
    with connection.cursor() as cursor:
        cursor.execute("select custom from journal_dossier where id = %s", [dossier_id])
        row = cursor.fetchone()
    return orjson.loads(row[0]) if row else {}
