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


def count_custom(slug: str) -> tuple[int, dict[str, int]]:
    """How many matters hold a value of this own field, and how many each value (the thousand most frequent)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select custom ->> %s as value, count(*) from journal_dossier where custom <> '{}' and custom ->> %s is not null
               group by 1 order by 2 desc limit 1000""",
            [slug, slug],
        )
        found = dict(cursor.fetchall())
    return sum(found.values()), found
