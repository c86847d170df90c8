"""One action on many rows: each in a transaction of its own, each with its own result. What is cut off goes on later."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import Error, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import actor_of_employee
from marshrut.core.conflicts import is_conflict
from marshrut.core.errors import DomainError, Invalid, NotFound, Refused
from marshrut.core.history import sign
from marshrut.deals.models import BulkRow, BulkRun
from marshrut.deals.queries.bulk import UNDO_WINDOW
from marshrut.deals.services.bulk_actions import ACTIONS, SCOPES, check_options, do_row, undo_row

log = logging.getLogger(__name__)
MOST_ROWS, AT_ONCE, MOST_ATTEMPTS = 5000, 100, 5
RUNNER = "deals.run_bulk"
FORGOTTEN = '{"forgotten": true}'  # instead of what an action was given, once it cannot be taken back


@transaction.atomic
def start_bulk(
    *, page: str, action: str, options: dict[str, Any], ids: Sequence[int], language: str, by: Actor, now: datetime
) -> int:
    """Write down what is to be done with which rows; the id of the run. Up to a hundred rows the caller works off at once,
    more than that a job does.

    Invalid when nothing is chosen, too much is, or an option is missing; Refused without the right to do it.
    """
    sign(by.label)
    chosen = list(dict.fromkeys(ids))
    if action not in ACTIONS.get(page, ()):
        raise NotFound("no_such_action", _("There is no such action for this list."))
    if by.kind != "employee" or not by.may(SCOPES[page]):
        raise Refused("scope_missing", _("This needs the scope %(scope)s.") % {"scope": SCOPES[page]})
    if not chosen:
        raise Invalid("nothing_chosen", _("Choose at least one row."))
    if len(chosen) > MOST_ROWS:
        raise Invalid("too_many_rows", _("At most %(most)s rows at once.") % {"most": MOST_ROWS})
    kept = check_options(action, page, options, by, now)
    run = BulkRun.objects.create(employee_id=by.id, page=page, action=action, options=kept, language=language, created_at=now)
    _add_rows(run.pk, chosen)
    return run.pk


def forget_values(*, now: datetime) -> int:
    """What bulk actions were given, and what stood before, once they can no longer be taken back; how many actions."""
    with connection.cursor() as cursor:
        cursor.execute(
            """with over as (
                   select id from deals_bulkrun where finished_at < %s and undo_of_id is null and options <> %s::jsonb
                   and not exists (select from deals_bulkrun u where u.undo_of_id = deals_bulkrun.id and u.finished_at is null)),
               emptied as (
                   update deals_bulkrow set before = null where run_id in (
                       select id from over union select id from deals_bulkrun where undo_of_id in (select id from over))
                   and before is not null)
               update deals_bulkrun set options = %s where id in (select id from over) or undo_of_id in (select id from over)""",
            [now - UNDO_WINDOW, FORGOTTEN, FORGOTTEN],
        )
        return int(cursor.rowcount)


def _add_rows(run_id: int, ids: Sequence[int], before: Sequence[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into deals_bulkrow(run_id, number, item_id, before)
               select %s, c.number, c.id, c.before from unnest(%s::bigint[], %s::jsonb[]) with ordinality c(id, before, number)""",
            [run_id, list(ids), [orjson.dumps(b).decode() if b is not None else None for b in before or [None] * len(ids)]],
        )
    if len(ids) > AT_ONCE:
        app.configure_task(RUNNER, lock=f"bulk-{run_id}").defer(run_id=run_id)


@transaction.atomic
def start_undo(*, run_id: int, language: str, by: Actor, now: datetime) -> int:
    """Take a bulk action of one's own back, row by row, where nobody has changed it since; the id of that run.

    NotFound for another's; Refused when it is not finished, was undone already, or was done longer ago than a day.
    """
    sign(by.label)
    run = BulkRun.objects.select_for_update().filter(pk=run_id, employee_id=by.id).first() if by.kind == "employee" else None
    if run is None:
        raise NotFound("no_such_run", _("There is no such action of yours."))
    if run.undo_of_id or BulkRun.objects.filter(undo_of=run).exists():
        raise Refused("undone_already", _("This was taken back already."))
    if run.finished_at is None:
        raise Refused("still_running", _("It is still running; take it back when it is done."))
    if now - run.finished_at > UNDO_WINDOW:
        raise Refused("too_late", _("It was done too long ago to be taken back as a whole."))
    rows = list(BulkRow.objects.filter(run=run, state="done", before__isnull=False).order_by("number").values_list("item_id", "before"))
    if not rows:
        raise Refused("nothing_done", _("Nothing was done, so there is nothing to take back."))
    undo = BulkRun.objects.create(
        employee_id=by.id, page=run.page, action=run.action, options=run.options, language=language, undo_of=run, created_at=now
    )
    _add_rows(undo.pk, [row[0] for row in rows], [row[1] for row in rows])
    return undo.pk


def work_off(*, run_id: int, now: datetime) -> None:
    """Do what is still to be done of a run. Any number may work on one run beside one another, and any may be killed."""
    run = BulkRun.objects.filter(pk=run_id).select_related(None).first()
    if run is None or run.finished_at is not None:
        return
    by = actor_of_employee(run.employee_id)
    with translation.override(run.language):
        while _next_row(run, by, now):
            pass
    _finish(run_id, now)


def _finish(run_id: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """update deals_bulkrun set finished_at = greatest(%s, clock_timestamp()) where id = %s and finished_at is null
               and not exists (select from deals_bulkrow where run_id = %s and state = 'pending')""",
            [now, run_id, run_id],
        )


def _next_row(run: BulkRun, by: Actor | None, now: datetime) -> bool:
    """Do the next row nobody else is at; False when there is none."""
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            with transaction.atomic():
                row = BulkRow.objects.select_for_update(skip_locked=True).filter(run=run, state="pending").order_by("number").first()
                if row is None:
                    return False
                row.state, row.note, before = _result(run, row, by, now)
                if run.undo_of_id is None:
                    row.before = before
                row.save(update_fields=["state", "note", "before"])
            return True
        except Error as error:
            if not is_conflict(error) or attempt == MOST_ATTEMPTS:
                raise
    return False


def _result(run: BulkRun, row: BulkRow, by: Actor | None, now: datetime) -> tuple[str, str, Any]:
    """What became of one row. Whatever is wrong with it stays in its own savepoint."""
    if by is None or not by.may(SCOPES[run.page]):
        return "refused", _("Whoever asked for this may not do it any more."), None
    try:
        with transaction.atomic():
            sign(by.label)
            if run.undo_of_id:
                undo_row(page=run.page, action=run.action, options=run.options, item_id=row.item_id, before=row.before, by=by, now=now)
                before = None
            else:
                before = do_row(page=run.page, action=run.action, options=run.options, item_id=row.item_id, by=by, now=now)
            with connection.cursor() as cursor:  # what the commit would refuse is refused here, for this row alone
                cursor.execute("set constraints all immediate")
                cursor.execute("set constraints all deferred")
        return "done", "", before
    except DomainError as error:
        return "refused", error.sentence, None
    except Exception as error:
        if is_conflict(error):
            raise
        log.exception("row %s of bulk action %s", row.item_id, run.pk)
        return "refused", _("Something went wrong with this row; nothing was changed."), None
