"""``./marshrut bench chance FILE [FILE]``: the chance of a sale learned from a file of leads, judged on those that came later."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from marshrut.core.errors import DomainError
from marshrut.core.tables import as_text, find_table, read_table
from marshrut.intake.rules.chance import leaks
from marshrut.intake.rules.chance_judging import LEAKED, Quality, quality, strengths, telling_alone
from marshrut.intake.rules.chance_learning import Case, LearnedChance, TooFewCases, learn
from marshrut.intake.rules.import_columns import folded, outcome_of
from marshrut.intake.rules.shrinking import Tally, shrink

LEAST_AUC = 0.85
EARLIER = 0.7
_OUTCOMES = ("converted", "outcome", "result", "won", "реализовано", "результат", "исход")
_ORDERS = ("lead number", "number", "id", "номер", "received at", "date", "дата")
_SOURCES = ("lead source", "source", "источник", "джерело")
_SHOWN = 12


class FileUnfit(Exception):
    """The file cannot be learned from, and why, in a sentence."""


@dataclass(frozen=True)
class Leads:
    """The leads of a file in their order, and what was left out of it: `leaking` columns, and those that are no facts."""

    cases: list[Case]
    leaking: list[str]
    source: str


def judge_files(files: Sequence[Path], outcome: str, order: str) -> int:
    """Learn, judge, print; 0 when the figure is kept, 1 when it is missed or too good to be true, 2 when a file is unfit."""
    try:
        read = [read_leads(path, outcome, order) for path in files]
    except (FileUnfit, DomainError, OSError) as error:
        print(f"marshrut bench chance: {error}", file=sys.stderr)
        return 2
    first = read[0].cases
    cut = int(len(first) * EARLIER)
    earlier, later = (first, read[1].cases) if len(read) > 1 else (first[:cut], first[cut:])
    leaking = sorted({name for leads in read for name in leads.leaking} | set(telling_alone(earlier)))
    earlier, later = _without(earlier, leaking), _without(later, leaking)
    begun = time.process_time()
    try:
        learned = learn(earlier)
    except TooFewCases as error:
        print(f"marshrut bench chance: too few leads to learn from ({error}).", file=sys.stderr)
        return 2
    seconds = time.process_time() - begun
    judged = quality([learned.model.chance(case.arrival) for case in later], [case.is_won for case in later])
    by_source = _by_source(earlier, later, read[0].source)
    print("\n".join(_report(learned, judged, by_source, leaking, seconds, later)))
    return 0 if LEAST_AUC <= judged.auc <= LEAKED else 1


def read_leads(path: Path, outcome: str = "", order: str = "") -> Leads:
    """The leads of a file whose end is known, ordered by number. Raises FileUnfit, DomainError, OSError."""
    with path.open("rb") as file:
        rows = ([as_text(cell) for cell in cells] for _number, cells in read_table(file, find_table(file)))
        headings = next(rows, [])
        table = list(rows)
    ends = _column(headings, outcome, _OUTCOMES)
    if ends is None:
        raise FileUnfit(f"{path.name}: no column says how a lead ended; name it with --outcome.")
    place = _column(headings, order, _ORDERS)
    leaking = [heading for number, heading in enumerate(headings) if leaks(heading) and number != ends]
    facts = [(number, heading) for number, heading in enumerate(headings) if number not in (ends, place) and heading not in leaking]
    if place is not None:
        table.sort(key=lambda row: (_number(row, place), row[place] if place < len(row) else ""))
    cases = [
        Case({heading: row[number].strip() for number, heading in facts if number < len(row)}, won == "won")
        for row in table
        if (won := outcome_of(row[ends]) if ends < len(row) else "")
    ]
    source = next((heading for _number, heading in facts if folded(heading) in _SOURCES), "")
    return Leads(cases, leaking, source)


def _column(headings: Sequence[str], named: str, usual: Sequence[str]) -> int | None:
    wanted = (folded(named),) if named else usual
    return next((number for name in wanted for number, heading in enumerate(headings) if folded(heading) == name), None)


def _number(row: Sequence[str], place: int) -> float:
    try:
        return float(row[place])
    except (ValueError, IndexError):
        return 0.0


def _without(cases: Sequence[Case], names: Sequence[str]) -> list[Case]:
    left_out = set(names)
    return [Case({name: value for name, value in case.arrival.items() if name not in left_out}, case.is_won) for case in cases]


def _by_source(earlier: Sequence[Case], later: Sequence[Case], source: str) -> Quality:
    """What the shares of sources alone are worth, drawn to the usual: the bar a model has to be above."""
    tallies: dict[str, Tally] = {}
    usual = sum(case.is_won for case in earlier) / len(earlier)
    for case in earlier:
        name = str(case.arrival.get(source, ""))
        held = tallies.get(name, Tally(0, 0, usual))
        tallies[name] = Tally(held.cases + 1, held.won + case.is_won, usual)
    rates, _weight = shrink(tallies)
    shares = [rates[name].share if (name := str(case.arrival.get(source, ""))) in rates else usual for case in later]
    return quality(shares, [case.is_won for case in later])


def _report(
    learned: LearnedChance, judged: Quality, by_source: Quality, leaking: Sequence[str], seconds: float, later: Sequence[Case]
) -> list[str]:
    kept = "kept" if LEAST_AUC <= judged.auc <= LEAKED else "TOO GOOD: the outcome leaked" if judged.auc > LEAKED else "MISSED"
    lines = [
        f"Learned from {learned.cases} leads ({learned.won} won) in {seconds:.1f} s of CPU; judged on {judged.cases} ({judged.won} won) "
        "that nothing was learned from.",
        f"Left out, for they are filled in after the arrival: {', '.join(leaking) or 'nothing'}.",
        f"AUC {judged.auc:.4f} ({kept}; at least {LEAST_AUC}, and above {LEAKED} the outcome has leaked), shares of sources alone "
        f"{by_source.auc:.4f}.",
        f"Brier {judged.brier:.4f} (sources alone {by_source.brier:.4f}), log loss {judged.log_loss:.4f}, ECE {judged.ece:.4f}; "
        f"penalty {learned.strength:g}, Platt's slope {learned.slope:.3f}.",
        "",
        f"{'chance, by tenths':>20} {'leads':>7} {'foreseen':>9} {'came':>7}   95 %",
    ]
    for number, part in enumerate(judged.parts, 1):
        within = "" if part.low <= part.foreseen <= part.high else "  outside"
        lines.append(
            f"{number:>20} {part.cases:>7} {part.foreseen:>8.1%} {part.share:>7.1%}   {part.low:.1%} to {part.high:.1%}{within}"
        )
    lines += ["", "What moves the chance most (log-odds; the values that count most, with what they add):"]
    for one in strengths(learned.model, later)[:_SHOWN]:
        bounds = next(fact.bounds for fact in learned.model.facts if fact.name == one.fact)
        values = ", ".join(f"{_level(level, bounds)} {adds:+.2f} ({number})" for level, adds, number in one.strongest)
        lines.append(f"  {one.moves:.2f}  {one.fact}: {values}")
    return lines


def _level(level: str, bounds: Sequence[float]) -> str:
    """A level in words: a span of numbers, the word itself, or that nothing stood there."""
    if not level:
        return "empty"
    if not bounds:
        return f"“{level}”"
    number = int(level)
    if number == 0:
        return f"to {bounds[0]:g}"
    return f"{bounds[number - 1]:g}–{bounds[number]:g}" if number < len(bounds) else f"over {bounds[-1]:g}"
