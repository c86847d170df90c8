"""Jobs of the journal: what waits comes back, substitutes are told, old notices go. Each may run any number of times."""

from procrastinate.contrib.django import app

from marshrut.agency.queries import read_revision, read_staff
from marshrut.core.clock import utc_now
from marshrut.journal.services import forget_old_notices, return_waiting, tell_of_absences


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="journal-waiting", name="journal.return_waiting")
def bring_back_waiting(timestamp: int) -> None:
    """Bring back the matters whose moment has come, also those that were due while the server was down."""
    return_waiting(staff=read_staff(read_revision()), now=utc_now())


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="journal-absences", name="journal.tell_of_absences")
def tell_substitutes(timestamp: int) -> None:
    """Tell whoever stands in for somebody that they are away now, or back."""
    tell_of_absences(now=utc_now())


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="journal-notices", name="journal.forget_notices")
def forget_notices(timestamp: int) -> None:
    """Let notices older than sixty days go."""
    forget_old_notices(now=utc_now())
