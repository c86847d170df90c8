"""Is it the source? A source's conversion against all the others, and again among the inquiries of one manager and one
part of the week: what is left then is the source's own."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from marshrut.core.shares import Difference, crude_difference, level_difference
from marshrut.insights import wording
from marshrut.insights.queries.strata import Pile, strata_of
from marshrut.insights.reports.shapes import Cell, Question, Row, Table, columns

ENOUGH = 20
"""Closed inquiries of a source below which nothing is said about causes."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The difference of a source: plain, among the inquiries of one manager, of one part of the week, and of both."""

    closed: int
    plain: Difference
    by_manager: Difference | None
    by_hour: Difference | None
    left: Difference | None


def causes_of(piles: list[Pile]) -> dict[int, Cause]:
    """By source id, of sources with enough closed ones and with others to compare to."""
    found = {}
    for source_id in {pile.source_id for pile in piles}:
        closed = sum(pile.closed for pile in piles if pile.source_id == source_id)
        plain = crude_difference(strata_of(piles, source_id, lambda _pile: None))
        if plain is None or closed < ENOUGH:
            continue
        found[source_id] = Cause(
            closed,
            plain,
            level_difference(strata_of(piles, source_id, lambda pile: pile.owner_id)),
            level_difference(strata_of(piles, source_id, lambda pile: pile.part)),
            level_difference(strata_of(piles, source_id, lambda pile: (pile.owner_id, pile.part))),
        )
    return found


def verdict(cause: Cause) -> str:
    """What the numbers say, in a sentence. Nothing is claimed that the interval does not carry."""
    if not cause.plain.is_certain:
        return _("No difference that these numbers could prove.")
    if cause.left is None:
        return _("Cannot be told apart: nobody else works with it, or nothing else comes at its hours.")
    gone = 1 - cause.left.points / cause.plain.points
    if cause.left.is_certain and gone < 1 / 2:
        return _("The source itself: the difference stays when like is compared with like.")
    if gone < 1 / 2:
        return _("Probably the source itself, but too few alike to prove it.")
    shifts = [
        (abs(cause.plain.points - level.points), name)
        for level, name in ((cause.by_manager, "manager"), (cause.by_hour, "hour"))
        if level is not None
    ]
    if max(shifts, default=(0.0, "hour"))[1] == "manager":
        return _("Mostly who works with it: with the same manager most of the difference is gone.")
    return _("Mostly when it comes: in the same hours most of the difference is gone.")


def causes_table(question: Question, piles: list[Pile]) -> Table:
    """A line for each source that can be judged, the largest difference first."""
    found = causes_of(piles)
    ordered = sorted((id for id in found if id in question.sources), key=lambda id: -abs(found[id].plain.points))
    rows = [_row(question, id, found[id]) for id in ordered]
    heads = columns(("closed", "apart", "same_manager", "same_hour", "own", "cause"))
    return Table("causes", _("Is it the source?"), _("Source"), heads, rows)


def _row(question: Question, id: int, cause: Cause) -> Row:
    card = question.sources[id]
    closed = Cell(cause.closed, wording.number(cause.closed), question.address("closed", source=card.slug))
    said = verdict(cause)
    cells = (closed, *map(_points, (cause.plain, cause.by_manager, cause.by_hour, cause.left)), Cell(said, said))
    return Row(card.slug, card.name, cells)


def _points(difference: Difference | None) -> Cell:
    if difference is None:
        return Cell(None, wording.NONE)
    low, high = (wording.signed_points(value) for value in (difference.low, difference.high))
    return Cell(difference.points, wording.points(difference.points), note=f"{low} … {high}",
                tone=("good" if difference.points > 0 else "bad") if difference.is_certain else "")  # fmt: skip
