"""The work on imports, batch by batch: each batch and how far the run is are one transaction, so that whatever ends
the process, the next one goes on right there and nothing is doubled."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marshrut.agency.queries import read_revision, read_staff
from marshrut.core.alone import HEAVY, alone
from marshrut.core.conflicts import is_conflict
from marshrut.core.errors import DomainError
from marshrut.core.files import forget_file, is_forgotten
from marshrut.intake.models import ImportProblem, ImportRun, ImportState
from marshrut.intake.rules.importing import Lead
from marshrut.intake.services.import_history import Outcome, sift, write_history
from marshrut.intake.services.import_inquiries import known_keys, write_inquiries
from marshrut.intake.services.import_runs import MOST_ROWS, forget_sources_of, forgotten_words
from marshrut.intake.services.import_setting import MOST_SOURCES, Setting, batches, keep_sources, read_leads, set_up
from marshrut.intake.services.import_undo import take_out_batch

log = logging.getLogger(__name__)
HISTORY_BATCH, INQUIRY_BATCH, CHECK_BATCH = 1000, 10, 2000  # rows of one transaction
MOST_PROBLEMS = 100_000  # lines kept of one run; the rest is only counted
_ATTEMPTS = 5
Clock = Callable[[], datetime]


class Overtaken(Exception):
    """Somebody stopped the run, or another worker has gone on with it."""


def work_on_imports(clock: Clock) -> int:
    """Do whatever is asked of any import until nothing is; how many runs were worked on. A second worker leaves at once."""
    done = 0
    with alone(HEAVY) as is_ours:
        while is_ours and (run := _next_run()) is not None:
            done += 1
            _work(run, clock)
    return done


def _next_run() -> ImportRun | None:
    active = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
    return ImportRun.objects.filter(state__in=active).order_by("id").first()


def _work(run: ImportRun, clock: Clock) -> None:
    """One run to its end, or until somebody stops it. What goes wrong for good is said on the run."""
    works = {ImportState.CHECKING: _check, ImportState.RUNNING: _bring_in, ImportState.UNDOING: _take_out}
    try:
        with translation.override(read_staff(read_revision()).agency.language):
            if run.state != ImportState.UNDOING and is_forgotten(run.file_id):
                raise DomainError("file_forgotten", forgotten_words(run.made if run.started_at else 0))
            works[ImportState(run.state)](run, clock)
    except Overtaken:
        pass
    except (OperationalError, InterfaceError):
        raise  # the database is away: the run stays as it is, the next sweep goes on
    except DomainError as error:
        _fail(run, error.sentence)
    except Exception as error:
        log.exception("import %s", run.pk)
        _fail(run, _("Something went wrong (%(error)s). What is in stays in; go on, or take it out again.")
              % {"error": type(error).__name__})


def _fail(run: ImportRun, sentence: str) -> None:
    state = ImportState.DRAFT if run.state == ImportState.CHECKING else ImportState.FAILED
    ImportRun.objects.filter(pk=run.pk, state=run.state).update(state=state, problem=sentence)


def _sign(cursor: Any, label: str) -> None:
    """History says who started it; open pages are not told of each row."""
    cursor.execute("select set_config('marshrut.by', %s, true), set_config('marshrut.quiet', 'on', true)", [label])


@contextmanager
def batch_of(run_id: int, state: str, position: int) -> Iterator[ImportRun]:
    """One transaction on a run that is still where we think it is; Overtaken when it is not."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.state != state or run.position != position:
            raise Overtaken
        with connection.cursor() as cursor:
            _sign(cursor, run.created_by)
        yield run


def _again(do: Callable[[], None]) -> None:
    """Once more when it lost a conflict with somebody at work."""
    for attempt in range(_ATTEMPTS):
        try:
            return do()
        except OperationalError as error:
            if not is_conflict(error) or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(0.05 * (attempt + 1))


def _check(run: ImportRun, clock: Clock) -> None:
    """Try every row without writing any: what would be made, what is known, what stays out. Begins anew after a crash."""
    setting, seen, sources = set_up(run), set[tuple[str, str]](), dict[str, str]()
    with batch_of(run.pk, ImportState.CHECKING, run.position) as locked:
        ImportProblem.objects.filter(run=locked).delete()
        locked.position = locked.made = locked.repeated = locked.refused = 0
        locked.figures = {name: locked.figures[name] for name in ("samples", "words") if name in locked.figures}
        locked.save()
    position = 0
    for leads in batches(read_leads(setting, 0, clock), CHECK_BATCH):
        outcome = Outcome()
        left = sift(leads, setting, outcome, seen)
        known = known_keys([setting.key_of(lead) for lead in left])
        for lead in left:
            (outcome.repeated if setting.key_of(lead) in known else outcome.made).append(lead)
        sources |= {setting.slug_of(lead): lead.source for lead in leads if setting.slug_of(lead) not in setting.sources}
        if len(sources) > MOST_SOURCES:
            raise DomainError("many_sources", _("The column chosen as source has more than %(most)s new values: is it the right one?")
                              % {"most": MOST_SOURCES})
        if position + len(leads) > MOST_ROWS:
            raise DomainError("many_rows", _("The file has more than %(most)s rows. Split it and bring it in by parts.")
                              % {"most": MOST_ROWS})
        with batch_of(run.pk, ImportState.CHECKING, position) as locked:
            _count(locked, leads, outcome, setting)
            locked.save()
        position += len(leads)
    with batch_of(run.pk, ImportState.CHECKING, position) as locked:
        locked.state, locked.total = ImportState.CHECKED, position
        locked.figures = {**locked.figures, "new_sources": sorted(sources.values())[:20]}
        locked.save()


