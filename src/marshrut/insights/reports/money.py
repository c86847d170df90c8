"""Money in the reports: what was sold, what stays of it, what it cost to be found, and what remains."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from marshrut.insights.queries.sources import Sum
from marshrut.insights.reports.shapes import Cell, Question, money_cell

Amounts = dict[str, Decimal]
"""Money by currency."""


def are_costs_shown(question: Question) -> bool:
    """Nobody's share of what a source cost is known, so a question narrowed to less than a source has no costs; and they are for
    whoever enters them or sees margins."""
    asked, actor = question.asked, question.actor
    return sees_costs(question) and not (
        asked.office_id or asked.owner_id is not None or asked.channel or asked.category or actor.reach != "all"
    )


def sees_costs(question: Question) -> bool:
    """Whether what sources cost is this reader's to see at all."""
    return question.actor.shows("margin") or question.actor.may("marketing:write")


def added(amounts: Iterable[Amounts]) -> Amounts:
    """All of them together, each currency apart."""
    found: Amounts = {}
    for one in amounts:
        for currency, amount in one.items():
            found[currency] = found.get(currency, Decimal()) + amount
    return found


def together(sums: Iterable[Sum]) -> list[Sum]:
    """Each currency once, the largest first."""
    found: dict[str, Sum] = {}
    for one in sums:
        found[one.currency] = found[one.currency] + one if one.currency in found else one
    return sorted(found.values(), key=lambda line: -line.amount)


def margin_cell(sums: Sequence[Sum], href: str) -> Cell:
    """The margin; where it is not known of all that was sold, of how many it is."""
    return _with_known(money_cell([(line.margin, line.currency) for line in sums], href), sums)


def cost_cells(question: Question, sums: Sequence[Sum], cost: Amounts, meant: int, won: int) -> list[Cell]:
    """Cost, what an inquiry and a sale cost, and what remains of the margin for whoever sees margins."""
    page = reverse("settings_costs") if question.actor.may("marketing:write") else ""
    cells = [money_cell([(amount, currency) for currency, amount in sorted(cost.items())], page)]
    for parts in (meant, won):
        cells.append(money_cell([(round(amount / parts, 2), currency) for currency, amount in sorted(cost.items())] if parts else []))
    return [*cells, remains_cell(sums, cost)] if question.actor.shows("margin") else cells


def remains_cell(sums: Sequence[Sum], cost: Amounts) -> Cell:
    """Margin less cost, each currency apart."""
    left = {line.currency: line.margin for line in sums}
    for currency, amount in cost.items():
        left[currency] = left.get(currency, Decimal()) - amount
    return _with_known(money_cell([(amount, currency) for currency, amount in sorted(left.items())]), sums)


def _with_known(cell: Cell, sums: Sequence[Sum]) -> Cell:
    sold, known = sum(line.sold for line in sums), sum(line.known for line in sums)
    return replace(cell, note=_("known of %(known)s of %(sold)s") % {"known": known, "sold": sold}) if known < sold else cell
