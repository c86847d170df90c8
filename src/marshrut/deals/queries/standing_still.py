"""When an open deal stands still: one condition for lists, for what burns, and for reports."""

from datetime import datetime

STUCK = """(d.waits_until is null and (l.stage_entered_at < {now} - make_interval(days => s.longest_days)
    or (l.stage_entered_at < {now} - interval '14 days' and not exists (
        select from journal_touch x where x.dossier_id = d.id and x.at >= {now} - interval '14 days'))))"""
"""Over d (dossier), l (deal) and s (its stage), with {now} as SQL: longer at a stage than it allows, or nothing said or done
for two weeks. What was put aside to wait does not stand still."""


def stuck_sql(now: datetime) -> str:
    """`STUCK` at this moment. Written out: a plan made for any moment would read the whole table."""
    return STUCK.format(now=f"timestamptz '{now.isoformat()}'")
