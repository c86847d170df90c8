"""Work by manager: what came to whom, what was done about it, and what came of it."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marshrut.insights import wording
from marshrut.insights.asked import QUEUE
from marshrut.insights.queries.work import Work, work_by_person
from marshrut.insights.reports.shapes import (
    Bar,
    Cell,
    Figure,
    Question,
    Report,
    Row,
    Table,
    columns,
    money_cell,
    number_cell,
    share_cell,
)

NUMBERS = ("done", "calls", "messages", "meetings", "deals_opened", "deals_won", "deals_lost")
CONTACTS = ("incomplete", "lost_incomplete")
SAID = ("done", "calls", "messages", "meetings")


def work_report(question: Question) -> Report:
    """The whole report; eight statements."""
    found = work_by_person(question.actor, question.asked, question.now)
    ordered = sorted(found, key=lambda id: (id == QUEUE, -found[id].numbers["inquiries"], -found[id].numbers["done"], id))
    rows = [Row(str(id), question.person(id), _cells(question, found[id], {"manager": id or "queue"})) for id in ordered]
    total = _together(found)
    table = Table(
        "managers", _("Managers"), _("Manager"), _columns(question), rows, Row("total", _("Together"), _cells(question, total, {}))
    )
    return Report("work", _("Work by manager"), _figures(question, total), [table], {"bars": _bars(question, found, ordered)})


def _columns(question: Question) -> tuple[Any, ...]:
    margin = ("margin",) if question.actor.shows("margin") else ()
    return columns(("inquiries", "kept_share", *CONTACTS, *NUMBERS, "amount", *margin, "overdue"))


def _cells(question: Question, work: Work, narrowed: dict[str, Any]) -> tuple[Cell, ...]:
    """The line of one person, or of all."""
    numbers = work.numbers
    made = [number_cell(question, code, numbers[code], **narrowed) for code in NUMBERS]
    sold = question.address("deals_won", **narrowed) if numbers["deals_won"] else ""
    amounts = [(amount, currency) for currency, amount in sorted(work.amounts.items(), key=lambda item: -item[1])]
    margins = [(amount, currency) for currency, amount in sorted(work.margins.items(), key=lambda item: -item[1])]
    return (
        number_cell(question, "inquiries", numbers["inquiries"], **narrowed),
        share_cell(question, "timed", numbers["kept"], numbers["timed"], **narrowed),
        *(number_cell(question, code, numbers[code], **narrowed) for code in CONTACTS),
        *made,
        money_cell(amounts, sold),
        *([money_cell(margins, sold)] if question.actor.shows("margin") else []),
        number_cell(question, "overdue", numbers["overdue"], **narrowed),
    )


def _together(found: dict[int, Work]) -> Work:
    total = Work()
    for work in found.values():
        for code, number in work.numbers.items():
            total.numbers[code] += number
        for kept, added in ((total.amounts, work.amounts), (total.margins, work.margins)):
            for currency, amount in added.items():
                kept[currency] = kept.get(currency, Decimal()) + amount
    total.numbers = defaultdict(int, total.numbers)
    return total


def _figures(question: Question, total: Work) -> list[Figure]:
    numbers, amounts = total.numbers, sorted(((amount, currency) for currency, amount in total.amounts.items()), reverse=True)
    return [
        Figure(
            "done",
            _("Actions done"),
            wording.number(numbers["done"]),
            href=question.address("done"),
            note=_("and %(count)s calls, messages and meetings") % {"count": _talked(numbers)},
        ),
        Figure(
            "deals_won",
            _("Deals realised"),
            wording.number(numbers["deals_won"]),
            note=_("%(count)s not realised") % {"count": numbers["deals_lost"]},
            href=question.address("deals_won"),
        ),
        Figure("amount", _("Sold for"), wording.sums(amounts), note=_("each currency apart"), href=question.address("deals_won")),
        Figure(
            "overdue",
            _("Overdue now"),
            wording.number(numbers["overdue"]),
            tone="bad" if numbers["overdue"] else "",
            note=_("whatever the period"),
            href=question.address("overdue"),
        ),
    ]


def _talked(numbers: Mapping[str, int]) -> int:
    """Calls, messages and meetings."""
    return sum(numbers[code] for code in SAID[1:])


def _bars(question: Question, found: dict[int, Work], ordered: list[int]) -> list[Bar]:
    """What each person did, side by side. The number is that of actions done, whose list it opens; the rest is beside it."""
    people = [id for id in ordered if id != QUEUE]
    most = max((sum(found[id].numbers[code] for code in SAID) for id in people), default=0) or 1
    bars = []
    for id in people:
        numbers = found[id].numbers
        parts = tuple((code, numbers[code] * 100 / most, wording.number(numbers[code])) for code in SAID)
        bars.append(
            Bar(
                question.person(id),
                wording.number(numbers["done"]),
                parts,
                question.address("done", manager=id) if numbers["done"] else "",
                f"+ {wording.number(_talked(numbers))}",
            )
        )
    return bars
