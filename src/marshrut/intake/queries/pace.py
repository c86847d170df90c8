"""How fast an agency works, out of what it did: the time an answer takes, and how long inquiries stay on somebody's hands."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

USUAL_MINUTES = 12.0
_FEW = 30
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """`minutes` of one answer: the median gap between two answers of one person that are not an hour apart (`gaps` of them; when
    few, the usual). `open_now`: inquiries that are somebody's and no deal yet."""

    minutes: float
    gaps: int
    open_now: int


def read_pace(since: datetime) -> Pace:
    """Of answers to what was received since a moment; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select percentile_cont(0.5) within group (order by gap), count(*), (
                    select count(*) from journal_dossier
                    where place = 'inquiry' and is_open and owner_id is not null and waits_until is null)
                from (select extract(epoch from answered_at - lag(answered_at) over (partition by owner_id order by answered_at)) / 60
                          as gap from intake_reckoning where received_at >= timestamptz '{since.isoformat()}' and answered_at is not null
                      and owner_id is not null) g
                where gap between 1 and {_LONGEST}"""
        )
        median, gaps, open_now = cursor.fetchone()
    return Pace(float(median) if gaps >= _FEW else USUAL_MINUTES, gaps, open_now)
