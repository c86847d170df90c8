"""What a person does with an import: hands a file in, says what its columns are, starts, stops, goes on, takes out again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from marshrut.agency.permissions import Actor
from marshrut.agency.queries import custom_fields_of, read_revision, read_staff
from marshrut.core.errors import Invalid, NotFound, Refused
from marshrut.core.files import forget_file, is_forgotten, open_file, store_file
from marshrut.core.history import sign
from marshrut.core.names import clean_text
from marshrut.core.tables import ENCODINGS, SEPARATORS, TableShape, as_text, find_table, read_table
from marshrut.intake.models import ImportMapping, ImportProblem, ImportRun, ImportState
from marshrut.intake.permissions import imports_in_reach
from marshrut.intake.rules.import_columns import (
    MANY,
    PLACEHOLDERS,
    TARGETS,
    find_heading,
    heading_digest,
    outcome_of,
    suggest_targets,
    unique_headings,
)
from marshrut.intake.rules.importing import is_day_first

MOST_BYTES = 200 * 1024 * 1024
MOST_ROWS = 500_000
SAMPLES = 200
"""Rows a mapping is guessed from; the first five of them are shown."""
SHOWN = 5
MOST_WORDS = 40
"""Different values of a column that are offered to be given a meaning."""
_LOOKED_AT = 3_000
_TOLD_BY = 60
"""Rows that tell where the heading stands."""
LOWEST_HEADING = 30
"""The lowest row that may be said to name the columns."""
IMPORTER = "intake.work_on_imports"
"""The job that does the work; also its queueing lock."""
MODES = ("inquiries", "history")
_TABLE_TYPE = "application/octet-stream"


@transaction.atomic
def create_run(*, pieces: Iterable[bytes], file_name: str, mode: str, office_id: int | None, by: Actor, now: datetime) -> int:
    """Keep a file of leads and guess what its columns are; the id of the run.

    Raises:
        Invalid: no table, empty, broken, too large; the sentence says what to do.
        Refused: the actor may not import for that office.
    """
    sign(by.label)
    if mode not in MODES:
        raise Invalid("no_such_mode", _("Say whether these are new inquiries or history."), field="mode", missing=("mode",))
    office_id = _office_for(by, office_id)
    file_id = store_file(_limited(pieces), _TABLE_TYPE)
    shape = find_table(open_file(file_id))
    run = ImportRun(file_id=file_id, file_name=clean_text(file_name, 200) or "—", mode=mode, office_id=office_id, created_by=by.label,
                    created_at=now)
    _look_at(run, shape)
    run.save()
    return run.pk


def _limited(pieces: Iterable[bytes]) -> Iterable[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MOST_BYTES:
            raise Invalid("large_file", _("The file is larger than %(most)s MB. Split it and bring it in by parts.")
                          % {"most": MOST_BYTES >> 20}, field="file")
        yield piece


def _office_for(by: Actor, office_id: int | None) -> int | None:
    """The office the rows are to belong to: anybody's own, or any for whoever sees all."""
    if by.reach == "all":
        offices = read_staff(read_revision()).offices
        if office_id is not None and office_id not in offices:
            raise Invalid("no_such_office", _("There is no such office."), field="office")
        return office_id or by.office_id
    if by.reach != "office" or (office_id is not None and office_id != by.office_id):
        raise Refused("foreign_office", _("You can bring in leads for your own office only."), field="office")
    return by.office_id


def _look_at(run: ImportRun, shape: TableShape, heading: int | None = None) -> None:
    """Read the beginning of a file: its heading, samples, values of columns with few different ones, a first mapping.

    `heading` is the number of the row that names the columns, 0 for none; without it the rows themselves tell.
    """
    if heading is None:
        heading = find_heading(_beginning(run, replace(shape, heading=1), _TOLD_BY))
    shape = replace(shape, heading=heading)
    (_number, names), *rows = _beginning(run, shape, _LOOKED_AT + 1) or [(0, [])]
    first = [row for _number, row in rows]
    if not first:
        raise Invalid("no_rows", _("There is a heading in this file but no rows under it."), field="heading" if run.pk else "file")
    names = names or [""] * max(map(len, first))
    headings = unique_headings([clean_text(name, 120) for name in names])
    kept = ImportMapping.objects.filter(heading_digest=heading_digest(headings)).values_list("mapping", flat=True).first()
    own = _own_fields()
    targets = suggest_targets(headings, first[:SAMPLES], own)
    if kept and len(kept.get("targets", ())) == len(headings):
        targets = [target if _is_target(target, own) else "" for target in kept["targets"]]
    words = _words(headings, first)
    run.mapping = {
        "shape": shape.as_json(), "headings": list(headings), "targets": targets,
        "day_first": kept.get("day_first", True) if kept else _guess_days(targets, first),
        "words": kept.get("words", {}) if kept else _guess_words(targets, words),
        "currency": kept.get("currency", "") if kept else "", "remembered": bool(kept),
    }  # fmt: skip
    run.figures = {"samples": [row[: len(headings)] for row in first[:SHOWN]], "words": words}


