"""When an open deal stands still: one condition for lists, for what burns, and for reports."""

from datetime import datetime

STUCK = """(d.waits_until is null and (l.stage_entered_at < {now} - make_interval(days => s.longest_days)
    or (l.stage_entered_at < {now} - interval '14 days' and coalesce((
        select max(x.at) from journal_touch x where x.dossier_id = d.id), '-infinity') < {now} - interval '14 days')))"""
"""Over d (dossier), l (deal) and s (its stage), with {now} as SQL: longer at a stage than it allows, or nothing said or done
for two weeks. What was put aside to wait does not stand still. The last touch is looked up for each deal that comes so far: asked
whether there is one, PostgreSQL would gather all touches of the two weeks first."""


def stuck_sql(now: datetime) -> str:
    """`STUCK` at this moment. Written out: a plan made for any moment would read the whole table."""
    return STUCK.format(now=f"timestamptz '{now.isoformat()}'")
