"""What hangs on a category or a source: last month's inquiries with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Use:
    """Inquiries (of the last thirty days, where nothing else is said), how many are closed either way, how many realised."""

    inquiries: int = 0
    closed: int = 0
    won: int = 0


def all_of_source(source_id: int) -> Use:
    """Every inquiry of a source there is, imported history included; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), count(outcome), count(*) filter (where outcome = 'won') from intake_inquiry where source_id = %s", [source_id]
        )
        return Use(*cursor.fetchone())


def month_of_categories(now: datetime) -> dict[str, Use]:
    """Last month's inquiries by the category they ask for; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select request ->> 'category', count(*), count(outcome), count(*) filter (where outcome = 'won') from intake_inquiry
                where received_at >= timestamptz '{(now - SPAN).isoformat()}' group by 1"""
        )
        return {slug: Use(*counts) for slug, *counts in cursor.fetchall() if slug}


def month_of_sources(now: datetime, ids: Sequence[int] | None = None) -> dict[int, Use]:
    """Last month's inquiries by source (of these alone when they are named), from the running sums; one statement."""
    only = "" if ids is None else "and source_id = any(%s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select source_id, sum(inquiries)::int, sum(closed)::int, sum(won)::int from intake_sourcetally
                where day >= date '{(now - SPAN).date().isoformat()}' {only} group by source_id""",
            [] if ids is None else [list(ids)],
        )
        return {row[0]: Use(*row[1:]) for row in cursor.fetchall()}