def _beginning(run: ImportRun, shape: TableShape, most: int) -> list[tuple[int, list[str]]]:
    """The first rows of a file as texts, the heading among them, with their numbers."""
    rows = read_table(open_file(run.file_id), shape)
    return [(number, [as_text(cell)[:300] for cell in row]) for (number, row), _n in zip(rows, range(most), strict=False)]


def possible_targets() -> list[str]:
    """Everything a column may be, the agency's own fields last."""
    return [*TARGETS, *_own_fields()]


def _own_fields() -> dict[str, str]:
    revision = read_revision()
    return {f"{spec.subject}.{spec.slug}": spec.name for one in ("person", "matter") for spec in custom_fields_of(one, revision)}


def _is_target(target: str, own: Mapping[str, str]) -> bool:
    return target in TARGETS or target in own


def _words(headings: tuple[str, ...], rows: list[list[str]]) -> dict[str, list[str]]:
    """By column: its values, the most frequent first, where they are few."""
    found: dict[str, list[str]] = {}
    for place in range(len(headings)):
        counted = Counter(row[place][:120] for row in rows if place < len(row) and row[place].lower() not in PLACEHOLDERS and row[place])
        if 0 < len(counted) <= MOST_WORDS:
            found[str(place)] = [word for word, _n in counted.most_common()]
    return found


def _guess_days(targets: list[str], rows: list[list[str]]) -> bool:
    places = [place for place, target in enumerate(targets) if target in ("received_at", "closed_at", "date_from", "date_to")]
    return is_day_first([row[place] for row in rows for place in places if place < len(row)])


def _guess_words(targets: list[str], words: dict[str, list[str]]) -> dict[str, dict[str, str]]:
    column = targets.index("outcome") if "outcome" in targets else -1
    return {"outcome": {word.lower(): outcome_of(word) for word in words.get(str(column), ())}}


# --- what is done with a run ------------------------------------------------------------------------------------------


def lock_run(*, run_id: int, by: Actor) -> ImportRun:
    """The run, locked until the end of the transaction; NotFound when absent or another office's."""
    reach, values = imports_in_reach(by, "intake_importrun")
    run: ImportRun | None = ImportRun.objects.select_for_update(no_key=True).extra(where=[reach], params=values).filter(pk=run_id).first()
    if run is None:
        raise NotFound("no_such_import", _("There is no such import within your reach."))
    return run


@transaction.atomic
def choose_sheet(*, run_id: int, sheet: str, by: Actor, now: datetime) -> None:
    """Read another sheet of a workbook; the mapping is guessed anew."""
    sign(by.label)
    run = _with_file(_in_state(lock_run(run_id=run_id, by=by), "draft", "checked"))
    shape = run.mapping["shape"]
    if sheet not in shape["sheets"]:
        raise Invalid("no_such_sheet", _("There is no such sheet in this file."), field="sheet")
    _look_at(run, TableShape(**{**shape, "sheet": sheet, "sheets": tuple(shape["sheets"])}))
    run.state = ImportState.DRAFT
    run.save()


@transaction.atomic
def choose_letters(*, run_id: int, encoding: str, separator: str, by: Actor, now: datetime) -> None:
    """Read a CSV file's beginning anew in another encoding or with another separator; the mapping is guessed anew."""
    sign(by.label)
    run = _with_file(_in_state(lock_run(run_id=run_id, by=by), "draft", "checked"))
    shape = TableShape(**{**run.mapping["shape"], "sheets": tuple(run.mapping["shape"]["sheets"])})
    if shape.kind != "csv" or encoding not in (*ENCODINGS, shape.encoding):
        raise Invalid("no_such_encoding", _("Choose the encoding from the list."), field="encoding")
    if separator not in (*SEPARATORS, shape.separator):
        raise Invalid("no_such_separator", _("Choose the separator from the list."), field="separator")
    _look_at(run, replace(shape, encoding=encoding, separator=separator))
    run.state = ImportState.DRAFT
    run.save()


