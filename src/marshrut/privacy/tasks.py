"""Jobs: what is not kept for ever goes, a little every hour."""

from procrastinate.contrib.django import app

from marshrut.core.clock import utc_now
from marshrut.deals.services.bulk import forget_values
from marshrut.privacy.services import keep_retention, settle_late_arrivals


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="privacy-retention", name="privacy.keep_retention")
def keep_retention_rules(timestamp: int) -> None:
    """Take what is due by the retention rules, and what bulk actions kept to be taken back."""
    now = utc_now()
    keep_retention(now=now)
    forget_values(now=now)


@app.periodic(cron="* * * * * */20")
@app.task(queueing_lock="privacy-merges", name="privacy.settle_merges")
def settle_merges(timestamp: int) -> None:
    """Bring over what came to somebody at the very moment their record was merged into another."""
    settle_late_arrivals(now=utc_now())
