"""Source × conversion: where clients come from, what becomes of them, and why not."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from marshrut.core.shares import wilson
from marshrut.insights import wording
from marshrut.insights.queries.sources import Outcomes, Sum, money_by_source, outcomes_by_source, reasons_by_source
from marshrut.insights.queries.strata import read_piles
from marshrut.insights.reports.cohorts import cohorts_of
from marshrut.insights.reports.money import Amounts, added, are_costs_shown, cost_cells, margin_cell, sees_costs, together
from marshrut.insights.reports.shapes import (
    Bar,
    Cell,
    Column,
    Figure,
    Question,
    Report,
    Row,
    Table,
    columns,
    conversion_cell,
    money_cell,
    number_cell,
)
from marshrut.insights.reports.source_causes import causes_table
from marshrut.marketing.queries import costs_between

Costs = dict[int, Amounts]
"""Money by source id."""

MOST_BARS = 12
MOST_REASON_COLUMNS = 6


def sources_report(question: Question) -> Report:
    """The whole report; eleven statements, two of them about the period before."""
    asked, actor, now = question.asked, question.actor, question.now
    found = outcomes_by_source(actor, asked, now)
    money, reasons = money_by_source(actor, asked, now), reasons_by_source(actor, asked, now)
    before = sum(outcomes_by_source(actor, asked.before(), now).values(), Outcomes())
    total = sum(found.values(), Outcomes())
    ordered = sorted(found, key=lambda id: (-found[id].inquiries, -found[id].joined, id))
    costs = costs_of(question)
    ordered += [id for id in costs if id not in found]
    rows = [_row(question, id, found.get(id, Outcomes()), money.get(id, []), costs) for id in ordered]
    sold = together(line for lines in money.values() for line in lines)
    everything = _line(question, total, sold, {}, added(costs.values()) if costs else None)
    table = Table("sources", _("Sources"), _("Source"), _columns(question, bool(costs)), rows, Row("total", _("Together"), everything))
    cohorts, lines = cohorts_of(question)
    causes = causes_table(question, read_piles(actor, asked, now))
    return Report(
        "sources",
        _("Sources and conversion"),
        figures_of(question, total, before, sold),
        [table, cohorts, causes, _reasons_table(question, ordered, reasons)],
        {
            "costs_hidden": sees_costs(question) and not are_costs_shown(question),
            "bars": [_bar(question, id, found[id]) for id in ordered[:MOST_BARS] if id in found],
            "cohorts": lines,
        },
    )


def costs_of(question: Question) -> Costs:
    """What the sources cost on these days; nothing where costs are not shown."""
    if not are_costs_shown(question):
        return {}
    costs = costs_between(question.asked.first, question.asked.last)
    return {id: found for id, found in costs.items() if question.asked.source_id in (None, id)}


def _columns(question: Question, with_costs: bool) -> tuple[Column, ...]:
    margin = ("margin",) if question.actor.shows("margin") else ()
    costs = ("cost", "cost_per_inquiry", "cost_per_won", *(("after_cost",) if margin else ())) if with_costs else ()
    return columns(("inquiries", "joined", "no_sale", "open", "closed", "won", "lost", "conversion", "amount", *margin, *costs))


def _row(question: Question, id: int, outcomes: Outcomes, money: list[Sum], costs: Costs) -> Row:
    card = question.sources.get(id)
    name, slug = (card.name, card.slug) if card else (str(id), "")
    narrowed = {"source": slug}
    cells = _line(question, outcomes, money, narrowed, costs.get(id, {}) if costs else None)
    return Row(slug, name, cells, question.page("report_answers", **narrowed))


def _line(
    question: Question, outcomes: Outcomes, money: list[Sum], narrowed: dict[str, Any], cost: Amounts | None
) -> tuple[Cell, ...]:
    """`cost` is what this line cost; None in a report without costs."""
    numbers = [
        number_cell(question, code, getattr(outcomes, code), **narrowed)
        for code in ("inquiries", "joined", "no_sale", "open", "closed", "won", "lost")
    ]
    sold = question.address("won", **narrowed)
    cells = [
        *numbers,
        conversion_cell(question, outcomes.won, outcomes.closed, **narrowed),
        money_cell([(line.amount, line.currency) for line in money], sold),
    ]
    if question.actor.shows("margin"):
        cells.append(margin_cell(money, sold))
    meant = outcomes.inquiries - outcomes.no_sale
    return tuple(cells if cost is None else [*cells, *cost_cells(question, money, cost, meant, outcomes.won)])


def _count_reasons(reasons: dict[int, list[tuple[str, int]]]) -> Counter[str]:
    counter: Counter[str] = Counter()
    for lines in reasons.values():
        counter.update(dict(lines))
    return counter


def figures_of(question: Question, total: Outcomes, before: Outcomes, money: list[Sum]) -> list[Figure]:
    """Inquiries, conversion, sold for, open."""
    now_share = total.won / total.closed if total.closed else None
    then_share = before.won / before.closed if before.closed else None
    points = wording.change_of_share(now_share, then_share)
    return [
        Figure(
            "inquiries",
            _("Inquiries"),
            wording.number(total.inquiries),
            wording.change(total.inquiries, before.inquiries),
            tone_of(total.inquiries, before.inquiries),
            href=question.address("inquiries"),
        ),
        Figure(
            "conversion",
            _("Conversion"),
            wording.share_of(total.won, total.closed),
            points,
            tone_of(now_share, then_share),
            " ".join(
                filter(
                    None, (wording.interval(wilson(total.won, total.closed)), _("of %(count)s closed") % {"count": total.closed})
                )
            ),
            question.address("closed"),
        ),
        Figure(
            "amount",
            _("Sold for"),
            wording.sums([(line.amount, line.currency) for line in money]),
            "",
            "",
            _("%(count)s realised") % {"count": total.won},
            question.address("won"),
        ),
        Figure("open", _("Still open"), wording.number(total.open), "", "", _("not in conversion yet"), question.address("open")),
    ]


def tone_of(now: float | None, before: float | None, *, less_is_better: bool = False) -> str:
    """good, bad, or nothing when there is nothing to compare."""
    if now is None or not before or now == before:
        return ""
    return "good" if (now > before) != less_is_better else "bad"


def _bar(question: Question, id: int, outcomes: Outcomes) -> Bar:
    """A source's conversion with its interval."""
    card, bounds = question.sources.get(id), wilson(outcomes.won, outcomes.closed)
    share = outcomes.won * 100 / outcomes.closed if outcomes.closed else 0.0
    slug = card.slug if card else ""
    return Bar(
        card.name if card else str(id),
        wording.share_of(outcomes.won, outcomes.closed),
        (("won", share, ""),),
        question.address("closed", source=slug) if outcomes.closed else "",
        _("%(won)s of %(closed)s closed") % {"won": outcomes.won, "closed": outcomes.closed},
        bounds[0] * 100 if bounds else None,
        bounds[1] * 100 if bounds else None,
    )


def _reasons_table(question: Question, ordered: list[int], reasons: dict[int, list[tuple[str, int]]]) -> Table:
    """Reasons of loss down, the largest sources across."""
    named = [id for id in ordered if id in reasons and id in question.sources][:MOST_REASON_COLUMNS]
    cards = [question.sources[id] for id in named]
    heads = (Column("lost", _("Together"), "number"), *(Column(f"source-{card.id}", card.name, "number") for card in cards))
    rows = []
    for reason, count in _count_reasons(reasons).most_common():
        cells = [number_cell(question, "lost", count, reason=reason)]
        cells += [
            number_cell(question, "lost", dict(reasons[card.id]).get(reason, 0), reason=reason, source=card.slug) for card in cards
        ]
        rows.append(Row(reason, reason or _("not said"), tuple(cells)))
    return Table("reasons", _("Why not, by source"), _("Reason"), heads, rows)