@transaction.atomic
def choose_heading(*, run_id: int, row: int, by: Actor, now: datetime) -> None:
    """Take another row for the names of the columns, 0 for none; the mapping is guessed anew.

    Raises:
        Invalid: no such row may be chosen, or nothing stands under it.
    """
    sign(by.label)
    run = _with_file(_in_state(lock_run(run_id=run_id, by=by), "draft", "checked"))
    if not 0 <= row <= LOWEST_HEADING:
        raise Invalid("no_such_row", _("Choose the row from the list."), field="heading")
    _look_at(run, TableShape(**{**run.mapping["shape"], "sheets": tuple(run.mapping["shape"]["sheets"])}), row)
    run.state = ImportState.DRAFT
    run.save()


@transaction.atomic
def check_run(
    *, run_id: int, targets: list[str], words: Mapping[str, Mapping[str, str]], day_first: bool, currency: str, source_slug: str, by: Actor,
    now: datetime,
) -> None:
    """Keep what the columns are, remember it for the next file with this heading, and try all rows without writing any.

    Raises:
        Invalid: nothing that could become a lead was chosen, or one meaning was chosen twice.
        Refused: the run is past that.
    """
    sign(by.label)
    run = _with_file(_in_state(lock_run(run_id=run_id, by=by), "draft", "checked", "failed"))
    if run.state == ImportState.FAILED and run.position:
        raise Refused("begun_already", _("Part of this file is in already: go on, or take it out again."))
    mapping = {**run.mapping, "targets": _checked_targets(targets, len(run.mapping["headings"])), "day_first": day_first,
               "words": {one: dict(meanings) for one, meanings in words.items()}, "currency": currency[:3]}
    run.mapping, run.source_slug = mapping, clean_text(source_slug, 120).lower()
    run.state, run.position, run.problem, run.total = ImportState.CHECKING, 0, "", None
    run.made = run.repeated = run.refused = 0
    _remember(mapping, now)
    run.save()
    work_soon()


def _checked_targets(targets: list[str], width: int) -> list[str]:
    own = _own_fields()
    chosen = [target if _is_target(target, own) else "" for target in targets[:width]]
    chosen += [""] * (width - len(chosen))
    for place, target in enumerate(chosen):
        if target and target not in MANY and target in chosen[:place]:
            raise Invalid("chosen_twice", _("Two columns were given the same meaning."), field=f"target-{place}")
    if not {"name", "surname", "given_name", "phone", "email", "telegram", "whatsapp", "viber", "vk", "instagram", "messenger", "message",
            "external_id"} & set(chosen):
        raise Invalid("nothing_chosen", _("Say at least which column holds the name, the phone, the e-mail, the message or the number."),
                      field="target-0")
    return chosen


def _remember(mapping: Mapping[str, Any], now: datetime) -> None:
    kept = {name: mapping[name] for name in ("targets", "day_first", "words", "currency")}
    ImportMapping.objects.update_or_create(heading_digest=heading_digest(mapping["headings"]), defaults={"mapping": kept, "used_at": now})


@transaction.atomic
def start_run(*, run_id: int, by: Actor, now: datetime) -> None:
    """Bring the rows in. Whoever clicks second finds it begun. Refused before it was checked."""
    sign(by.label)
    run = lock_run(run_id=run_id, by=by)
    if run.state in (ImportState.RUNNING, ImportState.DONE):
        return
    _with_file(_in_state(run, "checked"))
    run.state, run.position, run.started_at, run.finished_at, run.problem = ImportState.RUNNING, 0, now, None, ""
    run.made = run.repeated = run.refused = 0
    run.figures = {name: value for name, value in run.figures.items() if name in ("samples", "words", "sources")}
    ImportProblem.objects.filter(run=run).delete()
    run.save()
    work_soon()


