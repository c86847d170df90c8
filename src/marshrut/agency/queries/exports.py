"""Reads of what was taken out of the house as files."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One list that was taken out; `finished_at` is None when it was broken off."""

    id: int
    at: datetime
    by: str
    who: str | None
    page: str
    query: str
    form: str
    rows: int
    finished_at: datetime | None


def list_exports(before: int | None = None, limit: int = 50) -> list[ExportLine]:
    """What was taken out, the latest first. For whoever answers for people and rights: it names no client."""
    older = "" if before is None else f"where x.id < {int(before)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select x.id, x.at, x.by, coalesce(e.name, k.name), x.page, x.query, x.format, x.rows, x.finished_at
                from agency_exportlog x
                left join agency_employee e on x.by = 'employee:' || e.id
                left join agency_apitoken k on x.by = 'token:' || k.id
                {older} order by x.id desc limit {int(limit)}"""
        )
        return [ExportLine(*row) for row in cursor.fetchall()]
