"""What speed did to conversion: by how soon clients were first answered, and again among clients of the same source, so that
a source whose clients are both quickly answered and eager does not pass for the work of speed."""

from django.utils.translation import gettext as _

from marshrut.core.shares import Difference, crude_difference, level_difference
from marshrut.insights import wording
from marshrut.insights.asked import LATER, NEVER, SPEED_LIMITS
from marshrut.insights.queries.speed import NextSpeed, SpeedPile, speed_strata
from marshrut.insights.reports.shapes import Cell, Column, Question, Row, Table, conversion_cell, number_cell, share_cell

ENOUGH = 20
"""Closed inquiries on each side below which nothing is compared."""
FAST = frozenset({0, 1})
"""Bands up to a quarter of an hour: what the clock asks for as delivered."""
ALL = frozenset(range(NEVER + 1))


def band_label(band: int) -> str:
    """A band in words."""
    if band == NEVER:
        return _("never")
    if band == LATER:
        return _("later")
    limit = SPEED_LIMITS[band]
    return _("within %(hours)s h") % {"hours": limit // 60} if limit >= 60 else _("within %(minutes)s min") % {"minutes": limit}


def speed_table(question: Question, piles: list[SpeedPile]) -> Table:
    """A line for each band: what was closed and won, and how it compares with all the others, once there are enough."""
    heads = (
        Column("closed", _("Closed"), "number"),
        Column("won", _("Realised"), "number"),
        Column("conversion", _("Conversion"), "share"),
        Column("apart", _("Against the others"), "share"),
        Column("same_source", _("With the same source"), "share"),
    )
    bands = [band for band in sorted(ALL) if any(pile.band == band for pile in piles)]
    return Table("speed", _("What speed did to conversion"), _("First answer"), heads, [_row(question, band, piles) for band in bands])


def _row(question: Question, band: int, piles: list[SpeedPile]) -> Row:
    closed = sum(pile.closed for pile in piles if pile.band == band)
    won = sum(pile.won for pile in piles if pile.band == band)
    alone = frozenset({band})
    plain, alike = (
        difference(speed_strata(piles, alone, ALL - alone, by_source=by_source)) if closed >= ENOUGH else None
        for difference, by_source in ((crude_difference, False), (level_difference, True))
    )
    cells = (
        number_cell(question, "closed", closed, speed=band), number_cell(question, "won", won, speed=band),
        conversion_cell(question, won, closed, speed=band), _points(plain), _points(alike),
    )  # fmt: skip
    return Row(str(band), band_label(band), cells)


def _points(difference: Difference | None) -> Cell:
    if difference is None:
        return Cell(None, wording.NONE)
    low, high = (wording.signed_points(value) for value in (difference.low, difference.high))
    tone = ("good" if difference.points > 0 else "bad") if difference.is_certain else ""
    return Cell(difference.points, wording.points(difference.points), note=f"{low} … {high}", tone=tone)


def speed_sentence(piles: list[SpeedPile]) -> str:
    """What the numbers say of answers within a quarter of an hour against slower ones. Nothing is claimed that they do not carry."""
    slow = ALL - FAST
    fast_closed, slow_closed = (sum(pile.closed for pile in piles if pile.band in bands) for bands in (FAST, slow))
    if min(fast_closed, slow_closed) < ENOUGH:
        few = {"least": ENOUGH, "fast": fast_closed, "slow": slow_closed}
        return _(
            "Too few to tell: of those answered within 15 minutes %(fast)s are closed, of the others %(slow)s; "
            "at least %(least)s of each are needed."
        ) % few
    plain = crude_difference(speed_strata(piles, FAST, slow, by_source=False))
    alike = level_difference(speed_strata(piles, FAST, slow, by_source=True))
    if plain is None or not plain.is_certain:
        return _("Answers within 15 minutes and later ones do not differ in conversion by more than chance would.")
    if alike is None:
        return _("It cannot be told from the source: no source has both quick and slow answers.")
    said = {"points": wording.points(alike.points), "low": wording.signed_points(alike.low), "high": wording.signed_points(alike.high)}
    if not alike.is_certain:
        return _(
            "With the same source the difference is not certain any more (%(points)s, from %(low)s to %(high)s): "
            "the sources may explain it."
        ) % said
    if alike.points > 0:
        return _("With the same source, clients answered within 15 minutes buy more often: %(points)s (from %(low)s to %(high)s).") % said
    return _("With the same source, clients answered within 15 minutes buy less often: %(points)s (from %(low)s to %(high)s).") % said


def next_table(question: Question, found: list[NextSpeed]) -> Table:
    """Answers to clients who had written again, by who held the matter."""
    heads = (
        Column("asked", _("Wrote again"), "waits"),
        Column("in_time", _("In time"), "waits"),
        Column("too_late", _("Too late"), "waits"),
        Column("in_time_share", _("Kept in time"), "share"),
        Column("next_median", _("Median answer"), "minutes"),
        Column("next_ninetieth", _("90 % within"), "minutes"),
    )
    together = next((one for one in found if one.owner_id == -1), None)
    lines = sorted((one for one in found if one.owner_id != -1), key=lambda one: -one.asked)
    rows = [Row(str(one.owner_id), question.person(one.owner_id), _next_cells(question, one)) for one in lines]
    total = Row("total", _("Together"), _next_cells(question, together)) if together and together.asked else None
    return Table("next", _("Next answers: clients who wrote again"), _("Manager"), heads, rows, total)


def _next_cells(question: Question, one: NextSpeed) -> tuple[Cell, ...]:
    share = share_cell(question, "timed", one.kept, one.kept + one.missed)
    return (
        *(Cell(number, wording.number(number)) for number in (one.asked, one.kept, one.missed)),
        Cell(share.value, share.text),
        *(Cell(None if minutes is None else round(minutes, 2), wording.minutes(minutes)) for minutes in (one.median, one.ninetieth)),
    )
