"""``./marshrut bench``: fill a home with many rows, measure through real HTTP, kill everything and count."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from marshrut.ops import databases, homes

_SECONDS, _QUICK_SECONDS = 4.0, 1.2


def run(arguments: Sequence[str]) -> int:
    """The command; gives 0 when every figure is kept, 1 when one is missed."""
    options = make_parser().parse_args(list(arguments))
    if options.what == "load":
        return load_here(options.rows_to_load, options.seed)
    if options.what == "import":
        from .imports import import_many

        return import_many(options.rows_to_import)
    if options.what == "kill":
        from .kill import kill_all

        return kill_all(options.times)
    if options.what == "export":
        from .exports import measure_exports

        return measure_exports(options.rows)
    if options.what == "distribute":
        from .distribute import measure_distribution

        return measure_distribution(options.inquiries, options.connections)
    if options.what == "chance":
        from .chance import judge_files

        return judge_files(options.files, options.outcome, options.order)
    if options.what == "duplicates":
        from .duplicates import measure_duplicates

        return measure_duplicates(options.files, options.people, options.seed)
    return measure_all(options)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="marshrut bench",
        description="Measure every operation of the promise through real HTTP beside the same question asked of PostgreSQL alone, "
        "in a home of its own. “load N” only fills the home at hand; “import” brings in a file of leads; “kill” ends every process "
        "of ours with -9 under load and counts; “chance FILE” learns the chance of a sale from a file of leads and judges it.",
    )
    parser.add_argument("--rows", type=int, default=200_000, help="persons with inquiries to measure by (default: 200000)")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help=f"how long each operation is measured (default: {_SECONDS})")
    parser.add_argument("--quick", action="store_true", help="measure each operation for about a second")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures into this file too")
    commands = parser.add_subparsers(dest="what", metavar="[load | import | kill | export | chance | duplicates | distribute]")
    load = commands.add_parser("load", help="fill the home at hand with N persons, their inquiries, deals and touches of three years")
    load.add_argument("rows_to_load", type=int, metavar="N")
    load.add_argument("--seed", type=int, default=1, help="the same seed makes the same rows (default: 1)")
    bring = commands.add_parser("import", help="bring a file of N leads in as history while the site is in use, and take it out again")
    bring.add_argument("rows_to_import", type=int, metavar="N", nargs="?", default=100_000, help="how many rows (default: 100000)")
    kill = commands.add_parser("kill", help="kill every process of ours with -9 in turn under intake load, then look for losses")
    kill.add_argument("--times", type=int, default=10, help="how often each (default: 10)")
    twice = commands.add_parser(
        "duplicates", help="look for people known twice in files in the form of FEBRL, or in a set made here, and count"
    )
    twice.add_argument("files", type=Path, metavar="FILE", nargs="*", help="CSV with rec_id, given_name, surname … (default: a made set)")
    twice.add_argument("--people", type=int, default=100_000, help="how many to make when no file is named (default: 100000)")
    twice.add_argument("--seed", type=int, default=1, help="the same seed makes the same people (default: 1)")
    give = commands.add_parser("distribute", help="give out many inquiries from many connections at once; count what was doubled or lost")
    give.add_argument("--inquiries", type=int, default=32_000, help="how many (default: 32000)")
    give.add_argument("--connections", type=int, default=16, help="from how many connections at once (default: 16)")
    commands.add_parser("export", help="take the lists out as files, and watch time and memory")
    chance = commands.add_parser(
        "chance", help="learn the chance of a sale from a file of leads and judge it: on its last 30 %% by number, or on a second file"
    )
    judged = "CSV or XLSX; with two, learned on the first, judged on the second"
    chance.add_argument("files", type=Path, nargs="+", metavar="FILE", help=judged)
    chance.add_argument("--outcome", default="", metavar="COLUMN", help="how a lead ended (default: the column usually called so)")
    chance.add_argument("--order", default="", metavar="COLUMN", help="what the leads are ordered by (default: their number or date)")
    return parser


def load_here(rows: int, seed: int) -> int:
    """Fill the home at hand."""
    with databases.at_work(homes.chosen_home()):
        from .load import load
        from .seeded import make_sure

        make_sure()
        print(load(rows, seed).sentence())
    return 0


def measure_all(options: argparse.Namespace) -> int:
    """Load the bench's home if it has too few rows, measure, print."""
    from .house import bench_home, command, running, samples_of
    from .measure import Measured, measure
    from .report import table

    home = bench_home()
    loaded = command(home, str(options.rows), module="marshrut.ops.bench.seeded")
    samples, token = samples_of(home), command(home, "token", "bench")
    measured = Measured(options.rows, loaded)
    seconds = _QUICK_SECONDS if options.quick else options.seconds
    with running(home) as house:
        house.stop()  # the first start may find a cold cache; the second is what people see
        time.sleep(0.3)
        house.start()
        measured.start_seconds = house.started_in
        with databases.opened(home) as found:
            measure(house, found.owner_url, samples, token, seconds, f"run{time.time():.0f}", measured)
        measured.stop_seconds = house.stop()
    print(table(measured))
    if options.json:
        options.json.write_text(json.dumps(measured.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if all(line.is_kept for line in measured.lines) else 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
