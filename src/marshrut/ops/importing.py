"""``./marshrut import FILE``: the same door as the pages of imports, for files too large or too many for a browser.

A file is known by its contents. One whose import was cut short, by whatever, goes on where it stopped when the command is
given again; one that is in already gives repeated rows and makes nothing twice.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from . import databases, homes

if TYPE_CHECKING:
    from marshrut.agency.permissions import Actor
    from marshrut.intake.queries.imports import RunCard

ROWS_STAYED_OUT = 3
_PIECE = 1 << 20  # bytes
_PAUSE = 0.5  # seconds between two looks at work that another process does


def run(arguments: Sequence[str]) -> int:
    """The command; 0 when every row is in or was before, 3 when rows stayed out, 1 when nothing could be done."""
    options = make_parser().parse_args(list(arguments))
    if not options.file.is_file():
        raise homes.HomeError(f"There is no file {options.file}.")
    with databases.at_work(homes.chosen_home()):
        return import_file(options)


def import_file(options: argparse.Namespace) -> int:
    """What the command does once Django works on the home's database; its exit code. HomeError with the sentence of a refusal."""
    from django.utils import translation

    from marshrut.core.errors import DomainError

    try:
        with translation.override("en"):
            return _import(options)
    except DomainError as problem:
        raise homes.HomeError(problem.sentence) from problem
    except OSError as problem:
        raise homes.HomeError(f"{options.file} cannot be read: {problem.strerror}.") from problem


def make_parser() -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog="marshrut import",
        description="Bring in a file of leads (CSV or XLSX, whatever it is called). Columns are guessed by their headings, and "
        "remembered from the last file with the same ones. What stays out is written beside the file. "
        "Cut short, it goes on where it stopped when the same command is given again. Exit codes: 0 every row is in, "
        "3 some stayed out, 1 refused.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="mode", required=True, choices=["history", "inquiries"],
                        help="history: what is over, no clock runs; inquiries: each row gets a manager and a clock")  # fmt: skip
    parser.add_argument("--map", nargs="+", action="extend", default=[], metavar="COLUMN=FIELD",
                        help="what a column is, such as “Тел.=phone”; “COLUMN=” leaves it out")  # fmt: skip
    parser.add_argument("--sheet", metavar="NAME", help="of a workbook (default: the first)")
    parser.add_argument("--heading", type=int, metavar="ROW",
                        help="the row that names the columns, 0 where none does (default: guessed)")  # fmt: skip
    parser.add_argument("--source", default="", metavar="SLUG", help="of rows that name none (default: unknown)")
    parser.add_argument("--office", metavar="SLUG", help="whose the rows are (default: the first office)")
    parser.add_argument("--currency", metavar="CODE", help="of amounts that name none (default: that of the office's country)")
    parser.add_argument("--days", choices=["dmy", "mdy"], help="how 05.06.2026 is read (default: guessed)")
    parser.add_argument("--problems", type=Path, metavar="FILE", help="where to say what stayed out (default: FILE.problems.csv)")
    parser.add_argument("--dry-run", action="store_true", help="try every row and keep nothing")
    parser.add_argument("--yes", action="store_true", help="bring the rows in without asking")
    return parser


def _import(options: argparse.Namespace) -> int:
    from marshrut.agency.permissions import system
    from marshrut.core.clock import utc_now
    from marshrut.intake.services.import_runs import discard_run

    by = system("command line")
    run_id = _run_of(options, by)
    card = _card(run_id, by)
    if card.started_at is None:
        card = _check(options, card, by)
        if options.dry_run or not card.made:
            left_out = _tell_problems(options, card)
            discard_run(run_id=run_id, by=by, now=utc_now())
            _say("Nothing was brought in." if options.dry_run else "There is nothing new in this file.")
            return ROWS_STAYED_OUT if left_out else 0
        if not (options.yes or _agreed(card)):
            raise homes.HomeError("Nothing was brought in. Say --yes to bring the rows in; the check is kept.")
    elif options.dry_run:
        raise homes.HomeError("Part of this file is in already: it can go on, or be taken out again in the browser.")
    card = _bring_in(card, by)
    _say(
        f"{card.made} rows made {card.figures.get('people', 0)} new clients; {card.repeated} came before, {card.refused} stayed out."
    )
    return ROWS_STAYED_OUT if _tell_problems(options, card) else 0


def _run_of(options: argparse.Namespace, by: Actor) -> int:
    """The import of this very file that was cut short, else a new one."""
    from marshrut.agency.queries import read_revision, read_staff
    from marshrut.core.clock import utc_now
    from marshrut.core.files import digest_of
    from marshrut.intake.queries.imports import find_unfinished
    from marshrut.intake.services.import_runs import choose_heading, choose_sheet, create_run

    found = find_unfinished(by, digest_of(_pieces(options.file)), options.mode)
    if found is not None:
        _say(f"Going on with import {found}, which was cut short.")
        return found
    offices = {office.slug: office.id for office in read_staff(read_revision()).offices.values()}
    if options.office is not None and options.office not in offices:
        raise homes.HomeError(f"There is no office “{options.office}”; there are: {', '.join(offices)}.")
    office_id = offices[options.office] if options.office else next(iter(offices.values()))
    run_id = create_run(
        pieces=_pieces(options.file), file_name=options.file.name, mode=options.mode, office_id=office_id, by=by, now=utc_now()
    )
    if options.sheet is not None:
        choose_sheet(run_id=run_id, sheet=options.sheet, by=by, now=utc_now())
    if options.heading is not None:
        choose_heading(run_id=run_id, row=options.heading, by=by, now=utc_now())
    return run_id


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _card(run_id: int, by: Actor) -> RunCard:
    from marshrut.intake.queries.imports import find_import

    card = find_import(by, run_id)
    if card is None:
        raise homes.HomeError("Somebody has thrown this import away meanwhile.")
    return card


