"""What was closed and won, by source within manager and part of the week: what the comparison of sources rests on."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from marshrut.agency.permissions import Actor
from marshrut.core.shares import Stratum
from marshrut.insights.asked import Asked
from marshrut.insights.queries.counting import choose_measure, rows_of

PARTS = ("morning", "day", "evening", "night", "weekend")


@dataclass(frozen=True, slots=True)
class Pile:
    """Closed inquiries of one source that one person held and that came in one part of the week."""

    source_id: int
    owner_id: int | None
    part: str
    closed: int
    won: int


def read_piles(actor: Actor, asked: Asked, now: datetime) -> list[Pile]:
    """Everything closed of the question; one statement."""
    chosen = choose_measure(actor, asked, "closed", now)
    rows = rows_of(
        f"""select source_id, owner_id, case when day > 5 then 'weekend' when hour between 6 and 11 then 'morning'
                    when hour between 12 and 17 then 'day' when hour between 18 and 22 then 'evening' else 'night' end,
                count(*), count(*) filter (where outcome = 'won')
            from (select i.source_id, i.owner_id, i.outcome, extract(isodow from i.received_at at time zone %s) as day,
                         extract(hour from i.received_at at time zone %s) as hour {chosen.source}) came
            group by 1, 2, 3""",
        [asked.zone, asked.zone, *chosen.values],
    )
    return [Pile(*row) for row in rows]


def strata_of(piles: list[Pile], source_id: int, likeness: Callable[[Pile], object]) -> list[Stratum]:
    """The piles as one source against all others, among those alike by `likeness`."""
    counts: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for pile in piles:
        at = counts[likeness(pile)]
        place = 0 if pile.source_id == source_id else 2
        at[place] += pile.won
        at[place + 1] += pile.closed
    return [Stratum(*numbers) for numbers in counts.values()]