@transaction.atomic
def stop_run(*, run_id: int, by: Actor, now: datetime) -> None:
    """Stop after the batch at hand; what is in stays in, and it goes on where it stopped."""
    sign(by.label)
    run = lock_run(run_id=run_id, by=by)
    if run.state == ImportState.CHECKING:
        run.state = ImportState.DRAFT
    elif run.state == ImportState.RUNNING:
        run.state = ImportState.STOPPED
    else:
        return
    run.save(update_fields=["state"])


@transaction.atomic
def continue_run(*, run_id: int, by: Actor, now: datetime) -> None:
    """Go on where it stopped. Whoever clicks second finds it going. Refused when its file is not kept any more."""
    sign(by.label)
    run = lock_run(run_id=run_id, by=by)
    if run.state == ImportState.RUNNING:
        return
    _in_state(run, "stopped", "failed")
    if run.started_at is None:
        raise Refused("not_checked", _("Check the file first."))
    if "undo_before" in run.figures:
        raise Refused("half_out", _("Part of this import is out again already: take out the rest."))
    _with_file(run)
    run.state, run.problem = ImportState.RUNNING, ""
    run.save(update_fields=["state", "problem"])
    work_soon()


@transaction.atomic
def undo_run(*, run_id: int, by: Actor, now: datetime) -> None:
    """Take out again what this import made and nobody has worked on since. Whoever clicks second finds it going.

    Rows that stay are kept as problems of the run with their reasons; asked again, those are tried again.
    """
    sign(by.label)
    run = lock_run(run_id=run_id, by=by)
    if run.state == ImportState.UNDOING or (run.state == ImportState.UNDONE and not run.figures.get("kept")):
        return
    _in_state(run, "done", "stopped", "failed", "undone")
    taken = run.figures.get("taken", 0)
    run.state, run.problem = ImportState.UNDOING, ""
    run.figures = {**run.figures, "kept": 0, "taken": taken, "undo_before": 0}
    ImportProblem.objects.filter(run=run).delete()
    run.save(update_fields=["state", "problem", "figures"])
    work_soon()


@transaction.atomic
def discard_run(*, run_id: int, by: Actor, now: datetime) -> None:
    """Forget a file nothing of which is in."""
    sign(by.label)
    run = _in_state(lock_run(run_id=run_id, by=by), "draft", "checked", "failed")
    if run.rows.exists():
        raise Refused("begun_already", _("Part of this file is in already: go on, or take it out again."))
    ImportProblem.objects.filter(run=run).delete()
    file_id = run.file_id
    run.delete()
    forget_file(file_id)


def _in_state(run: ImportRun, *states: str) -> ImportRun:
    if run.state not in states:
        raise Refused("wrong_state", _("The import has moved on meanwhile: look at where it is now."))
    return run


def _with_file(run: ImportRun) -> ImportRun:
    """The run, while its file is kept. Refused else, with what became of its rows."""
    if is_forgotten(run.file_id):
        raise Refused("file_forgotten", forgotten_words(run.made if run.started_at else 0))
    return run


def forgotten_words(made: int) -> str:
    """What is said of a run whose file was forgotten before its end: what happened, what is kept, what to do."""
    happened = _("The file itself is not kept any more: files of leads are kept for a limited time.")
    if not made:
        return " ".join((happened, _("Nothing of it came in. Choose the file once more to bring it in.")))
    kept = ngettext("%(num)s row that came in stays in.", "%(num)s rows that came in stay in.", made) % {"num": made}
    advice = _("Choose the same file once more: what is in is recognised and only the rest comes in. Or take out what is in.")
    return " ".join((happened, kept, advice))


def work_soon() -> None:
    """Wake the worker when this transaction is committed; its sweep would find the work anyway."""
    try:
        with transaction.atomic():
            app.configure_task(IMPORTER, queueing_lock=IMPORTER).defer(timestamp=0)
    except AlreadyEnqueued:
        pass


def forget_sources_of(run: ImportRun) -> list[int]:
    """Sources this run made go when nothing comes from them any more; the ids of those that stay."""
    from marshrut.marketing.services import forget_unnamed_sources

    made = run.figures.get("sources", [])
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.id from unnest(%s::bigint[]) s(id) where not exists (select from intake_inquiry i where i.source_id = s.id)", [made]
        )
        unused = [row[0] for row in cursor.fetchall()]
        forget_unnamed_sources(ids=unused)
    return [number for number in made if number not in unused]