def _check(options: argparse.Namespace, card: RunCard, by: Actor) -> RunCard:
    """Say what the columns are, and try every row."""
    from marshrut.agency.queries import read_revision, read_staff
    from marshrut.backoffice.web.imports_form import OF_COUNTRY, read_mapping
    from marshrut.core.clock import utc_now
    from marshrut.intake.services.import_runs import check_run, stop_run

    if card.state == "checking":  # the check was cut short: it begins anew
        stop_run(run_id=card.id, by=by, now=utc_now())
    office = read_staff(read_revision()).offices[card.office_id or 0]
    days = "dmy" if card.mapping["day_first"] else "mdy"
    currency = options.currency or card.mapping["currency"] or OF_COUNTRY.get(office.country, "RUB")
    typed = {f"target-{place}": target for place, target in enumerate(_targets(options.map, card))}
    typed |= {"days": options.days or days, "currency": currency.upper(), "source": options.source}
    check_run(run_id=card.id, by=by, now=utc_now(), **read_mapping(card, typed))
    checked = _worked(card.id, by, "checked")
    _say(
        f"{checked.total} rows: {checked.made} would be made, {checked.repeated} came before, {checked.refused} stay out, "
        f"{checked.figures.get('dropped', 0)} values cannot be read."
    )
    if checked.figures.get("new_sources"):
        _say(f"New sources: {', '.join(checked.figures['new_sources'])}.")
    return checked


def _targets(said: Sequence[str], card: RunCard) -> list[str]:
    """What each column is: as it was guessed or remembered, but where it was said otherwise."""
    from marshrut.intake.rules.import_columns import folded
    from marshrut.intake.services.import_runs import possible_targets

    headings, targets = [folded(heading) for heading in card.mapping["headings"]], list(card.mapping["targets"])
    known = possible_targets()
    for one in said:
        column, sign, field = one.rpartition("=")
        if not sign or folded(column) not in headings:
            raise homes.HomeError(f"“{one}” names no column; there are: {', '.join(card.mapping['headings'])}. Write COLUMN=FIELD.")
        if field and field not in known:
            raise homes.HomeError(f"A column cannot be “{field}”; it can be: {', '.join(known)}.")
        targets[headings.index(folded(column))] = field
    for heading, target in zip(card.mapping["headings"], targets, strict=True):
        _say(f"  {heading} → {target or '–'}")
    return targets


def _agreed(card: RunCard) -> bool:
    if not sys.stdin.isatty():
        return False
    print(f"Bring in {card.made} rows? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "д", "да", "т", "так")


def _bring_in(card: RunCard, by: Actor) -> RunCard:
    from marshrut.core.clock import utc_now
    from marshrut.intake.services.import_runs import continue_run, start_run

    if card.state == "checked":
        start_run(run_id=card.id, by=by, now=utc_now())
    elif card.state in ("stopped", "failed"):
        continue_run(run_id=card.id, by=by, now=utc_now())
    return _worked(card.id, by, "done")


def _worked(run_id: int, by: Actor, wanted: str) -> RunCard:
    """Work until the import stands there, whether this process does it or the one that serves the site."""
    from marshrut.core.clock import utc_now
    from marshrut.intake.services.import_work import work_on_imports

    with _progress(run_id, by):
        while (card := _card(run_id, by)).is_at_work:
            if not work_on_imports(utc_now):
                time.sleep(_PAUSE)
    if card.state != wanted:
        raise homes.HomeError(card.problem or "Somebody has stopped this import; give the command again to go on.")
    return card


@contextmanager
def _progress(run_id: int, by: Actor) -> Iterator[None]:
    """Say how far it is, seen over a connection of its own: by a line that changes, or a line for every tenth in a log."""
    ended = threading.Event()

    def watch() -> None:
        from django.db import connection

        told = -1
        is_screen = sys.stderr.isatty()
        while not ended.wait(_PAUSE):
            card = _card(run_id, by)
            share = card.share if card.total else card.position
            if share != told and (is_screen or (card.total and share // 10 != told // 10)):
                told = share
                far = f"{card.position} of {card.total} rows, {share} %" if card.total else f"{card.position} rows read"
                print(f"\r{far}" if is_screen else far, end=" " if is_screen else "\n", file=sys.stderr, flush=True)
        if is_screen and told >= 0:
            print(file=sys.stderr)
        connection.close()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _tell_problems(options: argparse.Namespace, card: RunCard) -> bool:
    """Write what stayed out beside the file, in the agency's language; whether any row did."""
    from django.utils import translation

    from marshrut.agency.queries import read_revision, read_staff
    from marshrut.backoffice.web.imports_wording import problem_rows
    from marshrut.core.tables import write_csv

    target: Path = options.problems or options.file.with_name(f"{options.file.name}.problems.csv")
    if not card.figures.get("problems") and not target.exists():
        return False
    try:
        with (
            translation.override(read_staff(read_revision()).agency.language),
            open(target, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file,
        ):
            file.writelines(write_csv(problem_rows(card.id, str)))
    except OSError as problem:
        _say(f"What stayed out could not be written to {target}: {problem.strerror}. It stands in the browser, under Imports.")
    else:
        _say(f"What stayed out, and why: {target}")
    return bool(card.refused)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
