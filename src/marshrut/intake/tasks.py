"""Jobs of intake: the clocks' own work, and the folding of counters. Each may run any number of times."""

from django.db import connection
from procrastinate.contrib.django import app

from marshrut.agency.permissions import system
from marshrut.channels.queries import KEY_AGE
from marshrut.channels.services import forget_old_keys
from marshrut.core.clock import utc_now
from marshrut.intake.reference import read_reference
from marshrut.intake.services import give_out_queue, read_doors, run_clocks
from marshrut.intake.services.clock_settling import follow_changes
from marshrut.intake.services.handing_on import hand_on_open_clocks
from marshrut.intake.services.import_runs import IMPORTER
from marshrut.intake.services.import_work import work_on_imports
from marshrut.intake.services.learning_runs import WORKER, work_on_runs
from marshrut.intake.services.leaving import gather_what_was_left
from marshrut.intake.services.next_answers import run_next_answers
from marshrut.intake.services.queues import watch_queues
from marshrut.intake.services.reckoning import cool_unanswered, reckon_when_rules_change
from marshrut.intake.services.source_merging import settle_late_inquiries
from marshrut.journal.services import fold_tallies


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="intake-clocks", name="intake.watch_clocks")
def watch_clocks(timestamp: int) -> None:
    """Hand on from whoever is gone, give out what waits in queues, call for supervisors; warn, tell, re-route."""
    now = utc_now()
    reference = read_reference()
    follow_changes(reference=reference, now=now)
    gather_what_was_left(reference=reference, by=system("clock"), now=now)
    hand_on_open_clocks(reference=reference, now=now)
    give_out_queue(reference=reference, now=now)
    watch_queues(reference=reference, now=now)
    run_clocks(reference=reference, now=now)
    run_next_answers(reference=reference, now=now)


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="intake-mail", name="intake.read_mail")
def read_mail(timestamp: int) -> None:
    """Take what lies in the folders of the mail doors."""
    read_doors(reference=read_reference(), now=utc_now())


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock=IMPORTER, name=IMPORTER)
def go_on_with_imports(timestamp: int) -> None:
    """Check, bring in and take out files of leads; also those whose worker died. One at a time in the whole home."""
    work_on_imports(utc_now)


@app.periodic(cron="* * * * * */30")
@app.task(queueing_lock=WORKER, name=WORKER)
def learn(timestamp: int) -> None:
    """Learn and replay what was asked for, or was cut off; by night, learn by itself."""
    work_on_runs(utc_now)


@app.periodic(cron="* * * * * */30")
@app.task(queueing_lock="intake-reckon", name="intake.reckon")
def reckon(timestamp: int) -> None:
    """Open inquiries follow rules that have changed; clients who still wait after their clock broke cool on."""
    reckon_when_rules_change(utc_now)
    cool_unanswered(reference=read_reference(), now=utc_now())


@app.periodic(cron="* * * * * */20")
@app.task(queueing_lock="fold-tallies", name="intake.fold_counters")
def fold_counters(timestamp: int) -> None:
    """Add up the running sums, settle what came late for a merged source, forget idempotency keys older than a day."""
    fold_tallies()
    settle_late_inquiries()
    fold_source_tallies()
    forget_old_keys(before=utc_now() - KEY_AGE)


def fold_source_tallies() -> int:
    """Add up rows of the same day and source; how many stand afterwards. Days that did not change are left alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """with gone as (delete from intake_sourcetally t using (
                   select day, source_id from intake_sourcetally group by day, source_id having count(*) > 1) g
                   where t.day = g.day and t.source_id = g.source_id returning t.*)
               insert into intake_sourcetally(day, source_id, inquiries, closed, won)
               select day, source_id, sum(inquiries), sum(closed), sum(won) from gone group by day, source_id
               having sum(inquiries) <> 0 or sum(closed) <> 0 or sum(won) <> 0"""
        )
        return int(cursor.rowcount)
