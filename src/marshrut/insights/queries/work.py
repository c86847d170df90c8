"""Work done, by person: inquiries, answers, actions, what was said, deals and money."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from marshrut.agency.permissions import Actor
from marshrut.insights.asked import QUEUE, Asked
from marshrut.insights.queries.counting import choose, choose_measure, condition, counted, rows_of, unit_of

OF_INQUIRIES = ("inquiries", "answered", "kept", "timed")
OF_CONTACTS = ("incomplete", "lost_incomplete")
OF_TOUCHES = ("calls", "messages", "meetings")


@dataclass(slots=True)
class Work:
    """Numbers by code of the measure, and money by currency."""

    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    amounts: dict[str, Decimal] = field(default_factory=dict)
    margins: dict[str, Decimal] = field(default_factory=dict)


def work_by_person(actor: Actor, asked: Asked, now: datetime) -> dict[int, Work]:
    """Work by employee id; 0 is what waits in queues. Eight statements."""
    found: dict[int, Work] = defaultdict(Work)
    _count(found, actor, asked, now, OF_INQUIRIES)
    _count(found, actor, asked, now, OF_TOUCHES)
    for code in ("done", "overdue", "deals_opened", *OF_CONTACTS):
        _count(found, actor, asked, now, (code,))
    _add_deals(found, actor, asked, now)
    return found


def _count(found: dict[int, Work], actor: Actor, asked: Asked, now: datetime, codes: tuple[str, ...]) -> None:
    """Measures of one unit in one statement."""
    unit = unit_of(codes[0], asked)
    chosen = choose(actor, asked, unit) if len(codes) > 1 else choose_measure(actor, asked, codes[0], now)
    only = f"and ({' or '.join(condition(code, asked, now) for code in codes)})" if unit.by_label and len(codes) > 1 else ""
    columns = ", ".join(counted(code, asked, now) for code in codes)
    for whose, *numbers in rows_of(f"select {unit.whose}, {columns} {chosen.source} {only} group by 1", chosen.values):
        person = _employee_of(whose) if unit.by_label else whose or QUEUE
        if person is None:
            continue  # the system's own, or a program's
        for code, number in zip(codes, numbers, strict=True):
            found[person].numbers[code] += number


def _employee_of(label: str) -> int | None:
    """The employee's id in the label of an actor."""
    kind, _colon, id = label.partition(":")
    return int(id) if kind == "employee" and id.isdecimal() else None


def _add_deals(found: dict[int, Work], actor: Actor, asked: Asked, now: datetime) -> None:
    chosen = choose(actor, asked, unit_of("deals_won", asked))
    won, lost = (counted(code, asked, now) for code in ("deals_won", "deals_lost"))
    rows = rows_of(
        f"""select d.owner_id, l.currency, {won}, {lost}, coalesce(sum(l.amount) filter (where l.state = 'won'), 0),
                coalesce(sum(l.margin) filter (where l.state = 'won'), 0)
            {chosen.source} and l.state <> 'open' group by 1, 2""",
        chosen.values,
    )
    for person, currency, n_won, n_lost, amount, margin in rows:
        work = found[person or QUEUE]
        work.numbers["deals_won"] += n_won
        work.numbers["deals_lost"] += n_lost
        if amount:
            work.amounts[currency] = work.amounts.get(currency, Decimal()) + amount
        if margin:
            work.margins[currency] = work.margins.get(currency, Decimal()) + margin