def _bring_in(run: ImportRun, clock: Clock) -> None:
    setting = set_up(run)
    position = run.position
    size, write = (HISTORY_BATCH, write_history) if run.mode == "history" else (INQUIRY_BATCH, write_inquiries)
    for leads in batches(read_leads(setting, position, clock), size):
        keep_sources(setting, leads)
        _again(lambda leads=leads, position=position: _bring_in_batch(run, setting, leads, position, write, clock()))  # type: ignore[misc]
        position += len(leads)
    with batch_of(run.pk, ImportState.RUNNING, position) as locked:
        locked.state, locked.finished_at, locked.total = ImportState.DONE, clock(), position
        locked.figures = {name: value for name, value in locked.figures.items() if name not in ("samples", "words")}
        locked.save()
        forget_file(locked.file_id)  # every row is kept raw beside its inquiry


def _bring_in_batch(run: ImportRun, setting: Setting, leads: list[Lead], position: int, write: Any, now: datetime) -> None:
    with batch_of(run.pk, ImportState.RUNNING, position) as locked:
        outcome = write(leads, setting, now)
        with connection.cursor() as cursor:
            _sign(cursor, setting.label)  # an acceptance signs for itself
        _count(locked, leads, outcome, setting)
        locked.save()


def _count(run: ImportRun, leads: list[Lead], outcome: Outcome, setting: Setting) -> None:
    """Add a batch to the run's figures, and keep why rows and values were left out."""
    run.position += len(leads)
    run.made += len(outcome.made)
    run.repeated += len(outcome.repeated)
    run.refused += len(outcome.refused)
    problems = [ImportProblem(run=run, number=lead.number, code=code, value="" if code == "erased" else _hint(lead), is_refusal=True)
                for lead, code in outcome.refused]
    problems += [ImportProblem(run=run, number=lead.number, code="repeated", value=_hint(lead)) for lead in outcome.repeated]
    for lead in outcome.made:
        problems += [ImportProblem(run=run, number=lead.number, column=flaw.column[:200], code=flaw.code[:32], value=flaw.value)
                     for flaw in lead.flaws]
        if code := setting.flaw_of_manager(lead):
            problems.append(ImportProblem(run=run, number=lead.number, column=setting.heading_of("manager"), code=code,
                                          value=lead.manager[:80]))
    figures = dict(run.figures)
    kept = max(0, MOST_PROBLEMS - figures.get("problems", 0))
    ImportProblem.objects.bulk_create(problems[:kept], batch_size=2000)
    figures["problems"] = figures.get("problems", 0) + len(problems)
    figures["dropped"] = figures.get("dropped", 0) + len(problems) - len(outcome.refused) - len(outcome.repeated)
    figures["people"] = figures.get("people", 0) + outcome.people
    for name in ("won", "lost"):
        figures[name] = figures.get(name, 0) + sum(lead.outcome == name for lead in outcome.made)
    run.figures = figures


def _hint(lead: Lead) -> str:
    """What a person recognises a row by."""
    return (lead.name.display if lead.name else lead.external_id or (lead.ways[0].written if lead.ways else ""))[:80]


def _take_out(run: ImportRun, clock: Clock) -> None:
    """Everything this run made, batch by batch, the last rows first; then what is left of it."""
    more = True
    while more:
        def do() -> None:
            nonlocal more
            with transaction.atomic():
                locked = ImportRun.objects.select_for_update().get(pk=run.pk)
                if locked.state != ImportState.UNDOING:
                    raise Overtaken
                with connection.cursor() as cursor:
                    _sign(cursor, locked.created_by)
                more = take_out_batch(locked)
                locked.save()

        _again(do)
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        if locked.state == ImportState.UNDOING:
            with connection.cursor() as cursor:
                _sign(cursor, locked.created_by)
            left = forget_sources_of(locked)
            locked.state, locked.finished_at = ImportState.UNDONE, clock()
            locked.figures = {name: locked.figures.get(name, 0) for name in ("kept", "taken")} | {
                name: value for name, value in (("sources", left), ("ways", locked.figures.get("ways", 0))) if value
            }
            locked.save()
            forget_file(locked.file_id)
