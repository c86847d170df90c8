"""Jobs of deals: long bulk actions. Each may run any number of times."""

from procrastinate.contrib.django import app

from marshrut.core.clock import utc_now
from marshrut.deals.queries.bulk import unfinished_runs
from marshrut.deals.services.bulk import work_off
from marshrut.deals.services.margins import LEARNER, learn_deal_margins
from marshrut.intake.reference import read_reference


@app.task(name="deals.run_bulk")
def run_bulk(run_id: int) -> None:
    """Work a bulk action off, or what is left of it."""
    work_off(run_id=run_id, now=utc_now())


@app.periodic(cron="* * * * * */30")
@app.task(queueing_lock="bulk-sweep", name="deals.continue_bulk")
def continue_bulk(timestamp: int) -> None:
    """Go on with whatever was cut off: a process killed, a browser closed in the middle."""
    for run_id in unfinished_runs():
        work_off(run_id=run_id, now=utc_now())


@app.periodic(cron="40 0 * * *")
@app.task(queueing_lock=LEARNER, name=LEARNER)
def learn_margins(timestamp: int) -> None:
    """What closed deals say of margins, every night and when somebody asks."""
    learn_deal_margins(reference=read_reference(), now=utc_now())
